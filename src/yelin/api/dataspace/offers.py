"""Offers between two languages: a listing's as ODRL, and what comes from outside as terms of ours.

ODRL has no word for quality, acceptance, security and more that a contract must say, so an offer
from outside says them beside its rules, under a name of ours. It is taken only where both say the
same: its rules are the listing's own, within which its terms stay, or exactly those that its terms
come to. Whatever is not understood is refused, with its place.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785
from pydantic import ValidationError

from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete
from yelin.market.contract import odrl
from yelin.market.contract.terms import Kind, Terms, faults
from yelin.market.dataspace.documents import GIVEN, RULES, rules_of
from yelin.market.dataspace.words import LACKS, TERMS
from yelin.market.listing.content import PriceMode
from yelin.market.listing.models import Listing
from yelin.parties.models import Body

_DUTY = duties.CONTRACT_WHOLE
_KNOWN = {"@id", "@type", "target", "assigner", "assignee", *RULES, TERMS, LACKS}
_NAMED = re.compile(r"urn:yelin:offer:(?P<registration>[^:]{1,24}):[0-9a-f]{64}")


def party(body: Body) -> str:
    """Return the name of a body in policies."""
    return odrl.party_of(body.credit_code)


def named(listing: Listing) -> str:
    """Return the name of a listing's offer: another one once the listing says anything else."""
    return f"urn:yelin:offer:{listing.registration}:{bytes(listing.digest or b'').hex()}"


def of_listing(listing: Listing) -> dict[str, Any]:
    """Return what a listing offers as an offer of ODRL, and what is yet to be said in its terms."""
    terms = _offered(listing)
    return {
        "@id": named(listing),
        "@type": "Offer",
        "assigner": party(listing.product.owner),
        **rules_of(terms),
        LACKS: sorted({fault.place for fault in faults(terms)} - {"consumer"}),
    }


def registration_in(offer: Mapping[str, Any]) -> str:
    """Return of which listing an offer is, by its registration number. Raises ``Incomplete``."""
    name = offer.get("@id")
    found = _NAMED.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        says = "Name the offer of a dataset of this catalog (@id)."
        raise Incomplete.at("offer.@id", says, _DUTY)
    return found["registration"]


def terms_in(offer: Mapping[str, Any], listing: Listing, consumer: Body) -> Terms:
    """Return what an offer of ``consumer`` on a listing says. Raises ``Incomplete``.

    What is not known, is not said, or is said in two ways is named, with the article.
    """
    if wrong := list(_not_understood(offer, listing, consumer)):
        raise Incomplete(wrong)
    try:
        terms = Terms.model_validate({**offer[TERMS], **_between(listing, consumer)})
    except ValidationError as misread:
        raise Incomplete(
            [
                Fault(".".join(map(str, (TERMS, *each["loc"]))), _UNREAD, _DUTY)
                for each in misread.errors(include_url=False, include_input=False)
            ]
        ) from None
    if lacking := list(faults(terms)):
        raise Incomplete(lacking)
    said = _canonical(offer)
    if said != _canonical(rules_of(terms)):
        if said != _canonical(rules_of(_offered(listing))):
            says = "The rules say something else than the terms, or than the listing."
            raise Incomplete.at("offer", says, _DUTY)
        if beyond := list(_beyond(terms, listing)):
            raise Incomplete(beyond)
    return terms


_UNREAD = "cannot be read as what it should be"


def _not_understood(offer: Mapping[str, Any], listing: Listing, consumer: Body) -> Iterator[Fault]:
    for name in sorted({*offer} - _KNOWN):
        yield Fault(f"offer.{name[:80]}", "is not known here", _DUTY)
    if named(listing) != offer["@id"]:
        yield Fault("offer.@id", "The listing says something else now. Read it again.", _DUTY)
    sides = {
        "@type": "Offer",
        "target": listing.registration,
        "assigner": party(listing.product.owner),
        "assignee": party(consumer),
    }
    for name, right in sides.items():
        if offer.get(name, right) != right:
            yield Fault(f"offer.{name}", "This is not what the listing says.", _DUTY)
    said = offer.get(TERMS)
    if not isinstance(said, dict) or GIVEN & {*said}:
        says = "Say in the terms what rules have no word for, such as quality and acceptance."
        yield Fault(TERMS, says, _DUTY)


def _between(listing: Listing, consumer: Body) -> dict[str, Any]:
    owner = listing.product.owner
    return {
        "kind": Kind.PROVISION,
        "provider": {"code": owner.credit_code, "name": owner.name},
        "consumer": {"code": consumer.credit_code, "name": consumer.name},
        "matter": {
            "title": listing.description.title,
            "product": listing.product.number,
            "listing": listing.registration,
            "described": bytes(listing.digest or b"").hex(),
        },
    }


def _offered(listing: Listing) -> Terms:
    """Return what a listing says of a contract's terms; the rest is for both sides to say."""
    said, owner = listing.terms, listing.product.owner
    shared = said.price_mode is PriceMode.SHARE
    return Terms.model_validate(
        {
            **_between(listing, owner),
            "price": {
                "mode": said.price_mode,
                "amount": None if shared else said.amount,
                "share": said.amount if shared else None,
                "currency": said.currency,
                "unit": said.unit,
            },
            "delivery": {"ways": said.delivery, "within_days": 0},
            "period": {"since": listing.listed_on, "until": said.until},
        }
    )


def _beyond(terms: Terms, listing: Listing) -> Iterator[Fault]:
    """Yield where terms leave what the listing offers, whose rules they were sent with."""
    offers = _offered(listing)
    price, delivery, period, use = terms.price, terms.delivery, terms.period, terms.use
    own_price, own_delivery, own_period = offers.price, offers.delivery, offers.period
    says = "The terms go beyond what the listing offers."
    if price and own_price and own_price.mode is not PriceMode.NEGOTIATED:
        parts = ("mode", "amount", "share", "currency", "unit")
        if any(getattr(price, part) != getattr(own_price, part) for part in parts):
            yield Fault("price", says, _DUTY)
    if delivery and own_delivery and not {*delivery.ways} <= {*own_delivery.ways}:
        yield Fault("delivery", says, _DUTY)
    if (
        period
        and own_period
        and not (own_period.since <= period.since and period.until <= own_period.until)
    ):
        yield Fault("period", says, _DUTY)
    if use and (use.resale or use.sublicence):
        yield Fault("use", says, _DUTY)


def _canonical(said: Mapping[str, Any]) -> dict[str, list[bytes]]:
    """Return rules so that the order in which they are told does not tell them apart."""
    try:
        return {
            kind: sorted(rfc8785.dumps(_ordered(rule)) for rule in said.get(kind) or ())
            for kind in RULES
        }
    except (TypeError, ValueError, RecursionError):
        raise Incomplete.at("offer", _UNREAD, _DUTY) from None


def _ordered(rule: Any) -> Any:
    if not isinstance(rule, Mapping) or not isinstance(rule.get("constraint", []), list):
        return rule
    bounds = sorted(rule.get("constraint", []), key=rfc8785.dumps)
    return {**rule, **({"constraint": bounds} if "constraint" in rule else {})}
