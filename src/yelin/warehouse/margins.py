"""What is noted beside the rows of a file: which were refused, and on which lines they stand."""

from contextlib import ExitStack
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from yelin.files.places import Place

LONGEST_RAW = 32 << 10

_STRUCTURAL: dict[str, pa.DataType] = {
    "line": pa.int64(),
    "column": pa.int32(),
    "value": pa.string(),
    "reason": pa.string(),
    "found": pa.string(),
    "expects": pa.string(),
    "raw": pa.string(),
}
STRUCTURAL = pa.schema(_STRUCTURAL)
BREAKS = pa.schema([pa.field("ordinal", pa.int64()), pa.field("line", pa.int64())])

Ints = npt.NDArray[np.int64]


class RefusedRows:
    """Gathers structural rejects into a Parquet file, in order, in bounded memory."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self.count = 0
        self._rows: list[tuple[int, int | None, str | None, str, str, str, str]] = []
        self._open = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def add(
        self,
        line: int,
        reason: str,
        raw: str,
        found: str = "",
        expects: str = "",
        *,
        column: int | None = None,
        value: str | None = None,
    ) -> None:
        """Refuse one row, for the cell of ``column`` when only that is at fault."""
        self.count += 1
        if len(raw) > LONGEST_RAW:
            raw = raw[:LONGEST_RAW] + "…"
        self._rows.append((line, column, value, reason, found, expects, raw))
        if len(self._rows) >= 2_000:
            self._flush()

    def __enter__(self) -> "RefusedRows":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._flush()
        self._open.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        if self._writer is None:
            self._writer = _writer(self._open, self.path, STRUCTURAL)
        columns = list(zip(*self._rows, strict=True))
        self._writer.write_table(pa.table(columns, schema=STRUCTURAL))
        self._rows.clear()


def _writer(stack: ExitStack, path: Place, schema: pa.Schema) -> pq.ParquetWriter:
    sink = stack.enter_context(path.open("wb"))
    return stack.enter_context(pq.ParquetWriter(sink, schema, compression="zstd"))


class LineBreaks:
    """Keeps where a row's line departs from its ordinal, which in most files is almost nowhere."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self._delta: int | None = None
        self._ordinals: list[Ints] = []
        self._lines: list[Ints] = []
        self._held = 0
        self._open = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def add(self, ordinal: int, lines: Ints) -> None:
        """Note the lines of the rows that begin with ``ordinal``."""
        ordinals = np.arange(ordinal, ordinal + len(lines), dtype=np.int64)
        deltas = lines - ordinals
        changed = np.flatnonzero(np.diff(deltas)) + 1
        if self._delta is None or deltas[0] != self._delta:
            changed = np.concatenate(([0], changed))
        if len(changed):
            self._ordinals.append(ordinals[changed])
            self._lines.append(lines[changed])
            self._held += len(changed)
        self._delta = int(deltas[-1])
        if self._held > 200_000:
            self._flush()

    def close(self) -> None:
        """Write what is held."""
        self._flush()
        self._open.close()

    def _flush(self) -> None:
        if self._writer is None:
            self._writer = _writer(self._open, self.path, BREAKS)
        if self._held:
            columns = [np.concatenate(self._ordinals), np.concatenate(self._lines)]
            self._writer.write_table(pa.table(columns, schema=BREAKS))
        self._ordinals, self._lines, self._held = [], [], 0
