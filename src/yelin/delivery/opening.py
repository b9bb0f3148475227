"""Open for one call what it may have: decide, keep pace, find the release, note its count."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import checking, meter, pace
from yelin.delivery.checking import Mark
from yelin.delivery.models import Channel, Check, Delivery
from yelin.delivery.pace import Left, Limit
from yelin.gate import Decision
from yelin.parties.actor import Actor
from yelin.things.prepared import Prepared
from yelin.warehouse import opened
from yelin.warehouse.models import Release, is_open
from yelin.warehouse.query import Question

ALL = Question()

_RELEASES = Release.objects.select_related("sealed_by")
_NEWEST = Prepared(lambda: _RELEASES.filter(entry=uuid.UUID(int=0)).order_by("-number")[:1])
_NUMBERED = Prepared(lambda: _RELEASES.filter(entry=uuid.UUID(int=0), number=0))


class NothingYet(Exception):
    """The resource has no release, or not the one asked for."""


class PurposeMissing(Exception):
    """Grants are for several purposes, and the call names none of them.

    ``purposes`` has those of each resource, by its code.
    """

    def __init__(self, purposes: Mapping[str, Sequence[str]]) -> None:
        super().__init__(str(purposes))
        self.purposes = {code: list(each) for code, each in purposes.items()}


@dataclass(frozen=True, slots=True)
class Call:
    """How somebody asks: for which purpose, and from which address, which is kept nowhere.

    ``known`` says by its tag whether they have an answer already, ``is_there`` whether they still
    wait for it.
    """

    purpose: str = ""
    address: str = ""
    known: Callable[[str], bool] = lambda _tag: False
    is_there: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Notes:
    """What goes along with an answer: its receipt, to whom it is, what of it is under check.

    ``left`` says how many more there may be; ``checks`` are all of the resource, where they were
    read.
    """

    receipt: uuid.UUID | None = None
    watermark: str = ""
    left: Left | None = None
    marks: tuple[Mark, ...] = ()
    checks: Sequence[Check] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What one call may have, as it was decided, and what it counts as."""

    release: Release
    decision: Decision
    delivery: Delivery | None
    notes: Notes
    checks: Sequence[Check] = ()

    def noted(self, *marks: Mark) -> Notes:
        """Return the notes with these marks beside those of the whole."""
        return replace(self.notes, marks=(*self.notes.marks, *marks)) if marks else self.notes

    def told(self, question: Question = ALL) -> Notes:
        """Return the notes, with the marks of records that ``question`` leaves."""
        if not any(each.is_of_a_record for each in self.checks):
            return self.notes
        table = opened.table(self.decision, self.release)
        return self.noted(
            *checking.among(self.checks, self.decision, self.release, table, question)
        )


def release_of(entry: Entry, number: int | None = None) -> Release:
    """Return the release ``number`` of ``entry``, or its newest. Raises ``NothingYet``."""
    rows = _NEWEST.ask(entry.pk) if number is None else _NUMBERED.ask(entry.pk, number)
    if not rows:
        raise NothingYet
    found = rows[0]
    found.entry = entry
    return found


def open_each(
    actor: Actor, wanted: Sequence[tuple[Entry, Call]], asked: dict[str, Any]
) -> list[Opened]:
    """Open the newest releases of several resources for one question, or none of them.

    Raises what ``handing.rows`` does.
    """
    decided = [
        (entry, call, gate.decide(actor, "resource.read", entry, call.purpose))
        for entry, call in wanted
    ]
    for entry, _, decision in decided:
        decision.must_allow("resource.read", entry.pk)
    missing = {
        str(entry.code): decision.purposes for entry, _, decision in decided if must_name(decision)
    }
    if missing:
        raise PurposeMissing(missing)
    return [
        open_decided(decision, entry, None, call, Channel.QUERY, asked)
        for entry, call, decision in decided
    ]


def open_one(
    actor: Actor,
    entry: Entry,
    number: int | None,
    call: Call,
    asked: dict[str, Any],
    *,
    channel: Channel = Channel.QUERY,
    action: str = "resource.read",
    many: int = 1,
) -> Opened:
    """Open one release of a resource for one question. Raises what ``handing.rows`` does."""
    decision = gate.decide(actor, action, entry, call.purpose)
    decision.must_allow(action, entry.pk)
    return open_decided(decision, entry, number, call, channel, asked, many)


def open_decided(
    decision: Decision,
    entry: Entry,
    number: int | None,
    call: Call,
    channel: Channel,
    asked: dict[str, Any],
    many: int = 1,
) -> Opened:
    """Open one release as it was decided.

    Raises ``PurposeMissing``, ``TooOften``, ``NothingYet``.
    """
    if must_name(decision):
        raise PurposeMissing({str(entry.code): decision.purposes})
    release = release_of(entry, number)
    limit = limit_of(decision, entry, call)
    left = pace.take(limit, many) if limit else None
    delivery = meter.named(decision, release, channel, asked, purpose=purpose_of(decision))
    receipt = delivery.pk if delivery else None
    checks = checking.running(entry)
    marks = checking.of_whole(checks, decision)
    notes = Notes(receipt, opened.mark_of(decision), left, marks, checks)
    return Opened(release, decision, delivery, notes, checks)


def must_name(decision: Decision) -> bool:
    """Whether it allows several purposes, and none of them was named."""
    return len(decision.purposes) > 1 and decision.purpose not in decision.purposes


def purpose_of(decision: Decision) -> str:
    """Return for which purpose of its grant this is."""
    if decision.purpose in decision.purposes:
        return decision.purpose
    # A grant for whatever purpose is asked by no name: what the caller calls it is not recorded.
    return next(iter(decision.purposes), "")


def limit_of(decision: Decision, entry: Entry, call: Call) -> Limit | None:
    """Return how often the asker is answered; nothing where it is as often as they like."""
    most = decision.obligations.rate_per_hour
    if most is not None:
        return Limit.borne(decision, most)
    if is_open(entry) and config.fair_use_per_hour:
        return Limit.fair(decision.actor.person_id, call.address, config.fair_use_per_hour)
    return None
