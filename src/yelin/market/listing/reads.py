"""What is offered and what it is made of, for whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from yelin import gate
from yelin.acts import references
from yelin.catalog.models import Entry
from yelin.catalog.words import fold
from yelin.law import clock
from yelin.market.listing.models import ENDED, Listing, Product, Source, State
from yelin.market.platform.models import Platform
from yelin.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the market: words, or a number or query code; kinds, prices, places."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


def seen(actor: Actor) -> QuerySet[Listing]:
    """Return the listings that ``actor`` may know of."""
    rows = Listing.objects.select_related("thing", "product__owner", "platform__operator")
    return references.seen(actor, rows)


def on_the_market(actor: Actor) -> QuerySet[Listing]:
    """Return what can be bought today: listed, not over, on a platform that is not closed."""
    return seen(actor).filter(
        state=State.LISTED, until__gte=clock.today(), platform__closed_on=None
    )


def found(actor: Actor, wanted: Wanted) -> QuerySet[Listing]:
    """Return what can be bought and is ``wanted``, the newest first."""
    rows = on_the_market(actor)
    if words := fold(wanted.words):
        named = Q(registration__iexact=words) | Q(query_code__iexact=words)
        rows = rows.filter(
            Q(described__title__icontains=words)
            | Q(described__summary__icontains=words)
            | Q(described__keywords__icontains=words)
            | Q(product__owner__name__icontains=words)
            | named
        )
    if wanted.kinds:
        rows = rows.filter(described__kind__in=wanted.kinds)
    if wanted.prices:
        rows = rows.filter(offered__price_mode__in=wanted.prices)
    if wanted.deliveries:
        each = [Q(offered__delivery__contains=[way]) for way in wanted.deliveries]
        rows = rows.filter(_any(each))
    if wanted.platforms:
        rows = rows.filter(platform__number__in=wanted.platforms)
    return rows.order_by("-listed_on", "-registration")


def listing(actor: Actor, named: str) -> Listing:
    """Return a listing by its registration number, or its id while it has none.

    Raises ``Unseen``.
    """
    known = references.resolve(actor, Listing, named)
    return gate.one_of(seen(actor).filter(pk=known.pk))


def products(actor: Actor) -> QuerySet[Product]:
    """Return the products that ``actor`` may know of, with where each is offered."""
    offers = Listing.objects.exclude(state__in=ENDED)
    offers = offers.select_related("platform__operator", "product__owner", "thing")
    rows = Product.objects.select_related("owner", "thing").prefetch_related(
        Prefetch("listings", offers, to_attr="offers")
    )
    return references.seen(actor, rows)


def product(actor: Actor, number: str) -> Product:
    """Return a product by its number. Raises ``Unseen``."""
    return gate.one_of(products(actor).filter(number=number))


def offers_of(product: Product) -> Sequence[Listing]:
    """Return where one of ``products`` is offered, as it was read along with it."""
    found: Sequence[Listing] = product.offers  # type: ignore[attr-defined]  # by the prefetch above
    return found


def sources(product: UUID) -> list[Source]:
    """Return what a product is made of now."""
    rows = Source.objects.filter(product=product, dropped_on=None)
    return list(rows.select_related("entry__provider", "entry__thing", "release__sealed_by"))


def entries_of(products: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Return of which entries each of these products is made, asked for once."""
    rows = Source.objects.filter(product__in=products, dropped_on=None)
    found: dict[UUID, list[Entry]] = {}
    for each in rows.select_related("entry__thing"):
        found.setdefault(each.product_id, []).append(each.entry)
    return found


def handed_in(actor: Actor, platform: Platform) -> QuerySet[Listing]:
    """Return what awaits a review on a platform, the longest first."""
    return (
        seen(actor)
        .filter(platform=platform, state__in=[State.SUBMITTED, State.EXAMINED])
        .order_by("submitted_on", "pk")
    )


def _any(each: Sequence[Q]) -> Q:
    joined = each[0]
    for other in each[1:]:
        joined |= other
    return joined
