"""Rows that too few are like keep some of their cells instead of none (local suppression).

A cell becomes what the top level says, ``*``. Which cells do is chosen for whole classes: of all
ways to star some columns the cheapest is tried first, and whoever falls together by it with enough
others is settled. So the classes of a way hold whatever the guards ask, as any others do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice

import numpy as np

from yelin.privacy.deidentify.classes import Bools, Classes, Codes, Ints, Rows, Starred, classes
from yelin.privacy.deidentify.coded import NULL, Coded
from yelin.privacy.deidentify.costs import Costs, Measure, costs
from yelin.privacy.deidentify.guards import Guard
from yelin.privacy.deidentify.optimum import Found
from yelin.privacy.deidentify.roles import Nulls, Plan

# So many ways are thought of, and the cheapest of them tried.
_THOUGHT = 4_096
_TRIED = 256


@dataclass(frozen=True)
class _Left:
    """Rows of the classes that would be left out, and to which of these each belongs."""

    rows: Rows
    of: Ints

    @classmethod
    def of_classes(cls, found: Classes, gone: Bools) -> "_Left":
        if found.of is None:
            here = np.flatnonzero(gone)
            return cls(
                Rows(tuple(each[here] for each in found.codes), found.counts[here], {}), here
            )
        chosen = np.flatnonzero(gone[found.of])
        return cls(_part(found.rows, chosen), found.of[chosen])

    def without(self, settled: Bools) -> "_Left":
        """Return those whose class is not ``settled``."""
        rest = np.flatnonzero(~settled[self.of])
        return _Left(_part(self.rows, rest), self.of[rest])


def _part(rows: Rows, places: Ints) -> Rows:
    return Rows(
        tuple(each[places] for each in rows.codes),
        rows.counts[places],
        {name: each[places] for name, each in rows.held.items()},
    )


def starred(table: Coded, plan: Plan, guards: Sequence[Guard], found: Found) -> Found:
    """Return ``found`` with rows that stay by some cells; all ``guards`` are steady."""
    if not all(guard.steady for guard in guards):
        raise ValueError("whether shares are kept is not known before all cells are chosen")
    lost = costs(table.scales, Measure.ENTROPY)
    open_axes = [
        axis
        for axis, scale in enumerate(table.scales)
        if found.levels[scale.column.name] < len(scale.codes) - 1
    ]
    cells = np.zeros((len(found.classes), len(table.scales)), dtype=bool)
    settled = ~found.gone
    left = _Left.of_classes(found.classes, found.gone)
    groups, fewest = 0, 0
    for way in _ways(table, found, lost, open_axes):
        if not len(left.rows):
            break
        fallen = classes(left.rows, _lifted(table, found, way), tells=True)
        sound = _sound(table, plan, guards, fallen, found, way)
        assert fallen.of is not None  # noqa: S101 - it was asked to tell
        if not sound.any():
            continue
        here = np.unique(left.of[sound[fallen.of]])
        cells[here[:, None], list(way)] = True
        settled[here] = True
        groups += int(sound.sum())
        least = int(fallen.counts[sound].min())
        fewest = min(fewest, least) if fewest else least
        left = left.without(settled)
    kept = found.gone & settled
    rows = int(found.classes.counts[kept].sum())
    stars = Starred(
        classes=np.flatnonzero(kept),
        cells=cells[kept],
        rows=rows,
        count=int(found.classes.counts[kept] @ cells[kept].sum(axis=1)),
        groups=groups,
        fewest=fewest,
    )
    return replace(found, gone=~settled, left_out=found.left_out - rows, starred=stars)


def _ways(table: Coded, found: Found, lost: Costs, axes: Sequence[int]) -> list[tuple[int, ...]]:
    """Return which columns are starred together, the cheapest first, and never all."""
    every = chain.from_iterable(combinations(axes, many) for many in range(1, len(axes)))
    counts = found.classes.counts[found.gone]
    spent = []
    for scale, left, codes in zip(table.scales, lost.left, found.classes.codes, strict=True):
        level = found.levels[scale.column.name] - scale.column.least
        spent.append(float(counts @ left[level][codes[found.gone]]))
    # Rounded, and by place where they cost the same: chosen again, the choice is the same.
    by_cost = sorted(
        (round(sum(spent[at] for at in way), 9), way) for way in islice(every, _THOUGHT)
    )
    return [way for _, way in by_cost[:_TRIED]]


def _lifted(table: Coded, found: Found, way: Sequence[int]) -> list[Codes | None]:
    """Return what becomes of the codes: one and the same in the columns that are starred."""
    return [
        np.zeros(len(scale.labels[found.levels[scale.column.name]]) + 1, dtype=np.uint8)
        if axis in way
        else None
        for axis, scale in enumerate(table.scales)
    ]


def _sound(
    table: Coded,
    plan: Plan,
    guards: Sequence[Guard],
    fallen: Classes,
    found: Found,
    way: Sequence[int],
) -> Bools:
    """Return which classes hold to all guards, and have no gap that stands alone."""
    everything = np.ones(len(fallen), dtype=bool)
    sound = fallen.counts > 0
    for guard in guards:
        sound &= ~guard.broken(fallen, everything)
    if plan.nulls.binding is Nulls.NONE:
        for axis, (scale, codes) in enumerate(zip(table.scales, fallen.codes, strict=True)):
            if axis not in way and found.levels[scale.column.name] < len(scale.codes) - 1:
                sound &= codes != NULL
    return np.asarray(sound)
