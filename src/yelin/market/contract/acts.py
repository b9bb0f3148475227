"""What may be done until a contract stands: propose, offer, accept, terminate, let lapse."""

from datetime import date
from typing import Annotated

from pydantic import Field

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.law import clock, duties
from yelin.law.calendar import national
from yelin.law.packs import active
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.contract import callbacks, drawing, rules, telling
from yelin.market.contract.models import Contract, Negotiation, Offer
from yelin.market.contract.rules import Move, Side, Standing, State
from yelin.market.contract.terms import Terms, faults, ways_of
from yelin.market.listing.models import Listing
from yelin.market.listing.trading import unlawful
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body

LETTERS = "CS"
TERM = "contract.offer"
_DUTY = duties.CONTRACT_WHOLE
_TWICE = {
    name: Fault("digest", "Somebody answered this offer at the same moment.", _DUTY)
    for name in (
        "market_offers_one_after_another",
        "market_offer_answers_id_key",
        "market_contract_negotiation_id_key",
    )
}


@act(
    "contract.propose",
    duty=_DUTY,
    subject="body",
    surface=OUTSIDE,
    locks=(),
    makes=True,
    clashes={
        "market_negotiation_known_once": Fault(
            "known_as", "Something else is negotiated under this name.", _DUTY
        )
    },
)
def propose(  # noqa: PLR0913 - an offer whole: between whom, on what, what it says, until when
    *,
    actor: Actor,
    body: Body,
    other: Body,
    side: Side,
    terms: Terms,
    listing: Listing | None = None,
    until: date | None = None,
    says: str = "",
    known_as: Annotated[str, Field(max_length=200)] = "",
    callback: Annotated[str, Field(max_length=2000)] = "",
) -> Negotiation:
    """Begin to negotiate a contract on data by a first offer, as its provider or consumer (要约).

    Terms may be left open at first. Of a listing they name number and digest. ``known_as`` is what
    the consumer's own system calls the negotiation, by which it asks once, and ``callback`` the
    address at which that is told how it goes on. Raises ``Incomplete``
    for a party that is none, or is another, and a listing that is not what is listed.
    """
    if side is Side.PLATFORM:
        raise Incomplete.at("side", "Say which side of the contract you are.", _DUTY)
    if (known_as and side is not Side.CONSUMER) or (callback and not known_as):
        raise Incomplete.at("known_as", "This name is the consumer's to give.", _DUTY)
    provider, consumer = (body, other) if side is Side.PROVIDER else (other, body)
    if other.pk == body.pk or other.until is not None or not other.may_represent:
        raise Incomplete.at("other", "Name another body that can make contracts.", _DUTY)
    today = clock.today()
    begun = Negotiation(
        number=NumberCounter.next_number(LETTERS, today),
        provider=provider,
        consumer=consumer,
        listing=listing,
        title=terms.matter.title,
        state=rules.moved(None, Move.OFFER, side),
        until=_last_day(until),
        known_as=known_as,
        began_at=clock.now(),
    )
    _require_fit(begun, terms)
    begun.save()
    begun.take_code(begun.number)
    _put(actor, begun, side, terms, says)
    callbacks.lay(begun.thing, consumer, callback)
    telling.tell(telling.OFFERED, begun, side.other)
    return begun


@act(
    "contract.offer",
    duty=_DUTY,
    subject="negotiation",
    surface=OUTSIDE,
    clashes=_TWICE,
)
def offer(
    *,
    actor: Actor,
    negotiation: Negotiation,
    terms: Terms,
    until: date | None = None,
    says: str = "",
) -> Negotiation:
    """Answer an offer by another one, whole and in its place (反要约).

    Raises ``Incomplete`` for the same terms again, ``OutOfTurn`` where it is not one's turn.
    """
    side = negotiation.side_of(actor.body_id)
    negotiation.state = rules.moved(State(negotiation.state), Move.OFFER, side)
    _require_fit(negotiation, terms)
    if terms.digest == bytes(negotiation.stands.digest):
        raise Incomplete.at("terms", "These are the terms that stand. Accept them instead.", _DUTY)
    negotiation.until, negotiation.title = _last_day(until), terms.matter.title
    negotiation.save(update_fields=["state", "until", "title"])
    _put(actor, negotiation, side, terms, says)
    telling.tell(telling.OFFERED, negotiation, side.other)
    return negotiation


@act(
    "contract.accept",
    duty=_DUTY,
    subject="negotiation",
    surface=OUTSIDE,
    makes=True,
    clashes=_TWICE,
)
def accept(*, actor: Actor, negotiation: Negotiation, digest: str) -> Contract:
    """Accept the offer that stands, by the digest of its terms; the contract is drawn up (承诺).

    Raises ``Incomplete`` for another digest and for terms that leave open what the law asks for,
    ``OutOfTurn`` where it is not one's turn or the offer's last day has passed.
    """
    side = negotiation.side_of(actor.body_id)
    state = rules.moved(State(negotiation.state), Move.ACCEPT, side)
    if state is State.ACCEPTED:
        state = rules.moved(state, Move.AGREE, Side.PLATFORM)
    stands = negotiation.stands
    if stands.until < clock.today():
        raise OutOfTurn("The last day of this offer has passed.")
    if digest.strip().lower() != stands.digest_text or stands.terms.digest != bytes(stands.digest):
        says = "What stands is another offer than the one that you accept. Read it again."
        raise Incomplete.at("digest", says, _DUTY)
    # A party may have been renamed, or have a successor, since the offer was made.
    _require_fit(negotiation, stands.terms)
    if lacking := list(faults(stands.terms)):
        raise Incomplete(lacking)
    negotiation.state = state
    negotiation.save(update_fields=["state"])
    drawn = drawing.draw_up(negotiation, stands)
    telling.tell(telling.AGREED, drawn, side.other)
    return drawn


