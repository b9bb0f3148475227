"""The same measures once more, from the bytes, by arithmetic that shares nothing with the engine.

Nothing is certified on which the two do not agree.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yelin.privacy.deidentify.measured import Measured, Told

_Array = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def reread(
    file: BinaryIO,
    quasi: Sequence[str],
    *,
    sensitive: Sequence[str] = (),
    threshold: float = 0.05,
) -> Measured:
    """Measure a Parquet file."""
    table = pq.read_table(file, columns=[*quasi, *sensitive])
    codes = [_numbered(table.column(name)) for name in quasi]
    size = table.num_rows
    if not size:
        return Measured(0, 0, 0, 0, 0, 0.0, 0.0, {name: Told(0, 0, 0, 0, 0) for name in sensitive})
    order = np.lexsort(codes)
    changes = np.zeros(size, dtype=bool)
    changes[0] = True
    for column in codes:
        ordered = column[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    of = np.empty(size, dtype=np.int64)
    of[order] = np.cumsum(changes) - 1
    counts = np.bincount(of)
    classes = np.stack([column[order][changes] for column in codes], axis=1)
    mine = counts[of]
    lacks = (classes == -1).any(axis=1)
    return Measured(
        rows=size,
        classes=len(counts),
        k=int(counts.min()),
        k_nulls_alone=1 if lacks.any() else int(counts.min()),
        k_nulls_anything=_anything(classes, counts, lacks),
        unique=float(np.mean(mine == 1)),
        above=float(np.mean(1 / mine > threshold)),
        told={name: _told(of, counts, table.column(name)) for name in sensitive},
    )


def _numbered(column: "pa.ChunkedArray[Any]") -> _Array:
    """Return a number for each value, -1 for a missing one."""
    indices = _encoded(column).indices
    found = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
    return np.asarray(found, np.int64)


def _encoded(column: "pa.ChunkedArray[Any]") -> Any:
    whole: Any = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return whole.dictionary_encode()


def _anything(
    classes: _Array, counts: _Array, lacks: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
) -> int:
    """Return the fewest rows that fit a row where -1 fits everything."""
    fitting = counts.astype(np.int64).copy()
    for place in np.flatnonzero(lacks):
        row = classes[place]
        fits = ((classes == row) | (classes == -1) | (row == -1)).all(axis=1)
        fits[place] = False
        fitting[place] += counts[fits].sum()
        # Those without a gap meet it here; those with one come to their own turn.
        fitting[fits & ~lacks] += counts[place]
    return int(fitting.min())


def _told(of: _Array, counts: _Array, column: "pa.ChunkedArray[Any]") -> Told:
    """Measure what classes tell of one column, class by class."""
    texts = pc.cast(column, pa.string())
    every = pc.unique(texts).to_pylist()
    ranks = {value: place for place, value in enumerate(sorted(every, key=_order(every)))}
    chunk = _encoded(texts)
    rank = np.array([ranks[value] for value in chunk.dictionary.to_pylist()] or [0], np.int64)
    values = np.where(
        chunk.indices.is_null().to_numpy(zero_copy_only=False),
        ranks.get(None, 0),
        rank[pc.fill_null(chunk.indices, 0).to_numpy(zero_copy_only=False)],
    )
    size = len(ranks)
    whole = np.bincount(values, minlength=size) / len(values)
    sums = np.cumsum(whole)
    order = np.argsort(of, kind="stable")
    distinct, entropy, c, apart, moved = size, math.inf, 0.0, 0.0, 0.0
    for part in np.split(values[order], np.cumsum(counts)[:-1]):
        held = np.bincount(part, minlength=size)
        some = held[held > 0]
        p = held / len(part)
        share = some / len(part)
        distinct = min(distinct, len(some))
        entropy = min(entropy, float(-(share * np.log(share)).sum()))
        rest = len(part) - int(some.max())
        c = max(c, int(some.max()) / rest if rest else math.inf)
        apart = max(apart, float(np.abs(p - whole).sum() / 2))
        moved = max(moved, float(np.abs(np.cumsum(p) - sums).sum() / max(size - 1, 1)))
    return Told(distinct, math.exp(entropy), c, apart, moved)


def _order(values: Sequence[str | None]) -> Callable[[str | None], tuple[bool, float, str]]:
    """Return by what values are ordered: as numbers where all are, missing ones first."""
    try:
        numbers = {value: float(value) for value in values if value is not None}
    except ValueError:
        return lambda value: (value is not None, 0.0, value or "")
    return lambda value: (value is not None, numbers.get(value or "", 0.0), "")
