"""See how a text file is laid out: what divides its cells, and which row is its header."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from yelin.warehouse import titles
from yelin.warehouse.decode import Decoded
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import fold
from yelin.warehouse.mendable import is_ours
from yelin.warehouse.splitter import Dialect, Splitter

SAMPLE = 512 << 10
SAMPLE_RECORDS = 500
HEADER_WITHIN = 50
DELIMITERS = (",", "\t", ";", "|", "，", "；", "\x01", "^", "~", ":", ", ", " ")

# Digits and what divides them have nothing in common, so a cell is gone through but once.
_NUMBERISH = re.compile(
    # Digits and what divides them share no sign, or a long code would be tried in endless ways.
    r"[\s￥¥$+\-−]*\d+(?:[.,:/\-．，／年月日时分秒\s]+\d+)*\s*[%％年月日时分秒]*"
)
# Byte-order mark, zero-width and no-break spaces cling to header cells that were pasted.
_CLINGING = "\ufeff\u200b\u200c\u200d\u00a0\u3000 \t\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the sample: its line, its bytes ``start`` to ``end``, its cells."""

    line: int
    start: int
    end: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell.strip(_CLINGING))


@dataclass(slots=True)
class Layout:
    """How one dialect reads the sample, and how much that looks like a table."""

    dialect: Dialect
    records: list[Record]
    header: int | None
    width: int = 1
    matched: int = 0
    score: float = 0.0
    notices: list[Notice] = field(default_factory=list)

    @property
    def names_one(self) -> bool:
        """Whether the header has one cell, so that what divides the rows stands within values."""
        return self.header is not None and len(self.records[self.header].cells) == 1

    @property
    def body(self) -> list[Record]:
        """The records below the header, or all."""
        return self.records[self.header + 1 :] if self.header is not None else self.records


def clean_header(cells: Sequence[str], width: int) -> tuple[list[str], list[Notice]]:
    """Return one name a column: verbatim in NFC and trimmed, numbered where empty or doubled.

    Columns that we put beside refused rows have none.
    """
    names: list[str] = []
    notices: list[Notice] = []
    seen: set[str] = set()
    for number in range(1, width + 1):
        cell = cells[number - 1] if number <= len(cells) else ""
        name = unicodedata.normalize("NFC", cell).strip(_CLINGING) or f"列{number}"
        if is_ours(name):
            names.append("")
            continue
        unique, copy = name, 2
        while unique.casefold() in seen:
            unique, copy = f"{name}_{copy}", copy + 1
        if unique != name:
            notices.append(
                Notice(
                    "header.doubled",
                    "The column name “{name}” stands twice; the second is called “{unique}”",
                    {"name": name, "unique": unique},
                    column=unique,
                )
            )
        seen.add(unique.casefold())
        names.append(unique)
    if ours := names.count(""):
        says = "Columns beside rejected rows that were left out: {count}"
        notices.append(Notice("columns.ours", says, {"count": ours}))
    return names, notices


def _sample(decoded: Decoded) -> bytes:
    with decoded.path.open("rb") as stream:
        stream.seek(decoded.start)
        sample = stream.read(SAMPLE)
        if len(sample) == SAMPLE:
            # Whole records only: what follows the last line end may be half of one.
            sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    return sample


def lay_out(
    decoded: Decoded,
    delimiter: str | None,
    header_line: int | None,
    expected: Collection[str],
) -> Layout:
    """Return the layout that looks most like a table, and most like the ``expected`` one.

    Raises ``Unfit`` for an empty file, and for a ``header_line`` that is not among the first.
    """
    sample = _sample(decoded)
    if not sample.strip():
        raise Unfit("file.empty", "The file is empty")
    ending = _ending(sample)
    wanted = {fold(name) for name in expected}
    quotes = ['"']
    if b"'" in sample and re.search(rb"(^|[,;\t|])'", sample):
        quotes.append("'")
    marks = (delimiter,) if delimiter else DELIMITERS
    layouts = []
    for quote in quotes:
        for mark in marks:
            if mark.encode() in sample or delimiter:
                dialect = Dialect(mark, quote, ending)
                layouts.append(_judge(dialect, sample, header_line, wanted))
    if not layouts:
        layouts.append(_judge(Dialect(",", '"', ending), sample, header_line, wanted))
    best = max(layouts, key=lambda one: (one.matched, round(one.score, 2), one.width))
    if not delimiter and best.score < 0.3 and (best.matched == 0 or best.names_one):
        # No delimiter divides the lines alike, or not the header: a table of one column.
        alone = Dialect("\x1f", '"', ending)
        best = _judge(alone, sample, header_line, wanted)
    best = _spaced(best, layouts)
    _note_titles(best)
    return best


def _spaced(best: Layout, layouts: Sequence[Layout]) -> Layout:
    """Prefer comma-and-space where every comma that divides has a space behind it."""
    if best.dialect.delimiter != ",":
        return best
    for other in layouts:
        if other.dialect.delimiter == ", " and other.dialect.quote == best.dialect.quote:
            rows = [record for record in other.records if record.filled]
            if other.width == best.width and all(len(r.cells) == best.width for r in rows):
                return other
    return best


def _ending(sample: bytes) -> str:
    crlf = sample.count(b"\r\n")
    lf = sample.count(b"\n") - crlf
    cr = sample.count(b"\r") - crlf
    if not crlf and not lf and cr:
        return "\r"
    return "\r\n" if crlf > lf else "\n"


