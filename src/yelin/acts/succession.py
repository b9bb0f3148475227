"""Acts of bodies that change: renamed, merged, split, dissolved; history keeps the old names.

What else stands with a body follows by what rooms declared in ``parties/succession``.
"""

import hashlib
from uuid import UUID

from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties import succession
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body, BodyName, Seat, Succession, Way


def _require_living(*bodies: Body) -> None:
    if any(body.until is not None for body in bodies):
        raise OutOfTurn("This body has ended.")


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise Incomplete.at("reason", "Name the decision that orders it, or say why.")
    return reason.strip()


def _require_fit(body: Body, successor: Body) -> None:
    if body == successor:
        raise Incomplete.at("successor", "A body does not succeed itself.")
    if body.is_official != successor.is_official:
        raise Incomplete.at("successor", "A public body is succeeded by a public one only.")


@act("parties.rename", duty=duties.GOVERN, subject="body", surface=OUTSIDE)
def rename(*, actor: Actor, body: Body, name: str, short_name: str, name_en: str = "") -> Body:
    """Give a body a new name from today on; what it has is found by it, history keeps the old one.

    Raises ``Incomplete`` for an empty or unchanged name, ``OutOfTurn`` for a body that has ended.
    """
    del actor
    _require_living(body)
    faults = [
        Fault(place, "Say the new name.")
        for place, said in (("name", name), ("short_name", short_name))
        if not said.strip()
    ]
    if (name, short_name, name_en) == (body.name, body.short_name, body.name_en):
        faults.append(Fault("name", "The body bears this name."))
    if faults:
        raise Incomplete(faults)
    BodyName.objects.create(
        body=body,
        name=body.name,
        name_en=body.name_en,
        short_name=body.short_name,
        until=clock.today(),
    )
    body.name, body.short_name, body.name_en = name.strip(), short_name.strip(), name_en.strip()
    body.save(update_fields=["name", "short_name", "name_en"])
    succession.reword(body)
    return body


@act(
    "parties.merge",
    duty=duties.GOVERN,
    subject="body",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
    locks=("body", "successor"),
    makes=True,
)
def merge(*, actor: Actor, body: Body, successor: Body, reason: str) -> Succession:
    """Merge a body into another, which takes over all that it has; its people sit there (合并).

    Raises ``Incomplete`` with all that stands in the way, ``OutOfTurn`` for a body that has ended.
    """
    del actor
    _require_living(body, successor)
    reason = _require_reason(reason)
    _require_fit(body, successor)
    # It ends first, so that nothing of what follows is given back to it.
    _end(body)
    moved = succession.pass_on(body, successor)
    seats = _reseat(list(body.seats.live()), successor)
    return _record(Way.MERGE, body, successor, reason, moved | seats)


@act(
    "parties.split",
    duty=duties.GOVERN,
    subject="body",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
    locks=("body", "successor"),
    makes=True,
)
def split(
    *, actor: Actor, body: Body, successor: Body, things: list[UUID], reason: str
) -> Succession:
    """Pass the things named, seats among them, on to another body; the rest stays (分立).

    Raises ``Incomplete`` for a thing that the body does not have, and as ``merge`` does.
    """
    del actor
    _require_living(body, successor)
    reason = _require_reason(reason)
    _require_fit(body, successor)
    named = frozenset(things)
    moved = succession.pass_on(body, successor, named)
    moved |= _reseat(list(body.seats.live().filter(pk__in=named)), successor)
    if not named or named != {pk for ids in moved.values() for pk in ids}:
        raise Incomplete.at("things", "Name what passes on, all of it things of this body.")
    return _record(Way.SPLIT, body, successor, reason, moved)


@act(
    "parties.dissolve",
    duty=duties.GOVERN,
    subject="body",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
    makes=True,
)
def dissolve(*, actor: Actor, body: Body, reason: str) -> Succession:
    """End a body that has nothing to pass on any more; its seats and tokens end (撤销).

    Raises ``Incomplete`` while it has something, ``OutOfTurn`` where it has ended.
    """
    del actor
    _require_living(body)
    reason = _require_reason(reason)
    if left := succession.left_with(body):
        raise Incomplete.at(
            "body",
            "Things that the body still has: {n}. Merge it, or split them off first.",
            params={"n": sum(left.values())},
        )
    body.seats.end(clock.now())
    _end(body)
    return _record(Way.DISSOLVE, body, None, reason, {})


def _reseat(seats: list[Seat], successor: Body) -> dict[str, list[UUID]]:
    """End these seats and open the same ones in ``successor``, so that old leaves stay true."""
    now = clock.now()
    for seat in seats:
        new, _made = Seat.objects.get_or_create(
            person_id=seat.person_id, body=successor, role=seat.role, until=None
        )
        succession.pass_on(seat, new)
    Seat.objects.filter(pk__in=[seat.pk for seat in seats]).end(now)
    return {Seat.KIND: [seat.pk for seat in seats]} if seats else {}


def _end(body: Body) -> None:
    body.invitations.filter(answered_at=None).update(answered_at=clock.now())
    body.until = clock.now()
    body.save(update_fields=["until"])


def _record(
    way: Way, body: Body, successor: Body | None, reason: str, moved: dict[str, list[UUID]]
) -> Succession:
    ids = "\n".join(sorted(str(pk) for group in moved.values() for pk in group))
    return Succession.objects.create(
        way=way,
        body=body,
        successor=successor,
        on=clock.today(),
        reason=reason,
        moved={kind: len(group) for kind, group in moved.items()},
        digest=hashlib.sha256(ids.encode()).digest(),
    )
