"""When that changed last of an entry which one may know of: for feeds, and for who follows."""

from datetime import datetime
from uuid import UUID

from django.db.models import (
    Case,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Greatest

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, State
from yelin.catalog.reads import Search
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release
from yelin.warehouse.reads import last_released


class _Beginning(Func):
    """The moment in which a day begins, as ``clock.beginning_of`` has it."""

    template = "(%(expressions)s::timestamp AT TIME ZONE 'Asia/Shanghai')"
    output_field = DateTimeField()


def told_at(readable: Q) -> Case:
    """Return for a query what ``Described.told_at`` is of one."""
    newest = Release.objects.filter(entry=OuterRef("pk")).order_by("-number").values("released_at")
    return Case(
        When(readable, then=Greatest(F("changed_at"), Subquery(newest[:1]))),
        # When something changed that the asker may not read is nothing that it may know either.
        default=_Beginning("published_on"),
    )


def listed(
    actor: Actor, search: Search, since: datetime | None = None, before: datetime | None = None
) -> QuerySet[Entry]:
    """Return the confirmed entries that ``actor`` may know of and ``search`` finds, by code.

    What is not confirmed is not in the catalog, even for the body whose draft it is: whoever
    harvests with its token would publish it. ``since`` and ``before`` leave those of which what
    the actor may know changed last from one moment on, and before another.
    """
    readable = gate.condition(actor, "entry.read", Entry)
    found = _hits(actor, search).filter(state=State.CONFIRMED).annotate(told_at=told_at(readable))
    if since is not None:
        found = found.filter(told_at__gte=since)
    if before is not None:
        found = found.filter(told_at__lt=before)
    return found.order_by("code")


def newest(actor: Actor, search: Search, limit: int) -> list[Entry]:
    """Return ``limit`` of the entries that ``listed`` finds, those that changed last first."""
    found = listed(actor, search)
    if search.is_whole:
        found = found.filter(pk__in=_newest_of_all(actor, found, limit))
    return list(found.order_by(F("told_at").desc(), "code")[:limit])


def _newest_of_all(actor: Actor, found: QuerySet[Entry], limit: int) -> set[UUID]:
    """Return entries of the whole catalog among which are the ``limit`` that changed last.

    What is among the last by the later of two moments is among the last by one of them: so few are
    looked at by each, by its index, where to know of each which is the later takes long.
    """
    readable = gate.condition(actor, "entry.read", Entry)
    read, other = found.filter(readable), found.exclude(readable)
    changed = list(read.order_by("-changed_at").values_list("pk", "changed_at")[:limit])
    if len(changed) == limit:
        # So many changed since then that what was published on a day before is not among them.
        other = other.filter(published_on__gte=clock.day_of(changed[-1][1]))
    told = other.order_by("-published_on").values_list("pk", flat=True)[:limit]
    return {*told, *(pk for pk, _ in changed), *(e.pk for e in last_released(read, limit))}


def _hits(actor: Actor, search: Search) -> QuerySet[Entry]:
    if search.is_whole:
        # It is walked in the order wanted: nothing is to be found first.
        return catalog.seen_by(actor)
    hits = catalog.find(actor, search)
    # What is only like the words that were asked for is for people to choose from.
    return hits.rows().none() if hits.loosened else hits.rows()