def _judge(
    dialect: Dialect, sample: bytes, header_line: int | None, wanted: Collection[str]
) -> Layout:
    """Read the sample by one dialect and say where its header is and how alike its rows are."""
    records = []
    line, newline = 1, b"\r" if dialect.ending == "\r" else b"\n"
    for start, end, fields in Splitter(dialect).records(sample):
        cells = tuple(cell.decode("utf-8", "replace") for cell in fields)
        records.append(Record(line, start, end, cells))
        line += sample.count(newline, start, end)
        if len(records) >= SAMPLE_RECORDS:
            break
    layout = Layout(dialect, records, header=None)
    counts = Counter(len(record.cells) for record in records if record.filled)
    if not counts:
        return layout
    layout.header, layout.matched = _find_header(records, header_line, wanted, counts)
    body = [record for record in layout.body if record.filled]
    top = records[layout.header] if layout.header is not None else None
    layout.width = _width(top, body)
    alike = sum(1 for record in body if len(record.cells) == layout.width)
    share = alike / len(body) if body else 1.0
    likeness = _likeness(top) if top else 0.5
    above = layout.header or 0
    quoted = 1.0 if dialect.quote == '"' else _quoted_share(sample, dialect)
    if layout.width > 1:
        layout.score = share * (0.4 + 0.6 * likeness) * 0.97**above * quoted
        if top and len(top.cells) == 1:
            layout.score *= 0.2
        if dialect.delimiter in (" ", ":", "~", "^") or len(dialect.delimiter) > 1:
            # Marks that are common inside values must divide every line alike to be believed.
            layout.score *= 0.9 if share == 1.0 and above == 0 and layout.width > 2 else 0.1
    return layout


def _quoted_share(sample: bytes, dialect: Dialect) -> float:
    mark, quote = re.escape(dialect.delimiter.encode()), dialect.quote.encode()
    opened = len(re.findall(b"(?:^|[\r\n]|" + mark + b")" + quote, sample))
    closed = len(re.findall(quote + b"(?:" + mark + b"|\r?\n|\\Z)", sample))
    double = len(re.findall(b"(?:^|[\r\n]|" + mark + b')"', sample))
    return 1.01 if opened and opened == closed and opened > 10 * double else 0.1


def _find_header(
    records: Sequence[Record],
    header_line: int | None,
    wanted: Collection[str],
    counts: Counter[int],
) -> tuple[int | None, int]:
    """Return which record is the header (None: there is none) and how many wanted names it has."""
    if header_line == 0:
        return None, 0
    matches = [
        sum(1 for name in {fold(cell) for cell in record.cells} if name in wanted)
        for record in records[:HEADER_WITHIN]
    ]
    if header_line is not None:
        for index, record in enumerate(records):
            if record.line == header_line:
                return index, matches[index] if index < len(matches) else 0
        raise Unfit(
            "header.line",
            "Line {line} is not among the first lines of the table",
            {"line": header_line},
            line=header_line,
        )
    if wanted and matches and max(matches):
        best = matches.index(max(matches))
        return best, matches[best]
    usual = max((count for count in counts if count > 1), key=lambda one: counts[one], default=1)
    if counts[usual] * 5 < counts[1] and counts[1] > 1:
        usual = 1
    said = titles.above([record.cells for record in records[:HEADER_WITHIN]])
    for index, record in enumerate(records[:HEADER_WITHIN]):
        if index not in said and record.filled and record.filled * 2 >= usual:
            return (None if _is_data(record, records[index + 1 :]) else index), 0
    return next((index for index, record in enumerate(records) if record.filled), 0), 0


def _is_data(record: Record, body: Sequence[Record]) -> bool:
    """Say whether the first full row is itself data: numbers where the rows below have numbers."""
    cells = [cell.strip(_CLINGING) for cell in record.cells]
    named = numbers = 0
    for place, cell in enumerate(cells):
        below = [row.cells[place].strip(_CLINGING) for row in body if len(row.cells) == len(cells)]
        below = [value for value in below if value]
        if sum(1 for value in below if _NUMBERISH.fullmatch(value)) * 10 < 9 * len(below):
            continue
        if not below and not _NUMBERISH.fullmatch(cell):
            continue
        if cell and _NUMBERISH.fullmatch(cell) and not titles.YEAR.fullmatch(cell):
            numbers += 1
        elif cell:
            named += 1
    return numbers > 0 and named == 0


def _likeness(record: Record) -> float:
    """Return how much a row looks like a header: full of distinct words."""
    cells = [cell.strip(_CLINGING) for cell in record.cells]
    filled = [cell for cell in cells if cell]
    words = [
        cell for cell in filled if not _NUMBERISH.fullmatch(cell) or titles.YEAR.fullmatch(cell)
    ]
    return len(set(words)) / max(1, len(cells))


def _width(top: Record | None, body: Sequence[Record]) -> int:
    counts = Counter(len(record.cells) for record in body)
    if not top:
        return counts.most_common(1)[0][0]
    named = max(
        (n for n, cell in enumerate(top.cells, 1) if cell.strip(_CLINGING)), default=len(top.cells)
    )
    if not counts:
        return named
    usual, often = counts.most_common(1)[0]
    if usual >= named and (usual == len(top.cells) or counts[named] * 2 < often):
        return usual
    return named


def _note_titles(layout: Layout) -> None:
    if layout.header is None:
        layout.notices.append(
            Notice(
                "header.none",
                "No row of names was found; the columns are numbered. Choose the header line if "
                "there is one",
            )
        )
        return
    for record in layout.records[: layout.header]:
        if record.filled:
            text = " ".join(cell.strip(_CLINGING) for cell in record.cells if cell.strip(_CLINGING))
            layout.notices.append(
                Notice(
                    "title",
                    "Line {line} above the header was skipped: {text}",
                    {"line": record.line, "text": text[:200]},
                    line=record.line,
                )
            )
