"""Rows of a release written again in another order, however many they are.

What may not lie on the disk unsealed is sorted in memory, and of a long release that takes more
than there is. So it is sorted part by part: each part are the rows between two of a sample.
"""

import math
from collections.abc import Sequence
from typing import Any

from yelin.files.places import Place
from yelin.warehouse.borne import AT, FILE, ROW
from yelin.warehouse.engine import Engine, TooMuch, ident, literal
from yelin.warehouse.keyed import BUCKET, Keyed
from yelin.warehouse.query import Layout
from yelin.warehouse.statement import Key, behind

# Rows of which it is known where they come to lie.
SAMPLED = 1_024
# Each part reads the whole release.
MOST_PARTS = 64
# What sorting takes of a row beside its texts, for each column.
_CELL = 24
_MB = 1_000_000

Cut = tuple[Any, int]


def write(
    engine: Engine,
    source: Place,
    layout: Layout | Keyed,
    name: str,
    *,
    within_mb: int | None = None,
) -> None:
    """Write the rows of ``source`` in this order into the table ``name``, each with its place.

    What is sorted at once takes about ``within_mb``, or what the engine has and what it may spill.
    Raises ``TooMuch``.
    """
    also = f", {layout.bucket} AS {BUCKET}" if isinstance(layout, Keyed) else ""
    rows = (
        f"SELECT *, file_index AS {FILE}, file_row_number AS {ROW}{also} FROM "  # noqa: S608 - quoted by literal()
        f"read_parquet({literal(str(source))})"
    )
    if layout is None:
        # They pass as they come, however many there are.
        engine.rows(f"CREATE TABLE {name} AS SELECT *, {ROW} AS {AT} FROM ({rows})")  # noqa: S608 - as above
        return
    engine.rows(f"CREATE TABLE {name} AS SELECT *, {ROW} AS {AT} FROM ({rows}) LIMIT 0")  # noqa: S608 - as above
    _Sorted(engine, rows, name, layout).write(within_mb)


class _Sorted:
    """Rows on their way into a table in their order."""

    def __init__(self, engine: Engine, rows: str, name: str, layout: tuple[str, bool] | Keyed):
        self._engine = engine
        self._rows = rows
        self._name = name
        self._buckets = layout.buckets if isinstance(layout, Keyed) else 0
        by = Key(BUCKET) if isinstance(layout, Keyed) else Key(ident(layout[0]), layout[1])
        self._keys = (by, Key(ROW, is_place=True))
        self._order = ", ".join(key.order for key in self._keys)
        self._written = 0

    def write(self, within_mb: int | None) -> None:
        cuts, size = self._sample()
        parts = math.ceil(size / (within_mb * _MB)) if within_mb else 1
        if parts > MOST_PARTS:
            raise TooMuch
        edges = sorted({len(cuts) * part // parts for part in range(1, parts)})
        begins = [0, *(edge + 1 for edge in edges)]
        last: Cut | None = None
        for begin, end in zip(begins, [*edges, len(cuts)], strict=True):
            until = cuts[end] if end < len(cuts) else None
            self._between(last, until, cuts[begin:end])
            last = until

    def _sample(self) -> tuple[list[Cut], float]:
        """Return keys in their order, between which lie as many rows, and what all would take."""
        (rows,) = self._engine.one(f"SELECT count(*) FROM ({self._rows})")  # noqa: S608 - ours
        value, place = (key.sql for key in self._keys)
        step = max(1, rows // SAMPLED)
        found = self._engine.rows(
            f"SELECT {value}, {place}, strlen(CAST(each AS VARCHAR)) FROM ({self._rows}) each "  # noqa: S608 - ours
            f"WHERE hash({place}) % {step} = 0 ORDER BY {self._order}"
        )
        columns = len(self._engine.schema(self._rows))
        texts = sum(size for *_, size in found) / max(1, len(found))
        cuts = [(one, at) for one, at, _ in found]
        if self._buckets:
            # As many rows in each, and each whole.
            each = max(1, self._buckets // SAMPLED)
            cuts = [(last, 0) for last in range(each, self._buckets - 1, each)]
        return cuts, rows * (texts + columns * _CELL)

    def _between(self, first: Cut | None, last: Cut | None, cuts: Sequence[Cut]) -> None:
        """Write the rows behind ``first`` up to and with ``last``; ``cuts`` lie between them.

        What is too much at once is written in two parts.
        """
        where, params = self._where(first, last)
        try:
            (written,) = self._engine.one(
                f"INSERT INTO {self._name} SELECT *, {self._written} + row_number() OVER () - 1 "  # noqa: S608 - ours
                f"FROM (SELECT * FROM ({self._rows}) WHERE {where} ORDER BY {self._order})",
                params,
            )
        except TooMuch:
            if not cuts:
                raise
            middle = len(cuts) // 2
            self._between(first, cuts[middle], cuts[:middle])
            self._between(cuts[middle], last, cuts[middle + 1 :])
        else:
            self._written += written

    def _where(self, first: Cut | None, last: Cut | None) -> tuple[str, list[object]]:
        if self._buckets:
            # Looked at once, since to find a row's bucket takes longer than to sort it.
            begin, end = first[0] + 1 if first else 0, last[0] if last else self._buckets
            return f"{BUCKET} BETWEEN {begin} AND {end}", []
        conditions, params = ["true"], []
        for cut, which in ((first, "({})"), (last, "NOT ({})")):
            if cut:
                condition, values = behind(self._keys, cut)
                conditions.append(which.format(condition))
                params += values
        return " AND ".join(conditions), params
