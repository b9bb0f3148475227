"""What may be recorded of settlement: invoices, credits, payments, refunds; no money passes."""

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.contract import money, telling
from yelin.market.contract.content import SettlementContent
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side, Standing
from yelin.market.contract.settlement import Settlement, What
from yelin.parties.actor import OUTSIDE, Actor

_DUTY = duties.CONTRACT_WHOLE
# Whoever is paid says what is owed and what it gave back; the other side says what it paid.
BY = {
    What.INVOICE: Side.PROVIDER,
    What.CREDIT: Side.PROVIDER,
    What.REFUND: Side.PROVIDER,
    What.PAYMENT: Side.CONSUMER,
}


@act("contract.record", duty=_DUTY, subject="contract", surface=OUTSIDE, makes=True)
def record(*, actor: Actor, contract: Contract, content: SettlementContent) -> Settlement:
    """Record an invoice, a credit, a payment or a refund under a contract, once by its key (结算).

    The same key again is the same record. Raises ``Incomplete`` for a key that stands for something
    else and for an amount that cannot be; ``OutOfTurn`` for a contract that both have not signed.
    """
    side = contract.side_of(actor.body_id)
    if contract.standing not in {Standing.SIGNED, Standing.IN_FORCE, Standing.ENDED}:
        raise OutOfTurn("Nothing is settled before both sides have signed.")
    known = contract.settlements.filter(side=side.value, key=content.key).first()
    if known is not None:
        if _content_of(known) != content:
            says = "This key stands for another record. Use a new one."
            raise Incomplete.at("key", says, _DUTY)
        return known
    if wrong := list(_faults(contract, content, side)):
        raise Incomplete(wrong)
    made = Settlement(
        contract=contract, side=side.value, recorded_at=clock.now(), **content.model_dump()
    )
    made.save()
    telling.tell(telling.RECORDED, contract, side.other)
    return made


def _faults(contract: Contract, content: SettlementContent, side: Side) -> list[Fault]:
    price = contract.terms.price
    found = []
    if BY[content.what] is not side:
        found.append(Fault("what", "This is for the other side to record.", _DUTY))
    if price is None or content.currency != price.currency:
        found.append(Fault("currency", "The contract is in another currency.", _DUTY))
    elif not all(money.is_exact(each, content.currency) for each in (content.amount, content.tax)):
        says = "The amount has more digits than its currency."
        found.append(Fault("amount", says, _DUTY))
    if content.amount <= 0:
        found.append(Fault("amount", "Say an amount above zero.", _DUTY))
    if content.tax > content.amount:
        found.append(Fault("tax", "The tax is part of the amount.", _DUTY))
    if not content.document:
        found.append(Fault("document", "Name the invoice or receipt by its number.", _DUTY))
    if content.day > clock.today():
        found.append(Fault("day", "Record it once it has happened.", _DUTY))
    return found


def _content_of(known: Settlement) -> SettlementContent:
    kept = {name: getattr(known, name) for name in SettlementContent.model_fields}
    return SettlementContent(**kept)
