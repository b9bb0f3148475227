"""Rows laid out part by part are laid out as if they were sorted at once."""

import uuid

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis.strategies import booleans, integers, lists, sampled_from
from tests.thorough import many

from yelin.files.places import Room, is_sealed
from yelin.keys.sealing import Secret
from yelin.warehouse import laying
from yelin.warehouse.engine import TooMuch, connect
from yelin.warehouse.formats import Column
from yelin.warehouse.keyed import Keyed

MANY = 600_000
ROWS = [(a, b) for a in (None, "", "a", "海口", "z" * 99) for b in (None, 1, -2)]


def written(path, rows):
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE t (a VARCHAR, b BIGINT)")
        engine.executemany("INSERT INTO t VALUES (?, ?)", rows)
        engine.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def laid(engine, source, layout, **more):
    laying.write(engine, source, layout, "laid", **more)
    found = engine.rows('SELECT a, b, " row" FROM laid ORDER BY " at"')
    assert engine.rows('SELECT " at" FROM laid') == [(at,) for at in range(len(found))]
    engine.rows("DROP TABLE laid")
    return found


@given(
    rows=lists(sampled_from(ROWS), min_size=2, max_size=60),
    item=sampled_from("ab"),
    descending=booleans(),
    parts=integers(2, 9),
)
@settings(max_examples=many(12, 2), deadline=None)
def test_parts_lie_behind_one_another_as_one_sorting_would_lay_them(
    tmp_path, rows, item, descending, parts
):
    source = written(tmp_path / "t.parquet", rows)
    layouts = [(item, descending), Keyed.of([Column(item, "C" if item == "a" else "I")], 50)]
    with connect(roots=[tmp_path]) as engine, pytest.MonkeyPatch.context() as patched:
        whole = [laid(engine, source, layout) for layout in layouts]
        # As if each took so many parts.
        patched.setattr(laying, "_MB", 1)
        patched.setattr(laying, "_CELL", parts)
        patched.setattr(laying, "MOST_PARTS", 1 << 20)
        assert [laid(engine, source, layout, within_mb=len(rows)) for layout in layouts] == whole
        # Where that is too much still, and is halved.
        patched.setattr(engine, "one", _Narrow(engine))
        assert [laid(engine, source, layout) for layout in layouts] == whole


class _Narrow:
    """An engine that has no room for the first statement that writes all rows."""

    def __init__(self, engine):
        self._one = engine.one

    def __call__(self, sql, params=()):
        if sql.startswith("INSERT") and ("WHERE true ORDER" in sql or "BETWEEN 0 AND 6" in sql):
            raise TooMuch
        return self._one(sql, params)


@pytest.mark.long
def test_a_sealed_release_that_is_more_than_all_memory_is_sorted_in_it(tmp_path):
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT md5(i::VARCHAR) AS a, i AS b FROM range({MANY}) r(i)) "  # noqa: S608 - ours
            f"TO '{tmp_path}/plain' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20_000)"
        )
    room = Room(tmp_path, uuid.uuid4(), Secret.fresh())
    source = room.at("t.parquet")
    with source.open("wb") as file:
        file.write((tmp_path / "plain").read_bytes())
    with connect(memory_mb=64) as engine:
        for number, layout in enumerate((("a", False), Keyed.of([Column("a", "C")], MANY))):
            target = room.at(f"{number}.duckdb")
            # As a whole it does not fit, nor may it spill.
            with pytest.raises(TooMuch):
                engine.rows(f"CREATE TABLE t AS FROM read_parquet('{source}') ORDER BY a")
            with engine.making(target) as made:
                laying.write(engine, source, layout, f"{made}.laid", within_mb=20)
                before = f"SELECT *, lag(a) OVER () AS before FROM {made}.laid"  # noqa: S608 - ours
                sums = 'count(*), max(" at") + 1, sum(b), count_if(a < before)'
                found = engine.one(f"SELECT {sums} FROM ({before})")  # noqa: S608 - ours
                count, last, total, wrong = found
                assert (count, last, total) == (MANY, MANY, MANY * (MANY - 1) // 2)
                assert wrong == 0 or isinstance(layout, Keyed)
            assert is_sealed(target.path)
