"""Online verification (联机验证): whether what somebody knows is so, and nothing else."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import handing
from yelin.delivery.handing import Verified
from yelin.delivery.opening import Call, Notes
from yelin.exchange import acts
from yelin.exchange.answering import Answering, Watch
from yelin.exchange.rules import BITS, Bounds, Level, level, stem
from yelin.gate.models import Grant
from yelin.keys.digests import keyed
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.parties.models import Seat
from yelin.things.models import Subject
from yelin.warehouse.models import Release
from yelin.warehouse.verifying import Checked, Claim, Verdict

WATCH = Actor.system("watch")
# As many questions are answered at once, and no value is longer than so many characters.
MOST = 10_000
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told about one claim; ``found`` where the resource tells whether there is one."""

    found: bool | None
    items: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is told about all of them, in their order."""

    answers: Sequence[Answer]
    release: Release
    notes: Notes


def verify(actor: Actor, entry: Entry, claims: Sequence[Claim], *, call: Call) -> Answers:
    """Answer whether each of the ``claims`` matches a record of ``entry``.

    Where its provider does not let it be told that there is no such record, what is not so is
    ``unknown``, and nothing tells a missing record from another. Raises what ``handing.verify``
    does.
    """
    verified = handing.verify(actor, entry, claims, call=call)
    tells = Answering.tells(entry)
    _watch(actor, entry, claims, verified)
    answers = [_told(each, tells=tells) for each in verified.answers]
    return Answers(answers, verified.release, _marked(verified.notes, answers))


def _told(checked: Checked, *, tells: bool) -> Answer:
    if tells:
        return Answer(checked.found, checked.items)
    unknown = Verdict.UNKNOWN
    items = {name: unknown if each is Verdict.NO else each for name, each in checked.items.items()}
    return Answer(None, items)


def _marked(notes: Notes, answers: Sequence[Answer]) -> Notes:
    """Return the notes with marks of such records alone of which the asker knows by now."""
    marks = []
    for mark in notes.marks:
        rows = mark.rows
        if rows is not None:
            rows = tuple(at for at in rows if _is_known(answers[at]))
            if not rows:
                continue
        marks.append(replace(mark, rows=rows))
    return replace(notes, marks=tuple(marks))


def _is_known(answer: Answer) -> bool:
    return bool(answer.found) or Verdict.YES in answer.items.values()


def _watch(actor: Actor, entry: Entry, claims: Sequence[Claim], verified: Verified) -> None:
    """Count what was asked; where it looks like enumeration, have it told or stopped."""
    asker = verified.decision.grant_id or actor.seat_id
    assert asker is not None  # noqa: S101 - nobody verifies without a grant or a seat
    of = Watch.digest(asker, entry)
    keys = ["\x1f".join(claim.key[name] for name in sorted(claim.key)) for claim in claims]
    # One in which nothing held is a miss, whether there is a record or none.
    missed = sum(Verdict.YES not in each.items.values() for each in verified.answers)
    counts, before = Watch.count(
        of,
        asked=len(claims),
        missed=missed,
        keys=_places(of, keys),
        stems=_places(of, [stem(key) for key in keys]),
    )
    now = level(counts, Bounds(config.verify_alarm_per_hour, config.verify_stop_per_hour))
    if now <= before:
        return
    stops = now is Level.STOP
    with suppress(OutOfTurn):
        # Another call may note it in the same moment.
        (acts.stop_verification if stops else acts.note_enumeration)(
            actor=WATCH, entry=entry, asker=_asker(verified.decision.grant_id, actor)
        )


def _asker(grant: UUID | None, actor: Actor) -> Subject:
    return Grant.objects.get(pk=grant) if grant else Seat.objects.get(pk=actor.seat_id)


def _places(of: bytes, texts: Sequence[str]) -> set[int]:
    """Return which bit each text sets, by a key of the day: it leads back to no text."""
    day = keyed(f"exchange.watch.{clock.today()}", of)
    digests = (hashlib.blake2b(text.encode(), key=day, digest_size=4).digest() for text in texts)
    return {int.from_bytes(each, "little") % BITS for each in digests}
