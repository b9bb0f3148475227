"""What a choice of levels loses of the information: a share of all that could be lost.

Each cell loses something by its label alone, and a row that is left out loses in each cell what
the top level would. So the loss of a choice is the loss of its levels, which is a sum over columns
known before any row is grouped, and what is lost besides with the rows left out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from yelin.privacy.deidentify.classes import Bools, Classes, Floats
from yelin.privacy.deidentify.coded import Scale


class Measure(StrEnum):
    """How the loss of a cell is measured.

    ``ENTROPY``: -log₂ of the chance to guess the value by its label, from how often both occur
    (non-uniform entropy, de Waal and Willenborg 1999). ``SPAN``: (a-1)/(m-1), where a of m leaves
    of the hierarchy lie under the label (loss metric, Iyengar 2002).
    """

    ENTROPY = "entropy"
    SPAN = "span"


@dataclass(frozen=True)
class Costs:
    """``spent[column][level]`` is the loss of all rows, ``left[column][level][code]`` of one more.

    The latter is what one row with that code loses besides when it is left out. Both are shares of
    the whole; the levels count from the least that may be chosen.
    """

    spent: tuple[Floats, ...]
    left: tuple[tuple[Floats, ...], ...]
    whole: float
    """What is lost when every cell is: 1, but for columns of which all rows have the same value."""

    def of(self, choice: Sequence[int]) -> float:
        """Return the loss of the levels alone, from 0 to 1; ``choice`` counts from the least."""
        return math.fsum(
            float(column[level]) for column, level in zip(self.spent, choice, strict=True)
        )

    def besides(self, choice: Sequence[int], found: Classes, gone: Bools) -> float:
        """Return what is lost besides when the rows of classes that are ``gone`` are left out."""
        if not gone.any():
            return 0.0
        counts = found.counts[gone]
        return math.fsum(
            float(counts @ left[level][codes[gone]])
            for left, level, codes in zip(self.left, choice, found.codes, strict=True)
        )


def costs(scales: Sequence[Scale], measure: Measure) -> Costs:
    """Return what each level of each column loses."""
    weights = [scale.column.weight for scale in scales]
    spent, left, told = [], [], []
    for scale, weight in zip(scales, weights, strict=True):
        cells = [_cells(scale, level, measure) for level in range(len(scale.codes))]
        top = cells[-1]
        all_of_it = float(scale.counts @ top)
        share = weight / sum(weights) / all_of_it if all_of_it else 0.0
        told.append(share * all_of_it)
        spent.append(np.array([float(scale.counts @ cells[n]) * share for n in scale.levels]))
        besides = []
        for level in scale.levels:
            # By label alone: whichever leaf stands for it, what it lacks to the top is the same.
            found = np.zeros(len(scale.labels[level]))
            there = scale.counts > 0
            found[scale.codes[level][there]] = (top - cells[level])[there] * share
            besides.append(found)
        left.append(tuple(besides))
    return Costs(tuple(spent), tuple(left), math.fsum(told))


def _cells(scale: Scale, level: int, measure: Measure) -> Floats:
    """Return what a cell with each leaf loses on a level."""
    if measure is Measure.ENTROPY:
        under = np.bincount(scale.codes[level], weights=scale.counts)[scale.codes[level]]
        there = scale.counts > 0
        found = np.zeros(len(scale.counts))
        found[there] = np.log2(under[there] / scale.counts[there])
        return found
    hierarchy = scale.column.hierarchy
    if hierarchy is None:
        raise LookupError(scale.column.name)
    # A missing value is one more leaf, where there is one.
    nulls = int(scale.counts[0] > 0)
    leaves = len(hierarchy.leaves) + nulls
    sizes = np.array([
        1 if label is None else hierarchy.sizes[level].get(label, 1)
        for label in scale.labels[level]
    ])  # fmt: skip
    if level == hierarchy.height:
        sizes = np.full(len(sizes), leaves)
    return np.asarray((sizes[scale.codes[level]] - 1) / max(leaves - 1, 1), dtype=np.float64)
