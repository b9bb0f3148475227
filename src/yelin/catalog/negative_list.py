"""The negative list (负面清单): what is confirmed as not shared, on any day, and on which basis.

It is the same for everybody: what has a protected title, or has one now, never stands on it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from yelin import gate
from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry, EntryVersion
from yelin.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Listed:
    """One resource as it stands on the list in these words: from ``since``, before ``until``.

    ``became`` says why no longer: it is ``shared`` or ``withdrawn``; nothing where it only reads
    otherwise.
    """

    entry: Entry = field(repr=False)
    title: str
    basis: str
    since: date
    until: date | None = None
    became: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """One resource that stands on the list on two days in different words."""

    before: Listed
    after: Listed


@dataclass(frozen=True, slots=True)
class Turn:
    """What came on the list, went from it and changed its words from one day to another."""

    came: Sequence[Listed]
    went: Sequence[Listed]
    changed: Sequence[Turned]

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.changed)


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which the list changed: how many came, went, and read otherwise."""

    day: date
    came: int
    went: int
    changed: int

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)


class NegativeList:
    """The list on every day, read once."""

    def __init__(self) -> None:
        self._spans = list(_spans())

    def on(self, day: date) -> list[Listed]:
        """Return what stands on the list at the end of ``day``, by provider and title."""
        there = [each for each in self._spans if _stands(each, day)]
        return sorted(there, key=lambda each: (each.entry.provider.name, each.title))

    def between(self, first: date, last: date) -> Turn:
        """Return what differs from the end of ``first`` to the end of ``last``."""
        before = {each.entry.pk: each for each in self.on(first)}
        after = {each.entry.pk: each for each in self.on(last)}
        return Turn(
            [each for pk, each in after.items() if pk not in before],
            [each for pk, each in before.items() if pk not in after],
            [
                Turned(before[pk], each)
                for pk, each in after.items()
                if pk in before and _words(before[pk]) != _words(each)
            ],
        )

    def history(self) -> list[Day]:
        """Return the days on which the list changed, the newest first."""
        came, went, changed = Counter[date](), Counter[date](), Counter[date]()
        for before, each, after in zip(
            [None, *self._spans], self._spans, [*self._spans[1:], None], strict=False
        ):
            (changed if _follows(before, each) else came)[each.since] += 1
            if each.until and not (after and _follows(each, after)):
                went[each.until] += 1
        days = sorted({*came, *went, *changed}, reverse=True)
        return [Day(day, came[day], went[day], changed[day]) for day in days]


def _follows(before: Listed | None, each: Listed) -> bool:
    """Whether ``each`` is what ``before`` reads from its last day on."""
    return before is not None and before.entry == each.entry and before.until == each.since


def _stands(each: Listed, day: date) -> bool:
    return each.since <= day and (each.until is None or day < each.until)


def _words(each: Listed) -> tuple[str, str]:
    return each.title, each.basis


class _Version(NamedTuple):
    entry: UUID
    confirmed_on: date
    sharing_type: str
    title_protected_by: str
    title: str
    basis: str

    @property
    def is_listed(self) -> bool:
        return self.sharing_type == SharingType.NONE and not self.title_protected_by


def _spans() -> Iterator[Listed]:
    """Yield each resource that was ever on the list, once for every wording that stood a day."""
    known = Q(pk__in=_public("entry.see")) | Q(pk__in=_public("tombstone.see"))
    entries = Entry.objects.filter(known, social=False).select_related("provider")
    confirmed = EntryVersion.objects.filter(confirmed_on__isnull=False, entry__in=entries)
    listed = confirmed.filter(sharing_type=SharingType.NONE.value, title_protected_by="")
    rows = confirmed.filter(entry__in=listed.values("entry")).order_by("entry", "number")
    said = (KT("content__title"), KT("content__sharing_basis"))
    found = rows.values_list("entry", *_Version._fields[1:4], *said)
    versions = [_Version(*row) for row in found]
    needed = entries.only("code", "withdrawn_on", "provider")
    there = needed.in_bulk({each.entry for each in versions})
    for pk, group in groupby(versions, attrgetter("entry")):
        yield from _of_one(there[pk], list(group))


def _public(action: str) -> "QuerySet[Entry, Any]":
    return gate.visible_to(Actor.anyone(), action, Entry.objects.all()).values("pk")


def _of_one(entry: Entry, versions: Sequence[_Version]) -> list[Listed]:
    found: list[Listed] = []
    for version, later in zip_longest(versions, versions[1:]):
        until = later.confirmed_on if later else entry.withdrawn_on
        if until == version.confirmed_on or not version.is_listed:
            continue
        became = ""
        if later is None:
            became = "withdrawn" if until else ""
        elif later.sharing_type != SharingType.NONE:
            became = "shared"
        each = Listed(entry, version.title, version.basis, version.confirmed_on, until, became)
        if found and _follows(found[-1], each) and _words(found[-1]) == _words(each):
            each = replace(each, since=found.pop().since)
        found.append(each)
    return found
