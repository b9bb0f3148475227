"""What an arrangement must say, as pure functions."""

from collections.abc import Iterator
from datetime import date

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.market.content import ArrangementContent

_DUTY = duties.MARKET_OPERATE


def faults(said: ArrangementContent, today: date) -> Iterator[Fault]:
    """Yield what is missing or wrong in what an arrangement says."""
    if not said.title:
        yield Fault("title", "Say what the arrangement is called.", _DUTY)
    if not said.purpose:
        yield Fault("purpose", "Say for what the data is developed and used.", _DUTY)
    if not said.basis:
        yield Fault("basis", "Name the contract, decision or award on which it stands.", _DUTY)
    if said.until < said.since:
        yield Fault("until", "It does not end before it begins.", _DUTY)
    elif said.until < today:
        yield Fault("until", "Its last day is yet to come.", _DUTY)
