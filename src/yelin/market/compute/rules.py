"""The check of what leaves: all answers together tell of nothing smaller than a strong part.

Two rows belong to one *part* where no answer that left, nor the new one, tells them apart: they lie
in the same group of each. Every figure of every answer is a sum over whole parts, so whatever is
computed from all of them, however many and in whatever way, is computed from the totals of the
parts. An answer leaves only where each part is *strong*: enough subjects stand behind it, and no
few of them make too much of a sum. So two tables with the same totals of parts give the very same
answers, and nobody within a part can be told from the others there.

Groups by which a part would be weak are put together with others. Where that does not help the
question is refused; and two selections of rows that differ by nobody are refused as those that
differ by few, unless their very words say that nobody can be there: otherwise a refusal would tell
whether somebody exists. Pure: no database, no clock.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yelin.market.compute.boxes import Box

OUTSIDE = 0
"""The label of rows that an answer does not choose."""
OTHERS = -1
"""The label of groups that were put together; each other group has a number from 1 on."""


Label = tuple[str | None, ...]
"""What the rows of a group say in the columns by which they are grouped."""
# How often groups are put together before it is given up; each time the parts are counted again.
ROUNDS = 8


class Withheld(Exception):
    """The answer would tell of too few; which part, and why, is told to nobody."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At least so many subjects a part, of which the ``greatest`` make no more than ``share``."""

    least: int
    greatest: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Summed:
    """One sum over a part: itself, of all amounts without their signs, of the greatest of these."""

    total: Decimal
    size: Decimal
    largest: Decimal

    def plus(self, other: "Summed") -> "Summed":
        """Return both; of the largest no more is said than is sure."""
        largest = max(self.largest, other.largest)
        return Summed(self.total + other.total, self.size + other.size, largest)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that no answer tells apart: their labels in earlier ones, in order, and in the new one.

    ``sums`` are by the name of the summed column.
    """

    before: tuple[int, ...]
    label: int
    subjects: int
    rows: int
    sums: Mapping[str, Summed]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of an answer that left: which rows it chose, and what it summed."""

    box: Box
    summed: frozenset[str] = frozenset()


