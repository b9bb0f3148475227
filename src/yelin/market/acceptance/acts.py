"""What is done as data is inspected: begun, accepted, refused, mended, deemed accepted."""

from yelin.acts.frame import act
from yelin.law import calendar, clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.acceptance import measuring, telling
from yelin.market.acceptance.content import DefectContent
from yelin.market.acceptance.models import Found, Inspection
from yelin.market.acceptance.rules import faults, last_day
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.parties.actor import OUTSIDE, Actor, Surface

_DUTY = duties.CONTRACT_WHOLE


@act("trade.inspect", duty=_DUTY, subject="contract", surface={Surface.SYSTEM}, makes=True)
def inspect(*, actor: Actor, contract: Contract) -> Inspection:
    """Measure what a contract delivers as it takes effect, and let the consumer inspect it (验收).

    Raises ``OutOfTurn`` for a contract that does not run, is inspected already, or has a source
    without a release: what is not there is not inspected, and no days run.
    """
    del actor
    if not contract.runs() or contract.inspections.exists():
        raise OutOfTurn("There is nothing to inspect under this contract.")
    return _begin(contract)


@act("trade.accept", duty=_DUTY, subject="inspection", surface=OUTSIDE)
def accept(*, actor: Actor, inspection: Inspection) -> Inspection:
    """Accept what was delivered as it was agreed (验收合格). Raises ``OutOfTurn`` once it ended."""
    del actor
    _decide(inspection, Found.ACCEPTED)
    telling.tell(telling.ACCEPTED, inspection.contract, Side.PROVIDER)
    return inspection


@act("trade.refuse", duty=_DUTY, subject="inspection", surface=OUTSIDE)
def refuse(*, actor: Actor, inspection: Inspection, defects: DefectContent) -> Inspection:
    """Refuse what was delivered for its defects, within the days agreed (验收不合格).

    Raises ``Incomplete`` without a defect and for a measure that was found met; ``OutOfTurn`` once
    it ended, or its last day has passed.
    """
    del actor
    quality = inspection.contract.terms.quality
    agreed = quality.measures if quality else ()
    if inspection.due < clock.today():
        raise OutOfTurn("The days for inspection have passed.")
    if wrong := list(faults(defects, agreed, inspection.points)):
        raise Incomplete(wrong)
    inspection.defects, inspection.says = sorted(set(defects.codes)), defects.says
    _decide(inspection, Found.REFUSED)
    telling.tell(telling.REFUSED, inspection.contract, Side.PROVIDER)
    return inspection


@act("trade.deem", duty=_DUTY, subject="inspection", surface={Surface.SYSTEM})
def deem(*, actor: Actor, inspection: Inspection) -> Inspection:
    """Take as accepted what nobody refused in the days agreed (视为验收合格).

    Raises ``OutOfTurn`` before, and once it ended.
    """
    del actor
    if inspection.due >= clock.today():
        raise OutOfTurn("The days for inspection have not passed.")
    _decide(inspection, Found.DEEMED)
    for side in (Side.PROVIDER, Side.CONSUMER):
        telling.tell(telling.DEEMED, inspection.contract, side)
    return inspection


@act("trade.mend", duty=_DUTY, subject="contract", surface=OUTSIDE, makes=True)
def mend(*, actor: Actor, contract: Contract, says: str) -> Inspection:
    """Say that what was refused is mended by a newer release, which is inspected anew (补正).

    Raises ``Incomplete`` without words, and where no source has a newer release than was refused;
    ``OutOfTurn`` where nothing was refused, or the contract has ended.
    """
    del actor
    last = contract.inspections.first()
    if last is None or last.state != Found.REFUSED or not contract.runs():
        raise OutOfTurn("Nothing was refused under this contract that could be mended now.")
    if not says.strip():
        raise Incomplete.at("says", "Say what was mended.", _DUTY)
    return _begin(contract, last, says.strip()[:2000])


def _begin(contract: Contract, last: Inspection | None = None, mends: str = "") -> Inspection:
    releases = measuring.delivered(contract, newest=last is not None)
    if any(release is None for _source, release in releases):
        raise OutOfTurn("What is to be inspected has no data yet.")
    since = last.began_at if last else None
    if since and not any(release and release.released_at > since for _, release in releases):
        says = "No source has a newer version than the one that was refused."
        raise Incomplete.at("contract", says, _DUTY)
    quality, today = contract.terms.quality, clock.today()
    made = Inspection(
        contract=contract,
        round=last.round + 1 if last else 1,
        measured=[each.said() for each in measuring.measured(contract, releases)],
        began_at=clock.now(),
        # Civil Code 203: what would end on a day of rest ends on the next working day.
        due=calendar.roll_forward(last_day(today, quality.inspection_days if quality else 0)),
        mends=mends,
    )
    made.save()
    telling.tell(telling.INSPECT, contract, Side.CONSUMER)
    return made


def _decide(inspection: Inspection, found: Found) -> None:
    if inspection.state != Found.OPEN:
        raise OutOfTurn("This inspection has ended.")
    inspection.state, inspection.decided_at = found.value, clock.now()
    inspection.save(update_fields=["state", "decided_at", "defects", "says"])
