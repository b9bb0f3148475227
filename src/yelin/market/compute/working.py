"""Answer one question: count the parts, put small groups together, pass it or withhold it."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from yelin.delivery import computing
from yelin.gate import Decision
from yelin.law import packs
from yelin.market.compute.boxes import Box, Condition
from yelin.market.compute.composing import Cut, Parts
from yelin.market.compute.content import Function, QuestionContent, conditions
from yelin.market.compute.models import Computation, Ground, State
from yelin.market.compute.rules import (
    OTHERS,
    OUTSIDE,
    Check,
    Earlier,
    Label,
    Limits,
    Part,
    Summed,
    by_chance,
    told_apart,
)
from yelin.warehouse.formats import Column
from yelin.warehouse.models import Release
from yelin.warehouse.query import Unfulfillable

# How widely what is told is shared (GB/T 37964): with whoever is bound by a contract.
SHARED = "controlled"
MOST_SHOWN = 200
choose, hides = secrets.choice, by_chance
"""What decides where chance does."""
_PLACES = Decimal("0.0001")


class Unwhole(Exception):
    """A mean is asked of a column in which values are missing."""


class TooFine(Exception):
    """The question makes more groups than one answer has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves: the groups told apart, and rows and figures of each, others last.

    ``groups`` has ``None`` for the others. Figures are decimals as text.
    """

    shown: tuple[Label, ...]
    lines: tuple[Mapping[str, Any], ...]

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"lines": [dict(each) for each in self.lines]}


def limits(ground: Ground) -> Limits:
    """Return what the pack asks of statistics for receivers bound by contract, or the provider."""
    small = packs.active().small[SHARED]
    return Limits(max(small.threshold, ground.least), small.greatest, Decimal(str(small.share)))


def answers(ground: Ground) -> list[Computation]:
    """Return the answers that left to a buyer, the first one first."""
    return list(ground.computations.filter(state=State.ANSWERED).order_by("ended_at", "pk"))


def answer(
    ground: Ground,
    question: QuestionContent,
    decision: Decision,
    columns: Mapping[str, Column],
    earlier: Sequence[Computation],
    hear: Callable[[], None],
) -> Answer:
    """Return what may leave of a question about these columns, given the ``earlier`` answers.

    Raises ``Withheld``, ``Unwhole``, and what ``computing.answered`` does.
    """
    release = ground.release
    assert release is not None  # noqa: S101 - it was asked of one
    return _Work(ground, release, question, decision, columns, earlier, hear).answer()


@dataclass(frozen=True, slots=True)
class _Work:
    ground: Ground
    release: Release
    question: QuestionContent
    decision: Decision
    columns: Mapping[str, Column]
    earlier: Sequence[Computation]
    hear: Callable[[], None]

    def answer(self) -> Answer:
        cut = Cut(self._conditions(self.question), self.question.groups)
        before = [self._cut_of(each) for each in self.earlier]
        if any(each.question.names - {*self.columns} for each in self.earlier):
            # What was asked before is shown no more, so nothing can be held against it.
            raise Unfulfillable
        bounds = limits(self.ground)
        check = Check(
            bounds,
            Box.of(cut.conditions),
            [
                Earlier(Box.of(past.conditions), frozenset(each.question.summed))
                for past, each in zip(before, self.earlier, strict=True)
            ],
            choose=choose,
            hides=hides,
        )
        labels: dict[Label, int] = {}
        parts = self._parts(before, cut, labels, raw=True)

        def count(named: Sequence[Label]) -> list[Part]:
            if len(named) > MOST_SHOWN:
                raise TooFine
            return self._parts(before, replace(cut, shown=tuple(named)), {}, raw=False)

        named, last = told_apart(check, parts, labels, count)
        return Answer(tuple(named), tuple(self._lines(named, last)))

    def _conditions(self, question: QuestionContent) -> tuple[Condition, ...]:
        return tuple(conditions(question, self.columns))

    def _cut_of(self, each: Computation) -> Cut:
        shown = tuple(tuple(label) for label in each.shown)
        return Cut(self._conditions(each.question), each.question.groups, shown)

    def _parts(
        self, before: Sequence[Cut], cut: Cut, labels: dict[Label, int], *, raw: bool
    ) -> list[Part]:
        """Count the parts; raw, each group of the new cut gets a number in ``labels``."""
        sums = self.question.summed
        greatest = limits(self.ground).greatest
        asked = Parts(before, cut, raw, sums, self.ground.subject, greatest)
        code = self.ground.entry.code or ""
        text = asked.sql(code, self.columns)
        found = computing.answered(self.decision, self.release, text, self.hear)
        if not found.is_all:
            raise TooFine
        self._require_whole(found.rows)
        return [self._part(row, len(before), labels, raw=raw) for row in found.rows]

    def _part(
        self, row: Sequence[Any], before: int, labels: dict[Label, int], *, raw: bool
    ) -> Part:
        groups = len(self.question.groups) if raw else 0
        label = int(row[before])
        if groups and label != OUTSIDE:
            said = tuple(row[before + 1 : before + 1 + groups])
            label = labels.setdefault(said, len(labels) + 1)
        subjects, rows, *figures = row[before + 1 + groups :]
        sums = {
            name: Summed(*(_number(each) for each in figures[4 * place : 4 * place + 3]))
            for place, name in enumerate(self.question.summed)
        }
        return Part(tuple(map(int, row[:before])), label, int(subjects), int(rows), sums)

    def _require_whole(self, rows: Sequence[Sequence[Any]]) -> None:
        """Refuse a mean of a column that has a missing value anywhere in the release."""
        summed = self.question.summed
        first = -4 * len(summed)
        for place, name in enumerate(summed):
            if not any(each.function is Function.AVG and each.column == name
                       for each in self.question.figures):  # fmt: skip
                continue
            had = sum(int(row[first + 4 * place + 3]) for row in rows)
            if had < sum(int(row[first - 1]) for row in rows):
                raise Unwhole

    def _lines(self, named: Sequence[Label], parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
        """Yield each group with its figures, all of them sums over whole parts."""
        labels: list[int] = [*range(1, len(named) + 1), OTHERS] if self.question.groups else [1]
        for label in labels:
            of = [each for each in parts if each.label == label]
            if not of:
                continue
            rows = sum(each.rows for each in of)
            sums = {
                name: sum((each.sums[name].total for each in of), Decimal(0))
                for name in self.question.summed
            }
            group = None if label == OTHERS else list(named[label - 1]) if named else []
            figures = [
                _written(sums[each.column] if each.function is Function.SUM
                         else (sums[each.column] / rows).quantize(_PLACES, ROUND_HALF_EVEN))
                for each in self.question.figures
            ]  # fmt: skip
            yield {"group": group, "rows": rows, "figures": figures}


def _number(value: Any) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)


def _written(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
