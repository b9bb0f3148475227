"""Whether a body may trade an entry's data, now and in this way: the gate says so (39)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate import Decision
from yelin.law.refusals import Fault, Unlawful
from yelin.market.listing.content import DeliveryMode
from yelin.market.listing.models import Basis, Listing, Source
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.models import Body

TRADE = "resource.trade"
"""Data leaves for a buyer."""
COMPUTE = "resource.compute"
"""A buyer's questions come to the data, and only results leave."""
SAMPLE = "resource.sample"
"""Everyone is shown some rows."""


def as_itself(body: Body) -> Actor:
    """Return the actor that a body is, whoever sits for it: what it may do, not who does it."""
    return Actor(
        ActorKind.REPRESENTATIVE,
        body_id=body.pk,
        body_code=body.credit_code,
        body_kind=body.kind,
        body_division=body.division,
        body_verified=body.may_represent and body.until is None,
    )


def require_tradable(
    owner: Body, entry: Entry, ways: Collection[DeliveryMode] = (DeliveryMode.COMPUTE,)
) -> Decision:
    """Return the decision by which ``owner`` may trade ``entry`` in these ways.

    Raises ``Unlawful`` with the words and the duty of the gate's refusal.
    """
    actions = {COMPUTE if way is DeliveryMode.COMPUTE else TRADE for way in ways}
    decisions = [gate.decide(as_itself(owner), action, entry) for action in sorted(actions)]
    for decision in decisions:
        if not decision.allowed:
            raise Unlawful(decision.duty, decision.says, "entry")
    return decisions[-1]


def sources_of(listing: Listing) -> list[Source]:
    """Return what the product of a listing is made of now."""
    rows = listing.product.sources.filter(dropped_on=None)
    return list(rows.select_related("entry__thing", "entry__provider"))


def unlawful(listing: Listing, ways: Collection[DeliveryMode]) -> Iterator[Fault]:
    """Yield why what is listed may not be traded now in these ways, source by source."""
    for source in sources_of(listing):
        try:
            require_tradable(listing.product.owner, source.entry, ways)
        except Unlawful as refused:
            yield Fault("listing", refused.says, refused.duty)


def basis_of(owner: Body, entry: Entry, decision: Decision) -> tuple[Basis, UUID | None]:
    """Return by which right ``owner`` trades ``entry``, and the grant where it is by one."""
    if entry.provider_id == owner.pk:
        return Basis.OWN, None
    if decision.grant_id is not None:
        return Basis.GRANTED, decision.grant_id
    return Basis.OPEN, None
