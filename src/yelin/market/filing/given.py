"""What contracts gave: the grants that live, of those the ones that are stopped by law."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from yelin.gate.models import Grant, Hold
from yelin.law import duties
from yelin.market.contract.models import Contract


def live(contract: UUID | OuterRef) -> QuerySet[Grant]:
    """Return the grants that a contract gave and nobody took back."""
    return Grant.objects.filter(given_in=contract, revoked_at=None)


def stopped(contract: UUID | OuterRef) -> QuerySet[Grant]:
    """Return those that are held while what the contract is of may not be traded."""
    return live(contract).filter(_is_held())


def running(contract: UUID | OuterRef) -> QuerySet[Grant]:
    """Return those that are not held for that."""
    return live(contract).exclude(_is_held())


def giving(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return those of ``contracts`` that give something now."""
    return contracts.filter(Exists(running(OuterRef("pk"))))


def held(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return those of ``contracts`` of which something is stopped."""
    return contracts.filter(Exists(stopped(OuterRef("pk"))))


def _is_held() -> Exists:
    by_law = {"placed_by": None, "duty": duties.TRADE_LAWFUL.name}
    return Exists(Hold.objects.filter(on=OuterRef("pk"), lifted_at=None, **by_law))
