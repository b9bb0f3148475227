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


@dataclass(frozen=True, slots=True)
class Summed:
    """A column that is told summed, with each count that is told: ``sums`` are of the parts.

    Its values lie from ``low`` to ``high``, as everybody knows; ``apart`` is by how much at least
    the sum of each cell that is not told could be less, and could be more.
    """

    sums: Sums
    low: float
    high: float
    apart: Sums


@dataclass
class _Known:
    """All that is published, and the tables found so far that agree with it."""

    tables: Sequence[Seen]
    truth: Counts
    summed: Summed | None = None
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

    def takes(self, parts: Counts, sums: Sums | None = None) -> bool:
        """Take a table that fits, after checking it; return whether it does.

        Where a column is summed, ``sums`` show that its counts go with the sums that are told.
        """
        if (parts < 0).any() or not np.array_equal(self.told @ parts, self.counts):
            return False
        if self.summed and (sums is None or not _fits(self.tables[0], parts, sums, self.summed)):
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
        goal = -direction * self.tables[table].lines[[cell]].toarray()[0].astype(float)
        many, rest = len(goal), len(goal) if self.summed else 0
        rules = self._rules(rest)
        low, high = np.zeros(many + rest), np.full(many + rest, float(self.most))
        low[many:], high[many:] = -np.inf, np.inf
        # Where the whole numbers come by themselves, as they mostly do, no branch is tried.
        for whole in (0, 1):
            answer = milp(
                np.concatenate([goal, np.zeros(rest)]),
                integrality=np.concatenate([np.full(many, whole), np.zeros(rest)]),
                bounds=Bounds(low, high),
                constraints=rules,
                options={"node_limit": MOST_NODES, "mip_rel_gap": _NEAR_ENOUGH},
            )
            if answer.x is None:
                continue
            parts = np.rint(answer.x[:many]).astype(np.int64)
            if self.takes(parts, answer.x[many:] if rest else None):
                return

    def _rules(self, rest: int) -> list[LinearConstraint]:
        """Return what holds of the counts of parts, and of their sums, if so many are asked for."""
        found = []
        if len(self.counts):
            found.append(LinearConstraint(_beside(self.told, rest), self.counts, self.counts))
        for each in self.tables:
            if (each.least[~each.told] > 0).any():
                lines = _beside(each.lines[~each.told], rest)
                found.append(LinearConstraint(lines, lb=each.least[~each.told]))
        if self.summed:
            eye = sparse.eye_array(rest)
            for bound, low, high in (
                (self.summed.low, 0.0, np.inf),
                (self.summed.high, -np.inf, 0.0),
            ):
                found.append(LinearConstraint(sparse.hstack([-bound * eye, eye]), low, high))
            own = self.tables[0]
            if own.told.any():
                lines = own.lines[own.told]
                told = lines @ self.summed.sums
                none = sparse.csr_array(lines.shape)
                found.append(LinearConstraint(sparse.hstack([none, lines]), told, told))
        return found


def _beside(lines: sparse.csr_array, rest: int) -> sparse.csr_array:
    """Return ``lines`` with so many columns behind, of which they say nothing."""
    return sparse.csr_array(sparse.hstack([lines, sparse.csr_array((lines.shape[0], rest))]))


def audited(tables: Sequence[Seen], truth: Counts, summed: Summed | None = None) -> Audit:
    """Return what whoever has all ``tables`` knows of cells that are not told.

    ``truth`` has the count of each part; where a column is summed there is one table alone. The
    bounds are of non-negative whole numbers, by ``scipy.optimize.milp``.
    """
    known = _Known(tables, truth, summed)
    if not known.takes(truth, summed.sums if summed else None):
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


def sums_known(table: Seen, truth: Counts, summed: Summed) -> tuple[int, ...]:
    """Return the cells whose sums are known too well, though they are not told.

    Counts are taken as known to the attacker: with them unknown no less is open.
    """
    cells = table.lines @ summed.sums
    near = _near(cells)
    told = LinearConstraint(table.lines[table.told], cells[table.told], cells[table.told])
    low, high = cells.copy(), cells.copy()
    limits = Bounds(truth * summed.low, truth * summed.high)
    weak = []

    def is_safe(cell: int) -> bool:
        apart = summed.apart[cell] - near
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
            if answer.x is not None and _fits(table, truth, answer.x, summed):
                found = table.lines @ answer.x
                low, high = np.minimum(low, found), np.maximum(high, found)
        if not is_safe(cell):
            weak.append(cell)
    return tuple(weak)


def _near(cells: Sums) -> float:
    return _NEAR * max(1.0, float(np.abs(cells).max(initial=0.0)))


def _fits(table: Seen, parts: Counts, sums: Sums, summed: Summed) -> bool:
    """Return whether sums of parts agree with those told, and with so many values within bounds."""
    cells = table.lines @ summed.sums
    near = _near(cells)
    apart: npt.NDArray[np.float64] = np.abs((table.lines @ sums - cells)[table.told])
    return bool(
        (apart <= near).all()
        and (sums >= parts * summed.low - near).all()
        and (sums <= parts * summed.high + near).all()
    )
