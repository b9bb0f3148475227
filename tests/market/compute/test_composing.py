"""The parts that the engine counts are those that a plain loop counts."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.market.compute.composing import Cut, Parts
from yelin.market.compute.content import Grouping
from yelin.market.compute.rules import OTHERS, OUTSIDE
from yelin.warehouse import sql
from yelin.warehouse.engine import connect, literal
from yelin.warehouse.formats import Column

COLUMNS = {
    "甲": Column("甲", "C"),
    'o"dd': Column('o"dd', "C"),
    "n": Column("n", "N", scale=2),
    "who": Column("who", "C"),
}
WORDS = st.sampled_from(["x", "y'", '"z"', None])
ROWS = st.tuples(
    WORDS,
    WORDS,
    st.one_of(st.none(), st.decimals("-99", "99", places=2)),
    st.sampled_from(["F1", "F2", "F3", None]),
)
BEFORE = (
    Cut((("甲", "in", ("x", "y'")),), (Grouping(column='o"dd'),), (("x",), (None,))),
    Cut((), (Grouping(column="甲"), Grouping(column='o"dd')), (('"z"', "y'"),)),
    Cut((("n", "gte", (Decimal("-5.5"),)),), ()),
)
ORDERS = {"in": lambda value, wanted: value in wanted, "gte": lambda value, end: value >= end[0]}


def counted(table, parts):
    """Return the rows that the engine answers, as it is asked by the house."""
    rows = ", ".join(f"({', '.join(map(_written, row, COLUMNS))})" for row in table)
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in COLUMNS)
    text = sql.composed(parts.sql("one/2", COLUMNS)).sql(32_000)
    with connect(memory_mb=128, threads=1) as engine:
        engine.rows("CREATE SCHEMA resource")
        engine.rows(f'CREATE TABLE resource."0" AS SELECT * FROM (VALUES {rows}) v({names})')  # noqa: S608 - the test's own
        return {tuple(row[: len(parts.labels)]): tuple(map(_plain, row[len(parts.labels) :]))
                for row in engine.rows(text)}  # fmt: skip


def _written(value, name) -> str:
    said = "NULL" if value is None else literal(str(value))
    return f"CAST({said} AS {'DECIMAL(12, 2)' if name == 'n' else 'VARCHAR'})"


def _plain(value) -> Decimal:
    return Decimal(str(value))


def expected(table, parts):
    """Count the same with nothing but loops."""
    found = defaultdict(list)
    for values in table:
        row = dict(zip(COLUMNS, values, strict=True))
        labels = [label(row, cut) for cut in parts.before]
        if parts.raw:
            inside = chosen(row, parts.new)
            groups = [row[each.column] if inside else None for each in parts.new.groups]
            labels += [int(inside), *groups]
        else:
            labels.append(label(row, parts.new))
        found[tuple(labels)].append(row)
    return {labels: tuple(figures(rows, parts)) for labels, rows in found.items()}


def chosen(row, cut) -> bool:
    return all(
        row[column] is not None and ORDERS[operator](row[column], operands)
        for column, operator, operands in cut.conditions
    )


def label(row, cut) -> int:
    if not chosen(row, cut):
        return OUTSIDE
    said = tuple(row[each.column] for each in cut.groups)
    if not cut.groups:
        return 1
    return cut.shown.index(said) + 1 if said in cut.shown else OTHERS


def figures(rows, parts):
    by = defaultdict(Decimal)
    for place, row in enumerate(rows):
        by[row["who"] if parts.subject else place] += row["n"] or 0
    sizes = sorted(map(abs, by.values()), reverse=True)
    yield from (len(by), len(rows))
    for _name in parts.sums:
        yield sum(by.values())
        yield sum(sizes)
        yield sum(sizes[: parts.greatest])
        yield sum(row["n"] is not None for row in rows)


@settings(max_examples=many(400, 12), deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=14), st.booleans(), st.booleans(), st.integers(0, 3))
def test_the_engine_counts_parts_as_a_loop_does(table, raw, by_subject, before):
    new = Cut((("甲", "in", ("x", '"z"')),), (Grouping(column="甲"),), (("x",),))
    parts = Parts(BEFORE[:before], new, raw, ("n",), "who" if by_subject else "", 2)
    assert counted(table, parts) == expected(table, parts)
