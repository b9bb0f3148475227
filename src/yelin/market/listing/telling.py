"""Owners and platforms are told what becomes of an offer."""

from yelin.law import clock
from yelin.market.listing.models import Listing
from yelin.market.seats import people_of
from yelin.notices import telling
from yelin.notices.events import Event, event
from yelin.parties.models import Body

SUBMITTED = event("listing.submitted", "Product {code} was handed in: review it.")
RETURNED = event("listing.returned", "The offer of product {code} was returned: see why.")
LISTED = event("listing.listed", "Product {code} is listed.")
SUSPENDED = event("listing.suspended", "Product {code} was suspended: see why.", urgent=True)
RESUMED = event("listing.resumed", "Product {code} is listed again.")
DELISTED = event("listing.delisted", "Product {code} was delisted: see why.")


def tell(of: Event, body: Body, listing: Listing) -> None:
    """Tell those who sit for ``body`` of ``listing``."""
    telling.tell(
        of,
        to=people_of(body.pk),
        about=listing,
        at=clock.now(),
        params={"code": listing.product.number},
    )
