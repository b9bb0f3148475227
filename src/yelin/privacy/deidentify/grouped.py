"""Rows whose numbers are near are grouped, as many as must look alike (micro-aggregation).

Each group gets one number for all, its mean. Several columns are grouped together, each class of
rows by itself: by MDAV (Domingo-Ferrer and Torra 2005), which takes the rows nearest to the row
farthest out. That costs the square of the rows, so larger classes are halved before, where they
are widest.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from yelin.privacy.deidentify.roles import BadPlan
from yelin.warehouse.engine import Engine

MOST_ROWS = 1_000_000
"""So many rows at most are grouped by several columns: their numbers are held in memory."""
_BLOCK = 1_000
_PART = 50_000

_Numbers = npt.NDArray[np.float64]
_Places = npt.NDArray[np.int64]


def rank(column: str, size: int, among: str) -> str:
    """Return in SQL the group of a row by one ``column``, ``size`` rows at least ``among`` some.

    Rows are taken in order, so many at a time; those that are left over go with the last.
    """
    return (
        f"least((row_number() OVER (PARTITION BY {among} ORDER BY {column}) - 1) // {size},"
        f" greatest(count(*) OVER (PARTITION BY {among}) // {size} - 1, 0))"
    )


def lay(engine: Engine, rows: str, columns: Sequence[str], size: int, into: str) -> None:
    """Lay into a table the number ``n`` of each of ``rows``, and its group ``g`` in its class.

    ``rows`` is a SELECT of ``n``, the number of its class, and ``columns``, in the order of
    classes. Raises ``BadPlan`` where they are more than ``MOST_ROWS``.
    """
    many = engine.one(f"SELECT count(*) FROM ({rows})")[0]  # noqa: S608 - the statement is ours
    if many > MOST_ROWS:
        raise BadPlan(columns[0], f"more than {MOST_ROWS:,} rows are grouped by one column alone")
    n, of = np.empty(many, np.int64), np.empty(many, np.int64)
    numbers = np.empty((many, len(columns)))
    at = 0
    for batch in engine.batches(rows, size=_PART):
        end = at + batch.num_rows
        for place, to in enumerate((n, of)):
            to[at:end] = batch.column(place).to_numpy(zero_copy_only=False)
        for place in range(len(columns)):
            numbers[at:end, place] = batch.column(place + 2).to_numpy(zero_copy_only=False)
        at = end
    groups = grouped(of, numbers, size)
    engine.rows(f"CREATE TEMP TABLE {into} (n BIGINT, g BIGINT)")
    for begin in range(0, many, _PART):
        part = slice(begin, begin + _PART)
        engine.rows(
            f"INSERT INTO {into} SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            [n[part].tolist(), groups[part].tolist()],
        )


def grouped(of: _Places, numbers: _Numbers, size: int) -> _Places:
    """Return the group of each row: of one class, and of ``size`` rows or the whole class.

    ``of`` are the numbers of classes in rising order. Columns count alike, however wide they are.
    A missing number lies where the mean is.
    """
    spread = _spread(numbers)
    found = np.empty(len(of), np.int64)
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    number = 0
    for begin, end in zip(begins, np.append(begins[1:], len(of)), strict=True):
        for group in _groups(np.arange(begin, end), spread, size):
            found[group] = number
            number += 1
    return found


def _spread(numbers: _Numbers) -> _Numbers:
    """Return the numbers with mean 0 and variance 1 in each column."""
    there = ~np.isnan(numbers)
    many = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, numbers, 0).sum(axis=0) / many
    far = np.where(there, numbers - mean, 0)
    deviation = np.sqrt((far * far).sum(axis=0) / many)
    return np.asarray(far / np.where(deviation > 0, deviation, 1))


def _groups(places: _Places, spread: _Numbers, size: int) -> Iterator[_Places]:
    if len(places) <= max(_BLOCK, 2 * size):
        yield from _near(places, spread[places], size)
        return
    here = spread[places]
    widest = here[:, int(np.argmax(np.ptp(here, axis=0)))]
    half = len(places) // 2
    order = np.argpartition(widest, half)
    yield from _groups(places[order[:half]], spread, size)
    yield from _groups(places[order[half:]], spread, size)


def _near(places: _Places, points: _Numbers, size: int) -> Iterator[_Places]:
    """Yield groups by MDAV: round the farthest row, then round the one farthest from that."""
    while len(places) >= 2 * size:
        farthest = points[np.argmax(_far(points, points.mean(axis=0)))]
        ends = [farthest]
        if len(places) >= 3 * size:
            ends.append(points[np.argmax(_far(points, farthest))])
        for end in ends:
            order = np.argpartition(_far(points, end), size - 1)
            yield places[order[:size]]
            places, points = places[order[size:]], points[order[size:]]
    if len(places):
        yield places


def _far(points: _Numbers, of: _Numbers) -> _Numbers:
    return np.asarray(((points - of) ** 2).sum(axis=1))
