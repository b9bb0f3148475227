"""The index of openness: what it asks of all that is open, and what drags it down.

Its measures are those by which the platforms of cities and provinces are compared (the data layer
of 开放数林指数), each a part of a whole that is counted here. They are not made into one number:
with which weights would be ours to invent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from yelin import gate
from yelin.catalog.models import Entry, State
from yelin.law import packs
from yelin.opening.models import OPENED, Measured
from yelin.parties.actor import Actor

# Of these facts each entry should tell; with fewer than the least it is described poorly.
BASICS, LEAST_TOLD = 13, 10
FEW_ROWS = 10
MOST_BLANK = 0.5


class Lack(StrEnum):
    """What is wrong with a resource as open data; not the number of its readers."""

    EMPTY = "empty"
    GONE = "gone"
    TINY = "tiny"
    FRAGMENT = "fragment"
    TWIN = "twin"
    SPARSE = "sparse"
    NO_TABLE = "no_table"
    LATE = "late"
    UNTOLD = "untold"


# Nobody gets anything, or nothing new, out of it.
INEFFECTIVE = (Lack.EMPTY, Lack.GONE, Lack.TWIN)
PROBLEMS = (Lack.TINY, Lack.FRAGMENT, Lack.TWIN, Lack.SPARSE, Lack.NO_TABLE)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: ``part`` of a whole ``of``; without a whole, a sum."""

    code: str
    name: str
    part: int | float
    of: int | None = None

    @property
    def share(self) -> float | None:
        """Return the part as a share, where there is a whole to be part of."""
        return self.part / self.of if self.of else None


def opened(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that everyone may read of which ``actor`` may, as far as measured."""
    found = Entry.objects.filter(
        state=State.CONFIRMED, opening_type__in=OPENED, measured__isnull=False
    )
    return gate.visible_to(actor, "entry.read", found)


def measured_at() -> datetime | None:
    """Return when all was measured last."""
    found: datetime | None = Measured.objects.aggregate(at=Max("at"))["at"]
    return found


def lacking(entries: QuerySet[Entry], lack: Lack) -> QuerySet[Entry]:
    """Return those of ``entries`` that have this lack, by body and title as they were measured.

    So the parts of one table stand beside each other.
    """
    found = entries.filter(measured__lacks__contains=[lack.value])
    return found.select_related("provider", "measured").order_by("measured__place", "pk")


def lacks(entries: QuerySet[Entry]) -> dict[Lack, int]:
    """Return how many of ``entries`` have each lack."""
    counted = entries.order_by().aggregate(**{lack.value: Count("pk", _has(lack)) for lack in Lack})
    return {lack: counted[lack.value] for lack in Lack}


def best(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return those with most cells that are most used, too, the most used first."""
    return entries.filter(measured__is_best=True).order_by("-findable__uses", "pk")


def measures(entries: QuerySet[Entry]) -> Iterator[Measure]:
    """Yield each measure of ``entries``, in two or three queries for all of them."""
    n = _sums(entries)
    all_, there = n["all"], n["released"]
    yield Measure("D1", "effective", n["effective"], all_)
    yield Measure("D2", "cells", n["cells"])
    yield Measure("D2", "capacity", n["cells"] / all_ if all_ else 0)
    yield from _covered(entries)
    yield Measure("D4", "best", n["best"], all_)
    yield Measure("D5", "sound", all_ - n["problems"], all_)
    yield Measure("D6", "in_time", n["in_time"], n["owed"])
    yield Measure("D6", "history", n["history"], there)
    yield Measure("D7", "licensed", n["licensed"], all_)
    yield Measure("D8", "readable", n["tables"], there)
    yield Measure("D9", "told", n["told"], BASICS * all_)
    yield Measure("D10", "items", n["items_told"], n["items"])
    yield Measure("D11", "callable", n["callable"], all_)
    yield Measure("D12", "graded", n["graded"], all_)
    yield Measure("D13", "conditional", n["conditional_cells"])
    yield Measure("D13", "conditional_in_time", n["conditional_in_time"], n["conditional_owed"])


_CELLS_OF = F("measured__rows") * F("measured__columns")
_CONDITIONAL = Q(opening_type="conditional")


def _has(*lacks: Lack) -> Q:
    return Q(measured__lacks__overlap=[lack.value for lack in lacks])


def _sums(entries: QuerySet[Entry]) -> dict[str, Any]:
    owed, in_time = Q(measured__in_time__isnull=False), Q(measured__in_time=True)
    released = Q(measured__releases__gt=0)
    table = released & Q(measured__columns__gt=0)
    found = entries.order_by().aggregate(
        all=Count("pk"),
        effective=Count("pk", ~_has(*INEFFECTIVE)),
        cells=Sum(_CELLS_OF),
        problems=Count("pk", _has(*PROBLEMS)),
        owed=Count("pk", owed),
        in_time=Count("pk", in_time),
        released=Count("pk", released),
        history=Count("pk", Q(measured__releases__gt=1)),
        licensed=Count("pk", ~Q(licence="")),
        tables=Count("pk", table),
        told=Sum("measured__told"),
        items=Sum("measured__items"),
        items_told=Sum("measured__items_told"),
        callable=Count("pk", table & Q(measured__rows__gt=0)),
        graded=Count("pk", ~Q(classification="") & Q(grade__gte=1)),
        best=Count("pk", Q(measured__is_best=True)),
        conditional_cells=Sum(_CELLS_OF, filter=_CONDITIONAL),
        conditional_owed=Count("pk", owed & _CONDITIONAL),
        conditional_in_time=Count("pk", in_time & _CONDITIONAL),
    )
    return {name: value or 0 for name, value in found.items()}


def _covered(entries: QuerySet[Entry]) -> Iterator[Measure]:
    """Yield of how many themes, bodies, cities and counties there is something effective."""
    there = entries.exclude(_has(*INEFFECTIVE)).order_by()
    pack = packs.active()
    themes = {code for codes in there.values_list("themes", flat=True).distinct() for code in codes}
    yield Measure("D3", "themes", len(themes & {t.code for t in pack.themes}), len(pack.themes))
    seen = gate.visible_to(Actor.anyone(), "entry.see", Entry.objects.filter(state=State.CONFIRMED))
    keeping = seen.order_by().aggregate(n=Count("provider", distinct=True))["n"]
    giving = there.aggregate(n=Count("provider", distinct=True))["n"]
    yield Measure("D3", "bodies", giving, keeping)
    if pack.outlines:
        divisions = there.values_list("division", flat=True).distinct()
        found = {place.code for code in divisions if (place := pack.outlines.division_of(code))}
        yield Measure("D3", "places", len(found), pack.outlines.many)
