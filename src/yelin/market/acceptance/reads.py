"""Inspections under a contract, for whoever asks."""

from django.db.models import QuerySet

from yelin.acts import references
from yelin.market.acceptance.models import Inspection
from yelin.market.contract.models import Contract
from yelin.market.contract.reads import PAPERS_ALONG
from yelin.parties.actor import Actor


def of(actor: Actor, contract: Contract) -> QuerySet[Inspection]:
    """Return the inspections under a contract, the last round first; its papers stay unread."""
    rows = Inspection.objects.filter(contract=contract).select_related("thing", *Inspection.ALONG)
    unread = rows.defer(*PAPERS_ALONG)
    return references.seen(actor, unread).order_by("-round")
