"""Every question against a plain reading of it: from files and copies, by REST and CKAN."""

import datetime as dt
import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.http import QueryDict
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.warehouse.clusters import CLUSTER, reached
from tests.warehouse.tables import at

from yelin.api.ckan.rows import Asked
from yelin.delivery import cursors
from yelin.gate import Mask, Obligations, RowFilter
from yelin.law.refusals import Incomplete
from yelin.surface import questions
from yelin.warehouse import fences, ready, serving, texts
from yelin.warehouse.engine import connect
from yelin.warehouse.query import (
    OPERATORS,
    Aggregate,
    BadOperand,
    Column,
    Filter,
    Question,
    Table,
    UnknownColumn,
)

COLUMNS = (
    Column("号", "I"), Column("区", "C"), Column("名", "C"), Column("生", "D"), Column("薪", "N"),
    Column("率", "F"), Column("是", "L"), Column("密", "C"),
)  # fmt: skip
KINDS = (
    pa.int64(), pa.string(), pa.string(), pa.date32(), pa.decimal128(9, 2), pa.float64(),
    pa.bool_(), pa.string(),
)  # fmt: skip
SPANS = ("year:生", "quarter:生", "month:生", "day:生", "2:号", "0.5:号", "3:薪", "0.25:薪", "2:率")
BEARS = (
    Obligations(),
    Obligations(
        hidden_items=frozenset({"密"}),
        masks={"名": Mask.PARTIAL, "生": Mask.PARTIAL, "薪": Mask.NULL},
        row_filters=frozenset({RowFilter("密", "ne", "外")}),
    ),
)
ROW = st.tuples(
    st.none() | st.integers(-2, 3),
    st.none() | st.sampled_from(["琼", "粤", "Ab", "aB%"]),
    st.none() | st.text("甲乙丙", min_size=1, max_size=3),
    st.none() | st.dates(dt.date(1960, 1, 1), dt.date(1975, 12, 31)),
    st.none() | st.decimals(-9, 9, places=2),
    st.none() | st.sampled_from([-1.5, 0.1, 2.0, 1e300]),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["内", "外"]),
)


class Plain:
    """The rows as the asker has them, and what comes of a question, one value at a time."""

    def __init__(self, rows, bears):
        self.names = [column.name for column in COLUMNS if bears.shows(column.name)]
        kept = [row for row in rows if not bears.row_filters or row[7] != "外"]
        whole = [dict(zip((c.name for c in COLUMNS), row, strict=True)) for row in kept]
        self.rows = [{n: veiled(bears.masks.get(n), row[n]) for n in self.names} for row in whole]
        self.types = {column.name: column.type for column in COLUMNS}

    def answer(self, question):
        rows = self.rows
        if question.number:
            rows = [{question.number: n} | row for n, row in enumerate(rows, 1)]
            self.types[question.number] = "I"
        names = list(rows[0] if rows else dict.fromkeys([question.number or "号", *self.names]))
        if not question.number:
            names = self.names
        rows = [row for row in rows if self.fits(row, question)]
        if question.groups or question.aggregates:
            rows, names = self.grouped(rows, question)
        elif question.columns:
            names = list(dict.fromkeys(question.columns))
        if question.distinct:
            unique = {tuple(row[name] for name in names): row for row in rows}
            rows = sorted(unique.values(), key=lambda row: [place(row[name]) for name in names])
        for name, descending in reversed(question.sort):
            rows = (
                sorted(
                    rows,
                    key=lambda row: row[name] if row[name] is not None else 0,
                    reverse=descending,
                )
                if all(row[name] is not None for row in rows)
                else nulls_last(rows, name, descending)
            )
        return [{name: shown(row[name]) for name in names} for row in rows]

    def fits(self, row, question):
        def holds(each):
            return self.compares(row[each.column], self.types[each.column], each)

        return (
            all(map(holds, question.filters))
            and all(any(all(map(holds, g)) for g in groups) for groups in question.either)
            and all(
                any(word.lower() in (text(row[name]) or "").lower() for name in self.names)
                for word in question.words
            )
        )

    def compares(self, value, type_, asked):
        operator, operand = asked.operator, asked.value
        if operator == "isnull":
            return (value is None) == (operand == "true")
        if operator == "ne":
            return value is None or value != read(type_, operand)
        if value is None:
            return False
        if operator in {"contains", "startswith"}:
            written = text(value)
            return operand in written if operator == "contains" else written.startswith(operand)
        if operator == "in":
            many = operand.split(",") if isinstance(operand, str) else operand
            return value in [read(type_, one) for one in many]
        wanted = read(type_, operand)
        return {
            "eq": value == wanted, "lt": value < wanted, "lte": value <= wanted,
            "gt": value > wanted, "gte": value >= wanted,
        }[operator]  # fmt: skip

    def grouped(self, rows, question):
        groups = {}
        for row in rows:
            key = tuple(spanned(row, name) for name in question.groups)
            groups.setdefault(key, []).append(row)
        if not question.groups:
            groups = {(): rows}
        made = []
        for key, members in groups.items():
            row = dict(zip(question.groups, key, strict=True))
            for each in question.aggregates:
                row[each.name] = self.told(each, members)
            made.append(row)
        names = [*dict.fromkeys(question.groups), *(each.name for each in question.aggregates)]
        ordered = sorted(made, key=lambda row: [place(row[name]) for name in question.groups])
        return ordered, names

    def told(self, asked, rows):
        if asked.name == "count":
            return len(rows)
        values = [row[asked.column] for row in rows if row[asked.column] is not None]
        if asked.function in {"count", "distinct"}:
            return len(values if asked.function == "count" else set(values))
        if not values:
            return None
        return {"sum": sum, "min": min, "max": max, "avg": lambda v: float(sum(v) / len(v))}[
            asked.function
        ](values)


