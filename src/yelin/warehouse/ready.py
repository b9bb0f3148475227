"""Rows ready to leave: those of a copy as JSON, written once, and by which values they are found.

To plan a statement takes an engine longer than to fetch a page. So beside a copy whose rows are
not sealed they lie once more as they go out, in blocks, with the values of the item in whose order
they lie; what is asked of that item alone is found by halving. A release never changes, nor does
such a file.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Any, Literal, overload

import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import to_json

from yelin.warehouse import formats, mapped
from yelin.warehouse.formats import Column, Plain
from yelin.warehouse.mapped import Mapped
from yelin.warehouse.question import Layout, Operand

# Rows in a block, which is unpacked whole, and blocks in a batch.
BLOCK, BATCH = 32, 512
ROWS = BLOCK * BATCH
_PACKED = pa.Codec("zstd", 1)
# What is asked of an item in whose order rows lie, and is answered from one place to another.
SPANS = {"eq", "lt", "lte", "gt", "gte"}

Row = dict[str, Plain]


class Lines(Sequence[Row]):
    """Rows, each one as JSON; read only by whoever asks what is in them."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines

    def json(self) -> bytes:
        """Return all of them as one list."""
        return b"[" + b",".join(self._lines) + b"]"

    @cached_property
    def _rows(self) -> list[Row]:
        rows: list[Row] = json.loads(self.json())
        return rows

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        return self._rows[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._lines)

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, Lines) else other)

    __hash__ = None  # type: ignore[assignment]  # as of lists


