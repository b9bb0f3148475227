"""What may be done with ratings of what was bought: given, answered, hidden, shown again."""

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.acceptance.models import Found
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.rating.models import MOST, Rating, Seen
from yelin.parties.actor import OUTSIDE, Actor

_DUTY = duties.TRADE_RULES
_TAKEN = (Found.ACCEPTED, Found.DEEMED)
_ONCE = "This contract is rated already."


@act(
    "trade.rate",
    duty=_DUTY,
    subject="contract",
    surface=OUTSIDE,
    makes=True,
    clashes={"market_rating_contract_id_key": Fault("contract", _ONCE, _DUTY)},
)
def rate(*, actor: Actor, contract: Contract, stars: int, says: str = "") -> Rating:
    """Rate what was bought, once for each contract, with 1 to 5 stars (评价).

    Raises ``Incomplete`` for any other number, and where it is rated; ``OutOfTurn`` before what was
    delivered is accepted or the contract has ended, and for what is not listed.
    """
    del actor
    if not may_rate(contract):
        raise OutOfTurn("What was bought is rated once it is accepted, or the contract has ended.")
    if not 1 <= stars <= MOST:
        raise Incomplete.at("stars", "Give one to five stars.", _DUTY)
    if Rating.objects.filter(contract=contract).exists():
        raise Incomplete.at("contract", _ONCE, _DUTY)
    made = Rating(
        contract=contract,
        listing=contract.negotiation.listing,
        stars=stars,
        says=says.strip()[:1000],
        rated_at=clock.now(),
    )
    made.save()
    return made


@act("trade.answer", duty=_DUTY, subject="rating", surface=OUTSIDE)
def answer(*, actor: Actor, rating: Rating, says: str) -> Rating:
    """Answer a rating, once (回应评价).

    Raises ``Incomplete`` without words, ``OutOfTurn`` where it is answered.
    """
    del actor
    if rating.answer:
        raise OutOfTurn("This rating is answered already.")
    if not says.strip():
        raise Incomplete.at("says", "Say what you answer.", _DUTY)
    rating.answer, rating.answered_at = says.strip()[:1000], clock.now()
    rating.save(update_fields=["answer", "answered_at"])
    return rating


@act("trade.hide", duty=_DUTY, subject="rating", surface=OUTSIDE)
def hide(*, actor: Actor, rating: Rating, reason: str) -> Rating:
    """Hide a rating that breaks the platform's rules; both sides read why (隐藏评价).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` where it is hidden.
    """
    del actor
    if rating.state == Seen.HIDDEN:
        raise OutOfTurn("This rating is hidden already.")
    if not reason.strip():
        raise Incomplete.at("reason", "Say which rule it breaks.", _DUTY)
    return _become(rating, Seen.HIDDEN, reason.strip()[:500])


@act("trade.unhide", duty=_DUTY, subject="rating", surface=OUTSIDE)
def unhide(*, actor: Actor, rating: Rating) -> Rating:
    """Show a hidden rating again (恢复展示). Raises ``OutOfTurn`` where it is shown."""
    del actor
    if rating.state == Seen.SHOWN:
        raise OutOfTurn("This rating is shown already.")
    return _become(rating, Seen.SHOWN, "")


def may_rate(contract: Contract) -> bool:
    """Whether what a contract delivered can be rated: it is listed, and was accepted or ended."""
    if contract.negotiation.listing_id is None:
        return False
    if contract.standing == Standing.ENDED:
        return True
    last = contract.inspections.first()
    return last is not None and last.state in _TAKEN


def _become(rating: Rating, state: Seen, because: str) -> Rating:
    rating.state, rating.hidden_because = state.value, because
    rating.save(update_fields=["state", "hidden_because"])
    return rating