def veiled(mask, value):
    if mask is None or value is None:
        return value
    if mask is Mask.NULL:
        return None
    if isinstance(value, dt.date):
        return dt.date(value.year, 1, 1)
    return "*" if len(value) == 1 else value[0] + "*" * (len(value) - 1)


def spanned(row, name):
    """Where the span begins in which a row stands."""
    by, _, of = name.rpartition(":")
    value = row[of]
    if not by or value is None:
        return value
    if of == "生":
        month = {"year": 1, "quarter": (value.month - 1) // 3 * 3 + 1}.get(by, value.month)
        return value.replace(month=month, day=value.day if by == "day" else 1)
    width = type(value)(by) if "." not in by else Decimal(by)
    return value // width * width if of == "率" else math.floor(value / Decimal(by)) * width


def nulls_last(rows, name, descending):
    there = [row for row in rows if row[name] is not None]
    return sorted(there, key=lambda row: row[name], reverse=descending) + [
        row for row in rows if row[name] is None
    ]


def place(value):
    return (value is None, 0 if value is None else value)


def text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".")
    if isinstance(value, float):
        return "1e+300" if value == 1e300 else f"{value}".removesuffix(".0")
    return str(value)


def read(type_, operand):
    kinds = {"I": Decimal, "N": Decimal, "F": float, "D": dt.date.fromisoformat, "C": str}
    return operand == "true" if type_ == "L" else kinds[type_](operand)


def shown(value):
    if isinstance(value, Decimal | float) and not isinstance(value, bool):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value.isoformat() if isinstance(value, dt.date) else value


OPERANDS = {
    "I": ["-1", "0", "2", "2.5"], "C": ["琼", "Ab", "甲", "甲*", "%"], "N": ["0", "1.25", "-3"],
    "D": ["1970-01-01", "1969-12-31"], "F": ["0.1", "2", "-1.5"], "L": ["true", "false"],
}  # fmt: skip


@st.composite
def filters(draw, names):
    column = draw(st.sampled_from([each for each in COLUMNS if each.name in names]))
    operators = [
        each for each in OPERATORS if column.type != "L" or each in {"eq", "ne", "isnull", "in"}
    ]
    operator = draw(st.sampled_from(operators))
    if operator == "isnull":
        return Filter(column.name, operator, draw(st.sampled_from(["true", "false"])))
    if operator in {"contains", "startswith"}:
        return Filter(column.name, operator, draw(st.sampled_from(["", "1", "甲", "-", "9.", "*"])))
    operand = st.sampled_from(OPERANDS[column.type])
    if operator == "in":
        return Filter(column.name, operator, tuple(draw(st.lists(operand, min_size=1, max_size=3))))
    return Filter(column.name, operator, draw(operand))


