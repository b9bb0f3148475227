"""Questions in an address, as ``filter[列][gte]=…&sort=-列&aggregate=sum:列``, or in a body."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.http import QueryDict

from yelin.law.refusals import Incomplete
from yelin.warehouse.query import AGGREGATES, OPERATORS, Aggregate, Filter, Question

Value = str | bool | int | float
# What the column is called that tells which row of the release fails a rule.
NUMBER = "#"
_FILTER = re.compile(r"^filter\[(?P<column>.+?)\](?:\[(?P<operator>[a-z]+)\])?$", re.DOTALL)
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^,]+)')

# So many rows one answer of the interface has at most; files have all.
MOST_IN_A_PAGE = 1_000


def read(query: QueryDict, *, limit: int = 100, page: int = 1) -> Question:
    """Return what ``query`` asks of the rows, as ``page`` (from 1) of ``limit`` rows each.

    Raises ``Incomplete`` naming a filter or an aggregate that cannot be read.
    """
    failing = query.get("failing", "")
    return Question(
        filters=tuple(_filters(query)),
        sort=tuple(_sort(_names(query.get("sort", "")))),
        columns=tuple(_names(chosen)) if (chosen := query.get("columns", "")) else None,
        limit=limit,
        offset=(page - 1) * limit,
        failing=failing,
        number=NUMBER if failing else "",
        groups=tuple(_names(query.get("group", ""))),
        aggregates=tuple(_aggregates(_names(query.get("aggregate", "")))),
    )


def of(
    filters: Mapping[str, Mapping[str, Value | list[Value]]],
    *,
    sort: Iterable[str],
    columns: Sequence[str],
    group: Iterable[str],
    aggregate: Iterable[str],
    limit: int,
    page: int,
) -> Question:
    """Return what a body asks of the rows, in its parts; else as ``read``."""
    return Question(
        filters=tuple(
            Filter(column, _known(operator, f"filters.{column}"), _operand(value))
            for column, conditions in filters.items()
            for operator, value in conditions.items()
        ),
        sort=tuple(_sort(sort)),
        columns=tuple(columns) or None,
        limit=limit,
        offset=(page - 1) * limit,
        groups=tuple(group),
        aggregates=tuple(_aggregates(aggregate)),
    )


def _operand(value: Value | list[Value]) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_written(each) for each in value)
    return _written(value)


def _written(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _filters(query: QueryDict) -> Iterator[Filter]:
    for name in query:
        match = _FILTER.match(name)
        if not match:
            continue
        operator = match["operator"] or "eq"
        _known(operator, name)
        for value in query.getlist(name):
            yield Filter(match["column"], operator, value)


def _known(operator: str, place: str) -> str:
    if operator not in OPERATORS:
        raise Incomplete.at(
            place,
            "Unknown operator {operator}; there are: {operators}.",
            None,
            {"operator": operator, "operators": " ".join(OPERATORS)},
        )
    return operator


def _sort(names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    for name in names:
        yield (name.removeprefix("-"), name.startswith("-"))


def _aggregates(names: Iterable[str]) -> Iterator[Aggregate]:
    for name in names:
        function, _, column = name.partition(":")
        if function not in AGGREGATES or not (column or function == "count"):
            raise Incomplete.at(
                "aggregate",
                "{name} is no aggregate: write count, or one of {functions} with a column behind a"
                " colon.",
                None,
                {"name": name, "functions": " ".join(AGGREGATES)},
            )
        yield Aggregate(function, column)


def _names(text: str) -> Iterator[str]:
    # A column whose own name holds a comma is written in double quotes.
    for quoted, plain in _NAME.findall(text):
        name = quoted.replace('""', '"') if quoted else plain.strip()
        if name:
            yield name
