"""Rows that look alike: distinct rows in small numbers, and how they fall together when coarser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.unsignedinteger[Any]]
"""Numbers of labels, as narrow as their count allows: a table is held in them."""
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# So many times as many numbers as rows are counted by a table of all numbers, beyond it by sorting.
_ROOM = 2
_LEAST_ROOM = 1 << 13
_MOST = 1 << 62


@dataclass(frozen=True)
class Held:
    """Which values of one sensitive column the classes hold, and how often; one line for each."""

    classes: Ints
    values: Ints
    counts: Ints
    cardinality: int

    def among(self, kept: Bools) -> Floats:
        """Return how the values are distributed over the classes that are ``kept``; sums to 1."""
        here = kept[self.classes]
        found = np.bincount(
            self.values[here], weights=self.counts[here], minlength=self.cardinality
        ).astype(np.float64)
        total = found.sum()
        return found / total if total else found


@dataclass(frozen=True)
class Rows:
    """Distinct rows: a code for each quasi-identifier, how many are so, and what they hold.

    ``whole`` counts those of the population that look so, where one is given. Where ``held`` has
    columns, rows that look alike may stand here more than once, each with another value.
    """

    codes: tuple[Codes, ...]
    counts: Ints
    held: Mapping[str, Codes]
    whole: Ints | None = None

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True)
class Classes:
    """The classes of rows on the levels of one choice, and how to find those of a coarser one."""

    rows: Rows
    counts: Ints
    first: Ints
    """The place among the rows of one row of each class."""
    of: Ints | None
    """To which class each row belongs, where something is held."""
    whole: Ints | None

    def held(self, column: str) -> Held:
        """Return which values of a sensitive column the classes hold."""
        if self.of is None:
            raise LookupError(column)
        values = self.rows.held[column].astype(np.int64)
        width = int(values.max(initial=0)) + 1
        counts, first, _ = _fall(self.of * width + values, len(self) * width, self.rows.counts)
        some = counts > 0
        first = first[some]
        return Held(self.of[first], values[first], counts[some], width)

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def codes(self) -> tuple[Codes, ...]:
        """The code of each class for each quasi-identifier."""
        return tuple(column[self.first] for column in self.rows.codes)

    def alone(self) -> Rows:
        """Return the classes as rows, for finding coarser ones: with what they hold."""
        if not self.rows.held:
            return Rows(self.codes, self.counts, {}, self.whole)
        return self.rows


@dataclass(frozen=True)
class Starred:
    """Classes whose rows stay without some cells: their places, and which ``cells`` are starred.

    ``rows`` are so many, with ``count`` starred cells in all; they fall into ``groups`` of which
    the smallest has ``fewest`` rows.
    """

    classes: Ints
    cells: Bools
    rows: int
    count: int
    groups: int
    fewest: int


def classes(rows: Rows, upward: Sequence[Codes | None], *, tells: bool = False) -> Classes:
    """Return the classes of ``rows`` where each code becomes what ``upward`` says.

    ``upward[column][code]`` is the coarser code; None leaves the column as it is. Which row falls
    into which class is told where something is held, or where it ``tells``.
    """
    coarser = tuple(
        column if lifted is None else lifted[column]
        for column, lifted in zip(rows.codes, upward, strict=True)
    )
    key, space = _key(coarser, len(rows))
    lifted_rows = Rows(coarser, rows.counts, rows.held, rows.whole)
    counts, first, of = _fall(
        key, space, rows.counts, tells=tells or bool(rows.held) or rows.whole is not None
    )
    whole = None
    if rows.whole is not None and of is not None:
        whole = np.bincount(of, weights=rows.whole, minlength=len(counts)).astype(np.int64)
    return Classes(lifted_rows, counts, first, of, whole)


def _key(codes: Sequence[Codes], length: int) -> tuple[Ints, int]:
    """Return one number for each row, equal where all codes are, and above all of them a bound."""
    key, space = np.zeros(length, dtype=np.int64), 1
    for column in codes:
        least, most = (int(column.min()), int(column.max())) if length else (0, 0)
        if least == most:
            continue
        width = most + 1
        if space > _MOST // width:
            # Numbers as many as there are rows: then there is room again.
            _, key = np.unique(key, return_inverse=True)
            space = length + 1
        key = key * width + column
        space *= width
    return key, space


def _fall(
    key: Ints, space: int, counts: Ints, *, tells: bool = False
) -> tuple[Ints, Ints, Ints | None]:
    """Return for each number its count and one place, and for each place its number's place."""
    if space <= max(_ROOM * len(key), _LEAST_ROOM):
        sums = np.bincount(key, weights=counts, minlength=space)
        last = np.full(space, -1, dtype=np.int64)
        last[key] = np.arange(len(key))
        there = np.flatnonzero(last >= 0)
        of = None
        if tells:
            number = np.empty(space, dtype=np.int64)
            number[there] = np.arange(len(there))
            of = number[key]
        return sums[there].astype(np.int64), last[there], of
    order, ordered = _sorted(key, space)
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    of = None
    if tells:
        of = np.empty(len(key), dtype=np.int64)
        lengths = np.diff(np.append(begins, len(key)))
        of[order] = np.repeat(np.arange(len(begins)), lengths)
    return np.add.reduceat(counts[order], begins), order[begins], of


def _sorted(key: Ints, space: int) -> tuple[Ints, Ints]:
    """Return the places in the order of their numbers, and these."""
    bits = len(key).bit_length()
    if space >= _MOST >> bits:
        order = np.argsort(key)
        return order, key[order]
    # Numbers alone are sorted several times faster than places by them.
    both = np.sort((key << bits) | np.arange(len(key)))
    return both & ((1 << bits) - 1), both >> bits
