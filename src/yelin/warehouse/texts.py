"""Texts of one item as they lie in the release, to look through them for a part of one.

An engine unpacks each text, and compares it by itself. Here those of many rows stand behind one
another, as they are, and beside them in which rows which three bytes follow one another: a part is
looked for in those rows alone that have all threes of it, or in all at once where its threes are
too common to be kept.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yelin.warehouse import mapped
from yelin.warehouse.mapped import Mapped

# So many rows are looked through at once, and so many found; of more an engine tells sooner.
ROWS = 16_384
MOST = 4_096
# Threes share this many lists by their hash; a list of more rows than this says nothing.
LISTS, COMMON = 1 << 16, ROWS // 8
_ANY = 0xFFFF
_MIX = 2_654_435_761
# Of longer texts most threes are common, and their lists would take long to make.
_LISTED_BYTES, _LISTED_ROWS = 4 << 20, 1_024


class _Batch:
    """The texts of some rows."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        text: pa.Array[Any] = pc.list_flatten(batch["text"])
        lists: pa.Array[Any] = pc.list_flatten(batch["lists"])
        _, ends, whole = text.buffers()
        self.rows = len(text)
        self.edges = _as(ends, "i")[text.offset : text.offset + self.rows + 1]
        self._whole = whole or pa.py_buffer(b"")
        self._text = memoryview(self._whole)
        self._lists: tuple[memoryview, memoryview] | None = None
        if len(lists):
            # Of a list: what is missing, where each begins, what is missing of the rows, the rows.
            _, begins, _, rows = lists.buffers()
            self._lists = _as(begins, "i")[lists.offset :], _as(rows, "H")

    def places(self, wanted: bytes, threes: Sequence[int]) -> Iterable[int]:
        """Return which rows hold what is ``wanted``, in their order."""
        rows = self._having(threes)
        if rows is None:
            whole = self._whole.slice(0, self.edges[-1]).to_pybytes()
            return _holding(whole, self.edges, wanted)
        edges, text = self.edges, self._text
        return [row for row in rows if wanted in bytes(text[edges[row] : edges[row + 1]])]

    def _having(self, threes: Sequence[int]) -> list[int] | None:
        """Return the rows that may have all of these ``threes``; nothing where nothing is known."""
        if self._lists is None:
            return None
        begins, rows = self._lists
        lists = [rows[begins[three] : begins[three + 1]] for three in threes]
        said = sorted((each for each in lists if not len(each) or each[0] != _ANY), key=len)
        if not said:
            return None
        having = set(said[0])
        for more in said[1:]:
            # To look into a text takes ten times as long as to go on in a list.
            if len(more) > 10 * len(having):
                break
            having.intersection_update(more)
        return sorted(having)


class Texts:
    """The texts of all rows, those missing as if they were empty."""

    def __init__(self, path: Path) -> None:
        self._batches = [_Batch(batch) for batch in mapped.batches(path)]

    def places(self, part: str) -> list[int] | None:
        """Return at which places a text holds ``part``; nothing where these are too many."""
        wanted = part.encode()
        threes = list({_list_of(*wanted[at : at + 3]) for at in range(len(wanted) - 2)})
        found: list[int] = []
        begins = 0
        for batch in self._batches:
            found += [begins + row for row in batch.places(wanted, threes)]
            if len(found) > MOST:
                return None
            begins += batch.rows
        return found


def _list_of(first: int, second: int, third: int) -> int:
    return ((first << 16 | second << 8 | third) * _MIX & 0xFFFFFFFF) >> 16


def _holding(text: bytes, edges: Sequence[int], wanted: bytes) -> list[int]:
    """Return in which of the rows between ``edges`` there is what is wanted, in their order."""
    rows: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(rows) <= MOST:
        row = bisect_right(edges, at) - 1
        if at + len(wanted) <= edges[row + 1]:
            rows.append(row)
            at = text.find(wanted, edges[row + 1])
        else:
            # It begins in one row and ends in another.
            at = text.find(wanted, at + 1)
    return rows


_open = Mapped(Texts)


def read(path: Path) -> Texts | None:
    """Return the texts at ``path``; nothing where there are none, or none that can be read."""
    return _open.at(path)


def write(batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Write texts, the first column of each batch of at most ``ROWS``, to ``path``."""
    lists: Any = pa.list_(pa.list_(pa.uint16()))
    schema = pa.schema([pa.field("text", pa.list_(pa.string())), pa.field("lists", lists)])
    with pa.ipc.new_file(str(path), schema) as sink:
        for batch in batches:
            text: Any = batch.column(0).cast(pa.string()).fill_null("")
            one = [_alone(text), _alone(_lists(text))]
            sink.write_batch(pa.RecordBatch.from_arrays(one, schema=schema))


def _as(held: pa.Buffer | None, kind: Literal["i", "H", "B"]) -> "memoryview[int]":
    """Return numbers as they lie: to take one out costs nothing."""
    bare: memoryview[int] = memoryview(held or pa.py_buffer(b"")).cast("B")
    return bare.cast(kind)


def _alone(values: "pa.Array[Any]") -> "pa.Array[Any]":
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


def _lists(text: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return for each list in which rows one of its threes is; nothing for texts too long."""
    _, ends, held = text.buffers()
    edges = np.asarray(_as(ends, "i"))[text.offset : text.offset + len(text) + 1]
    if edges[-1] - edges[0] > _LISTED_BYTES or held is None:
        return pa.array([], pa.list_(pa.uint16()))
    whole = np.asarray(_as(held, "B"))
    found = [
        _threes(whole, edges[first : first + _LISTED_ROWS + 1], first)
        for first in range(0, len(text), _LISTED_ROWS)
    ]
    pairs = np.sort(np.concatenate(found))
    lists, rows = pairs >> 14, (pairs & 0x3FFF).astype(np.uint16)
    begins = np.searchsorted(lists, np.arange(LISTS + 1))
    common = np.diff(begins) > COMMON
    rows[begins[:-1][common]] = _ANY
    stays = ~common[lists]
    stays[begins[:-1][common]] = True
    lengths = np.where(common, 1, np.diff(begins))
    begins_at: Any = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    return pa.ListArray.from_arrays(begins_at, pa.array(rows[stays], pa.uint16()))


def _threes(whole: npt.NDArray[Any], edges: npt.NDArray[Any], first: int) -> npt.NDArray[Any]:
    """Return each list and row, in one number, of the rows between ``edges``."""
    text = whole[edges[0] : edges[-1]].astype(np.uint32)
    row = np.repeat(np.arange(first, first + len(edges) - 1, dtype=np.uint32), np.diff(edges))
    three = text[:-2] << 16 | text[1:-1] << 8 | text[2:]
    pair = (three * np.uint32(_MIX) >> 16) << 14 | row[:-2]
    return np.unique(pair[row[:-2] == row[2:]])
