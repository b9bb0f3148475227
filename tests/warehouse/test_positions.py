"""A page that is asked for by its number goes on behind the row before it, where that is known."""

import uuid
from dataclasses import replace
from itertools import pairwise

import duckdb
from hypothesis import given
from hypothesis.strategies import integers, lists
from tests.warehouse.test_questions import Laid

from yelin.files.places import Room
from yelin.keys.sealing import Secret
from yelin.warehouse import positions
from yelin.warehouse.engine import connect
from yelin.warehouse.formats import Column
from yelin.warehouse.positions import Position, Positions
from yelin.warehouse.query import Filter, Question, Table

COLUMNS = [Column("n", "I"), Column("k", "I"), Column("t", "C")]
ROWS = 3_000


class Files(Laid):
    """A release without copies, whose state is known."""

    def lying(self, layout):
        del layout

    ready = texts = lying


def written(path):
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT i AS n, nullif(i % 7, 0) AS k, nullif('t' || i * 31 % 11, 't3') AS t "  # noqa: S608 - ours
            f"FROM range({ROWS}) r(i)) TO '{path}' (FORMAT parquet)"
        )
    return path


class Told:
    """A table, and the statements that its pages were asked for by."""

    def __init__(self, place, engine):
        self.statements = []
        self.table = Table([place], COLUMNS, engine, copies=Files(engine, place))
        mine, rows = engine.mine, engine.mine.rows
        mine.rows = lambda sql, params=(): self.statements.append(sql) or rows(sql, params)

    def passed_over(self):
        """How many rows the last statement passes over."""
        (*_, last) = (each for each in self.statements if "OFFSET" in each)
        return int(last.rpartition("OFFSET ")[2])


def test_the_next_page_passes_over_no_row_and_a_far_one_over_few(tmp_path):
    path = written(tmp_path / "t.parquet")
    with connect(memory_mb=128, roots=[tmp_path]) as engine:
        told = Told(path, engine)
        for question in (
            Question(sort=(("k", True), ("t", False)), limit=100),
            Question(
                sort=(("t", True), ("n", False)), filters=(Filter("k", "lte", "5"),), limit=90
            ),
            Question(filters=(Filter("k", "eq", "2"),), limit=40),
            Question(columns=("k", "t"), distinct=True, sort=(("t", False),), limit=8),
        ):
            whole = told.table.page(replace(question, limit=ROWS))
            assert len(whole.rows) == whole.total
            for offset in range(0, whole.total, question.limit):
                page = told.table.page(replace(question, offset=offset))
                assert page.rows == whole.rows[offset : offset + question.limit]
                assert told.passed_over() == 0
            near = replace(question, offset=question.limit * 5 + 3)
            assert told.table.page(near).rows == whole.rows[near.offset :][: near.limit]
            assert told.passed_over() == 3


def test_what_is_sealed_says_its_rows_to_no_memory(tmp_path):
    path = written(tmp_path / "t.parquet")
    sealed = Room(tmp_path, uuid.uuid4(), Secret.fresh()).at("t.sealed")
    with sealed.open("wb") as file:
        file.write(path.read_bytes())
    with connect(memory_mb=128) as engine:
        told = Told(sealed, engine)
        question = Question(sort=(("k", True), ("t", False)), limit=100)
        for offset in (0, 100, 200):
            told.table.page(replace(question, offset=offset))
            assert told.passed_over() == offset


@given(lists(integers(1, 400), max_size=80), integers(0, 500))
def test_the_nearest_position_before_is_told_and_only_so_many_are_kept(kept, offset):
    known = Positions()
    for rows in kept:
        known.keep("q", Position(rows, (rows,)))
    before = [rows for rows in kept if rows <= offset]
    assert known.before("q", offset) == (Position(max(before), (max(before),)) if before else None)
    assert known.before("other", offset) is None
    for rows in range(positions.MOST_EACH + 9):
        known.keep("many", Position(rows, ()))
    held = [known.before("many", rows) for rows in range(positions.MOST_EACH + 9)]
    assert held[:9] == [None] * 9
    assert all(a.rows + 1 == b.rows for a, b in pairwise(held[9:]))
