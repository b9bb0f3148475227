"""Questions as an address writes them: ``filter[列][gte]=…&sort=-列&group=列&aggregate=sum:列``."""

import re
from collections.abc import Iterator

from django.http import QueryDict

from yelin.law.refusals import Incomplete
from yelin.warehouse.query import AGGREGATES, OPERATORS, Aggregate, Filter, Question

# What the column is called that tells which row of the release fails a rule.
NUMBER = "#"
_FILTER = re.compile(r"^filter\[(?P<column>.+?)\](?:\[(?P<operator>[a-z]+)\])?$", re.DOTALL)


def read(query: QueryDict, *, limit: int = 100, page: int = 1) -> Question:
    """Return what ``query`` asks of the rows, as ``page`` (from 1) of ``limit`` rows each.

    Raises ``Incomplete`` naming a filter that cannot be read.
    """
    failing = query.get("failing", "")
    return Question(
        filters=tuple(_filters(query)),
        sort=tuple(_sort(query.get("sort", ""))),
        columns=tuple(_names(chosen)) if (chosen := query.get("columns", "")) else None,
        limit=limit,
        offset=(page - 1) * limit,
        failing=failing,
        number=NUMBER if failing else "",
        groups=tuple(_names(query.get("group", ""))),
        aggregates=tuple(_aggregates(query.get("aggregate", ""))),
    )


def _filters(query: QueryDict) -> Iterator[Filter]:
    for name in query:
        match = _FILTER.match(name)
        if not match:
            continue
        operator = match["operator"] or "eq"
        if operator not in OPERATORS:
            raise Incomplete.at(
                name,
                "Unknown operator {operator}; there are: {operators}.",
                None,
                {"operator": operator, "operators": " ".join(OPERATORS)},
            )
        for value in query.getlist(name):
            yield Filter(match["column"], operator, value)


def _sort(text: str) -> Iterator[tuple[str, bool]]:
    for name in _names(text):
        yield (name.removeprefix("-"), name.startswith("-"))


def _aggregates(text: str) -> Iterator[Aggregate]:
    for name in _names(text):
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
    for quoted, plain in re.findall(r'"((?:[^"]|"")*)"|([^,]+)', text):
        name = quoted.replace('""', '"') if quoted else plain.strip()
        if name:
            yield name