def by_chance(subjects: int, least: int) -> bool:
    """Return whether a group that is large enough is treated as one that is not.

    Half of those are up to twice the limit, a quarter of those up to three times, and so on: none
    is so large that it could not have been, so that to be hidden tells no exact bound.
    """
    return secrets.randbelow(2 ** min(subjects // least, 64)) == 0


@dataclass(frozen=True, slots=True)
class Check:
    """A new question: which rows it chooses, against ``earlier`` answers and the ``limits``."""

    limits: Limits
    box: Box
    earlier: Sequence[Earlier] = ()
    choose: Callable[[Sequence[int]], int] = secrets.choice
    hides: Callable[[int, int], bool] = by_chance

    def to_hide(self, parts: Sequence[Part], shown: Collection[int]) -> frozenset[int]:
        """Return which of the ``shown`` groups must be put together with others; none: it passes.

        ``parts`` are labelled as they would leave. Raises ``Withheld`` where no putting together
        helps.
        """
        self.require_apart(parts)
        weak = [each for each in parts if self.is_weak(each)]
        if not weak:
            return frozenset()
        hide = {each.label for each in weak} & {*shown}
        # What lies outside of the selection no group can be put together with.
        if any(each.label not in {OTHERS, *hide} for each in weak):
            raise Withheld
        if hide:
            return frozenset(hide)
        return frozenset({self._next(parts, weak, shown)})

    def is_weak(self, part: Part) -> bool:
        """Whether too few stand behind a part, or few make too much of a sum that is told."""
        if part.subjects < self.limits.least:
            return True
        return any(
            each.largest > self.limits.share * each.size
            for name, each in part.sums.items()
            if self._is_summed(part, name)
        )

    def is_small(self, subjects: int) -> bool:
        """Whether a group is put together with others for its size, or a selection is refused."""
        return subjects < self.limits.least or self.hides(subjects, self.limits.least)

    def require_apart(self, parts: Sequence[Part]) -> None:
        """Refuse selections that are empty, or differ by nobody though their words do not say so.

        Raises ``Withheld``.
        """
        inside = [each for each in parts if each.label != OUTSIDE]
        if not inside or (self.box and len(inside) == len(parts)):
            raise Withheld
        for place, earlier in enumerate(self.earlier):
            if earlier.box == self.box:
                continue
            found = {(each.label != OUTSIDE, each.before[place] != OUTSIDE) for each in parts}
            if (True, False) not in found and not self.box.is_within(earlier.box):
                raise Withheld
            if (False, True) not in found and not earlier.box.is_within(self.box):
                raise Withheld
            if (True, True) not in found and not self.box.is_apart_from(earlier.box):
                raise Withheld

    def _is_summed(self, part: Part, name: str) -> bool:
        return part.label != OUTSIDE or any(
            name in earlier.summed and part.before[place] != OUTSIDE
            for place, earlier in enumerate(self.earlier)
        )

    def _next(self, parts: Sequence[Part], weak: Sequence[Part], shown: Collection[int]) -> int:
        """Return a shown group that makes a weak part of the others larger, by chance.

        Sizes have no say in the choice: they would tell which of those not shown is the larger.
        """
        where = {each.before for each in weak}
        near = {each.label for each in parts if each.before in where} & {*shown}
        if not near:
            raise Withheld
        return self.choose(sorted(near))


def told_apart(
    check: Check,
    parts: Sequence[Part],
    labels: Mapping[Label, int],
    count: Callable[[Sequence[Label]], Sequence[Part]],
) -> tuple[list[Label], Sequence[Part]]:
    """Return the groups that an answer tells apart, and its parts, which are all strong.

    ``parts`` are counted with each group apart, under its number in ``labels``; without any the
    question does not group. ``count`` counts them anew with others than those groups put together.
    Raises ``Withheld``.
    """
    size: defaultdict[int, int] = defaultdict(int)
    for each in parts:
        size[each.label] += each.subjects if each.label != OUTSIDE else 0
    if check.is_small(sum(size.values())):
        raise Withheld
    hidden = {label for label in labels.values() if check.is_small(size[label])}
    shown = {*labels.values()}
    while labels and (hide := check.to_hide(put_together(parts, hidden), shown - hidden)):
        hidden |= hide
    named = [label for label, number in labels.items() if number not in hidden]
    for _round in range(ROUNDS):
        if labels and not named:
            break
        named = sorted(named, key=_order)
        parts = count(named)
        wrong = check.to_hide(parts, range(1, len(named) + 1))
        if not wrong:
            return named, parts
        named = [each for number, each in enumerate(named, 1) if number not in wrong]
    raise Withheld


def put_together(parts: Sequence[Part], hidden: Collection[int]) -> list[Part]:
    """Return parts in which the ``hidden`` groups are others, as far as can be told from parts.

    Subjects that lie in several are counted in each, and the largest sums are too small: a check of
    these chooses what to try, and never what may leave.
    """
    found: dict[tuple[tuple[int, ...], int], Part] = {}
    for each in parts:
        label = OTHERS if each.label in hidden else each.label
        key = each.before, label
        known = found.get(key)
        found[key] = Part(
            each.before,
            label,
            each.subjects + (known.subjects if known else 0),
            each.rows + (known.rows if known else 0),
            {name: one.plus(known.sums[name]) if known else one for name, one in each.sums.items()},
        )
    return list(found.values())


def _order(label: Label) -> tuple[tuple[bool, Decimal, str], ...]:
    """Sort numbers by their size, other words by themselves, what is missing last."""
    return tuple(_key(each) for each in label)


def _key(value: str | None) -> tuple[bool, Decimal, str]:
    try:
        number = Decimal(value or "0")
    except ArithmeticError:
        number = Decimal(0)
    return value is None, number if number.is_finite() else Decimal(0), value or ""
