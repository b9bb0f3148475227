"""Negotiations as a provider: each message of a consumer's connector is an act of its body."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from yelin import gate
from yelin.api.dataspace import offers
from yelin.api.dataspace.catalog import offered
from yelin.api.dataspace.messages import (
    About,
    AgreementVerification,
    ContractRequest,
    Moving,
    NegotiationEvent,
    NegotiationTermination,
    answering,
    written,
)
from yelin.law import duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.contract import acts, reads, signing_acts
from yelin.market.contract.callbacks import Callback
from yelin.market.contract.models import Contract, Negotiation
from yelin.market.contract.rules import Side
from yelin.market.dataspace import documents
from yelin.market.dataspace.words import CALLED, CONTRACT, OFFER
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface import actor as asking

_SAYS = answering("ContractNegotiationError")
_DUTY = duties.CONTRACT_WHOLE


def _named(actor: Actor, pid: str, message: About | ContractRequest) -> Negotiation:
    """Return the negotiation that a message is about, by the names that both sides gave it."""
    found = _own(actor, pid)
    if message.consumer_pid != found.known_as or message.provider_pid not in {None, pid}:
        raise Incomplete.at("consumerPid", "This is not the negotiation at this address.", _DUTY)
    return found


def _standing(actor: Actor, pid: str) -> HttpResponse:
    return _told(_own(actor, pid))


_about = Moving(_SAYS, _named, _standing)


@_SAYS
@require_safe
def state(request: HttpRequest, pid: str) -> HttpResponse:
    """Return where a negotiation stands, with the offer or the contract that is to be answered."""
    return _standing(asking.of_request(request).actor, pid)


@_SAYS
@require_POST
def begin(request: HttpRequest, sent: dict[str, Any]) -> HttpResponse:
    """Begin to negotiate on a dataset; what is sent again finds what it began."""
    actor = asking.writer(request)
    message = ContractRequest.model_validate(sent)
    if message.provider_pid is not None:
        raise Incomplete.at("providerPid", "A first request names no negotiation.", _DUTY)
    listing = offered(actor, offers.registration_in(message.offer))
    body = _body(actor)
    terms = offers.terms_in(message.offer, listing, body)
    begun = _of(actor).filter(known_as=message.consumer_pid).first()
    if begun is None or bytes(begun.offers.earliest("place").digest) != terms.digest:
        made = acts.propose(
            actor=actor,
            body=body,
            other=listing.product.owner,
            side=Side.CONSUMER,
            terms=terms,
            listing=listing,
            known_as=message.consumer_pid,
            callback=message.callback,
        )
        begun = _own(actor, made.number)
    return _told(begun, 201)


@_about(ContractRequest)
def counter(actor: Actor, found: Negotiation, message: ContractRequest) -> None:
    """Answer the provider's offer by another one."""
    listing = offered(actor, offers.registration_in(message.offer))
    if listing.pk != found.listing_id:
        raise Incomplete.at("offer.@id", "Another dataset is negotiated here.", _DUTY)
    terms = offers.terms_in(message.offer, listing, found.consumer)
    acts.offer(actor=actor, negotiation=found, terms=terms)


@_about(NegotiationEvent)
def event(actor: Actor, found: Negotiation, message: NegotiationEvent) -> None:
    """Accept the provider's offer, by the digest under which it was read."""
    if message.event != "ACCEPTED":
        raise OutOfTurn("The platform finalizes a negotiation, once both sides have signed.")
    acts.accept(actor=actor, negotiation=found, digest=message.digest)


@_about(AgreementVerification)
def verify(actor: Actor, found: Negotiation, message: AgreementVerification) -> None:
    """Sign the contract as the consumer: that is how an agreement is verified here."""
    drawn = _drawn(found)
    if drawn is None:
        raise OutOfTurn("No contract is drawn up yet.")
    if not message.signature:
        says = "Sign the contract's paper with your own key, and send the signature along."
        raise Incomplete.at("signature", says, duties.SIGN)
    contract = gate.one_of(reads.contracts(actor).filter(pk=drawn.pk))
    signing_acts.sign(actor=actor, contract=contract, signature=message.signature)


@_about(NegotiationTermination)
def terminate(actor: Actor, found: Negotiation, message: NegotiationTermination) -> None:
    """Break off a negotiation."""
    acts.terminate(actor=actor, negotiation=found, reason=message.says)


def _of(actor: Actor) -> QuerySet[Negotiation]:
    """Return what connectors of ``actor``'s body negotiate as a consumer."""
    return reads.negotiations(actor).filter(consumer=actor.body_id).exclude(known_as="")


def _own(actor: Actor, pid: str) -> Negotiation:
    return gate.one_of(_of(actor).filter(number=pid))


def _body(actor: Actor) -> Body:
    found = Body.objects.filter(pk=actor.body_id).first()
    if found is None:
        raise gate.Unseen
    return found


def _drawn(found: Negotiation) -> Contract | None:
    drawn: Contract | None = getattr(found, "contract", None)
    return drawn


def _told(found: Negotiation, status: int = 200) -> HttpResponse:
    stands, drawn = found.stands, _drawn(found)
    called = Callback.objects.filter(of=found.pk).first()
    document: dict[str, Any] = {
        "@type": "ContractNegotiation",
        "providerPid": found.number,
        "consumerPid": found.known_as,
        "state": found.state.upper(),
        OFFER: documents.of_terms(stands.terms, f"urn:yelin:offer:{found.number}:{stands.place}"),
        CALLED: bool(called and called.is_led),
    }
    if drawn is not None:
        document[CONTRACT] = documents.papers(drawn)
    return written(document, status)
