"""Whether anything that is not told can be computed from what is: shown by tables that fit as well.

A solver (HiGHS, whole numbers) looks for other tables that agree with all that is published; each
is checked by our own whole-number arithmetic before it counts, so that a solver's error can make
us refuse and never assure. Shares nothing with ``suppressed`` but how cells are written as lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from yelin.privacy.deidentify.seen import Seen
from yelin.privacy.deidentify.tallied import Counts, Sums

# So many branches are tried before a question is given up; nothing is then shown by it.
MOST_NODES = 200
# What is asked is whether enough is open, not how much there is.
_NEAR_ENOUGH = 0.5
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Audit:
    """What was shown: of the cells ``hidden`` none is known to fewer than ``width`` + 1 numbers.

    ``weak`` are the cells, as table and place, of which too much is known.
    """

    hidden: int
    width: int
    weak: tuple[tuple[int, int], ...] = ()


@dataclass
class _Known:
    """All that is published, and the tables found so far that agree with it."""

    tables: Sequence[Seen]
    truth: Counts
    told: sparse.csr_array = field(init=False)
    counts: Counts = field(init=False)
    cells: list[Counts] = field(init=False)
    low: list[Counts] = field(init=False)
    high: list[Counts] = field(init=False)
    most: int = field(init=False)

    def __post_init__(self) -> None:
        self.told = sparse.csr_array(sparse.vstack([each.lines[each.told] for each in self.tables]))
        self.counts = np.concatenate([each.counts[each.told] for each in self.tables])
        self.cells = [each.lines @ self.truth for each in self.tables]
        self.low = [each.copy() for each in self.cells]
        self.high = [each.copy() for each in self.cells]
        self.most = int(self.truth.sum()) + 2 * max(each.threshold for each in self.tables)

    def takes(self, parts: Counts) -> bool:
        """Take a table that fits, after checking it; return whether it does."""
        if (parts < 0).any() or not np.array_equal(self.told @ parts, self.counts):
            return False
        cells = [each.lines @ parts for each in self.tables]
        for table, found in zip(self.tables, cells, strict=True):
            hidden = ~table.told
            if (found[hidden] < table.least[hidden]).any():
                return False
            # Whoever knows the rule knows that a table without a small cell would be told whole.
            if table.only_small and hidden.any() and (found[hidden] >= table.threshold).all():
                return False
        for place, found in enumerate(cells):
            self.low[place] = np.minimum(self.low[place], found)
            self.high[place] = np.maximum(self.high[place], found)
        return True

    def is_safe(self, table: int, cell: int) -> bool:
        """Whether the tables that fit leave enough open of a cell, on both sides."""
        own = self.tables[table]
        count, least = self.cells[table][cell], own.least[cell]
        low, high = self.low[table][cell], self.high[table][cell]
        below = low < count or count <= least
        return bool(below and high > count and high - low >= own.threshold)

    def ask(self, table: int, cell: int, direction: int) -> None:
        """Look for the table that fits and has least, or most, in a cell."""
        goal = -direction * self.tables[table].lines[[cell]].toarray()[0]
        rules = [LinearConstraint(self.told, self.counts, self.counts)] if len(self.counts) else []
        rules += [
            LinearConstraint(each.lines[~each.told], lb=each.least[~each.told])
            for each in self.tables
            if (each.least[~each.told] > 0).any()
        ]
        # Where the whole numbers come by themselves, as they mostly do, no branch is tried.
        for whole in (0, 1):
            answer = milp(
                goal,
                integrality=np.full(len(goal), whole),
                bounds=Bounds(0, self.most),
                constraints=rules,
                options={"node_limit": MOST_NODES, "mip_rel_gap": _NEAR_ENOUGH},
            )
            if answer.x is not None and self.takes(np.rint(answer.x).astype(np.int64)):
                return


def audited(tables: Sequence[Seen], truth: Counts) -> Audit:
    """Return what whoever has all ``tables`` knows of cells that are not told.

    ``truth`` has the count of each part. The bounds are of non-negative whole numbers, by
    ``scipy.optimize.milp``.
    """
    known = _Known(tables, truth)
    if not known.takes(truth):
        raise ValueError("what is published is not what was counted")
    weak, width, hidden = [], [], 0
    for table, own in enumerate(tables):
        for cell in np.flatnonzero(~own.told).tolist():
            hidden += 1
            for direction in (1, -1):
                if not known.is_safe(table, cell):
                    known.ask(table, cell, direction)
            if not known.is_safe(table, cell):
                weak.append((table, cell))
    for table, own in enumerate(tables):
        open_at = (known.high[table] - known.low[table])[~own.told]
        width += open_at.tolist()
    return Audit(hidden, min(width, default=0), tuple(weak))


@dataclass(frozen=True, slots=True)
class Bounded:
    """Between which a value of the column that is summed lies, and what each sum must leave open.

    ``apart`` is by how much at least the sum of each cell could be less, and could be more.
    """

    low: float
    high: float
    apart: Sums


def summed(table: Seen, truth: Counts, sums: Sums, bounded: Bounded) -> tuple[int, ...]:
    """Return the cells whose sums are known too well, though they are not told.

    ``sums`` has the sum of each part. Counts are taken as known to the attacker: with them unknown
    no less is open.
    """
    cells = table.lines @ sums
    scale = max(1.0, float(np.abs(cells).max(initial=0.0)))
    told = LinearConstraint(table.lines[table.told], cells[table.told], cells[table.told])
    low, high = cells.copy(), cells.copy()
    limits = Bounds(truth * bounded.low, truth * bounded.high)
    weak = []

    def is_safe(cell: int) -> bool:
        apart = bounded.apart[cell] - _NEAR * scale
        return bool(cells[cell] - low[cell] >= apart and high[cell] - cells[cell] >= apart)

    for cell in np.flatnonzero(~table.told).tolist():
        for direction in (1, -1):
            if is_safe(cell):
                break
            answer = milp(
                -direction * table.lines[[cell]].toarray()[0].astype(float),
                bounds=limits,
                constraints=[told] if table.told.any() else [],
            )
            if answer.x is not None and _fits(table, answer.x, cells, limits, scale):
                found = table.lines @ answer.x
                low, high = np.minimum(low, found), np.maximum(high, found)
        if not is_safe(cell):
            weak.append(cell)
    return tuple(weak)


def _fits(table: Seen, parts: Sums, cells: Sums, limits: Bounds, scale: float) -> bool:
    near: npt.NDArray[np.bool_] = np.abs((table.lines @ parts - cells)[table.told]) <= _NEAR * scale
    return bool(
        near.all()
        and (parts >= limits.lb - _NEAR * scale).all()
        and (parts <= limits.ub + _NEAR * scale).all()
    )
