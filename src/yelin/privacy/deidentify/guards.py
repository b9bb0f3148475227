"""What a class of rows that look alike must hold, so that nobody in it is told: the models.

Each says of classes which are broken. Removing rows is *steady* under a guard when a class that
falls together with a sound one is sound: then what is broken on some levels is all the more so on
finer ones. That is so for counts of rows and of values, and not for shares.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from yelin.privacy.deidentify.classes import Bools, Classes, Floats, Held

_TINY = 1e-9
_PART = 4_000_000


@dataclass(frozen=True, slots=True)
class Anonymity:
    """At least ``k`` rows look alike (k-anonymity)."""

    k: int
    steady: ClassVar[bool] = True
    relative: ClassVar[bool] = False
    column: ClassVar[str | None] = None

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return which classes have too few rows."""
        del kept
        return (found.counts < self.k) & (found.counts > 0)


@dataclass(frozen=True, slots=True)
class Diversity:
    """At least ``l`` different values of ``column`` (distinct l-diversity)."""

    l: int  # noqa: E741 - as the literature calls it
    column: str
    steady: ClassVar[bool] = True
    relative: ClassVar[bool] = False

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return which classes hold too few values; a missing one is a value of its own."""
        del kept
        held = found.held(self.column)
        return (np.bincount(held.classes, minlength=len(found)) < self.l) & (found.counts > 0)


@dataclass(frozen=True, slots=True)
class EntropyDiversity:
    """The values of ``column`` have the entropy of ``l`` equal ones (entropy l-diversity)."""

    l: float  # noqa: E741 - as the literature calls it
    column: str
    steady: ClassVar[bool] = False
    relative: ClassVar[bool] = False

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return in which classes -Σ p·ln p is below ln l."""
        del kept
        held = found.held(self.column)
        p = held.counts / found.counts[held.classes]
        entropy = np.bincount(held.classes, weights=-p * np.log(p), minlength=len(found))
        return (entropy < math.log(self.l) - _TINY) & (found.counts > 0)


@dataclass(frozen=True, slots=True)
class RecursiveDiversity:
    """The commonest value is rarer than ``c`` times all from the ``l``-th on ((c,l)-diversity)."""

    c: float
    l: int  # noqa: E741 - as the literature calls it
    column: str
    steady: ClassVar[bool] = False
    relative: ClassVar[bool] = False

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return in which classes r₁ ≥ c·(rₗ + … + rₘ), the counts in falling order."""
        del kept
        most, tail = ranked(found.held(self.column), len(found), self.l)
        return (most >= self.c * tail) & (found.counts > 0)


@dataclass(frozen=True, slots=True)
class Closeness:
    """Values of ``column`` are distributed as in all rows, but for ``t`` (t-closeness).

    The distance is the earth mover's: values are equally far from each other, or, where they are
    ``ordered``, neighbours are one (m-1)-th apart, m being how many values there are.
    """

    t: float
    column: str
    ordered: bool = False
    steady: ClassVar[bool] = False
    relative: ClassVar[bool] = True

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return which classes are too far from all rows that are ``kept``."""
        held = found.held(self.column)
        whole = held.among(kept)
        far = (_moved if self.ordered else _apart)(held, whole, found)
        return (far > self.t + _TINY) & (found.counts > 0)


@dataclass(frozen=True, slots=True)
class Presence:
    """From ``least`` to ``most`` of the population that looks so is here (δ-presence)."""

    least: float
    most: float
    steady: ClassVar[bool] = False
    relative: ClassVar[bool] = False
    column: ClassVar[str | None] = None

    def broken(self, found: Classes, kept: Bools) -> Bools:
        """Return the classes outside; one without a row is not mended by leaving rows out."""
        del kept
        if found.whole is None:
            raise LookupError("presence is measured against a population")
        share = found.counts / np.maximum(found.whole, 1)
        outside = (share < self.least - _TINY) | (share > self.most + _TINY)
        outside |= (found.whole == 0) & (found.counts > 0)
        return outside


Guard = Anonymity | Diversity | EntropyDiversity | RecursiveDiversity | Closeness | Presence


def ranked(held: Held, size: int, l: int) -> tuple[Floats, Floats]:  # noqa: E741 - as the literature calls it
    """Return for each class the count of its commonest value, and the sum from the l-th on."""
    order = np.lexsort((-held.counts, held.classes))
    counts, of = held.counts[order], held.classes[order]
    begins = np.flatnonzero(np.concatenate(([True], of[1:] != of[:-1])))
    lengths = np.diff(np.append(begins, len(of)))
    rank = np.arange(len(of)) - np.repeat(begins, lengths)
    most = np.zeros(size)
    most[of[begins]] = counts[begins]
    tail = np.bincount(of, weights=np.where(rank >= l - 1, counts, 0), minlength=size)
    return most, tail.astype(np.float64)


def _apart(held: Held, whole: Floats, found: Classes) -> Floats:
    """Return ½·Σ|p-q| of each class: values that it lacks count with all of q."""
    p, q = held.counts / found.counts[held.classes], whole[held.values]
    some = np.bincount(held.classes, weights=np.abs(p - q) - q, minlength=len(found))
    return np.asarray((some + whole.sum()) / 2)


def _moved(held: Held, whole: Floats, found: Classes) -> Floats:
    """Return Σ|Σp-Σq| / (m-1) of each class, over the values that there are, in their order."""
    there = whole > 0
    size = int(there.sum())
    if size < 2:
        return np.zeros(len(found))
    place = np.maximum(np.cumsum(there) - 1, 0)
    total = np.cumsum(whole[there])
    far = np.zeros(len(found))
    order = np.argsort(held.classes, kind="stable")
    of, values, counts = held.classes[order], place[held.values[order]], held.counts[order]
    step = max(1, _PART // size)
    for begin in range(0, len(found), step):
        end = min(begin + step, len(found))
        here = slice(*np.searchsorted(of, (begin, end)))
        p = np.zeros((end - begin, size))
        np.add.at(p, (of[here] - begin, values[here]), counts[here])
        p /= np.maximum(found.counts[begin:end, None], 1)
        far[begin:end] = np.abs(np.cumsum(p, axis=1) - total).sum(axis=1) / (size - 1)
    return far
