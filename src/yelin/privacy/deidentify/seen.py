"""What whoever has published tables of the same rows knows of them: sums of cells too fine to see.

A *part* is the finest group of rows that any of the tables tells apart; each cell of each table
is a sum of parts. By the same lines sums over a column are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
from scipy import sparse

from yelin.privacy.deidentify.tallied import Counts

NOT_TOLD = -1


@dataclass(frozen=True)
class Seen:
    """One table as it was published, over parts that it shares with others.

    ``lines`` has a row for each cell and a column for each part, 1 where the part lies in the
    cell. ``counts`` are of the cells, ``told`` where they are published. ``least`` is what is known
    of a cell beforehand: 1 where its label is listed because it occurs. Nothing below
    ``threshold`` is told but zeros that are such by nature; ``only_small`` where no other rule
    hides a cell without need.
    """

    lines: sparse.csr_array
    counts: Counts
    told: npt.NDArray[np.bool_]
    least: Counts
    threshold: int
    only_small: bool = True


def lines(axes: Sequence[sparse.csr_array]) -> sparse.csr_array:
    """Return which parts lie in each cell, by which parts of each axis lie under its labels.

    The last axis is the fastest, in rows as in columns.
    """
    return sparse.csr_array(reduce(sparse.kron, axes))


def axis(labels: int) -> sparse.csr_array:
    """Return an axis whose parts are its own labels, with a total behind them."""
    return grouped(range(labels), labels)


def grouped(of: Sequence[int], labels: int) -> sparse.csr_array:
    """Return an axis of ``labels`` and a total, under which the parts lie as ``of`` says."""
    own = sparse.csr_array(
        (np.ones(len(of), dtype=np.int64), (list(of), range(len(of)))), shape=(labels, len(of))
    )
    return sparse.csr_array(sparse.vstack([own, np.ones((1, len(of)), dtype=np.int64)]))


def listed(shape: Sequence[int], declared: Sequence[bool]) -> Counts:
    """Return what is known of each cell: a label that is listed because it occurs is somebody's.

    ``shape`` counts the totals, too.
    """
    least = np.zeros(tuple(shape), dtype=np.int64)
    totals = [each - 1 for each in shape]
    for place, is_declared in enumerate(declared):
        if not is_declared:
            where: list[int | slice] = list(totals)
            where[place] = slice(0, shape[place] - 1)
            least[tuple(where)] = 1
            least[tuple(totals)] = max(shape[place] - 1, least[tuple(totals)])
    return least
