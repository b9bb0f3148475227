"""Tables of the same rows put over parts that all share, so that they are looked at as one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from yelin.privacy.deidentify import seen
from yelin.privacy.deidentify.seen import NOT_TOLD, Seen
from yelin.privacy.deidentify.tallied import Counts, Dimension

_BETWEEN = "\x1f"


class NotTogether(Exception):
    """Tables cannot be put over the same parts: by this column, or since there are too many."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One table as it was published: ``counts`` with totals, ``NOT_TOLD`` where it is not told."""

    dimensions: tuple[Dimension, ...]
    counts: Counts
    threshold: int
    only_small: bool = True


@dataclass(frozen=True, slots=True)
class Together:
    """Tables over the parts that they share; ``parts`` are the dimensions that tell these apart."""

    parts: tuple[Dimension, ...]
    tables: tuple[Seen, ...]


def together(tables: Sequence[Shown], most: int) -> Together:
    """Put ``tables`` of the same rows over common parts, ``most`` at most.

    Raises ``NotTogether``.
    """
    columns = list(dict.fromkeys(each.name for table in tables for each in table.dimensions))
    parts = {name: _parts(name, tables) for name in columns}
    if math.prod(len(each.labels) for each in parts.values()) > most:
        raise NotTogether("*")
    return Together(
        tuple(parts.values()), tuple(_seen(table, list(parts.values())) for table in tables)
    )


def _parts(name: str, tables: Sequence[Shown]) -> Dimension:
    """Return the column as finely as any of the tables tells it apart."""
    own = [each for table in tables for each in table.dimensions if each.name == name]
    if all(each.of == own[0].of and each.labels == own[0].labels for each in own):
        return own[0]
    leaves = [leaf for leaf in own[0].of if all(leaf in each.of for each in own)]
    labels = {leaf: [each.of[leaf] for each in own] for leaf in leaves}
    missing = [each.missing for each in own]
    there = {
        _BETWEEN.join(of)
        for of in [*labels.values(), missing]
        if all(label in each.labels for label, each in zip(of, own, strict=True))
    }
    for place, each in enumerate(own):
        if set(each.labels) - {part.split(_BETWEEN)[place] for part in there}:
            raise NotTogether(name)
    of = {leaf: _BETWEEN.join(of) for leaf, of in labels.items()}
    return Dimension(name, of, tuple(sorted(there)), _BETWEEN.join(missing))


def _seen(table: Shown, parts: Sequence[Dimension]) -> Seen:
    own = {each.name: each for each in table.dimensions}
    axes, order = [], []
    for part in parts:
        if part.name not in own:
            axes.append(sparse.csr_array(np.ones((1, len(part.labels)), dtype=np.int64)))
            continue
        dimension = own[part.name]
        order.append(table.dimensions.index(dimension))
        axes.append(seen.grouped(_under(part, dimension), len(dimension.labels)))
    shape = table.counts.shape
    # The cells lie in the order of the parts' columns, and are wanted in that of the table's own.
    laid = np.arange(table.counts.size).reshape([shape[place] for place in order])
    laid = laid.transpose(np.argsort(order)).ravel()
    counts = table.counts.ravel()
    return Seen(
        seen.lines(axes)[laid],
        counts,
        counts != NOT_TOLD,
        seen.listed(shape, [each.is_declared for each in table.dimensions]).ravel(),
        table.threshold,
        table.only_small,
    )


def _under(part: Dimension, dimension: Dimension) -> list[int]:
    """Return under which label of ``dimension`` each part lies."""
    if part.labels == dimension.labels and part.of == dimension.of:
        return list(range(len(part.labels)))
    place = {label: n for n, label in enumerate(dimension.labels)}
    found = {part.of[leaf]: dimension.of[leaf] for leaf in part.of if leaf in dimension.of}
    found[part.missing] = dimension.missing
    return [place[found[label]] for label in part.labels]
