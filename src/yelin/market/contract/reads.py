"""Which negotiations and contracts there are for whoever asks, and what each waits for."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from yelin import gate
from yelin.market.contract.models import Contract, Negotiation, PartyCertificate
from yelin.market.contract.rules import Side, Standing, State
from yelin.market.contract.settlement import Settlement
from yelin.parties.actor import Actor

# Large, and read by whoever asks for one.
PAPERS = ("paper", "translation", "sealed", "statement")
# The same, of what is asked for along with its contract.
PAPERS_ALONG = tuple(f"contract__{name}" for name in PAPERS)


def negotiations(actor: Actor) -> QuerySet[Negotiation]:
    """Return the negotiations that ``actor`` may know of, the newest first, with both sides."""
    rows = Negotiation.objects.select_related("provider", "consumer", "listing", "contract").defer(
        *PAPERS_ALONG
    )
    return gate.visible_to(actor, "negotiation.see", rows)


def negotiation(actor: Actor, number: str) -> Negotiation:
    """Return a negotiation by its number. Raises ``Unseen``."""
    return gate.one_of(negotiations(actor).filter(number=number))


def contracts(actor: Actor) -> QuerySet[Contract]:
    """Return the contracts that ``actor`` may know of, the newest first; papers stay unread."""
    rows = Contract.objects.select_related("provider", "consumer", "negotiation__listing").defer(
        *PAPERS
    )
    return gate.visible_to(actor, "contract.see", rows)


def contract(actor: Actor, number: str) -> Contract:
    """Return a contract by its number. Raises ``Unseen``."""
    return gate.one_of(contracts(actor).filter(number=number))


def certificates(actor: Actor) -> QuerySet[PartyCertificate]:
    """Return the certificates of parties that ``actor`` may know of."""
    rows = PartyCertificate.objects.select_related("body")
    return gate.visible_to(actor, "party_certificate.see", rows)


def settlements(actor: Actor, of: Contract) -> QuerySet[Settlement]:
    """Return what was settled under a contract, the newest first."""
    return gate.visible_to(actor, "settlement.see", Settlement.objects.filter(contract=of))


def to_answer(actor: Actor) -> QuerySet[Negotiation]:
    """Return the offers that wait for ``actor``'s body, those that end first before the others."""
    return (
        negotiations(actor)
        .filter(
            Q(state=State.REQUESTED, provider=actor.body_id)
            | Q(state=State.OFFERED, consumer=actor.body_id)
        )
        .order_by("until", "number")
    )


def to_sign(actor: Actor) -> QuerySet[Contract]:
    """Return the contracts that ``actor``'s body has yet to sign, the oldest first."""
    ours = Q(provider=actor.body_id) & ~Q(signatures__side=Side.PROVIDER)
    theirs = Q(consumer=actor.body_id) & ~Q(signatures__side=Side.CONSUMER)
    return contracts(actor).filter(ours | theirs, standing=Standing.DRAWN).order_by("drawn_at")


def sums(actor: Actor, of: Contract) -> Mapping[str, Any]:
    """Return what was invoiced, paid and is due under a contract, exactly."""
    rows: Any = settlements(actor, of).order_by()
    found: Mapping[str, Any] = rows.sums()
    return found
