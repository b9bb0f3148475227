"""Write the statement that counts the parts of a release, as the SQL console would be sent it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yelin.market.compute.boxes import Condition, Value
from yelin.market.compute.content import Grouping
from yelin.market.compute.rules import OTHERS, OUTSIDE, Label
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.question import grouped

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Cut:
    """How one answer divides the rows: which it chooses, by what it groups, which are shown.

    Groups that are not among the ``shown`` are put together; without ``groups`` there is but one.
    """

    conditions: tuple[Condition, ...]
    groups: tuple[Grouping, ...]
    shown: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts are counted: by the cuts ``before``, by the ``new`` one, and what is summed.

    Of the new one each group stays apart where it is ``raw``, and has its own label. Rows that say
    the same in the item ``subject`` are of one subject; without it each row is one of its own.
    """

    before: Sequence[Cut]
    new: Cut
    raw: bool
    sums: Sequence[str]
    subject: str
    greatest: int

    def sql(self, table: str, columns: Mapping[str, Column]) -> str:
        """Return the statement; of each part it tells what ``labels`` and ``figures`` name."""
        cuts = [*self.before, self.new]
        steps = [f"seen AS ({self._seen(table, columns, cuts)})", f"cut AS ({self._cut(cuts)})"]
        steps += self._by_subject()
        labels = ", ".join(self.labels)
        for place, _name in enumerate(self.sums):
            last = steps[-1].partition(" AS ")[0]
            steps.append(
                f"top{place} AS (SELECT *, row_number() OVER (PARTITION BY {labels} "  # noqa: S608 - names are our own
                f"ORDER BY abs(m{place}) DESC) AS r{place} FROM {last})"
            )
        last = steps[-1].partition(" AS ")[0]
        told = ", ".join([labels, "count(*)", "sum(n)", *self._figures()])
        steps_sql = ", ".join(steps)
        by = ", ".join(str(place) for place, _ in enumerate(self.labels, 1))
        return f"WITH {steps_sql} SELECT {told} FROM {last} GROUP BY {by}"  # noqa: S608 - the same

    @property
    def labels(self) -> list[str]:
        """The columns that say in which part a row is: one of each cut, or the raw groups."""
        before = [f"l{place}" for place, _cut in enumerate(self.before)]
        if not self.raw:
            return [*before, "l"]
        return [*before, "l", *(f"g{place}" for place, _group in enumerate(self.new.groups))]

    def _figures(self) -> Iterator[str]:
        for place, _name in enumerate(self.sums):
            largest = f"CASE WHEN r{place} <= {self.greatest} THEN abs(m{place}) END"
            yield f"sum(m{place})"
            yield f"sum(abs(m{place}))"
            yield f"sum({largest})"
            yield f"sum(c{place})"

    def _seen(self, table: str, columns: Mapping[str, Column], cuts: Sequence[Cut]) -> str:
        """Return each row with what is asked of it, and no column by its own name."""
        told = []
        for place, cut in enumerate(cuts):
            told.append(f"{_chosen(cut.conditions)} AS i{place}")
            told += [
                f"CAST({_group(columns[each.column], each.by)} AS VARCHAR) AS a{place}_{number}"
                for number, each in enumerate(cut.groups)
            ]
        for place, name in enumerate(self.sums):
            told.append(f"coalesce({ident(name)}, 0) AS m{place}")
            told.append(f"CASE WHEN {ident(name)} IS NULL THEN 0 ELSE 1 END AS c{place}")
        if self.subject:
            told.append(f"CAST({ident(self.subject)} AS VARCHAR) AS s")
        return f"SELECT {', '.join(told)} FROM {ident(table)}"  # noqa: S608 - names are quoted by ident()

    def _cut(self, cuts: Sequence[Cut]) -> str:
        """Return each row with its labels."""
        told, joins = [], []
        for place, cut in enumerate(cuts):
            is_new = place == len(cuts) - 1
            name = "l" if is_new else f"l{place}"
            inside, outside = f"i{place} IS TRUE", f"ELSE {OUTSIDE} END AS {name}"
            if (is_new and self.raw) or not cut.groups:
                told.append(f"CASE WHEN {inside} THEN 1 {outside}")
            elif not cut.shown:
                told.append(f"CASE WHEN {inside} THEN {OTHERS} {outside}")
            else:
                told.append(f"CASE WHEN {inside} THEN coalesce(v{place}.n, {OTHERS}) {outside}")
                joins.append(_join(place, cut))
        if self.raw:
            told += [
                f"CASE WHEN i{len(cuts) - 1} IS TRUE THEN a{len(cuts) - 1}_{number} END"
                f" AS g{number}"
                for number, _group in enumerate(self.new.groups)
            ]
        for place, _name in enumerate(self.sums):
            told += [f"m{place}", f"c{place}"]
        told.append("s" if self.subject else "1 AS n")
        return f"SELECT {', '.join(told)} FROM seen {' '.join(joins)}"  # noqa: S608 - all names are our own

    def _by_subject(self) -> list[str]:
        if not self.subject:
            return []
        sums = [f"sum({sign}{place}) AS {sign}{place}"
                for place, _ in enumerate(self.sums) for sign in "mc"]  # fmt: skip
        labels = ", ".join(self.labels)
        told = ", ".join([labels, "count(*) AS n", *sums])
        return [f"whose AS (SELECT {told} FROM cut GROUP BY {labels}, s)"]  # noqa: S608 - the same


def _group(column: Column, by: str) -> str:
    return grouped(column, by, column.name)[1] if by else ident(column.name)


def _join(place: int, cut: Cut) -> str:
    """Return how a row finds the number of its group."""
    names = [f"k{number}" for number, _ in enumerate(cut.groups)]
    rows = ", ".join(
        f"({', '.join([*map(_text, label), str(number)])})"
        for number, label in enumerate(cut.shown, 1)
    )
    same = " AND ".join(
        f"seen.a{place}_{number} IS NOT DISTINCT FROM v{place}.{name}"
        for number, name in enumerate(names)
    )
    return f"LEFT JOIN (VALUES {rows}) AS v{place}({', '.join([*names, 'n'])}) ON {same}"


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else literal(value)


def _chosen(conditions: Sequence[Condition]) -> str:
    return " AND ".join(map(_condition, conditions)) or "TRUE"


def _condition(said: Condition) -> str:
    column, operator, operands = said
    if operator in {"eq", "in"}:
        return f"{ident(column)} IN ({', '.join(map(_literal, operands))})"
    (end,) = operands
    return f"{ident(column)} {_SIGNS[operator]} {_literal(end)}"


def _literal(value: Value) -> str:
    match value:
        case bool():
            return str(value).upper()
        case dt.datetime():
            return f"CAST({literal(value.isoformat(sep=' '))} AS TIMESTAMP)"
        case dt.date():
            return f"CAST({literal(value.isoformat())} AS DATE)"
        case int() | float():
            kind = "BIGINT" if isinstance(value, int) else "DOUBLE"
            return f"CAST({literal(repr(value))} AS {kind})"
        case Decimal():
            return f"CAST({literal(format(value, 'f'))} AS DECIMAL(38, {_places(value)}))"
    return literal(value)


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))
