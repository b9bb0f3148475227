"""Trades that are on file, for whoever asks."""

from django.db.models import QuerySet

from yelin.acts import references
from yelin.market.contract.models import Contract
from yelin.market.filing.models import Filed, Filing
from yelin.parties.actor import Actor


def on_file(actor: Actor) -> QuerySet[Filing]:
    """Return the trades on file, the newest first."""
    rows = Filing.objects.filter(state=Filed.FILED).select_related("contract__provider", "thing")
    return references.seen(actor, rows).order_by("-filed_on", "-number")


def of(actor: Actor, contract: Contract) -> Filing | None:
    """Return the filing of a contract, where there is one that ``actor`` may know of."""
    found: Filing | None = references.seen(actor, Filing.objects.filter(contract=contract)).first()
    return found


def lacking(actor: Actor) -> QuerySet[Filing]:
    """Return the trades that are not on file for what they lack, as far as ``actor`` may know."""
    rows = Filing.objects.filter(state=Filed.LACKING)
    return references.seen(actor, rows.select_related("contract__provider", "thing"))
