"""Which disputes there are for whoever asks, which wait for them, and who mediates one."""

from typing import cast

from django.db.models import Q

from yelin import gate
from yelin.cases.reads import nearest
from yelin.market.contract.models import Contract
from yelin.market.contract.reads import PAPERS_ALONG
from yelin.market.contract.rules import Side
from yelin.market.dispute.models import Dispute, DisputeQuerySet
from yelin.market.dispute.rules import State
from yelin.parties.actor import Actor
from yelin.parties.models import Body


def seen_by(actor: Actor) -> DisputeQuerySet:
    """Return the disputes of which ``actor`` may know, the newest first; papers stay unread."""
    along = Dispute.objects.select_related("thing", *Dispute.ALONG)
    unread = along.defer(*PAPERS_ALONG)
    return cast("DisputeQuerySet", gate.visible_to(actor, "dispute.see", unread))


def get(actor: Actor, number: str) -> Dispute:
    """Return a dispute by its number. Raises ``Unseen``."""
    return gate.one_of(seen_by(actor).filter(number=number))


def of(actor: Actor, contract: Contract) -> DisputeQuerySet:
    """Return the disputes over a contract of which ``actor`` may know, the newest first."""
    return seen_by(actor).filter(contract=contract)


def waiting_for(actor: Actor) -> DisputeQuerySet:
    """Return those that wait for ``actor``'s body: to be answered, or mediated; oldest first."""
    own = actor.body_id
    asked = Q(side=Side.PROVIDER, contract__consumer=own)
    asked |= Q(side=Side.CONSUMER, contract__provider=own)
    waits = Q(state=State.ANSWERING) & asked | Q(state=State.MEDIATING, mediator=own)
    return seen_by(actor).filter(waits).order_by("opened_at", "number")


def mediator_of(contract: Contract) -> Body | None:
    """Return who mediates: the platform's operator, or who supervises the market; no side of it."""
    sides = {contract.provider_id, contract.consumer_id}
    listing = contract.negotiation.listing
    operator = listing.platform.operator if listing else None
    if operator and operator.until is None and operator.pk not in sides:
        return operator
    over = contract.provider.division
    found = nearest("trade.supervise", over)
    if found and found.pk in sides:
        found = nearest("trade.supervise", over, besides=found.pk)
    return None if found is None or found.pk in sides else found
