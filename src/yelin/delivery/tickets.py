"""Tickets: addresses under which a file is had by the process for long streams, for a short while.

The page process decides and writes the ticket; the other asks the gate again whenever its holder
comes, and while the bytes leave.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yelin import gate
from yelin.delivery import secrets
from yelin.delivery.kept import Wanted, digest_of, file_of, said_of
from yelin.delivery.meter import Going
from yelin.delivery.models import Delivery, Kept, Ticket, TicketQuerySet
from yelin.gate import Decision, Refused
from yelin.law import clock
from yelin.things.models import Thing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.query import Aggregate, Filter, Question


class Passed(Exception):
    """The ticket is good no more: unknown, too old, used, or written for other terms."""


_STANDS: dict[str, Callable[[uuid.UUID], bool]] = {}


def written_under(kind: str, stands: Callable[[uuid.UUID], bool]) -> None:
    """Register who says whether a thing of this kind, under which tickets are written, stands."""
    _STANDS[kind] = stands


def must_stand(thing: Thing | None) -> None:
    """Raise ``Passed`` where what something was written under stands no more."""
    if thing is not None and not _STANDS[thing.kind](thing.pk):
        raise Passed


def issue(
    wanted: Wanted,
    decision: Decision,
    delivery: Delivery | None,
    headers: Mapping[str, str],
    under: Thing | None = None,
) -> str:
    """Write a ticket for what ``decision`` allows; return its secret, which is stored nowhere.

    ``headers`` go along with the file, and ``delivery`` is what it counts as, by name. It is good
    while what it is written ``under`` stands.
    """
    secret = secrets.fresh(Ticket.PREFIX)
    asked = {
        "question": said_of(wanted.question),
        "format": wanted.format,
        "for_excel": wanted.for_excel,
        "number": wanted.number,
        "whole": wanted.whole,
        "since": wanted.since.number if wanted.since else None,
        "headers": dict(headers),
    }
    actor, now = decision.actor, clock.now()
    Ticket.objects.create(
        digest=secrets.digest_of(secret),
        entry=wanted.entry,
        release=wanted.of if isinstance(wanted.of, Release) else None,
        upload=wanted.of if isinstance(wanted.of, Upload) else None,
        asked=secrets.seal(asked, secret),
        bears=digest_of(decision.obligations),
        purpose=decision.purpose,
        grant_id=decision.grant_id,
        seat_id=actor.seat_id,
        deputy_id=actor.deputy_id,
        person_id=actor.person_id,
        token_id=actor.token_id,
        delivery=delivery,
        under=under,
        issued_at=now,
        decided_at=now,
        seen_at=now,
    )
    return secret


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A ticket that somebody has come with, and what the gate says of it now."""

    ticket: Ticket
    wanted: Wanted
    decision: Decision
    headers: Mapping[str, str]


