"""A table of statistics as its bytes tell it, read without the engine and the code that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

import numpy as np
import pyarrow.parquet as pq

from yelin.privacy.deidentify.seen import NOT_TOLD
from yelin.privacy.deidentify.tallied import Counts, Sums


class NotWhole(Exception):
    """The bytes are no such table: it says what is wrong."""


@dataclass(frozen=True, slots=True)
class Retold:
    """The cells as they were published, ``NOT_TOLD`` or not a number where they are not told."""

    counts: Counts
    values: Sums | None = None


def retold(
    file: BinaryIO,
    dimensions: Sequence[tuple[str, Sequence[str]]],
    total: str,
    counted: str,
    value: str | None = None,
) -> Retold:
    """Read a Parquet file of columns ``dimensions``, each with its labels, and numbers.

    Raises ``NotWhole`` unless each cell stands there once, and nothing else.
    """
    names = [name for name, _ in dimensions]
    columns = [*names, counted, *([value] if value else [])]
    found = pq.read_table(file, columns=columns).to_pydict()
    places = [{label: n for n, label in enumerate([*labels, total])} for _, labels in dimensions]
    shape = tuple(len(each) for each in places)
    counts = np.full(shape, NOT_TOLD, dtype=np.int64)
    values = np.full(shape, np.nan)
    seen = set()
    for row in zip(*(found[name] for name in columns), strict=True):
        try:
            where = tuple(
                place[str(label)] for place, label in zip(places, row[: len(names)], strict=True)
            )
            counts[where] = _whole(row[len(names)])
            if value and row[-1] is not None:
                values[where] = float(row[-1])
        except (KeyError, ValueError, InvalidOperation) as fault:
            raise NotWhole(f"{fault}") from fault
        # Of nobody there is a count, and no mean.
        if value and counts[where] and (row[-1] is None) != (counts[where] == NOT_TOLD):
            raise NotWhole("a sum is told without its count, or a count without its sum")
        seen.add(where)
    if len(seen) != counts.size or len(found[counted]) != counts.size:
        raise NotWhole(f"{len(found[counted])} rows, not {counts.size}")
    return Retold(counts, values if value else None)


def _whole(told: object) -> int:
    if told is None:
        return NOT_TOLD
    number = Decimal(str(told))
    if number < 0 or number != int(number):
        raise ValueError(f"{told} is no count")
    return int(number)
