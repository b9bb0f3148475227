"""Ratings of what is listed, for whoever asks."""

from django.db.models import Avg, Count, QuerySet

from yelin.acts import references
from yelin.market.contract.reads import PAPERS_ALONG
from yelin.market.listing.models import Listing
from yelin.market.rating.models import Rating, Seen
from yelin.parties.actor import Actor

SHOWN_AT_ONCE = 50


def of(actor: Actor, listing: Listing) -> QuerySet[Rating]:
    """Return the ratings of what is listed that ``actor`` may know of, the newest first."""
    rows = Rating.objects.filter(listing=listing).select_related("thing", *Rating.ALONG)
    return references.seen(actor, rows.defer(*PAPERS_ALONG))


def standing(listing: Listing) -> tuple[float | None, int]:
    """Return the mean of the stars that everyone sees, and how many gave some."""
    rows = Rating.objects.filter(listing=listing, state=Seen.SHOWN).order_by()
    told = rows.aggregate(mean=Avg("stars"), count=Count("pk"))
    return told["mean"], told["count"]
