"""What differs between two tables: applied to the one it gives the other."""

import uuid
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.gate.obligations import NONE, Mask, Obligations, RowFilter
from yelin.warehouse import difference
from yelin.warehouse.difference import Comparing, Shape, keys_shown
from yelin.warehouse.engine import connect
from yelin.warehouse.formats import Column
from yelin.warehouse.query import Table

COLUMNS = (Column("代码", "C"), Column("年份", "I"), Column("吨", "N"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("differences")


@pytest.fixture(scope="module")
def engine(home):
    return connect(memory_mb=128, roots=[home])


def table(home, engine, rows, columns=COLUMNS, bears=NONE, places=2):
    path = home / f"{uuid.uuid4()}.parquet"
    kinds = {"C": pa.string(), "I": pa.int64(), "N": pa.decimal128(38, places)}
    names = [column.name for column in columns]
    values = list(zip(*rows, strict=True)) or [[] for _ in names]
    arrays = [
        pa.array(each).cast(kinds[column.type]) if len(each) else pa.array([], kinds[column.type])
        for column, each in zip(columns, values, strict=True)
    ]
    pq.write_table(pa.table(arrays, names=names), path)
    return Table([path], columns, engine, bears=bears)


def compared(home, before, after, *keys):
    comparing = Comparing(before, after, keys)
    target = home / f"{uuid.uuid4()}.parquet"
    rows = comparing.write(target)
    found = pq.read_table(target)
    assert found.num_rows == rows
    assert found.column_names == [column.name for column in comparing.shape.columns]
    return [tuple(row.values()) for row in found.to_pylist()]


@pytest.mark.long
def test_rows_are_told_apart_by_key_and_their_changed_cells_are_named(home, engine):
    before = table(home, engine, [("01", 2020, 1), ("02", 2020, 2), ("03", 2020, 3)])
    after = table(home, engine, [("04", 2020, 4), ("03", 2021, 5), ("01", 2020, 1)], places=4)
    assert [
        (change, cells, code, year, None if tons is None else float(tons))
        for change, cells, code, year, tons in compared(home, before, after, "代码")
    ] == [
        ("removed", None, "02", 2020, 2),
        ("before", "年份、吨", "03", 2020, 3),
        ("after", "年份、吨", "03", 2021, 5),
        ("added", None, "04", 2020, 4),
    ]


@pytest.mark.long
def test_between_equal_tables_there_is_no_row_and_every_column(home, engine):
    rows = [("01", 2020, None), ("02", None, 2)]
    assert compared(home, table(home, engine, rows), table(home, engine, rows), "代码") == []


def test_where_a_key_stands_twice_whole_rows_are_counted_against_each_other(home, engine):
    before = table(home, engine, [("01", 1, 1), ("01", 1, 1), ("01", 2, 1)])
    after = table(home, engine, [("01", 1, 1), ("01", 3, 1)])
    found = compared(home, before, after, "代码")
    assert [(change, year) for change, _, _, year, _ in found] == [
        ("removed", 1),
        ("removed", 2),
        ("added", 3),
    ]


@pytest.mark.long
def test_a_column_that_one_has_alone_is_shown_and_not_compared_and_another_type_is_text(
    home, engine
):
    before = table(home, engine, [("01", 1, 1), ("02", 1, 1)])
    columns = (Column("代码", "C"), Column("年份", "C"), Column("change", "C"))
    after = table(home, engine, [("01", "1", "x"), ("03", "一", "y")], columns)
    assert Shape.of(before, after).change.name == "change_"
    assert compared(home, before, after, "代码") == [
        ("removed", None, "02", "1", None, 1),
        ("added", None, "03", "一", "y", None),
    ]


def test_only_what_the_asker_sees_is_compared(home, engine):
    old, new = [("01", 1, 1), ("02", 1, 1)], [("01", 2, 1), ("02", 1, 9)]

    def seen(*keys, **bears):
        sides = [table(home, engine, rows, bears=Obligations(**bears)) for rows in (old, new)]
        keys = keys_shown(keys, Obligations(**bears), *sides)
        return compared(home, *sides, *keys)

    assert len(seen("代码")) == 4
    hidden = seen("代码", hidden_items=frozenset({"吨"}))
    assert [row[:3] for row in hidden] == [("before", "年份", "01"), ("after", "年份", "01")]
    assert seen("代码", masks={"吨": Mask.NULL, "年份": Mask.NULL}) == []
    # By a key that is veiled or hidden, rows would be told apart that look the same.
    assert [row[0] for row in seen("代码", masks={"代码": Mask.NULL})] == 2 * ["removed"] + 2 * [
        "added"
    ]
    left_out = frozenset({RowFilter("年份", "eq", "1")})
    assert [row[0] for row in seen("代码", row_filters=left_out)] == ["removed", "before", "after"]


_ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "", "a", "甲"]),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=8,
)


@settings(max_examples=many(30, 8))
@given(old=_ROWS, new=_ROWS, keyed=st.booleans())
def test_a_difference_applied_to_the_one_gives_the_other(
    monkeypatch, home, engine, old, new, keyed
):
    # Few rows in each turn and part, so that their seams are met.
    monkeypatch.setattr("yelin.warehouse.staged.ROWS_AT_ONCE", 4)
    monkeypatch.setattr(difference, "_PAIRS", 2)
    if keyed:
        old, new = ([(str(n), *row[1:]) for n, row in enumerate(rows)] for rows in (old, new))
    keys = ["代码"] if keyed else []
    found = compared(home, table(home, engine, old), table(home, engine, new), *keys)
    rows = Counter(old)
    for change, _, *row in found:
        rows[tuple(row)] += 1 if change in {"added", "after"} else -1
    assert min(rows.values(), default=0) >= 0
    assert +rows == Counter(new)
    if keyed:
        assert len(found) == sum(
            2 if a and b else 1
            for a, b in ((n < len(old), n < len(new)) for n in range(max(len(old), len(new))))
            if not (a and b)
        ) + 2 * sum(one != other for one, other in zip(old, new, strict=False))
