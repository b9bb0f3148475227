"""Which levels lose least among those that keep everyone hidden: the optimum over the lattice.

A choice is a level for each quasi-identifier. Its loss is at least that of its levels alone, so
choices that lose more than the best one found are never looked at. Where a choice leaves out too
many rows, so does every finer one; and a finer one leaves out at least the same rows, so that what
is lost with them is part of its loss, too. Few columns mostly make it so: all levels of the others
are closed with it. Of what remains, the cheapest is taken, a way up from it through other open
choices, and on that way the middle, by halves.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yelin.privacy.deidentify.classes import Bools, Classes, Codes, Rows, Starred, classes
from yelin.privacy.deidentify.coded import NULL, Coded
from yelin.privacy.deidentify.costs import Costs, Measure, costs
from yelin.privacy.deidentify.guards import Anonymity, Guard, Presence
from yelin.privacy.deidentify.roles import Nulls, Plan

MOST_CHOICES = 20_000_000
_KEPT = 64
_FEW = 10_000
_ROUNDS = 8
_TINY = 1e-12

Choice = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """After so many choices looked at, or seconds, the best one found is taken."""

    choices: int = 20_000
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: choices looked at and open, the best loss, the least possible one."""

    looked_at: int
    open: int
    best: float
    least: float


@dataclass(frozen=True)
class Found:
    """The choice that loses least: levels by column, its loss, rows in all and left out.

    ``least`` is what any choice loses at least; where the budget sufficed it is the loss.
    """

    levels: dict[str, int]
    loss: float
    least: float
    rows: int
    left_out: int
    looked_at: int
    choices: int
    classes: Classes
    gone: Bools
    starred: Starred | None = None

    @property
    def smallest(self) -> int:
        """How many rows at least are alike among those that stay."""
        counts = self.classes.counts[self._whole]
        found = [int(counts.min())] if counts.size else []
        return min(found + ([self.starred.fewest] if self.starred and self.starred.rows else []))

    @property
    def kinds(self) -> int:
        """How many classes stay."""
        return int(self._whole.sum()) + (self.starred.groups if self.starred else 0)

    @property
    def _whole(self) -> Bools:
        """Which classes stay with all of their cells."""
        whole = ~self.gone & (self.classes.counts > 0)
        if self.starred is not None:
            whole[self.starred.classes] = False
        return whole

    @property
    def is_proven(self) -> bool:
        """Whether no other choice loses less."""
        return self.least >= self.loss - _TINY


