"""Acts about grants and holds: what was given is taken back, what must stop is stopped.

They stand here and not in the room ``gate``, because that room lies beneath the frame. Grants are
given by the acts of the rooms that give them.
"""

from collections.abc import Sequence

from yelin import gate
from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.gate.models import Grant, Hold
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.things.models import Subject


@act("gate.revoke", duty=duties.PROTECT, subject="grant", surface=OUTSIDE)
def revoke(*, actor: Actor, grant: Grant, reason: str) -> Grant:
    """Take a grant back, or give it up, before its end (收回授权).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for one that has ended.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why the grant ends.", duties.PROTECT)
    if grant.state_at(clock.now()) != "live":
        raise OutOfTurn("This grant has ended already.")
    grant.revoked_at = clock.now()
    grant.revoked_because = reason.strip()
    grant.save(update_fields=["revoked_at", "revoked_because"])
    return grant


@act("gate.place_hold", duty=duties.PROTECT, subject="on", surface={Surface.PAGE}, makes=True)
def place_hold(
    *, actor: Actor, on: Subject, duty: str, reason: str, actions: Sequence[str] = ()
) -> Hold:
    """Stop actions, or all, on a thing or by a body, person or seat, until further notice (中止).

    ``duty`` names the duty by which it must stop; whoever is stopped is told it with ``reason``.
    Raises ``Incomplete`` for a missing reason, an unknown duty or action.
    """
    faults = [] if reason.strip() else [Fault("reason", "Say why it must stop.", duties.PROTECT)]
    ordered = {each.name: each for each in duties.ALL if packs.active().orders(each)}
    if duty not in ordered:
        faults.append(Fault("duty", "Name a duty that the law orders here."))
    known = {arm.action for arm in gate.arms()}
    faults += [
        Fault("actions", "There is no action called {action}.", params={"action": each})
        for each in actions
        if each not in known
    ]
    if faults:
        raise Incomplete(faults)
    return gate.hold(
        on, duty=ordered[duty], reason=reason.strip(), actions=actions, placed_by=actor.body_id
    )


@act(
    "gate.lift_hold",
    duty=duties.PROTECT,
    subject="hold",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
)
def lift_hold(*, actor: Actor, hold: Hold) -> Hold:
    """Let go on what a hold stopped (恢复). Raises ``OutOfTurn`` for one that is lifted already."""
    del actor
    if hold.lifted_at is not None:
        raise OutOfTurn("This hold is lifted already.")
    hold.lifted_at = clock.now()
    hold.save(update_fields=["lifted_at"])
    return hold
