"""Facets: by which values a list may be narrowed, and how many there are of each.

All are counted in one question to the database. A value that the metadata says counts only where
the asker may read it; the public catalog shows some of every entry.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Left

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
_COLUMNS: Mapping[str, str | Left] = {
    "provider": "provider_id",
    "classification": Left("classification", CLASS_DIGITS),
}
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


def counted(
    hits: "QuerySet[Findable]", readable: Q, names: Sequence[str]
) -> dict[str, list[tuple[str, int]]]:
    """Return for each facet named its most frequent values with their counts, most first."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    reads = Case(When(readable, then=Value(1)), default=Value(0))
    columns = [_COLUMNS.get(name) or FACETS[name] for name in names]
    try:
        sql, params = hits.values_list(*columns, reads).query.sql_with_params()
    except EmptyResultSet:
        # A chosen value that no entry can have finds nothing, and no question is written for it.
        return found
    counts = " UNION ALL ".join(_count(name) for name in names)
    head = f"WITH hit ({', '.join(names)}, readable) AS MATERIALIZED"
    with connection.cursor() as cursor:
        cursor.execute(f"{head} ({sql}) {counts}", params)
        for name, value, many in cursor.fetchall():
            found[name].append((value, many))
    if "provider" in found:
        wanted = Body.objects.filter(pk__in=[pk for pk, _ in found["provider"]])
        codes = dict(wanted.values_list("pk", "credit_code"))
        found["provider"] = [(codes[UUID(pk)], many) for pk, many in found["provider"]]
    return {name: sorted(each, key=_most_first) for name, each in found.items()}


def _count(name: str) -> str:
    value = f"unnest({name})" if name in _LISTS else name
    where = "" if name in PUBLIC_FACETS else " WHERE readable = 1"
    values = f"SELECT {value}::text AS value FROM hit{where}"  # noqa: S608 - a name of ours
    best = f"WHERE value <> '' GROUP BY value ORDER BY 3 DESC, 2 LIMIT {MOST_VALUES}"
    return f"(SELECT '{name}', value, count(*) FROM ({values}) AS each {best})"  # noqa: S608 - the same


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    value, many = pair
    return -many, value