@st.composite
def asked(draw, names):
    some = st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)
    question = Question(
        filters=tuple(draw(st.lists(filters(names), max_size=2))),
        either=tuple(
            (tuple(each), (filters_too,))
            for each, filters_too in draw(
                st.lists(
                    st.tuples(st.lists(filters(names), min_size=1, max_size=2), filters(names)),
                    max_size=1,
                )
            )
        ),
        words=tuple(draw(st.lists(st.sampled_from(["甲", "AB", "1", "*"]), max_size=1))),
        limit=draw(st.integers(1, 4)),
    )
    way = draw(st.sampled_from(["rows", "rows", "counted", "distinct", "groups"]))
    sort = tuple((name, draw(st.booleans())) for name in draw(some))
    if way == "groups":
        functions = st.sampled_from(["count", "distinct", "min", "max"])
        made = [Aggregate("count")]
        made += [Aggregate(draw(functions), name) for name in draw(some)]
        made += [Aggregate(draw(st.sampled_from(["sum", "avg"])), "号")]
        spans = [each for each in SPANS if each.partition(":")[2] in names]
        by = tuple(draw(st.lists(st.sampled_from([*names, *spans]), max_size=2, unique=True)))
        sort = (
            tuple((each.name, draw(st.booleans())) for each in made[:1])
            if draw(st.booleans())
            else ()
        )
        return replace(question, groups=by, aggregates=tuple(dict.fromkeys(made)), sort=sort)
    if way == "distinct":
        columns = draw(some) or ("区",)
        sort = tuple(pair for pair in sort if pair[0] in columns)
        return replace(question, columns=columns, distinct=True, sort=sort)
    number = "_id" if way == "counted" else ""
    return replace(question, sort=sort, number=number, columns=draw(some) or None)


class Laid:
    """Copies in every order, of one file."""

    def __init__(self, engine, source):
        self.engine, self.source, self.made = engine, source, {}
        self.state = str(source)

    @property
    def near(self):
        return self

    def lying(self, layout):
        path = self.source.with_name(f"{self.source.stem}-{len(self.made)}.duckdb")
        path = self.made.setdefault(layout, path)
        if not path.exists():
            serving.write(self.engine, self.source, layout, path, COLUMNS)
        return serving.read(self.engine, path, lambda: path, layout)

    def ready(self, layout):
        self.lying(layout)
        path = self.made[layout].with_suffix(".rows")
        return ready.read(path)

    def texts(self, name):
        path = self.source.with_name(f"{self.source.stem}-{name}.texts")
        if not path.exists():
            every = f"SELECT \"{name}\" FROM read_parquet('{self.source}')"  # noqa: S608 - ours
            texts.write(self.engine.cursor().batches(every, size=2_048), path)
        return texts.read(path)


@pytest.fixture(scope="module", autouse=True)
def _fences_near_one_another():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fences, "EVERY", 2)
        for name, rows in (("BLOCK", 2), ("BATCH", 2), ("ROWS", 4)):
            patch.setattr(ready, name, rows)
        yield


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return connect(memory_mb=128, threads=1, roots=[tmp_path_factory.getbasetemp()])


def walked(table, question) -> Iterator[dict]:
    """All rows, page by page, each page found by what is written in a cursor."""
    while True:
        page = table.page(question)
        yield from page.rows
        if not page.last:
            return
        cursor = cursors.write(question.offset + len(page.rows), page.last, "bound")
        offset, after = cursors.read(cursor, "bound")
        question = replace(question, offset=offset, after=after)


NUMBERS = itertools.count()


