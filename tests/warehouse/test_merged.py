"""What rows do to those of the release before: the engine does as a few lines of Python would."""

import uuid
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import items

from yelin.warehouse import merged, pipeline, standing
from yelin.warehouse.engine import connect
from yelin.warehouse.findings import Unfit
from yelin.warehouse.merged import ALONE, OF_A_FILE, Base, Merging, Mode, Onto
from yelin.warehouse.tombstones import Tombstones

SPECS = ("代码:C#", "年份:I#", "吨:N", "注:C")
HEADER = "代码,年份,吨,注\n"


class Stood:
    """A release before, as the next file finds it."""

    def __init__(self, tmp_path, text, *specs):
        self.specs = specs or SPECS
        self.home = tmp_path / uuid.uuid4().hex
        self.home.mkdir()
        self.prepared, self.rows, _ = self._bring(HEADER + text, ALONE)
        columns = {one.name: one.duckdb_type for one in self.prepared.columns}
        (self.home / "data.parquet").rename(self.home / "stood.parquet")
        self.base = Base(7, self.home / "stood.parquet", self.prepared.rows, columns)

    def _bring(self, text, onto, specs=()):
        source = self.home / "in.csv"
        source.write_text(text)
        specs = items(*(specs or self.specs))
        prepared = pipeline.prepare(source, "in.csv", self.home, specs, onto=onto)
        found = pq.read_table(self.home / "data.parquet")
        rows = list(zip(*(column.to_pylist() for column in found.columns), strict=True))
        return prepared, rows, pq.read_table(self.home / "rejected.parquet").to_pylist()

    def then(self, mode, text, *specs, header=HEADER, erased=()):
        return self._bring(header + text, Onto(mode, self.base, erased), specs)


FIRST = "01,2020,1.5,甲\n02,2020,2,乙\n03,2020,3,丙\n"


def test_an_append_adds_and_refuses_keys_that_stand_with_the_row_where_they_do(tmp_path):
    prepared, rows, refused = Stood(tmp_path, FIRST).then(
        Mode.APPEND, "04,2020,4.125,丁\n02,2020,9,\n04,2020,5,\n02,2021,,\n"
    )
    assert [row[0] for row in rows] == ["01", "02", "03", "04", "02"]
    assert [str(row[2]) for row in rows[:4]] == ["1.500", "2.000", "3.000", "4.125"]
    assert [(row["line"], row["reason"], row["reason_en"]) for row in refused] == [
        (3, "standing", "its key stands already, in row 2 of version 7"),
        (4, "duplicate", "has the same key as line 2"),
    ]
    told = prepared.merged
    assert (told.mode, told.base, told.given, told.added) == ("append", 7, 2, 2)
    assert (told.changed, told.unchanged, told.removed, prepared.rows) == (0, 3, 0, 5)


def test_an_upserted_row_keeps_its_place_and_what_the_file_does_not_carry(tmp_path):
    prepared, rows, refused = Stood(tmp_path, FIRST).then(
        Mode.UPSERT, "09,2020,9\n02,2020,22\n01,2020,1.50\n", header="代码,年份,吨\n"
    )
    assert [(row[0], float(row[2]), row[3]) for row in rows] == [
        ("01", 1.5, "甲"),
        ("02", 22, "乙"),
        ("03", 3, "丙"),
        ("09", 9, None),
    ]
    told = prepared.merged
    assert (told.added, told.changed, told.unchanged, refused) == (1, 1, 2, [])
    assert [notice.code for notice in prepared.notices] == ["columns.kept"]


def test_to_delete_the_key_is_enough_and_what_was_not_there_is_listed(tmp_path):
    prepared, rows, refused = Stood(tmp_path, FIRST).then(
        Mode.DELETE, "02,2020\n02,1999\n", header="代码,年份\n"
    )
    assert [row[0] for row in rows] == ["01", "03"]
    assert [(row["line"], row["value"], row["reason"]) for row in refused] == [
        (3, "02，1999", "absent")
    ]
    assert (prepared.merged.removed, prepared.merged.unchanged, prepared.rows) == (1, 2, 2)


@pytest.mark.duty("personal.erase")
@pytest.mark.parametrize("mode", OF_A_FILE)
def test_what_was_erased_comes_back_in_no_way_and_is_not_kept_among_the_rejected(tmp_path, mode):
    stood = Stood(tmp_path, FIRST)
    erased = (
        Tombstones.of(["代码", "年份"], [("03", "2020")]),
        Tombstones.of(["代码"], [("04",)]),
        Tombstones.of(["别的"], [("01",)]),
    )
    _, rows, refused = stood.then(mode, "04,2020,4.5,秘\n01,2021,1,\n", erased=erased)
    assert not {"03", "04"} & {row[0] for row in rows}
    said = [(row["line"], row["value"], row["raw"]) for row in refused if row["reason"] == "erased"]
    assert said == [(2, None, None)]


def test_a_new_column_is_empty_in_the_rows_that_stood(tmp_path):
    prepared, rows, _ = Stood(tmp_path, FIRST).then(
        Mode.APPEND,
        "04,2020,4,丁,2020-01-31\n",
        *SPECS,
        "起:D",
        header=HEADER.strip() + ",起\n",
    )
    assert [str(row[4]) for row in rows] == ["None", "None", "None", "2020-01-31"]
    assert prepared.merged.new == ("起",)


