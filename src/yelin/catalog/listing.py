"""What an asker's lists hold, as a table of the database of which more is asked.

The gate's question is composed once a day for each who asks. What is asked of the rows is written
on them as if they were the whole table, so each row that is found is one that it grants.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache, reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.sql import Query
from psycopg.sql import Literal

from yelin import gate
from yelin.catalog import plainly
from yelin.catalog.findable import IN_LISTS, IN_SAMPLE, READ_BY_EVERYONE, Findable
from yelin.catalog.models import Entry
from yelin.gate.composed import MOMENT, asked_now
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.things import prepared

TABLE = Findable._meta.db_table
_COLUMNS = [field.attname for field in Findable._meta.concrete_fields]
_PLACE = re.compile("%[s%]")
_NAMED = re.compile(rf"\b({'|'.join(_COLUMNS)})\b")


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

    def kept(self) -> list[Any]:
        """Return the same, in binary, by a plan that the database keeps for whatever values."""
        return prepared.by_one_plan(self.sql, self.params)

    def fixed(self) -> "Clause":
        """Return the same with its values written into it, but for the moment in which it is asked.

        A plan that is kept goes by what is fixed: the halves of the index, sets of numbers.
        """
        values, moments = iter(self.params), []

        def written(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return place[0]
            value = next(values)
            if value == MOMENT:
                moments.append(value)
                return place[0]
            return Literal(value).as_string(connection.connection).replace("%", "%%")

        connection.ensure_connection()
        return Clause(_PLACE.sub(written, self.sql), tuple(moments))

    def ids(self) -> list[UUID]:
        """Return the ids that it selects."""
        return [pk for (pk,) in self.rows()]


# How words are looked for, and the signs in them that would mean something in a pattern.
_LIKE = {"contains": "%%%s%%", "startswith": "%s%%"}
_MEANT = re.compile(r"[\\%_]")
_IDS = Clause("entry_id")
_IN_NONE = Clause("")
ALWAYS = Clause("TRUE")
NEVER = Clause("FALSE")
# Where nobody reads anything, Django writes no condition but a nought.
READABLE = Clause(f"{TABLE}.readable::boolean")


def said(condition: Q) -> Clause:
    """Return as SQL what is asked of the columns of a row, of which all asked here have a value.

    What words ask for is written down by itself: Django takes longer for it than it takes to find
    a hundred rows.
    """
    each = [_one(child) for child in condition.children]
    found = reduce(or_ if condition.connector == Q.OR else and_, each) if each else ALWAYS
    return Clause(f"NOT ({found.sql})", found.params) if condition.negated else found


def _one(child: Any) -> Clause:
    if isinstance(child, Q):
        return said(child)
    name, value = child
    column, _, lookup = name.partition("__")
    if isinstance(value, str) and lookup in _LIKE:
        pattern = _LIKE[lookup] % _MEANT.sub(r"\\\g<0>", value)
        return Clause(f"{TABLE}.{column} LIKE %s", (pattern,))
    if isinstance(value, list) and lookup == "contains":
        return Clause(f"{TABLE}.{column} @> %s::text[]", (value,))
    return _composed(Q(child))


def _composed(condition: Q) -> Clause:
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
    return said(READ_BY_EVERYONE).fixed()


@cache
def read_by_few() -> Clause:
    """Return that a row is in the other half."""
    return said(~READ_BY_EVERYONE).fixed()


@cache
def _in_sample() -> Clause:
    return said(IN_SAMPLE).fixed()


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: of the rows in any of ``parts``, and no row is in two, those ``allowed``.

    What the index answers stands in the parts, and beside it what is ``left`` to check of each.
    What goes by the asker, too, stands in ``allowed``: that is asked of what they find, with what
    the gate says of it.
    """

    parts: tuple[Clause, ...]
    allowed: Clause = ALWAYS
    left: tuple[Clause, ...] = ()

    def each(self) -> Iterable[tuple[Clause, Clause]]:
        """Return the parts, each with what is left to check of it."""
        return zip(self.parts, self.left or (ALWAYS,) * len(self.parts), strict=True)

    def apart(self) -> "list[Sought]":
        """Return each part by itself, as something sought."""
        return [replace(self, parts=(part,), left=(left,)) for part, left in self.each()]

    def narrowed(self, by: Clause) -> "Sought":
        """Return the same, of the rows for which ``by`` holds."""
        return replace(self, parts=tuple(part & by for part in self.parts))

    def sampled(self) -> "Sought":
        """Return the same, of a sample of all rows."""
        return self.narrowed(_in_sample())


def unranked(left: Clause) -> Clause:
    """Return a rank that all have alike of which what is ``left`` to check holds."""
    return (
        Clause("0") if left == ALWAYS else Clause(f"CASE WHEN {left.sql} THEN 0 END", left.params)
    )