# Nothing is made smaller: each try makes databases.
@settings(max_examples=12, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(rows=st.lists(ROW, max_size=9), asking=st.data())
def test_every_question_is_answered_as_it_reads(tmp_path_factory, rows, asking):
    """Hidden, veiled and left out before anything is asked; the same from any copy, at any page."""
    path = tmp_path_factory.getbasetemp() / f"asked-{next(NUMBERS)}.parquet"
    columns = [pa.array([row[n] for row in rows], kind) for n, kind in enumerate(KINDS)]
    pq.write_table(pa.table(columns, names=[column.name for column in COLUMNS]), path)
    engine = connect(memory_mb=128, threads=1, roots=[path.parent])
    laid = Laid(engine, path)
    for bears in BEARS:
        plain = Plain(rows, bears)
        tables = [
            Table([path], COLUMNS, engine, bears=bears, copies=copies) for copies in (None, laid)
        ]
        if CLUSTER:
            tables.append(Table([path], COLUMNS, engine, bears=bears, bulk=reached(engine)))
        for _ in range(3):
            question = asking.draw(asked(plain.names))
            expected = plain.answer(question)
            for table in tables:
                assert list(walked(table, question)) == expected
                assert table.count(question) == len(expected)
                # By their numbers, whether the row before is known by now or not.
                for offset in (2, *asking.draw(st.lists(st.integers(0, 9), max_size=3))):
                    skipped = table.page(replace(question, offset=offset))
                    assert (skipped.rows, skipped.total) == (
                        expected[offset : offset + question.limit], len(expected),
                    )  # fmt: skip
        hidden = Question(groups=("密",)), Question(aggregates=(Aggregate("max", "密"),))
        for table, question in itertools.product(tables if bears.hidden_items else (), hidden):
            with pytest.raises(UnknownColumn, match="密"):
                table.page(question)


def test_an_address_and_ckan_ask_the_same(engine, tmp_path):
    path = tmp_path / "one.parquet"
    pq.write_table(pa.table({"号": [1, 2, 3], "区": ["琼", "粤", "琼"]}), path)
    table = Table([path], COLUMNS[:2], engine)
    query = QueryDict("filter[号][gte]=2&filter[区][in]=琼,粤&sort=-号", mutable=True)
    sent = {"filters": {"号": {"gte": 2}, "区": ["琼", "粤"]}, "sort": "号 desc"}
    rows = table.page(questions.read(query)).rows
    ckan = table.page(
        Asked.model_validate(sent | {"filters": json.dumps(sent["filters"])}).question()
    )
    assert [{"_id": row["号"]} | row for row in rows] == ckan.rows
    query["sort"], query["group"] = "-count", "区"
    query["aggregate"] = 'count,"sum:号"'
    assert table.page(questions.read(query)).rows == [
        {"区": "琼", "count": 1, "sum:号": 3}, {"区": "粤", "count": 1, "sum:号": 2},
    ]  # fmt: skip
    for wrong in ("median:号", "sum", ":号"):
        query["aggregate"] = wrong
        with pytest.raises(Incomplete):
            questions.read(query)
    with pytest.raises(BadOperand, match="numbers"):
        table.page(Question(aggregates=(Aggregate("sum", "区"),)))
    called = Table([path], (Column("号", "I"), Column("count", "C")), engine)
    with pytest.raises(BadOperand, match="called the same"):
        called.require(Question(groups=("count",), aggregates=(Aggregate("count"),)))


def test_a_sum_that_few_readers_hold_goes_as_text_on_every_page(engine, tmp_path):
    path = tmp_path / "one.parquet"
    pq.write_table(pa.table({"号": [1, 2, 2], "量": [1, 2**52, 2**53]}), path)
    table = Table([path], (Column("号", "I"), Column("量", "I")), engine)
    question = Question(groups=("号",), aggregates=(Aggregate("sum", "量"),), limit=1)
    assert list(walked(table, question)) == [
        {"号": 1, "sum:量": "1"}, {"号": 2, "sum:量": str(3 * 2**52)},
    ]  # fmt: skip


def test_a_cursor_leads_nowhere_but_where_it_was_written_for():
    place = (Decimal("1.50"), None, at("2020-01-02T03:00:00"), "琼", True)
    cursor = cursors.write(3, place, "here")
    assert cursors.read(cursor, "here") == (3, place)
    assert cursor == cursors.write(3, place, "here")
    for wrong, bound in (
        (cursor, "there"),
        (cursor[:-2], "here"),
        ("", "here"),
        ("x" * 99, "here"),
    ):
        with pytest.raises(Incomplete):
            cursors.read(wrong, bound)