def redeem(secret: str) -> Redeemed:
    """Return what the ticket is good for.

    Raises ``Passed``, and ``Refused`` where the holder may not have the file any more.
    """
    ticket = _read().live().filter(digest=secrets.digest_of(secret)).first()
    if ticket is None or ticket.ended_at:
        raise Passed
    now = clock.now()
    decision = decide(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(decided_at=now)
    give_sign([bytes(ticket.pk)])
    asked = secrets.unseal(bytes(ticket.asked), secret)
    of = ticket.release or ticket.upload
    assert of is not None  # noqa: S101 - a constraint of the table
    of.entry = ticket.entry
    since = asked.get("since") and of.entry.releases.select_related("sealed_by").get(
        number=asked["since"]
    )
    question = _question(asked["question"])
    number = asked.get("number", 0)
    whole = asked.get("whole", False)
    wanted = Wanted(of, question, asked["format"], asked["for_excel"], since, number, whole)
    return Redeemed(ticket, wanted, decision, asked["headers"])


def decide(ticket: Ticket) -> Decision:
    """Ask the gate whether the holder may have the file still. Raises ``Refused``, ``Passed``."""
    must_stand(ticket.under)
    action = "resource.read" if ticket.release_id else "resource.inspect"
    entry = ticket.entry
    decision = gate.decide(ticket.actor(), action, entry, ticket.purpose)
    decision.must_allow(action, entry.pk)
    if digest_of(decision.obligations) != ticket.bears:
        raise Passed
    return decision


def cut_ended(running: Iterable[bytes]) -> list[bytes]:
    """End the tickets whose holders may not have any more what is on its way; return which.

    One query for all, and for those about which something has changed, the gate.
    """
    doubtful = _read().filter(pk__in=list(running)).doubtful()
    ended = [bytes(ticket.pk) for ticket in doubtful if not _holds(ticket)]
    Ticket.objects.filter(pk__in=ended, ended_at=None).update(ended_at=clock.now())
    return ended


def _holds(ticket: Ticket) -> bool:
    try:
        decide(ticket)
    except (Refused, Passed):
        return False
    of = ticket.release or ticket.upload
    return of is not None and not (of.sealed_by and of.sealed_by.destroyed_at)


def give_sign(running: Iterable[bytes]) -> None:
    """Say that these files are on their way still."""
    rows = Ticket.objects.filter(pk__in=list(running))
    rows.update(seen_at=clock.now())
    Delivery.objects.filter(pk__in=rows.values("delivery")).update(seen_at=clock.now())


def begin(ticket: Ticket, first: int, end: int, *, alone: bool) -> str:
    """Note which bytes are asked for, and return by which name that is noted.

    Whoever goes on in the middle of what was sent before says that what lies before it has arrived,
    though the line was lost; of a line that nobody has seen the end of, if it is ``alone`` now.
    Raises ``Passed`` where the ticket was ended since it was redeemed.
    """
    name = uuid.uuid4().hex
    with transaction.atomic():
        row = Ticket.objects.select_for_update().filter(pk=ticket.pk, ended_at=None).first()
        if row is None:
            raise Passed
        for begun, ended, is_over in row.sent.values():
            if begun < first < ended + is_over and (is_over or alone):
                row.arrived = _joined([*row.arrived, [begun, first]])
        row.sent[name] = [first, end, False]
        row.save(update_fields=["arrived", "sent"])
    return name


def end(ticket: Ticket, name: str, last: int, kept: Kept | None, *, arrived: bool) -> None:
    """Note that the part of this name was sent to before ``last``, and whether it has arrived.

    A file may be fetched in parts, at the same time or after the line was lost. Once all parts
    have arrived it counts as delivered, and it counts once. Without ``kept`` it never came to be.
    """
    # Once for each file, and before anything is held: a long one takes a while.
    file = file_of(kept) if kept and arrived and ticket.delivery_id else None
    with transaction.atomic():
        row = _read().select_for_update(of=("self",)).get(pk=ticket.pk)
        first, _, _ = row.sent.pop(name)
        if arrived:
            row.arrived = _joined([*row.arrived, [first, last]])
        else:
            row.sent[name] = [first, last, True]
        row.seen_at = clock.now()
        if row.ended_at:
            _cut(row)
        elif kept and row.arrived == [[0, kept.size]]:
            row.ended_at = row.seen_at
            _finish(row, kept, file)
        row.save(update_fields=["arrived", "sent", "seen_at", "ended_at"])


def _finish(ticket: Ticket, kept: Kept, file: bytes | None) -> None:
    if ticket.delivery:
        ticket.delivery.rows = kept.rows
    if ticket.release_id:
        Going(ticket.entry, ticket.delivery).finish(kept.size, file)


def _cut(ticket: Ticket) -> None:
    # One that is finished stays so.
    over = ([first, end] for first, end, is_over in ticket.sent.values() if is_over)
    left = _joined([*ticket.arrived, *over])
    Going(ticket.entry, ticket.delivery).cut(sum(end - first for first, end in left))


def forget() -> None:
    """Forget the tickets that have passed; what had not arrived by then was cut off."""
    for ticket in _read().passed():
        _cut(ticket)
        Ticket.objects.filter(pk=ticket.pk).delete()


def _read() -> TicketQuerySet:
    return Ticket.objects.select_related(
        "entry__thing",
        "entry__provider",
        "release__sealed_by",
        "upload__sealed_by",
        "seat__body",
        "seat__person",
        "deputy",
        "person__user",
        "token",
        "delivery__entry",
        "delivery__release",
        "under",
    )


def _joined(stretches: list[list[int]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for first, end in sorted(each for each in stretches if each[0] < each[1]):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([first, end])
    return joined


def _question(said: Mapping[str, Any]) -> Question:
    return Question(
        filters=_filters(said["filters"]),
        sort=tuple((column, descending) for column, descending in said["sort"]),
        columns=None if said["columns"] is None else tuple(said["columns"]),
        either=tuple(tuple(map(_filters, groups)) for groups in said.get("either", ())),
        words=tuple(said.get("words", ())),
        number=said.get("number", ""),
        distinct=said.get("distinct", False),
        failing=said.get("failing", ""),
        groups=tuple(said.get("groups", ())),
        aggregates=tuple(Aggregate(*each) for each in said.get("aggregates", ())),
    )


def _filters(said: Iterable[Any]) -> tuple[Filter, ...]:
    return tuple(
        Filter(column, operator, value if isinstance(value, str) else tuple(value))
        for column, operator, value in said
    )