class Ready:
    """The rows of one copy at their places, from 0 on, and what stands there of its item."""

    def __init__(self, path: Path) -> None:
        batches = mapped.batches(path)
        self._blocks = [batch["lines"] for batch in batches]
        self._sizes = [_numbers(batch["size"], "i") for batch in batches]
        self._rows = [_numbers(_flat(batch["row"]), "q") for batch in batches]
        self._values = [_flat(batch["value"]) for batch in batches]
        self.total = sum(map(len, self._rows))
        # Missing ones stand at the end.
        self._known = self.total - sum(values.null_count for values in self._values)

    def rows(self, places: Sequence[int]) -> tuple[int, ...]:
        """Return the places in the release of the rows at places here."""
        if isinstance(places, range):
            near = range(places.start // ROWS, -(-places.stop // ROWS))
            parts = [
                self._rows[batch][max(0, places.start - batch * ROWS) : places.stop - batch * ROWS]
                for batch in near
            ]
            return tuple(chain.from_iterable(parts))
        return tuple([self._rows[place // ROWS][place % ROWS] for place in places])

    def value(self, place: int) -> Operand | None:
        """Return what stands there of the item."""
        batch, at = divmod(place, ROWS)
        value: Operand | None = self._values[batch][at].as_py()
        return value

    def within(self, asked: Iterable[tuple[str, Any]], layout: Layout) -> tuple[int, int]:
        """Return from which place on, and before which, rows lie that meet all that is ``asked``.

        That is each one of ``SPANS``, of the item of the ``layout`` in which they lie, or without
        one of their number.
        """
        descending = layout is not None and layout[1]
        rising: Sequence[Any] = range(1, self.total + 1)
        if layout:
            rising = _Rising(self._values, self._known, descending=descending)
        first, last = 0, self.total
        for operator, operand in asked:
            begin, end = _span(operator, operand, rising)
            if descending:
                begin, end = len(rising) - end, len(rising) - begin
            first, last = max(first, begin), min(last, end)
        return first, max(first, last)

    def lines(self, places: Sequence[int]) -> list[bytes]:
        """Return the rows at these places."""
        if isinstance(places, range):
            blocks = range(places.start // BLOCK, -(-places.stop // BLOCK))
            first = places.start - blocks.start * BLOCK
            return b"\n".join(map(self._block, blocks)).split(b"\n")[first : first + len(places)]
        found: list[bytes] = []
        for block, some in groupby(places, lambda place: place // BLOCK):
            rows = self._block(block).split(b"\n")
            found += [rows[place % BLOCK] for place in some]
        return found

    def _block(self, block: int) -> bytes:
        batch, at = divmod(block, BATCH)
        packed = self._blocks[batch][at].as_buffer()
        rows: bytes = _PACKED.decompress(packed, self._sizes[batch][at], asbytes=True)
        return rows


class _Rising(Sequence[Any]):
    """What stands at the places where anything does, the lowest value first."""

    def __init__(self, values: Sequence["pa.Array[Any]"], known: int, *, descending: bool) -> None:
        self._values = values
        self._known = known
        self._last = known - 1 if descending else None

    def __getitem__(self, at: Any) -> Any:
        batch, at = divmod(at if self._last is None else self._last - at, ROWS)
        return self._values[batch][at].as_py()

    def __len__(self) -> int:
        return self._known


def _flat(lists: "pa.Array[Any]") -> "pa.Array[Any]":
    return pc.list_flatten(lists)


def _numbers(rows: "pa.Array[Any]", kind: Literal["i", "q"]) -> memoryview:
    """Return whole numbers, none of them missing, as they lie: to take one out costs nothing."""
    _, held = rows.buffers()
    whole = memoryview(held or pa.py_buffer(b"")).cast("b").cast(kind)
    return whole[rows.offset : rows.offset + len(rows)]


def _span(operator: str, operand: Any, rising: Sequence[Any]) -> tuple[int, int]:
    """Return from where on, and before where, ``rising`` values meet one of ``SPANS``."""
    known = len(rising)
    if operator == "eq":
        begin = bisect_left(rising, operand)
        # Few are alike most often.
        step = 1
        while begin + step < known and rising[begin + step] <= operand:
            step *= 2
        return begin, bisect_right(rising, operand, begin, min(begin + step, known))
    # Those that equal it are beyond what lies below, and within what does not lie above.
    find = bisect_left if operator in {"lt", "gte"} else bisect_right
    at = find(rising, operand)
    return (0, at) if operator in {"lt", "lte"} else (at, known)


_open = Mapped(Ready)


def read(path: Path) -> Ready | None:
    """Return the rows ready at ``path``; nothing where there are none, or none that can be read."""
    return _open.at(path)


def write(batches: Iterable[pa.RecordBatch], columns: Sequence[Column], path: Path) -> None:
    """Write rows in their order to ``path``: ``columns``, then the value and the place of each."""
    sink: pa.RecordBatchFileWriter | None = None
    try:
        for batch in _evenly(batches):
            packed = _block(batch, columns)
            sink = sink or pa.ipc.new_file(str(path), packed.schema)
            sink.write_batch(packed)
    finally:
        if sink:
            sink.close()


def _evenly(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of one length; the last may be shorter."""
    held: pa.Table | None = None
    for batch in batches:
        more = pa.Table.from_batches([batch])
        held = pa.concat_tables([held, more]) if held else more
        while held.num_rows >= ROWS:
            (even,) = held.slice(0, ROWS).combine_chunks().to_batches()
            yield even
            held = held.slice(ROWS)
    if held and held.num_rows:
        (even,) = held.combine_chunks().to_batches()
        yield even


def _block(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.RecordBatch:
    names = [column.name for column in columns]
    values = [
        formats.plainly(column, batch.column(at).to_pylist()) for at, column in enumerate(columns)
    ]
    lines = [to_json(dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)]
    edges = [*range(0, len(lines), BLOCK), len(lines)]
    blocks = [b"\n".join(lines[first:last]) for first, last in pairwise(edges)]
    places = pa.array(edges, pa.int32())
    value, row = (batch.column(len(columns) + at) for at in range(2))
    return pa.RecordBatch.from_arrays(
        [
            pa.array([_PACKED.compress(block, asbytes=True) for block in blocks], pa.binary()),
            pa.array(map(len, blocks), pa.int32()),
            pa.ListArray.from_arrays(places, value),
            pa.ListArray.from_arrays(places, row),
        ],
        ["lines", "size", "value", "row"],
    )
