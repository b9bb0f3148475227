"""Which questions there are for whoever asks, of what may be asked, and what remains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import computing
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.market.acceptance.measuring import delivered
from yelin.market.compute.models import Computation, Ground, State
from yelin.market.contract.models import Contract
from yelin.market.contract.terms import ways_of
from yelin.market.listing.content import DeliveryMode, PriceMode
from yelin.market.listing.trading import COMPUTE, as_itself
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.formats import Column
from yelin.warehouse.models import Release

ASK = "resource.ask"


@dataclass(frozen=True, slots=True)
class Askable:
    """A resource that may be asked under a contract: its columns, and those that stay closed."""

    entry: Entry
    release: Release
    columns: Mapping[str, Column]
    closed: frozenset[str]


def computations(actor: Actor, of: Contract) -> QuerySet[Computation]:
    """Return the questions asked under a contract that ``actor`` may know of, the newest first."""
    rows = Computation.objects.filter(contract=of)
    rows = rows.select_related("ground__entry", "ground__release", "contract")
    return gate.visible_to(actor, "computation.see", rows)


def computation(actor: Actor, of: Contract, pk: UUID) -> Computation:
    """Return one question. Raises ``Unseen``."""
    return gate.one_of(computations(actor, of).filter(pk=pk))


def computes(contract: Contract) -> bool:
    """Whether a contract lets questions come to the data."""
    return DeliveryMode.COMPUTE in ways_of(contract.terms)


def gives(contract: Contract, entry: Entry) -> bool:
    """Whether a contract gave the right to ask this resource, and nobody took it back."""
    live = Grant.objects.filter(given_in=contract.pk, on=entry.pk, action=ASK, revoked_at=None)
    return live.exists()


def entries(contract: Contract) -> QuerySet[Entry]:
    """Return the resources that a contract gave the right to ask."""
    given = Grant.objects.filter(given_in=contract.pk, action=ASK, revoked_at=None)
    return Entry.objects.filter(pk__in=given.values("on")).order_by("code")


def ground(contract: Contract, entry: Entry) -> Ground | None:
    """Return the ground of a contract's questions about a resource, where there is one.

    What was asked under it by a body that its consumer succeeded goes on being held against.
    """
    found = Ground.objects.filter(entry=entry).select_related("release__sealed_by")
    own = found.filter(computations__contract=contract).first()
    return own or found.filter(consumer=contract.consumer).first()


def release_of(contract: Contract, entry: Entry) -> Release | None:
    """Return which release of a resource is asked: the one that was agreed, or the newest."""
    found = delivered(contract, newest=False)
    return next((release for source, release in found if source.entry_id == entry.pk), None)


def askable(actor: Actor, contract: Contract) -> Iterator[Askable]:
    """Yield what ``actor`` may ask now under a contract."""
    for entry in entries(contract):
        decision = gate.decide(actor, ASK, entry)
        stands = ground(contract, entry)
        release = (stands.release if stands else None) or release_of(contract, entry)
        if not decision.allowed or release is None or not release.is_table or release.is_destroyed:
            continue
        columns = columns_of(contract, decision, release)
        yield Askable(entry, release, columns, closed(stands, release))


def sold(actor: Actor, contract: Contract) -> Iterator[tuple[Askable, Ground | None]]:
    """Yield what ``actor`` sold to be asked and can still bound, with all columns of it."""
    if contract.provider_id != actor.body_id:
        return
    for entry in entries(contract):
        stands = ground(contract, entry)
        if stands and stands.is_asked:
            continue
        release = (stands.release if stands else None) or release_of(contract, entry)
        if release is not None and release.is_table:
            columns = {each.name: each for each in opened.columns_of(release)}
            yield Askable(entry, release, columns, closed(stands, release)), stands


def columns_of(contract: Contract, decision: Decision, release: Release) -> dict[str, Column]:
    """Return the columns that may be asked: what both the buyer's right and the seller's show.

    Raises what ``computing.columns`` does.
    """
    sells = gate.decide(as_itself(contract.provider), COMPUTE, release.entry)
    shown = computing.columns(decision, release)
    lets = sells.obligations.shows_whole if sells.allowed else lambda _name: False
    return {name: each for name, each in shown.items() if lets(name)}


def closed(ground: Ground | None, release: Release) -> frozenset[str]:
    """Return the items of which nothing is asked: the keys of rows, and what its provider said."""
    own = (*ground.closed, ground.subject) if ground else ()
    return frozenset(opened.keys_of(release)) | {each for each in own if each}


def calls(contract: Contract) -> int:
    """Return how many questions were answered under a contract: for a price per call."""
    return contract.computations.filter(state=State.ANSWERED).count()


def owed(contract: Contract) -> Decimal | None:
    """Return what the answers come to, where the contract's price is by the call."""
    price = contract.terms.price
    if price is None or price.mode is not PriceMode.PER_CALL or price.amount is None:
        return None
    return price.amount * calls(contract)
