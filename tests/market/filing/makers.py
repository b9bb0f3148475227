"""Trades for tests: a listing, negotiated, signed by both, and on file."""

from tests.market.contract.makers import make_signed, terms
from tests.market.makers import make_listing, make_member
from tests.parties.makers import make_actor, make_enterprise

from yelin.market.contract.models import Contract
from yelin.market.filing import acts, tasks
from yelin.market.filing.models import Filing
from yelin.market.listing.models import Listing


def make_trade(folder, listing: Listing | None = None, *, buys=True, **over) -> Contract:
    """Make a contract on a listing that both sides signed; ``buys``: by a buyer of the platform."""
    listing = listing or make_listing()
    provider, consumer = listing.product.owner, make_enterprise()
    if buys:
        make_member(listing.platform, consumer, "buyer")
    matter = {
        "title": listing.description.title,
        "product": listing.product.number,
        "listing": listing.registration,
        "described": bytes(listing.digest).hex(),
    }
    said = {"delivery": {"ways": ["file"], "within_days": 3}, "matter": matter} | over
    sides = provider, consumer, *(make_actor(b, "representative") for b in (provider, consumer))
    return make_signed(folder, sides, terms=terms(provider, consumer, **said), listing=listing)


def make_filed(folder, listing: Listing | None = None, **over) -> Filing:
    contract = make_trade(folder, listing, **over)
    return acts.file(actor=tasks.CLOCK, contract=contract)
