"""Facets: by which values a list may be narrowed, and how many there are of each.

All are counted in one question to the database. A value that the metadata says counts only where
the asker may read it; the public catalog shows some of every entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from yelin.catalog.findable import Findable
from yelin.parties.models import Body

FACETS: Mapping[str, str] = {
    "social": "social",
    "opening": "opening_type",
    "theme": "themes",
    "provider": "provider__credit_code",
    "division": "division",
    "cycle": "update_cycle",
    "sharing": "sharing_type",
    "format": "formats",
    "grade": "grade",
    "classification": "classification",
}
PUBLIC_FACETS = frozenset({"social", "opening", "sharing", "provider"})
# Class and group stand for a branch of the tree; a longer code chosen narrows as well.
CLASS_DIGITS = 3
MOST_VALUES = 50
_LISTS = frozenset({"theme", "format"})
_COLUMNS: Mapping[str, str] = {
    "provider": "provider_id",
    "classification": f"left(classification, {CLASS_DIGITS})",
}
# What a hit tells of itself: by what it is counted, and by what it is ranked.
_TOLD = (
    "entry_id", "provider_id", "opening_type", "sharing_type", "themes", "division", "update_cycle",
    "formats", "grade", "classification", "social", "title_text", "title_sound", "uses",
    "changed_at",
)  # fmt: skip
_TABLE = Findable._meta.db_table
Counts = dict[str, list[tuple[str, int]]]
_NOTHING = Q(pk__in=[])


def one_of(name: str, values: Sequence[object]) -> Q:
    """Return as a filter that an entry has one of ``values`` of a facet."""
    asked = [str(value) for value in values]
    if name == "grade":
        return Q(grade__in=[int(value) for value in asked if value in {"1", "2", "3", "4"}])
    if name == "social":
        return Q(social__in=[value == "true" for value in asked if value in {"true", "false"}])
    if name == "classification":
        return reduce(or_, (Q(classification__startswith=value) for value in asked), _NOTHING)
    return Q(**{f"{FACETS[name]}__{'overlap' if name in _LISTS else 'in'}": asked})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look tells: how many there are, and of no more than it may count the rest too."""

    many: int
    best: list[UUID]
    facets: Counts


def look(
    parts: "Sequence[QuerySet[Findable]]",
    readable: Q,
    names: Sequence[str],
    best: "QuerySet[Findable]",
    most: int,
) -> Look:
    """Return how many rows ``parts`` have together, the ``best`` and the facets named.

    Of more than ``most`` it is only known that there are more.
    """
    facets = _Facets(names)
    sql, params = _hits(parts, readable)
    if not sql:
        return Look(0, [], facets.told())
    # What asks for rows of the table asks for hits from here on.
    head = (
        f"WITH hit AS MATERIALIZED ({sql} LIMIT {most + 1}),"  # noqa: S608 - composed by Django, and figures of ours
        " all_of_them AS MATERIALIZED (SELECT count(*) AS many FROM hit),"
        f" {_TABLE} AS (SELECT * FROM hit WHERE (SELECT many FROM all_of_them) <= {most})"
    )
    ids, more = best.values_list("pk").query.sql_with_params()
    asked = [
        "SELECT '', NULL, many FROM all_of_them",
        f"SELECT '', array_to_string(ARRAY({ids}), ' '), NULL",
        *map(_count, names),
    ]
    many, found = 0, []
    for name, value, count in _rows(f"{head} {_all(asked)}", [*params, *more]):
        if name:
            facets.add(name, value, count)
        elif value is None:
            many = count
        else:
            found = [UUID(pk) for pk in value.split()]
    return Look(many, found, facets.told())


def counted(parts: "Sequence[QuerySet[Findable]]", readable: Q, names: Sequence[str]) -> Counts:
    """Return for each facet named its most frequent values with their counts, most first."""
    sql, params = _hits(parts, readable)
    facets = _Facets(names)
    if not sql:
        return facets.told()
    for row in _rows(f"WITH {_TABLE} AS MATERIALIZED ({sql}) {_all(map(_count, names))}", params):
        facets.add(*row)
    return facets.told()


def among(first: "QuerySet[Findable]", wanted: "QuerySet[Findable]") -> list[UUID]:
    """Return the ids of what is ``wanted``, looking only at the rows that are ``first``."""
    sql, params = first.query.sql_with_params()
    try:
        ids, more = wanted.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    return [pk for (pk,) in _rows(f"WITH {_TABLE} AS ({sql}) {ids}", [*params, *more])]


def chosen(
    parts: "Sequence[QuerySet[Findable]]", readable: Q, wanted: "QuerySet[Findable]"
) -> list[UUID]:
    """Return the ids of what is ``wanted`` of all ``parts``, which are found by their indexes."""
    sql, params = _hits(parts, readable)
    ids, more = wanted.values_list("pk").query.sql_with_params()
    # Not folded into one question, which may be answered row by row in the order wanted.
    head = f"WITH {_TABLE} AS MATERIALIZED ({sql})"
    return [pk for (pk,) in _rows(f"{head} {ids}", [*params, *more])] if sql else []


class _Facets:
    """The counts of facets, as they come from the database."""

    def __init__(self, names: Sequence[str]) -> None:
        self._found: Counts = {name: [] for name in names}

    def add(self, name: str, value: str, many: int) -> None:
        self._found[name].append((value, many))

    def told(self) -> Counts:
        """Return them, providers by their code, the most frequent first."""
        if providers := self._found.get("provider"):
            wanted = Body.objects.filter(pk__in=[pk for pk, _ in providers])
            codes = dict(wanted.values_list("pk", "credit_code"))
            self._found["provider"] = [(codes[UUID(pk)], many) for pk, many in providers]
        return {name: sorted(each, key=_most_first) for name, each in self._found.items()}


def _hits(parts: "Sequence[QuerySet[Findable]]", readable: Q) -> tuple[str, list[Any]]:
    """Return the question for what is ranked and counted of all ``parts``, one after the other."""
    reads = Case(When(readable, then=Value(1)), default=Value(0))
    asked: list[str] = []
    params: list[Any] = []
    for part in parts:
        rows = part.order_by().annotate(readable=reads).values_list(*_TOLD, "readable")
        # A chosen value that no entry can have finds nothing, and no question is written for it.
        with suppress(EmptyResultSet):
            sql, more = rows.query.sql_with_params()
            asked.append(sql)
            params += more
    return " UNION ALL ".join(f"({sql})" for sql in asked), params


def _count(name: str) -> str:
    column = _COLUMNS.get(name) or FACETS[name]
    value = f"unnest({column})" if name in _LISTS else column
    where = "" if name in PUBLIC_FACETS else " WHERE readable = 1"
    values = f"SELECT {value}::text AS value FROM {_TABLE}{where}"  # noqa: S608 - names of ours
    best = f"WHERE value <> '' GROUP BY value ORDER BY 3 DESC, 2 LIMIT {MOST_VALUES}"
    return f"SELECT '{name}', value, count(*) FROM ({values}) AS each {best}"  # noqa: S608 - the same


def _all(asked: Iterable[str]) -> str:
    return " UNION ALL ".join(f"({each})" for each in asked)


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
        return found


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    value, many = pair
    return -many, value