def test_without_a_key_rows_are_appended_and_neither_upserted_nor_deleted(tmp_path):
    stood = Stood(tmp_path, FIRST, "代码:C", "年份:I", "吨:N", "注:C")
    _, rows, refused = stood.then(Mode.APPEND, "01,2020,1.5,甲\n")
    assert (len(rows), refused) == (4, [])
    for mode in (Mode.UPSERT, Mode.DELETE):
        with pytest.raises(Unfit) as error:
            stood.then(mode, "01,2020,1.5,甲\n")
        assert error.value.code == "mode.key"


def test_with_nothing_before_rows_are_added_and_none_deleted(tmp_path):
    stood = Stood(tmp_path, FIRST)
    stood.base = None
    prepared, rows, _ = stood.then(Mode.UPSERT, FIRST)
    assert (len(rows), prepared.merged.base, prepared.merged.added) == (3, 0, 3)
    with pytest.raises(Unfit) as error:
        stood.then(Mode.DELETE, FIRST)
    assert error.value.code == "mode.base"


def test_numbers_that_have_no_room_beside_those_that_stand_stop_the_file(tmp_path):
    stood = Stood(tmp_path, f"01,2020,{'9' * 38},\n")
    with pytest.raises(Unfit) as error:
        stood.then(Mode.APPEND, "02,2020,0.25,\n")
    assert (error.value.code, error.value.column) == ("values.digits", "吨")
    _, rows, _ = stood.then(Mode.APPEND, "02,2020,7,\n")
    assert [row[2] for row in rows] == [10**38 - 1, 7]


def test_numbers_kept_as_floating_point_once_stop_a_file_and_lose_rows_that_are_erased(tmp_path):
    stood = Stood(tmp_path, FIRST)
    engine = connect(memory_mb=128, roots=[stood.home])
    old = stood.home / "old.parquet"
    table = pq.read_table(stood.base.place)
    rounded = table["吨"].cast(pa.float64())
    pq.write_table(table.set_column(2, "吨", rounded), old)
    stood.base = replace(stood.base, place=old, columns=stood.base.columns | {"吨": "DOUBLE"})
    with pytest.raises(Unfit) as error:
        stood.then(Mode.APPEND, "04,2020,7,\n")
    assert (error.value.code, error.value.column) == ("values.digits", "吨")
    told = [
        {"name": name, "type": kind, "duckdb_type": stored, "scale": None}
        for (name, stored), kind in zip(stood.base.columns.items(), "CINC", strict=True)
    ]
    onto = Onto(Mode.RESTORE, stood.base, (Tombstones.of(["代码"], [("02",)]),))
    rest = Merging(
        onto=onto, engine=engine, target=stood.home / "rest.parquet",
        readings=[standing._reading(facts) for facts in told],
    )  # fmt: skip
    assert rest.leave_erased(stood.base) == 1
    assert rest.run().rows == 2
    assert pq.read_table(stood.home / "rest.parquet")["吨"].to_pylist() == [1.5, 3.0]


_KEYS = st.tuples(st.sampled_from(["01", "1", "００", 'é,"x']), st.integers(-1, 2))
_VALUES = st.tuples(st.sampled_from(["", "1", "1.0", "2.25"]), st.sampled_from(["", "甲", "NULL"]))
_TABLES = st.dictionaries(_KEYS, _VALUES, max_size=9)


def _written(table):
    quoted = ((f'"{key[0].replace(chr(34), chr(34) * 2)}"', *key[1:], *rest) for key, rest in table)
    return "".join(",".join(map(str, row)) + "\n" for row in quoted)


def _read(rows):
    return {
        (code, year): ("" if tons is None else float(tons), note or "")
        for code, year, tons, note in rows
    }


def _meant(table):
    return {key: (tons and float(tons), note) for key, (tons, note) in table.items()}


@settings(max_examples=many(15, 5))
@given(first=_TABLES, second=_TABLES, mode=st.sampled_from(OF_A_FILE[1:]))
def test_the_engine_merges_as_a_dictionary_does(tmp_path, monkeypatch, first, second, mode):
    # Few rows in each turn and span, so that their seams are met.
    monkeypatch.setattr(merged, "SPAN", 3)
    monkeypatch.setattr("yelin.warehouse.staged.ROWS_AT_ONCE", 4)
    if not first:
        return
    before, more = _meant(first), _meant(second)
    met = before.keys() & more.keys()
    expected = {
        Mode.APPEND: before | {key: more[key] for key in more if key not in met},
        Mode.UPSERT: before | more,
        Mode.DELETE: {key: before[key] for key in before if key not in met},
    }[mode]
    prepared, rows, refused = Stood(tmp_path, _written(first.items())).then(
        mode, _written(second.items())
    )
    # Names and values, and their order.
    assert list(_read(rows).items()) == list(expected.items())
    assert len(rows) == prepared.rows == len(expected)
    told = prepared.merged
    changed = [key for key in met if before[key] != expected.get(key)] if mode == "upsert" else []
    assert told.added == len(expected.keys() - before.keys())
    assert told.removed == len(before.keys() - expected.keys())
    assert told.changed == len(changed)
    assert told.unchanged == len(expected) - told.added - told.changed
    lost = {"append": len(met), "upsert": 0, "delete": len(more) - len(met)}[mode]
    assert len({row["line"] for row in refused}) == prepared.refused == lost
