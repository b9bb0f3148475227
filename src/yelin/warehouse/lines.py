"""Walk the records of a delimited text file: where each begins, which are whole, which are refused.

This is the pipeline's own reading of RFC 4180, vectorised with NumPy. DuckDB then parses only what
is regular by it, and both must count the same rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from yelin.files.places import Place
from yelin.warehouse.findings import Unfit
from yelin.warehouse.glance import stray
from yelin.warehouse.margins import LONGEST_RAW, Ints, LineBreaks, RefusedRows
from yelin.warehouse.splitter import Dialect, Splitter

CHUNK = 8 << 20
LONGEST_RECORD = 16 << 20
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Walk:
    """What a walk over the file found; ``clean`` is a regular copy where the source is not."""

    rows: int = 0
    refused: int = 0
    blank: int = 0
    mended: int = 0
    longest: int = 0
    breaks: Place | None = None
    structural: Place | None = None
    clean: Place | None = None


@dataclass(slots=True)
class _Block:
    """The records found in one buffer: where each starts, ends, and stops after its line end."""

    starts: Ints
    ends: Ints
    stops: Ints
    counts: Ints
    lines: Ints | None
    torn: bool
    odd: Bools = field(default_factory=lambda: np.zeros(0, bool))


class Walker:
    """Walks a UTF-8 file from byte ``start``, whose first record stands on ``line``.

    ``canonical`` writes every record out anew; ``apart`` makes the regular copy from the start.
    """

    def __init__(  # noqa: PLR0913 - one file's whole description, given once
        self,
        path: Place,
        work: Place,
        dialect: Dialect,
        *,
        start: int,
        line: int,
        width: int,
        bad_lines: Sequence[tuple[int, int]] = (),
        encoding: str = "utf-8",
        canonical: bool = False,
        apart: bool = False,
        report: Callable[[int], None] = lambda _bytes: None,
    ) -> None:
        self.path = path
        self.work = work
        self.dialect = dialect
        self.start = start
        self.line = line
        self.width = width
        self.encoding = encoding
        self.canonical = canonical
        self.apart = apart
        self.report = report
        self.walk = Walk()
        self.splitter = Splitter(dialect)
        self.mark = dialect.delimiter.encode()
        self.quote = dialect.quote.encode()[0]
        self.newline = dialect.newline
        self.alien = b"\n" if dialect.ending == "\r" else b"\r"
        self.ending = dialect.ending.encode()
        self.bad_first = np.array([first for first, _ in bad_lines], np.int64)
        self.bad_last = np.array([last for _, last in bad_lines], np.int64)
        self.at = start
        self.breaks = LineBreaks(work / "lines.parquet")
        self.refused = RefusedRows(work / "structure.parquet")
        self.sink: BinaryIO | None = None
        self.pending_blank = 0
        self.first_blank = 0

    def run(self) -> Walk:
        """Walk to the end of the file."""
        rest = b""
        with self.path.open("rb") as stream, self.refused:
            stream.seek(self.start)
            if self.apart:
                self._open_sink(0)
            while True:
                more = stream.read(CHUNK)
                buffer = rest + more if rest else more
                used = self._take(buffer, final=not more)
                self.at += used
                rest = buffer[used:]
                self.report(self.at)
                if not more:
                    break
        self.breaks.close()
        if self.sink:
            self.sink.close()
        self.walk.refused = self.refused.count
        self.walk.breaks = self.breaks.path
        self.walk.structural = self.refused.path if self.refused.count else None
        return self.walk

    def _take(self, buffer: bytes, *, final: bool) -> int:
        at, burst = 0, 1
        while at < len(buffer):
            block = self._block(buffer, at, final=final)
            if len(block.starts):
                self._emit(buffer, block)
                at = int(block.stops[-1])
            if not block.torn:
                return at
            # A stray quote turns inside and outside round for all that follows: read record by
            # record past it, then go on by blocks.
            for _ in range(burst):
                after = self._one_torn(buffer, at, final=final)
                if after is None:
                    return at
                at = after
                if at >= len(buffer):
                    break
            burst = min(burst * 2, 4096)
        return at

    def _block(self, buffer: bytes, at: int, *, final: bool) -> _Block:
        """Find the records of ``buffer`` from ``at`` on, up to the first that has stray quotes."""
        view = np.frombuffer(buffer, np.uint8, offset=at)
        ends = all_ends = np.flatnonzero(view == self.newline)
        marks = _find(view, self.mark)
        torn_at = -1
        quotes = None
        if buffer.find(self.quote, at) >= 0:
            quotes = np.flatnonzero(view == self.quote)
            torn_at = self._stray(view, quotes, final=final)
            ends = ends[np.searchsorted(quotes, ends) & 1 == 0]
            marks = marks[np.searchsorted(quotes, marks) & 1 == 0]
        ends, unended = self._settled(ends, len(view), torn_at, final=final)
        stops = np.minimum(ends + 1, len(view))
        starts = np.concatenate(([0], stops[:-1])) if len(stops) else stops
        upto = np.searchsorted(marks, ends)
        counts = np.diff(upto, prepend=0)
        lines = None
        if len(stops) and np.searchsorted(all_ends, stops[-1]) > len(stops) - unended:
            lines = np.searchsorted(all_ends, starts)
        if self.ending == b"\r\n":
            before = view[np.maximum(ends - 1, 0)] == 13
            ends = ends - (before & (ends > starts))
        block = _Block(starts + at, ends + at, stops + at, counts, lines, torn_at >= 0)
        block.odd = (counts != self.width - 1) & (ends > starts)
        block.odd |= (counts > 0) & (ends - starts == counts * len(self.mark))
        if self.canonical:
            block.odd[:] = True
        if self.width == 1:
            block.odd |= ends == starts
        if len(starts):
            if buffer.find(0, at) >= 0:
                self._flag(block.odd, stops, np.flatnonzero(view == 0))
            if self.ending == b"\r\n" or buffer.find(self.alien, at) >= 0:
                self._flag_endings(block.odd, view, ends, stops, quotes)
            self._flag_lines(block)
        return block

    def _settled(self, ends: Ints, size: int, torn_at: int, *, final: bool) -> tuple[Ints, int]:
        """Return the record ends before any stray quote, and whether the last has no line end."""
        if torn_at >= 0:
            return ends[: np.searchsorted(ends, torn_at)], 0
        if final and (not len(ends) or ends[-1] != size - 1):
            return np.append(ends, size), 1
        if not len(ends) and size > LONGEST_RECORD:
            raise Unfit(
                "structure.long_line",
                "Line {line} is longer than {limit} MB; the file is not a table of text",
                {"line": self.line, "limit": LONGEST_RECORD >> 20},
                line=self.line,
            )
        return ends, 0

    def _stray(self, view: npt.NDArray[np.uint8], quotes: Ints, *, final: bool) -> int:
        """Return the first quote that is astray, or never closed, or -1."""
        first = stray(view, quotes, self.dialect)
        if first >= 0:
            return first
        unclosed = len(quotes) % 2 == 1
        if unclosed and (final or len(view) - int(quotes[-1]) > LONGEST_RECORD):
            return int(quotes[-1])
        return -1

    @staticmethod
    def _flag(odd: Bools, stops: Ints, places: Ints) -> None:
        rows = np.searchsorted(stops, places, side="right")
        odd[rows[rows < len(odd)]] = True

    def _flag_endings(
        self,
        odd: Bools,
        view: npt.NDArray[np.uint8],
        ends: Ints,
        stops: Ints,
        quotes: Ints | None,
    ) -> None:
        """Mark records whose line end differs from the file's, or that hold a bare one unquoted."""
        other = np.flatnonzero(view == self.alien[0])
        if quotes is not None and len(quotes):
            other = other[np.searchsorted(quotes, other) & 1 == 0]
        if self.ending == b"\r\n":
            odd |= (stops - ends == 1) & (view[np.maximum(stops - 1, 0)] == 10)
            follows = np.minimum(other + 1, len(view) - 1)
            other = other[(view[follows] != 10) | (other + 1 >= len(view))]
        self._flag(odd, stops, other)

    def _flag_lines(self, block: _Block) -> None:
        if not len(self.bad_first):
            return
        lines = self._lines(block, 0, len(block.starts))
        last = np.append(lines[1:] - 1, lines[-1])
        # A range touches the record when it begins by the record's last line and ends after its
        # first.
        which = np.searchsorted(self.bad_first, last, side="right") - 1
        touched = (which >= 0) & (self.bad_last[np.maximum(which, 0)] >= lines)
        block.odd |= touched

    def _lines(self, block: _Block, first: int, last: int) -> Ints:
        if block.lines is None:
            return np.arange(self.line + first, self.line + last, dtype=np.int64)
        return np.asarray(block.lines[first:last] + self.line, np.int64)

    def _emit(self, buffer: bytes, block: _Block) -> None:
        done = 0
        for index in np.flatnonzero(block.odd).tolist():
            self._bulk(buffer, block, done, index)
            start, end = int(block.starts[index]), int(block.ends[index])
            line = int(self._lines(block, index, index + 1)[0])
            self._odd(buffer, start, end, int(block.stops[index]), line)
            done = index + 1
        self._bulk(buffer, block, done, len(block.starts))
        whole = buffer[int(block.starts[0]) : int(block.stops[-1])]
        self.line += whole.count(self.newline) if block.lines is not None else len(block.starts)
        self.walk.longest = max(self.walk.longest, int((block.stops - block.starts).max()))

    def _bulk(self, buffer: bytes, block: _Block, first: int, last: int) -> None:
        """Accept records that are regular; empty lines among them are skipped by every reader."""
        if first == last:
            return
        self._settle_blank()
        full = block.ends[first:last] > block.starts[first:last]
        rows = int(np.count_nonzero(full))
        self.walk.blank += last - first - rows
        if rows:
            self.breaks.add(self.walk.rows, self._lines(block, first, last)[full])
            self.walk.rows += rows
        if self.sink:
            self.sink.write(
                memoryview(buffer)[int(block.starts[first]) : int(block.stops[last - 1])]
            )

    def _odd(self, buffer: bytes, start: int, end: int, stop: int, line: int) -> None:
        """Accept, mend or refuse one record that is not regular."""
        self._open_sink(start)
        raw = buffer[start:end]
        if not raw.replace(self.mark, b"").strip():
            if self.width == 1 and self.mark not in raw:
                self.pending_blank += 1
                self.first_blank = line if self.pending_blank == 1 else self.first_blank
            else:
                self.walk.blank += 1
            return
        fields, after = self.splitter.record(buffer[start:stop], 0)
        self._judge(fields if after == stop - start else None, raw, line)

    def _one_torn(self, buffer: bytes, at: int, *, final: bool) -> int | None:
        """Read one record at ``at`` by the slow way; None when the buffer ends too soon to tell."""
        self._open_sink(at)
        fields, after = self.splitter.record(buffer, at)
        if fields is not None and (final or after < len(buffer)):
            raw = buffer[at:after].rstrip(b"\r\n")
            if raw.replace(self.mark, b"").strip():
                self._judge(fields, raw, self.line)
            else:
                self.walk.blank += 1
        elif final or self._surely_torn(buffer, at, fields):
            after = self._refuse_line(buffer, at)
        else:
            return None
        self.line += buffer.count(self.newline, at, after)
        return after

    def _surely_torn(self, buffer: bytes, at: int, fields: list[bytes] | None) -> bool:
        """Say whether more of the file could not make a record of what begins at ``at``."""
        held = len(buffer) - at
        if held > LONGEST_RECORD:
            return True
        # With a whole further chunk in hand a quote that still does not close is a stray one.
        return fields is None and held > CHUNK and self.splitter.line(buffer, at) < len(buffer)

    def _refuse_line(self, buffer: bytes, at: int) -> int:
        after = self.splitter.line(buffer, at)
        raw = buffer[at:after].rstrip(b"\r\n")
        self.refused.add(self.line, "quoting", _shown(raw))
        return after

    def _judge(self, fields: list[bytes] | None, raw: bytes, line: int) -> None:
        """Refuse a record with its reason, or write it to the regular copy."""
        if 0 in raw:
            self.refused.add(line, "control", _shown(raw))
        elif self._is_bad(line, line + raw.count(self.newline)):
            self.refused.add(line, "encoding", _shown(raw), expects=self.encoding)
        elif fields is None:
            self.refused.add(line, "quoting", _shown(raw))
        elif len(fields) != self.width:
            # An empty field too many is refused as well: it may stand anywhere, and shift the rest.
            self.refused.add(line, "fields", _shown(raw), str(len(fields)), str(self.width))
        else:
            self._accept(fields, line)

    def _accept(self, fields: list[bytes], line: int) -> None:
        self._settle_blank()
        self.breaks.add(self.walk.rows, np.array([line], np.int64))
        self.walk.rows += 1
        self.walk.mended += 1
        quote = self.dialect.quote.encode()
        cells = (quote + cell.replace(quote, quote * 2) + quote for cell in fields)
        row = self.mark.join(cells) + self.ending
        self.walk.longest = max(self.walk.longest, len(row))
        if self.sink:
            self.sink.write(row)

    def _settle_blank(self) -> None:
        """Keep the blank lines inside a table of one column as rows; those at its end are none."""
        if not self.pending_blank:
            return
        count, self.pending_blank = self.pending_blank, 0
        lines = np.arange(self.first_blank, self.first_blank + count, dtype=np.int64)
        self.breaks.add(self.walk.rows, lines)
        self.walk.rows += count
        if self.sink:
            self.sink.write((self.dialect.quote.encode() * 2 + self.ending) * count)

    def _is_bad(self, first: int, last: int) -> bool:
        return bool(np.any((self.bad_first <= last) & (self.bad_last >= first)))

    def _open_sink(self, at: int) -> None:
        """Begin the regular copy with everything that was regular before ``at``."""
        if self.sink:
            return
        target = self.work / "regular.csv"
        self.walk.clean = target
        self.sink = target.open("wb")
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            left = self.at + at - self.start
            while left and (part := stream.read(min(left, CHUNK))):
                self.sink.write(part)
                left -= len(part)


def _find(view: npt.NDArray[np.uint8], mark: bytes) -> Ints:
    """Return where ``mark`` begins in ``view``."""
    if len(mark) == 1:
        return np.flatnonzero(view == mark[0])
    if len(view) < len(mark):
        return np.zeros(0, np.int64)
    span = len(view) - len(mark) + 1
    found = view[:span] == mark[0]
    for offset in range(1, len(mark)):
        found &= view[offset : span + offset] == mark[offset]
    return np.flatnonzero(found)


def _shown(raw: bytes) -> str:
    return raw[: LONGEST_RAW * 4].decode("utf-8", "replace").replace("\0", "\\x00")
