"""What an asker's lists hold, as a table of the database of which more is asked.

The gate's question is composed once for all that one search asks. What is asked of the rows is
written on them as if they were the whole table, so each row that is found is one that it grants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.sql import Query

from yelin import gate
from yelin.catalog.findable import IN_LISTS, READ_BY_EVERYONE, Findable
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.parties.actor import Actor

TABLE = Findable._meta.db_table
_COLUMNS = [field.attname for field in Findable._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of SQL with its values."""

    sql: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: "Clause") -> "Clause":
        if ALWAYS in (self, other):
            return other if self == ALWAYS else self
        return Clause(f"({self.sql}) AND ({other.sql})", self.params + other.params)

    def __add__(self, other: "Clause") -> "Clause":
        return Clause(self.sql + other.sql, self.params + other.params)

    def __or__(self, other: "Clause") -> "Clause":
        return Clause(f"({self.sql}) OR ({other.sql})", self.params + other.params)

    def rows(self) -> list[Any]:
        """Return what the database answers to it."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            found: list[Any] = cursor.fetchall()
            return found

    def ids(self) -> list[UUID]:
        """Return the ids that it selects."""
        return [pk for (pk,) in self.rows()]


ALWAYS = Clause("TRUE")
NEVER = Clause("FALSE")
# Where nobody reads anything, Django writes no condition but a nought.
READABLE = Clause(f"{TABLE}.readable::boolean")


def said(condition: Q) -> Clause:
    """Return as SQL what is asked of the columns of a row."""
    query = Query(Findable)
    query.add_q(condition)
    try:
        sql, params = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return NEVER
    except FullResultSet:
        return ALWAYS
    return Clause(sql, tuple(params))


@cache
def read_by_everyone() -> Clause:
    """Return that a row is in the half of the index that strangers read."""
    return said(READ_BY_EVERYONE)


@cache
def read_by_few() -> Clause:
    """Return that a row is in the other half."""
    return said(~READ_BY_EVERYONE)


class Listing:
    """The rows that one asker may know of, each with whether he may read its metadata."""

    def __init__(self, actor: Actor) -> None:
        self.is_strangers = actor.party_id is None
        self._rows = _strangers(clock.today()) if actor == Actor.anyone() else _rows_of(actor)

    def where(self, found: Clause, columns: str = "entry_id") -> Clause:
        """Return what selects ``columns`` of the rows for which ``found`` holds."""
        sql = f"SELECT {columns} FROM ({self._rows.sql}) AS {TABLE} WHERE {found.sql}"  # noqa: S608 - composed by Django and of names of ours
        return Clause(sql, self._rows.params + found.params)

    def all_of(self, parts: Sequence[Clause], columns: str = "entry_id") -> Clause:
        """Return what selects ``columns`` of the rows of all ``parts``, one after the other."""
        each = [self.where(part, columns) for part in parts]
        sql = " UNION ALL ".join(f"({clause.sql})" for clause in each)
        return Clause(sql, tuple(value for clause in each for value in clause.params))

    def count(self, parts: Sequence[Clause], most: int | None = None) -> int:
        """Return how many rows there are, or ``most`` where there are more."""
        limit = "" if most is None else f" LIMIT {most}"
        head, tail = Clause("SELECT count(*) FROM ("), Clause(f"{limit}) AS found")
        ((many,),) = (head + self.all_of(parts, "1") + tail).rows()
        return int(many)

    def guessed(self, parts: Sequence[Clause]) -> int:
        """Return about how many rows the database expects, without a look at them."""
        (((plan,),),) = (Clause("EXPLAIN (FORMAT JSON) ") + self.all_of(parts, "1")).rows()
        return int(plan["Plan"]["Plan Rows"])


def _rows_of(actor: Actor) -> Clause:
    seen = gate.condition(actor, "entry.see", Entry) & IN_LISTS
    readable = gate.condition(actor, "entry.read", Entry)
    # As a condition and not as a case of one: the planner knows then how many it leaves.
    told = ExpressionWrapper(readable, output_field=BooleanField())
    rows = Findable.objects.filter(seen).annotate(readable=told)
    try:
        return Clause(*rows.values_list(*_COLUMNS, "readable").query.sql_with_params())
    except EmptyResultSet:
        return Clause(f"SELECT *, FALSE AS readable FROM {TABLE} WHERE FALSE")  # noqa: S608 - a name of ours


@lru_cache(maxsize=1)
def _strangers(today: date) -> Clause:
    """Return what a stranger may know of: nobody gave him anything, so it is the same all day."""
    del today
    return _rows_of(Actor.anyone())
