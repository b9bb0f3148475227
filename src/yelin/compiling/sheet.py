"""The rows of a catalog's file, whatever it is: text in any encoding, XLSX, XLS, ODS."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pyarrow.parquet as pq

from yelin.compiling.mapping import Layout
from yelin.files.places import Place
from yelin.warehouse import decode, kinds, parse, spreadsheets
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice
from yelin.warehouse.staged import Staged

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the spreadsheet counts it, with its cells; merged ones hold the value of all."""

    number: int
    cells: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that has no clear shape, or a cell that is not what was meant."""

    number: int
    column: int | None
    reason: str
    found: str
    expects: str
    raw: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on its way to be read, every cell still text."""

    staged: Staged
    encoding: str
    notices: tuple[Notice, ...]

    def rows(self) -> Iterator[Row]:
        """Yield the rows in their order, without holding them."""
        merged = _Merged(self.staged.merges)
        numbers = _Numbers(self.staged.lines)
        names = [f"c{place}" for place in range(len(self.staged.header))]
        with self.staged.path.open("rb") as file:
            at = 0
            for batch in pq.ParquetFile(file).iter_batches(BATCH, columns=names):
                found = numbers.of(at, batch.num_rows)
                columns = [batch.column(name).to_pylist() for name in names]
                at += batch.num_rows
                for number, cells in zip(found, zip(*columns, strict=True), strict=True):
                    yield Row(number, merged.spread(number, list(cells)))

    def broken(self) -> Iterator[Broken]:
        """Yield the rows that cannot be read, in their order."""
        if self.staged.structural is None:
            return
        with self.staged.structural.open("rb") as file:
            for batch in pq.ParquetFile(file).iter_batches(BATCH):
                for row in batch.to_pylist():
                    yield Broken(
                        row["line"],
                        row["column"],
                        row["reason"],
                        row["found"] or "",
                        row["expects"] or "",
                        row["raw"] or "",
                    )


def stage(
    source: Place, filename: str, work: Place, engine: Engine, layout: Layout, sheet: str
) -> Sheet:
    """Stage the table of a catalog's file below ``work``. Raises ``Unfit``."""
    kind = kinds.sniff(source, filename, work)
    header_line = 0 if layout.header else None
    expected = layout.header or layout.known
    if kind != "text":
        staged = spreadsheets.stage(
            source,
            kind,
            work,
            engine,
            sheet=sheet or None,
            header_line=header_line,
            expected=expected,
        )
        return Sheet(staged, "", _told(staged.notices, layout))
    decoded = decode.decode(source, work)
    staged = parse.stage(decoded, work, engine, header_line=header_line, expected=expected)
    notices = _told([*decoded.notices, *staged.notices], layout)
    return Sheet(staged, decoded.encoding, notices)


def _told(notices: Sequence[Notice], layout: Layout) -> tuple[Notice, ...]:
    """Return what a steward should know; a layout that names the columns lacks no header."""
    return tuple(each for each in notices if not (layout.header and each.code == "header.none"))


class _Numbers:
    """Tells the row in the sheet, or the line of the text, where a staged row stood."""

    def __init__(self, lines: Place) -> None:
        with lines.open("rb") as file:
            breaks = pq.ParquetFile(file).read(["ordinal", "line"])
        self._ordinals = breaks["ordinal"].to_numpy()
        self._lines = breaks["line"].to_numpy()

    def of(self, first: int, count: int) -> list[int]:
        ordinals = np.arange(first, first + count)
        at = np.searchsorted(self._ordinals, ordinals, side="right") - 1
        return list((self._lines[at] + ordinals - self._ordinals[at]).tolist())


class _Merged:
    """Gives every cell of a merged range the value of its first, while rows pass in order."""

    def __init__(self, merges: Sequence[tuple[int, int, int, int]]) -> None:
        self._waiting = groupby(sorted(merges), key=lambda merge: merge[0])
        self._next = next(self._waiting, None)
        self._open: dict[int, tuple[int, str | None]] = {}

    def spread(self, number: int, cells: list[str | None]) -> list[str | None]:
        for place, (bottom, value) in list(self._open.items()):
            if number > bottom:
                del self._open[place]
            elif place < len(cells):
                cells[place] = value
        while self._next is not None and self._next[0] <= number:
            for top, left, bottom, right in self._next[1]:
                if top == number:
                    value = cells[left] if left < len(cells) else None
                    for place in range(left, right + 1):
                        self._open[place] = (bottom, value)
                        if place < len(cells):
                            cells[place] = value
            self._next = next(self._waiting, None)
        return cells