class NothingFits(Exception):
    """No choice keeps everyone hidden, or only one of which nothing could be learned.

    ``share`` is the least share of rows that any choice looked at would leave out; ``splits`` names
    the quasi-identifiers by how many labels they have at the coarsest, the most first.
    """

    def __init__(self, share: float, cap: float, splits: Sequence[tuple[str, int]]) -> None:
        super().__init__(
            f"every choice leaves out {share:.1%} of the rows or says nothing, and {cap:.1%} may be"
        )
        self.share, self.cap, self.splits = share, cap, tuple(splits)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is so on one choice."""

    fits: bool
    hopeless: bool
    """Whether no finer choice can fit."""
    besides: float
    """What is lost with the rows that every finer choice leaves out, too."""
    loss: float
    left_out: int
    found: Classes
    gone: Bools


def optimum(
    table: Coded,
    plan: Plan,
    guards: Sequence[Guard],
    *,
    measure: Measure = Measure.ENTROPY,
    budget: Budget | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Found:
    """Return the choice that loses least; what ``report`` raises ends the search.

    Raises ``NothingFits`` and ``TooManyChoices``.
    """
    if not any(isinstance(guard, Anonymity) for guard in guards):
        raise ValueError("every release is held to some k")
    return _Search(table, plan, guards, costs(table.scales, measure), budget or Budget()).run(
        report
    )


class _Search:
    def __init__(
        self, table: Coded, plan: Plan, guards: Sequence[Guard], lost: Costs, budget: Budget
    ) -> None:
        self.table, self.plan, self.guards, self.lost, self.budget = (
            table, plan, guards, lost, budget,
        )  # fmt: skip
        self.shape = tuple(len(scale.levels) for scale in table.scales)
        if math.prod(self.shape) > MOST_CHOICES:
            raise TooManyChoices(math.prod(self.shape))
        self.steady = all(guard.steady for guard in guards)
        self.levels = np.zeros(self.shape)
        for axis, column in enumerate(lost.spent):
            along = [1] * len(self.shape)
            along[axis] = -1
            self.levels += column.reshape(along)
        self.height = np.indices(self.shape, dtype=np.int16).sum(axis=0, dtype=np.int16)
        self.bound = self.levels.copy()
        self.open = np.ones(self.shape, dtype=bool)
        self.top: Choice = tuple(size - 1 for size in self.shape)
        self.best: tuple[Choice, _Looked] | None = None
        self.least_share = 1.0
        self.looked_at = 0
        self.grouped: dict[Choice, Rows] = {}

    def run(self, report: Callable[[Progress], None]) -> Found:
        end = time.monotonic() + self.budget.seconds
        better = True
        while (way := self._next(climbs=better)) and self._may_look(end):
            before = self._loss
            low, high = 0, len(way)
            while low < high and self._may_look(end):
                middle = (low + high) // 2
                if self.open[way[middle]]:
                    fits = self._look(way[middle]).fits
                    report(Progress(self.looked_at, int(self.open.sum()), self._loss, self._least))
                else:
                    # Settled on this way meanwhile: coarser than one that fits, or finer than none.
                    fits = self.bound[way[middle]] >= self._loss
                low, high = (low, middle) if fits else (middle + 1, high)
            better = self._loss < before
        return self._found()

    def _may_look(self, end: float) -> bool:
        return self.looked_at < self.budget.choices and time.monotonic() < end

    def _next(self, *, climbs: bool) -> list[Choice]:
        """Return open choices to halve: a way up from the cheapest, or the coarsest one alone.

        Ways find what fits; once they find nothing better, whatever else is open will hardly fit,
        and of choices that do not the coarsest settles the most.
        """
        self.open &= self.bound < self._loss - _TINY
        if not self.open.any():
            return []
        if not climbs:
            return [self._place(int(np.argmax(np.where(self.open, self.height, -1))))]
        return self._way(self._place(int(np.argmin(np.where(self.open, self.bound, np.inf)))))

    def _place(self, place: int) -> Choice:
        return tuple(int(level) for level in np.unravel_index(place, self.shape))

    @property
    def _loss(self) -> float:
        return self.best[1].loss if self.best else math.inf

    @property
    def _least(self) -> float:
        """What any choice loses at least."""
        rest = self.bound[self.open]
        return min(self._loss, float(rest.min())) if rest.size else self._loss

    def _way(self, choice: Choice) -> list[Choice]:
        """Return open choices, each one level coarser than the one before, the cheapest first."""
        way = [choice]
        while True:
            above = [
                (*way[-1][:axis], level + 1, *way[-1][axis + 1 :])
                for axis, level in enumerate(way[-1])
                if level < self.top[axis]
            ]
            above = [each for each in above if self.open[each]]
            if not above:
                return way
            way.append(min(above, key=lambda each: float(self.bound[each])))

    def _look(self, choice: Choice) -> _Looked:
        found = self._classes(choice)
        looked = self._judged(choice, found)
        self.looked_at += 1
        self.open[choice] = False
        if looked.hopeless:
            self._close(choice, found)
        elif looked.besides > 0:
            finer = tuple(slice(0, level + 1) for level in choice)
            np.maximum(
                self.bound[finer], self.levels[finer] + looked.besides, out=self.bound[finer]
            )
        if looked.fits and looked.loss < self._loss:
            self.best = choice, looked
        return looked

    def _close(self, choice: Choice, found: Classes) -> None:
        """Close what is finer than a hopeless choice; and first find few columns that make it so.

        A column that may go altogether, and the rest is as hopeless, closes all of its levels.
        """
        axes = sorted(range(len(choice)), key=lambda axis: len(self._labels(axis, choice[axis])))
        for axis in axes:
            if choice[axis] == self.top[axis] or self.looked_at >= self.budget.choices:
                continue
            without = (*choice[:axis], self.top[axis], *choice[axis + 1 :])
            fewer = self._raised(found.alone(), choice, without)
            self.looked_at += 1
            if self._judged(without, fewer).hopeless:
                choice, found = without, fewer
        self.open[tuple(slice(0, level + 1) for level in choice)] = False

    def _labels(self, axis: int, level: int) -> tuple[str | None, ...]:
        scale = self.table.scales[axis]
        return scale.labels[scale.levels[level]]

    def _judged(self, choice: Choice, found: Classes) -> _Looked:
        allowed = self.plan.cap * self.table.total + _TINY
        surely = np.zeros(len(found), dtype=bool)
        everything = np.ones(len(found), dtype=bool)
        for guard in self.guards:
            if guard.steady:
                surely |= guard.broken(found, everything)
        if self.plan.nulls.binding is Nulls.NONE:
            for scale, level, codes in zip(self.table.scales, choice, found.codes, strict=True):
                if scale.levels[level] < len(scale.codes) - 1:
                    surely |= (codes == NULL) & (found.counts > 0)
        rows = int(found.counts[surely].sum())
        if rows > allowed or rows == self.table.total:
            self._share(rows)
            return _Looked(
                fits=False, hopeless=True, besides=0.0, loss=math.inf, left_out=rows,
                found=found, gone=surely,
            )  # fmt: skip
        gone, hopeless = self._broken(found, surely)
        rows = int(found.counts[gone].sum())
        self._share(rows)
        besides = self.lost.besides(choice, found, surely)
        fits = not hopeless and rows <= allowed and rows < self.table.total
        loss = math.inf
        if fits:
            all_besides = besides if rows == int(found.counts[surely].sum()) else (
                self.lost.besides(choice, found, gone)
            )  # fmt: skip
            loss = float(self.levels[choice]) + all_besides
        return _Looked(fits, hopeless, besides, loss, rows, found, gone)

    def _broken(self, found: Classes, surely: Bools) -> tuple[Bools, bool]:
        """Return which classes are left out by all guards, and whether one cannot be."""
        gone = surely.copy()
        others = [guard for guard in self.guards if not guard.steady]
        # What is left out changes what is left: guards that compare with all rows ask again.
        for _ in range(_ROUNDS):
            before = gone.copy()
            for guard in others:
                broken = guard.broken(found, ~before)
                if isinstance(guard, Presence) and (broken & (found.counts == 0)).any():
                    return gone, True
                gone |= broken
            if (gone == before).all():
                return gone, False
        return np.ones(len(found), dtype=bool), False

    def _share(self, rows: int) -> None:
        self.least_share = min(self.least_share, rows / max(self.table.total, 1))

    # Grouping.

    def _classes(self, choice: Choice) -> Classes:
        base = self._base(choice)
        if self.table.rows.held:
            return self._from(base, choice)
        if len(self._rows(base)) > _FEW:
            # Neighbours of a choice are looked at next: what is a level finer serves them all.
            finer = tuple(max(level - 1, 0) for level in choice)
            if finer not in (base, choice):
                self.grouped[finer] = self._from(self._base(finer), finer).alone()
                base = finer
        found = self._from(base, choice)
        while len(self.grouped) > _KEPT or self._held() > len(self.table.rows):
            del self.grouped[next(iter(self.grouped))]
        return found

    def _held(self) -> int:
        """How many classes are kept for coarser choices: in all no more than there are rows."""
        return sum(map(len, self.grouped.values()))

    def _base(self, choice: Choice) -> Choice | None:
        """Return the known finer choice with the fewest classes; None for the rows."""
        known = [
            levels
            for levels in self.grouped
            if all(a <= b for a, b in zip(levels, choice, strict=True))
        ]
        return min(known, key=lambda levels: len(self.grouped[levels]), default=None)

    def _rows(self, base: Choice | None) -> Rows:
        return self.table.rows if base is None else self.grouped[base]

    def _from(self, base: Choice | None, choice: Choice) -> Classes:
        return self._raised(self._rows(base), base, choice)

    def _raised(self, rows: Rows, base: Choice | None, choice: Choice) -> Classes:
        upward: list[Codes | None] = []
        for place, (scale, level) in enumerate(zip(self.table.scales, choice, strict=True)):
            if base is None:
                upward.append(scale.codes[scale.levels[level]])
            elif base[place] == level:
                upward.append(None)
            else:
                upward.append(scale.between(scale.levels[base[place]], scale.levels[level]))
        return classes(rows, upward)

    def _found(self) -> Found:
        columns = [scale.column.name for scale in self.table.scales]
        if self.best is None or self._loss >= self.lost.whole - _TINY > 0:
            splits = [
                (name, len(set(scale.codes[scale.levels[-1]][scale.counts > 0])))
                for name, scale in zip(columns, self.table.scales, strict=True)
            ]
            splits.sort(key=lambda each: -each[1])
            raise NothingFits(self.least_share, self.plan.cap, splits)
        choice, looked = self.best
        return Found(
            levels={
                name: scale.levels[level]
                for name, scale, level in zip(columns, self.table.scales, choice, strict=True)
            },
            loss=looked.loss,
            least=self._least,
            rows=self.table.total,
            left_out=looked.left_out,
            looked_at=self.looked_at,
            choices=math.prod(self.shape),
            classes=looked.found,
            gone=looked.gone,
        )


class TooManyChoices(Exception):
    """There are more choices than are searched: levels are to be narrowed."""

    def __init__(self, choices: int) -> None:
        super().__init__(f"{choices:,} choices of levels; at most {MOST_CHOICES:,} are searched")
        self.choices = choices
