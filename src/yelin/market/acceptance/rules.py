"""What was agreed of quality, held to what was measured, as pure functions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.market.acceptance.content import DefectContent
from yelin.market.contract.terms import Measure
from yelin.quality.rules import Result, Score

_DUTY = duties.CONTRACT_WHOLE


@dataclass(frozen=True, slots=True)
class Point:
    """One agreed measure at one source: the ``least`` points, and what it ``got``, in hundredths.

    ``got`` is none where it could not be measured. ``release`` and ``digest`` name what was looked
    at, where something could be.
    """

    source: int
    entry: str
    release: int | None
    digest: str
    code: str
    least: str
    got: int | None

    @property
    def met(self) -> bool | None:
        """Whether it is as good as agreed; none where it could not be measured."""
        return None if self.got is None else self.got >= Decimal(self.least) * 100

    def said(self) -> dict[str, Any]:
        """Return it as a row keeps it."""
        return asdict(self)


def got(code: str, score: Score, results: Sequence[Result]) -> int | None:
    """Return what a dimension, or an indicator, got; an indicator's rules by their weights.

    Nothing where no rule of it met anything to evaluate.
    """
    if len(code) == len("01"):
        return next((side.score for side in score.sides if side.code == code), None)
    mine = [each for each in results if each.rule.indicator == code and each.evaluated]
    whole = sum(each.rule.weight for each in mine)
    return sum(each.score * each.rule.weight for each in mine) // whole if whole else None


def last_day(since: date, days: int) -> date:
    """Return the last of ``days`` after the day ``since``, which is itself not counted."""
    return since + timedelta(days=days)


def faults(
    said: DefectContent, agreed: Collection[Measure], points: Sequence[Point]
) -> Iterator[Fault]:
    """Yield what a refusal does not say, or says against what was agreed and measured."""
    if not said.codes and not said.says:
        yield Fault("says", "Say what is wrong, or name the measure that is not met.", _DUTY)
    if set(said.codes) - {each.code for each in agreed}:
        yield Fault("codes", "The contract does not name this measure.", _DUTY)
    for code in said.codes:
        known = [each.met for each in points if each.code == code]
        if known and all(known):
            says = "This measure is met as measured. Say in words what is wrong."
            yield Fault("codes", says, _DUTY)
            return
