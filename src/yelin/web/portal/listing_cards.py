"""A listing as lists of the market show it, and what its product is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from yelin.catalog import reads as catalog
from yelin.market.listing.content import ListingContent, PriceMode, ProductContent
from yelin.market.listing.models import Listing, Source
from yelin.parties.actor import Actor
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, number, title_of
from yelin.web.words import word


@dataclass(frozen=True, slots=True)
class Card:
    """What a list says of a listing."""

    listing: Listing
    url: str
    said: ProductContent
    owner: str
    price: str
    delivery: Sequence[str]
    standing: str


@dataclass(frozen=True, slots=True)
class MadeOf:
    """A source of a product; a link for whoever may know of the entry."""

    source: Source
    provider: str
    link: Link | None


def card(listing: Listing) -> Card:
    """Return the card of a listing that was read with product and platform."""
    terms = listing.terms
    return Card(
        listing=listing,
        url=reverse("portal:listing", args=[listing.registration or str(listing.pk)]),
        said=listing.description,
        owner=body_name(listing.product.owner),
        price=price_of(terms),
        delivery=[str(word("delivery_mode", way).says) for way in terms.delivery],
        standing=listing.standing(),
    )


def price_of(terms: ListingContent) -> str:
    """Return a price as people read it: 1,280.00 CNY a month."""
    if terms.amount is None:
        return str(word("price_mode", terms.price_mode).says)
    if terms.price_mode is PriceMode.SHARE:
        return _("{share} % of income").format(share=number(terms.amount))
    amount = f"{number(terms.amount)} {terms.currency}"
    return (
        _("{amount} for each: {unit}").format(amount=amount, unit=terms.unit)
        if terms.unit
        else amount
    )


def made_of(actor: Actor, sources: Sequence[Source]) -> list[MadeOf]:
    """Return what a product is made of, with links where ``actor`` may know of the entry."""
    codes = catalog.codes_seen(actor, [each.entry.code for each in sources if each.entry.code])
    return [
        MadeOf(
            source=each,
            provider=body_name(each.entry.provider),
            link=Link(title_of(each.entry), reverse("portal:resource", args=[each.entry.slug]))
            if each.entry.code in codes
            else None,
        )
        for each in sources
    ]
