"""The other side is told of offers, acceptances, signatures and records that concern it."""

from yelin.law import clock
from yelin.market.contract import callbacks
from yelin.market.contract.models import Contract, Negotiation
from yelin.market.contract.rules import Side
from yelin.market.seats import people_of
from yelin.notices import telling
from yelin.notices.events import Event, event

OFFERED = event("contract.offered", "You have an offer to answer: {code}.", urgent=True)
AGREED = event("contract.agreed", "Contract {code} is drawn up: sign it.", urgent=True)
TERMINATED = event("contract.terminated", "The other side ended the negotiation {code}: see why.")
LAPSED = event("contract.lapsed", "The offer in {code} was not answered in its time.")
SIGNED = event("contract.signed", "The other side has signed contract {code}.", urgent=True)
SEALED = event("contract.sealed", "Contract {code} is signed by both sides and sealed.")
RECORDED = event("contract.recorded", "The other side recorded a settlement under {code}.")


def tell(of: Event, about: Negotiation | Contract, to: Side) -> None:
    """Tell those who sit for a side, and the consumer's connector where it is called back."""
    callbacks.later(about.negotiation_id if isinstance(about, Contract) else about.pk)
    people = people_of(about.body_of(to).pk)
    telling.tell(of, to=people, about=about, at=clock.now(), params={"code": about.number})
