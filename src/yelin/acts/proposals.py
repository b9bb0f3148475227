"""Acts on what one person proposed and another has to approve: approve, withdraw, let expire."""

from dataclasses import replace

from yelin.acts import arguments as given
from yelin.acts.frame import Second, act, named
from yelin.acts.models import Proposal, ProposalState
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Deputy


def _require_waiting(proposal: Proposal) -> None:
    if not proposal.is_waiting:
        raise OutOfTurn("This proposal was settled or has expired. Propose it anew.")


def _proposer(proposal: Proposal) -> Actor:
    seat = proposal.seat
    deputies = Deputy.objects.live(clock.today()).filter(seat=seat, person=proposal.person_id)
    deputy = None if seat.person_id == proposal.person_id else deputies.first()
    if seat.until is not None or (deputy is None and seat.person_id != proposal.person_id):
        raise OutOfTurn("Who proposed this has left the seat. Propose it anew.")
    return Actor.of(seat, deputy)


def _settle(proposal: Proposal, state: ProposalState) -> Proposal:
    proposal.state = state
    proposal.save(update_fields=["state", "approved_by"])
    return proposal


@act("proposals.approve", duty=duties.GOVERN, subject="proposal", surface=OUTSIDE)
def approve(*, actor: Actor, proposal: Proposal) -> Proposal:
    """Approve what another person proposed: the act is done now, once, and names both (双人办理).

    Both must be allowed to do it at this moment. Raises ``OutOfTurn`` where the proposal does not
    wait any more, or its proposer has left the seat; and whatever the act itself raises.
    """
    _require_waiting(proposal)
    first = replace(_proposer(proposal), via=actor.via)
    proposed = named(proposal.act)
    arguments = given.thawed(proposed.body, proposal.arguments)
    proposed.within(first, arguments, Second(actor, proposal))
    proposal.approved_by_id = actor.seat_id
    return _settle(proposal, ProposalState.DONE)


@act("proposals.withdraw", duty=duties.GOVERN, subject="proposal", surface=OUTSIDE)
def withdraw(*, actor: Actor, proposal: Proposal) -> Proposal:
    """Take back what one proposed.

    Raises ``OutOfTurn`` where the proposal does not wait any more.
    """
    del actor
    _require_waiting(proposal)
    return _settle(proposal, ProposalState.WITHDRAWN)


@act("proposals.expire", duty=duties.GOVERN, subject="proposal", surface={Surface.SYSTEM})
def expire(*, actor: Actor, proposal: Proposal) -> Proposal:
    """End a proposal that nobody approved in its time.

    Raises ``OutOfTurn`` while it may still be approved, or once it was settled.
    """
    del actor
    if proposal.state != ProposalState.WAITING or clock.now() <= proposal.until:
        raise OutOfTurn("This proposal still waits, or was settled.")
    return _settle(proposal, ProposalState.EXPIRED)
