"""Which cells of a table are not told: small ones, and others beside them, as few as it takes.

A cell is safe once counts can be moved along cells that are not told so that all told ones stay.
Which others are hidden follows from where such a move is shortest, never from how large they
are, and from chance where several are: their choice tells nothing of their counts.
"""

import random
from collections import deque
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from yelin.privacy.deidentify import audited
from yelin.privacy.deidentify.audited import MOST_NODES, Audit
from yelin.privacy.deidentify.seen import Seen
from yelin.privacy.deidentify.tallied import Counts, Places

_ROUNDS = 20
_CHANCE = 0.05
_MOVED = 1e-6
_NEAR_ENOUGH = 0.2


class Why(IntEnum):
    """Whether a cell is told, and if not, why; which nobody outside learns."""

    TOLD = 0
    SMALL = 1
    DOMINATED = 2
    BESIDE = 3


class Unprotected(Exception):
    """No choice of cells keeps small ones from being computed: so many of the cells were left."""

    def __init__(self, cells: int) -> None:
        super().__init__(f"{cells} cells")
        self.cells = cells


@dataclass(frozen=True)
class Asked:
    """One table over its own parts, before anything is hidden.

    ``fixed`` are parts that are 0 by nature; ``totals`` how many axes are summed up in each cell.
    """

    lines: sparse.csr_array
    parts: Counts
    fixed: Places
    least: Counts
    totals: Counts
    threshold: int
    dominated: Places | None = None
    summed: audited.Summed | None = None


@dataclass(frozen=True)
class Suppressed:
    """Why each cell is not told, by ``Why``, and what was shown of it."""

    why: npt.NDArray[np.int8]
    audit: Audit


def suppressed(asked: Asked, chance: random.Random) -> Suppressed:
    """Return which cells are not told. Raises ``Unprotected``."""
    return _Choice(asked, chance).made()


