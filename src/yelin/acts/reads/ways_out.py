"""The ways out of a body, as those may know who answer for them."""

from uuid import UUID

from django.db.models import QuerySet

from yelin import gate
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor


def ways_out(actor: Actor) -> QuerySet[EgressRule]:
    """Return the ways out that the actor may know of, the newest first."""
    rows = EgressRule.objects.select_related("body__body").order_by("-asked_at", "-pk")
    return gate.visible_to(actor, "egress_rule.see", rows)


def way_out(actor: Actor, pk: UUID) -> EgressRule:
    """Return a way out that the actor may know of. Raises ``Unseen``."""
    return gate.one_of(ways_out(actor).filter(pk=pk))