@act("contract.terminate", duty=_DUTY, subject="negotiation", surface=OUTSIDE)
def terminate(*, actor: Actor, negotiation: Negotiation, reason: str) -> Negotiation:
    """Break off a negotiation; a contract that both have not signed is dropped (终止磋商).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` once it is over.
    """
    side = negotiation.side_of(actor.body_id)
    state = rules.moved(State(negotiation.state), Move.TERMINATE, side)
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it ends.", _DUTY)
    _end(negotiation, state, side, reason.strip()[:500])
    drawn = Contract.objects.filter(negotiation=negotiation).select_related("thing").first()
    if drawn is not None:
        # Whoever signs holds it until then.
        drawn.read_again(hold=True)
        if drawn.standing != Standing.DRAWN:
            raise OutOfTurn("Both sides have signed already.")
        drawn.standing = Standing.DROPPED
        drawn.save(update_fields=["standing"])
    telling.tell(telling.TERMINATED, negotiation, side.other)
    return negotiation


@act("contract.lapse", duty=_DUTY, subject="negotiation", surface={Surface.SYSTEM})
def lapse(*, actor: Actor, negotiation: Negotiation) -> Negotiation:
    """End a negotiation whose last offer nobody answered in its time (要约失效).

    Raises ``OutOfTurn`` while it may still be accepted, or once it was answered.
    """
    del actor
    state = rules.moved(State(negotiation.state), Move.LAPSE, Side.PLATFORM)
    if negotiation.until >= clock.today():
        raise OutOfTurn("The last day of this offer has not passed.")
    _end(negotiation, state, Side.PLATFORM, "")
    for side in (Side.PROVIDER, Side.CONSUMER):
        telling.tell(telling.LAPSED, negotiation, side)
    return negotiation


def _end(negotiation: Negotiation, state: State, by: Side, because: str) -> None:
    negotiation.state, negotiation.ended_at = state, clock.now()
    negotiation.ended_by, negotiation.ended_because = by.value, because
    negotiation.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])


def _last_day(until: date | None) -> date:
    """Return the day named, or the pack's for offers that name none."""
    today = clock.today()
    if until is None:
        due = national().due(active().term(TERM, today), today)
        assert due is not None  # noqa: S101 - only a cycle may lack an end; tells mypy
        return due.day
    if until < today:
        raise Incomplete.at("until", "Name a last day for the answer that is yet to come.", _DUTY)
    return until


def _require_fit(negotiation: Negotiation, terms: Terms) -> None:
    """Demand that terms name both parties as they are: an offer is made in nobody else's name."""
    wrong = [
        Fault(side, "The parties of the terms are those of the negotiation.", _DUTY)
        for side, body, party in (
            ("provider", negotiation.provider, terms.provider),
            ("consumer", negotiation.consumer, terms.consumer),
        )
        if (party.code, party.name) != (body.credit_code, body.name)
    ]
    wrong += _of_listing(negotiation, terms)
    if not terms.matter.title:
        wrong.append(Fault("matter", "Say what the contract is about.", _DUTY))
    if wrong:
        raise Incomplete(wrong)


def _of_listing(negotiation: Negotiation, terms: Terms) -> list[Fault]:
    """Return what does not fit the listing: offered still, by the provider, as it was seen."""
    listing, matter = negotiation.listing, terms.matter
    if listing is None:
        return [Fault("matter", "No listing is negotiated here.", _DUTY)] if matter.listing else []
    if listing.standing() != "listed" or listing.product.owner_id != negotiation.provider_id:
        return [Fault("listing", "The provider does not offer this any more.", _DUTY)]
    seen = (matter.listing, matter.product, matter.described)
    registered = bytes(listing.digest or b"").hex()
    if seen != (listing.registration, listing.product.number, registered):
        says = "Name the listing by its number and digest, as it is registered."
        return [Fault("matter", says, _DUTY)]
    # What a certificate, a grant or a hold says is asked anew with each offer.
    return list(unlawful(listing, ways_of(terms)))


def _put(actor: Actor, negotiation: Negotiation, side: Side, terms: Terms, says: str) -> None:
    before = negotiation.offers.order_by("-place").first()
    Offer.objects.create(
        negotiation=negotiation,
        place=before.place + 1 if before else 1,
        side=side.value,
        answers=before,
        content=terms.plain(),
        digest=terms.digest,
        until=negotiation.until,
        says=says.strip()[:1000],
        made_at=clock.now(),
        seat_id=actor.seat_id,
    )