class _Choice:
    def __init__(self, asked: Asked, chance: random.Random) -> None:
        self.asked = asked
        self.counts: Counts = asked.lines @ asked.parts
        # A cell of nothing but what is 0 by nature is told; nobody could be in it.
        self.by_nature: Places = (asked.lines @ (~asked.fixed).astype(np.int64)) == 0
        small = (self.counts < asked.threshold) & ~self.by_nature
        self.why = np.where(small, Why.SMALL, Why.TOLD).astype(np.int8)
        if asked.dominated is not None:
            self.why[asked.dominated & ~small & ~self.by_nature] = Why.DOMINATED
        self.low, self.high = self.counts.copy(), self.counts.copy()
        tie = np.array([chance.random() for _ in self.counts])
        self.cost = 2.0**asked.totals * (1 + _CHANCE * tie)
        self.chance = chance

    def made(self) -> Suppressed:
        open_ones = deque(np.flatnonzero(self.why).tolist())
        for _ in range(_ROUNDS):
            while open_ones:
                open_ones.extend(self._protect(open_ones.popleft()))
            audit, weak = self._audit()
            if not weak:
                return Suppressed(self.why, audit)
            for cell in weak:
                open_ones.extend(self._one_more(cell))
            open_ones.extend(weak)
        raise Unprotected(len(weak))

    def _audit(self) -> tuple[Audit, list[int]]:
        asked, seen = self.asked, self._seen()
        found = audited.audited([seen], asked.parts, asked.summed)
        weak = [cell for _, cell in found.weak]
        if asked.summed is not None and not weak:
            weak += audited.sums_known(seen, asked.parts, asked.summed)
            for cell in weak:
                self._move_sum(cell, asked.summed)
        return found, weak

    def _seen(self) -> Seen:
        asked = self.asked
        return Seen(
            asked.lines,
            self.counts,
            self.why == Why.TOLD,
            asked.least,
            asked.threshold,
            only_small=asked.dominated is None,
        )

    def _protect(self, cell: int) -> list[int]:
        """Hide what it takes for a cell to leave enough open; return what was hidden."""
        hidden = []
        count, least = int(self.counts[cell]), int(self.asked.least[cell])
        if self.low[cell] == count > least:
            hidden += self._move(cell, -1)
        need = max(1, int(self.low[cell]) + self.asked.threshold - count)
        if self.high[cell] - count < need:
            hidden += self._move(cell, need)
        return hidden

    def _move(self, cell: int, by: int) -> list[int]:
        """Move a cell by so much along as few told ones as can be, and hide these."""
        asked = self.asked
        down = np.where(asked.fixed, 0.0, -asked.parts.astype(float))
        up = np.where(asked.fixed, 0.0, np.inf)
        floor = np.where(asked.least > 0, asked.least - self.counts, -np.inf)
        moved = self._shortest(cell, (by, by), (down, up), floor, in_ones=True)
        if moved is None:
            return []
        cells = asked.lines @ np.rint(moved).astype(np.int64)
        self.low = np.minimum(self.low, self.counts + cells)
        self.high = np.maximum(self.high, self.counts + cells)
        return self._hide(np.flatnonzero(cells))

    def _move_sum(self, cell: int, summed: audited.Summed) -> None:
        """Hide what lets the sum of a cell be less, and more, by as much as it must."""
        parts = self.asked.parts
        down = parts * summed.low - summed.sums
        up = parts * summed.high - summed.sums
        apart = float(summed.apart[cell])
        floor = np.full(len(self.counts), -np.inf)
        for by in ((-np.inf, -apart), (apart, np.inf)):
            moved = self._shortest(cell, by, (down, up), floor, in_ones=False)
            if moved is not None:
                cells = np.abs(self.asked.lines @ moved)
                self._hide(np.flatnonzero(cells > _MOVED * max(1.0, apart)))

    def _shortest(
        self,
        cell: int,
        by: tuple[float, float],
        within: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
        floor: npt.NDArray[np.float64],
        *,
        in_ones: bool,
    ) -> npt.NDArray[np.float64] | None:
        """Return how parts are moved so that a cell moves ``by`` so much at the least cost."""
        told = np.flatnonzero(self.why == Why.TOLD)
        lines = self.asked.lines
        parts, many = lines.shape[1], len(told)
        own = lines[told]
        eye = sparse.eye_array(many)
        # What a told cell is moved by, up or down, costs.
        rules = [
            LinearConstraint(sparse.hstack([own, -eye]), ub=0.0),
            LinearConstraint(sparse.hstack([own, eye]), lb=0.0),
            LinearConstraint(_wide(lines[[cell]], many), lb=by[0], ub=by[1]),
        ]
        if bounded := np.flatnonzero(np.isfinite(floor)).tolist():
            rules.append(LinearConstraint(_wide(lines[bounded], many), lb=floor[bounded]))
        bounds = Bounds(
            np.concatenate([within[0], np.zeros(many)]),
            np.concatenate([within[1], np.where(self.by_nature[told], 0.0, np.inf)]),
        )
        cost = np.concatenate([np.zeros(parts), self.cost[told]])
        # Where the whole numbers come by themselves, as they mostly do, no branch is tried.
        for whole in (0, 1) if in_ones else (0,):
            answer = milp(
                cost,
                integrality=np.concatenate([np.full(parts, whole), np.zeros(many)]),
                bounds=bounds,
                constraints=rules,
                options={"node_limit": MOST_NODES, "mip_rel_gap": _NEAR_ENOUGH},
            )
            if answer.x is None:
                return None
            moved: npt.NDArray[np.float64] = answer.x[:parts]
            if not in_ones or np.abs(moved - np.rint(moved)).max() < _MOVED:
                return moved
        return None

    def _one_more(self, cell: int) -> list[int]:
        """Hide by chance one told cell that shares parts with ``cell``."""
        near = self.asked.lines @ self.asked.lines[[cell]].toarray()[0]
        told = np.flatnonzero((self.why == Why.TOLD) & ~self.by_nature & (near > 0))
        return self._hide(np.array([self.chance.choice(told.tolist())])) if len(told) else []

    def _hide(self, cells: npt.NDArray[np.intp]) -> list[int]:
        fresh = [cell for cell in cells.tolist() if self.why[cell] == Why.TOLD]
        self.why[fresh] = Why.BESIDE
        return fresh


def _wide(lines: sparse.csr_array, many: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.hstack([lines, sparse.csr_array((lines.shape[0], many))]))
