"""Texts of one item as they lie in the release, to look through all of them for a part of one.

An engine unpacks each text, and compares it by itself. Here those of many rows stand behind one
another, as they are, and are looked through at once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from yelin.warehouse import mapped
from yelin.warehouse.mapped import Mapped

# So many rows are looked through at once, and so many found; of more an engine tells sooner.
ROWS = 16_384
MOST = 4_096


class Texts:
    """The texts of all rows, those missing as if they were empty."""

    def __init__(self, path: Path) -> None:
        self._batches = [batch["text"] for batch in mapped.batches(path)]

    def places(self, part: str) -> list[int] | None:
        """Return at which places a text holds ``part``; nothing where these are too many."""
        wanted = part.encode()
        found: list[int] = []
        begins = 0
        for batch in self._batches:
            _, ends, text = batch.buffers()
            if text is not None and ends is not None:
                edges = memoryview(ends).cast("b").cast("i")[: len(batch) + 1]
                whole = text.slice(0, edges[-1]).to_pybytes()
                found += [begins + row for row in _holding(whole, edges, wanted)]
            if len(found) > MOST:
                return None
            begins += len(batch)
        return found


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
    """Write texts, the first column of each batch, to ``path``."""
    schema = pa.schema([("text", pa.string())])
    with pa.ipc.new_file(str(path), schema) as sink:
        for batch in batches:
            text = batch.column(0).cast(pa.string())
            sink.write_batch(pa.RecordBatch.from_arrays([text], schema=schema))
