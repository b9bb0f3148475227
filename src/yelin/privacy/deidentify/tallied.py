"""A table of statistics as numbers: rows counted by dimensions, with all margins.

An array has one axis for each dimension; the last place of each is its total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yelin.warehouse.engine import Engine, ident, literal

Counts = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]
Places = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column by which rows are counted: its ``labels`` in order, and ``of`` each value its own.

    A missing value is counted as ``missing``. ``is_declared`` where the labels were known
    beforehand, so that one that stands there tells of nobody.
    """

    name: str
    of: Mapping[str, str]
    labels: tuple[str, ...]
    missing: str
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A numeric column that is summed, and how many of the ``greatest`` parts count as dominant."""

    column: str
    low: float
    high: float
    greatest: int
    share: float


@dataclass(frozen=True)
class Tallied:
    """What was counted: ``counts``, and where a column is summed ``sums`` and ``dominated``.

    ``largest`` is the greatest part of each sum, without its sign.
    """

    dimensions: tuple[Dimension, ...]
    counts: Counts
    sums: Sums | None = None
    dominated: Places | None = None
    largest: Sums | None = None


class Outside(Exception):
    """Values lie outside the declared bounds: so many rows."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows} rows")
        self.rows = rows


class StrangeLabels(Exception):
    """Values of a dimension lie under no label that was declared."""

    def __init__(self, name: str, labels: Sequence[str]) -> None:
        super().__init__(f"{name}: {', '.join(labels)}")
        self.name, self.labels = name, tuple(labels)


def tallied(
    engine: Engine,
    source: str,
    dimensions: Sequence[Dimension],
    measure: Measure | None = None,
) -> Tallied:
    """Count the rows of ``source``, a relation in SQL, and sum a column of it.

    Raises ``Outside`` and ``StrangeLabels``.
    """
    shape = tuple(len(each.labels) + 1 for each in dimensions)
    temps = [_lay(engine, place, each) for place, each in enumerate(dimensions)]
    try:
        if measure is not None:
            _bounded(engine, source, measure)
        found = engine.rows(_statement(source, dimensions, temps, measure))
    finally:
        for temp in temps:
            engine.rows(f"DROP TABLE IF EXISTS {temp}")
    places = [{label: n for n, label in enumerate(each.labels)} for each in dimensions]
    counts = np.zeros(shape, dtype=np.int64)
    sums, largest = np.zeros(shape), np.zeros(shape)
    dominated = np.zeros(shape, dtype=bool)
    for *labels, total, many, summed, parts in found:
        where = tuple(
            len(place) if total >> (len(places) - 1 - n) & 1 else _place(place, label, each.name)
            for n, (place, label, each) in enumerate(zip(places, labels, dimensions, strict=True))
        )
        counts[where] = many
        if measure is not None:
            sums[where] = summed or 0.0
            largest[where], dominated[where] = _parts(parts, measure)
    if measure is None:
        return Tallied(tuple(dimensions), counts)
    return Tallied(tuple(dimensions), counts, sums, dominated, largest)


def _place(places: Mapping[str, int], label: str, name: str) -> int:
    if label not in places:
        raise StrangeLabels(name, [label])
    return places[label]


def _parts(parts: Sequence[float] | None, measure: Measure) -> tuple[float, bool]:
    """Return the largest part, and whether the few largest make too much of the whole.

    ``parts`` are the few largest, then the sum of all, each without its sign.
    """
    if not parts:
        return 0.0, False
    *few, whole = parts
    return max(few, default=0.0), sum(few) > measure.share * whole


def _lay(engine: Engine, place: int, dimension: Dimension) -> str:
    temp = f"dimension{place}"
    engine.rows(f"CREATE TEMP TABLE {temp} (leaf VARCHAR, label VARCHAR)")
    engine.rows(
        f"INSERT INTO {temp} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [list(dimension.of), list(dimension.of.values())],
    )
    return temp


def _bounded(engine: Engine, source: str, measure: Measure) -> None:
    column = ident(measure.column)
    outside = engine.one(
        f"SELECT count(*) FROM {source} WHERE {column} NOT BETWEEN ? AND ?",  # noqa: S608 - the name is quoted, the source is ours
        [measure.low, measure.high],
    )[0]
    if outside:
        raise Outside(outside)


def _statement(
    source: str,
    dimensions: Sequence[Dimension],
    temps: Sequence[str],
    measure: Measure | None,
) -> str:
    joins = " ".join(
        f"LEFT JOIN {temp} AS t{n} ON CAST(s.{ident(each.name)} AS VARCHAR) = t{n}.leaf"
        for n, (temp, each) in enumerate(zip(temps, dimensions, strict=True))
    )
    labels = ", ".join(
        f"coalesce(t{n}.label, {literal(each.missing)}) AS d{n}"
        for n, each in enumerate(dimensions)
    )
    keys = ", ".join(f"d{n}" for n in range(len(dimensions)))
    value = f"CAST(s.{ident(measure.column)} AS DOUBLE)" if measure else "NULL::DOUBLE"
    parts = f"list_concat(max(abs(m), {measure.greatest}), [sum(abs(m))])" if measure else "NULL"
    return (
        f"SELECT {keys}, grouping({keys}), count(*), sum(m), {parts}"  # noqa: S608 - names are quoted
        f" FROM (SELECT {labels}, {value} AS m FROM {source} AS s {joins}) GROUP BY CUBE ({keys})"
    )
