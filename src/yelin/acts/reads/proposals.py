"""Acts that take two people, as each of them sees them."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from yelin import gate
from yelin.acts.models import Proposal, ProposalState
from yelin.gate import composed
from yelin.parties.actor import Actor


def to_approve(actor: Actor) -> QuerySet[Proposal]:
    """Return the proposals that this actor may approve, first to expire first."""
    return composed.rows(_to_approve, actor).order_by("until")


def _to_approve(actor: Actor, at: datetime) -> QuerySet[Proposal]:
    waiting = Proposal.objects.filter(state=ProposalState.WAITING, until__gte=at)
    return waiting.filter(gate.condition(actor, "proposals.approve", Proposal, at=at))


def proposed(actor: Actor) -> QuerySet[Proposal]:
    """Return what the actor proposed in this seat, newest first."""
    own = gate.visible_to(actor, "proposals.withdraw", Proposal.objects.all())
    return own.order_by("-proposed_at")


def proposal(actor: Actor, pk: UUID) -> Proposal:
    """Return a proposal that the actor may know of. Raises ``Unseen``."""
    rows = Proposal.objects.select_related("seat__body", "person")
    return gate.one_of(gate.visible_to(actor, "proposal.see", rows).filter(pk=pk))