class Listing:
    """The rows that one asker may know of, each with whether he may read its metadata."""

    def __init__(self, actor: Actor) -> None:
        self.is_strangers = actor.party_id is None
        rows = _rows_of(actor, clock.today(), packs.active().name)
        self._rows = replace(rows, params=asked_now(rows.params))

    def where(self, found: Clause, order: Clause = _IN_NONE) -> Clause:
        """Return what selects the rows for which ``found`` holds, to be looked at one by one."""
        return self._of(found, _IDS, order=order)

    def all_of(self, sought: Sought, columns: Clause = _IDS) -> Clause:
        """Return what selects ``columns`` of all rows that are sought, as the index finds them.

        The gate is asked once of what all parts find. Written into each part, its question would
        be planned for each, which takes longer than to find a hundred rows.
        """
        names = self._asked_of(sought, columns)
        each = (Clause(f"SELECT {names}") + _from(part & left) for part, left in sought.each())
        return self._found(each, sought.allowed, columns)

    def ranked(self, sought: Sought, rank: Callable[[Clause], Clause], columns: Clause) -> Clause:
        """Return the same, with a ``rank`` of which none is told where the check fails.

        So the title is looked into once, for both.
        """
        names = self._asked_of(sought, columns)
        each = (
            Clause(f"SELECT {names}, ") + rank(left) + Clause(" AS rank") + _from(part)
            for part, left in sought.each()
        )
        is_hit = Clause("rank IS NOT NULL")
        return self._found(each, sought.allowed & is_hit, columns, f", {TABLE}.rank")

    def _asked_of(self, sought: Sought, columns: Clause) -> str:
        return _named(f"{self._rows.sql} {columns.sql} {sought.allowed.sql}")

    def _found(
        self, each: Iterable[Clause], allowed: Clause, columns: Clause, along: str = ""
    ) -> Clause:
        found = Clause(f"WITH {TABLE} AS NOT MATERIALIZED (") + _one_after_the_other(each)
        # What follows is not mixed into the gate's question, but asked of its answers.
        return found + Clause(") ") + self._of(allowed, columns, apart=" OFFSET 0", along=along)

    def _of(
        self,
        found: Clause,
        columns: Clause,
        *,
        order: Clause = _IN_NONE,
        apart: str = "",
        along: str = "",
    ) -> Clause:
        """Return what selects ``columns`` of the rows for which ``found`` holds.

        Each column that is handed on costs time for each row: there are no more than are asked for.
        """
        names = _named(f"{columns.sql} {found.sql} {order.sql}")
        rows = Clause(f"SELECT {names}{along}, ") + self._rows + Clause(apart)
        told = Clause("SELECT ") + columns + Clause(" FROM (")
        return told + rows + Clause(f") AS {TABLE} WHERE ") + found + order

    def sampled(self, sought: Sought, most: int) -> int:
        """Return how many are in the sample of all rows, or ``most`` where there are more."""
        ((many,),) = self._counted(sought.sampled(), f" LIMIT {most}").kept()
        return int(many)

    def count(self, sought: Sought, most: int | None = None) -> int:
        """Return how many rows there are, or ``most`` where there are more."""
        ((many,),) = self._counted(sought, "" if most is None else f" LIMIT {most}").rows()
        return int(many)

    def _counted(self, sought: Sought, limit: str) -> Clause:
        head, tail = Clause("SELECT count(*) FROM ("), Clause(f"{limit}) AS found")
        return head + self.all_of(sought, Clause("1")) + tail


def _named(sql: str) -> str:
    """Return the columns of a row that ``sql`` names, and its id, each as one of the table."""
    names = {"entry_id", *_NAMED.findall(sql)}
    return ", ".join(f"{TABLE}.{name}" for name in sorted(names))


def _from(found: Clause) -> Clause:
    return Clause(f" FROM {TABLE} WHERE ") + found


def _one_after_the_other(each: Iterable[Clause]) -> Clause:
    clauses = list(each)
    sql = " UNION ALL ".join(f"({clause.sql})" for clause in clauses)
    return Clause(sql, tuple(value for clause in clauses for value in clause.params))


@lru_cache(maxsize=500)
def _rows_of(actor: Actor, today: date, law: str) -> Clause:
    """Return the rows that ``actor`` may know of, ``MOMENT`` in the moment's place.

    It follows on ``SELECT`` and the columns of them that are wanted, and adds ``readable``. What it
    says comes of who asks, of the law of the day and of the moment: whatever is given, ended or
    held is looked up by it each time.
    """
    del today, law
    seen = gate.condition(actor, "entry.see", Entry, at=MOMENT) & IN_LISTS
    readable = gate.condition(actor, "entry.read", Entry, at=MOMENT)
    # As a condition and not as a case of one: the planner knows then how many it leaves.
    told = ExpressionWrapper(plainly.shortened(readable), output_field=BooleanField())
    rows = Findable.objects.filter(plainly.shortened(seen)).annotate(readable=told)
    try:
        sql, params = rows.values_list("readable").query.sql_with_params()
    except EmptyResultSet:
        return Clause(f"FALSE AS readable FROM {TABLE} WHERE FALSE")
    return Clause(sql.removeprefix("SELECT "), params).fixed()
