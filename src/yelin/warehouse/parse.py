"""Find the table in a text file and stage it, every cell as text, in the order of the source."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from yelin.files.places import Place
from yelin.warehouse.decode import Decoded
from yelin.warehouse.engine import Engine, EngineError, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import fold
from yelin.warehouse.lines import Dialect, Splitter, Walk, Walker

SAMPLE = 512 << 10
SAMPLE_RECORDS = 500
HEADER_WITHIN = 50
FOOTNOTE_WITHIN = 10
ROW_GROUP = 61_440
ROWS_AT_ONCE = 1_000_000
APOSTROPHE = "'"
GUARDED = "^'+[=+\\-@\\t\\r]"
DELIMITERS = (",", "\t", ";", "|", "，", "；", "\x01", "^", "~", ":", ", ", " ")

_ENDINGS = {"\n": "\\n", "\r\n": "\\r\\n", "\r": "\\r"}
_NUMBERISH = re.compile(
    r"[\s￥¥$+\-−]*[\d０-９]+([.,:/\-．，／年月日时分秒\s]*[\d０-９]+)*\s*[%％年月日时分秒]*"
)
_FOOTNOTE = (
    r"^\s*[（(]?(注|备注|備註|说明|說明|附注|资料来源|資料來源|数据来源|數據來源|来源|來源|单位|單位"
    r"|Notes?|Sources?)[\s\d]*[:：.、）)]"
)
_YEAR = re.compile(r"(18|19|20|21)\d\d年?")
# Byte-order mark, zero-width and no-break spaces cling to header cells that were pasted.
_CLINGING = "\ufeff\u200b\u200c\u200d\u00a0\u3000 \t\r\n"


@dataclass(frozen=True, slots=True)
class Staged:
    """A table as text: ``path`` holds columns c0, c1 … under the names of ``header``.

    ``lines`` tells where a row's line departs from its ordinal; ``structural`` holds the rows
    that had no clear shape.
    """

    path: Place
    rows: int
    header: tuple[str, ...]
    lines: Place
    structural: Place | None = None
    refused: int = 0
    header_line: int = 0
    delimiter: str = ""
    quote: str = ""
    ending: str = ""
    sheet: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    start: int
    end: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.cells if cell.strip(_CLINGING))


@dataclass(slots=True)
class _Layout:
    """How one dialect reads the sample, and how much that looks like a table."""

    dialect: Dialect
    records: list[_Record]
    header: int | None
    width: int = 1
    matched: int = 0
    score: float = 0.0
    notices: list[Notice] = field(default_factory=list)

    @property
    def body(self) -> list[_Record]:
        return self.records[self.header + 1 :] if self.header is not None else self.records


def stage(
    decoded: Decoded,
    work: Place,
    engine: Engine,
    *,
    delimiter: str | None = None,
    header_line: int | None = None,
    expected: Collection[str] = (),
    report: Callable[[float], None] = lambda _done: None,
) -> Staged:
    """Stage a decoded text file as Parquet of text, refusing the rows that have no clear shape.

    ``expected`` are the item names, which tell the header row and the delimiter best;
    ``header_line`` 0 means that there is none and the columns stand in the items' order. Raises
    ``Unfit`` when no table can be seen.
    """
    layout = _layout(decoded, delimiter, header_line, expected)
    names = list(expected) if header_line == 0 else []
    header, header_notices = clean_header(_names(layout, names), layout.width)
    notices = [*layout.notices, *header_notices]
    first = layout.records[layout.header] if layout.header is not None else None
    start = decoded.start + (first.end if first else 0)
    line = (
        layout.records[layout.header + 1].line
        if layout.header is not None and len(layout.records) > layout.header + 1
        else (first.line + 1 if first else 1)
    )

    def walk(*, canonical: bool) -> Walk:
        return Walker(
            decoded.path,
            work,
            layout.dialect,
            start=start,
            line=line,
            width=layout.width,
            bad_lines=decoded.bad_lines,
            encoding=decoded.encoding,
            canonical=canonical,
            apart=not _even(decoded, start, line, layout.dialect.ending),
            report=lambda at: report(0.3 * at / max(1, decoded.bytes_in)),
        ).run()

    found = walk(canonical=False)
    target = work / "staged.parquet"
    try:
        rows = _copy(engine, decoded, found, layout, target, line, report)
    except Unfit:
        rows = -1
    if rows != found.rows:
        # Two readers disagree, so neither is trusted with the shape: write every record out anew
        # in the plainest form, which leaves nothing to interpret.
        found = walk(canonical=True)
        target.unlink(missing_ok=True)
        rows = _copy(engine, decoded, found, layout, target, line, report)
        if rows != found.rows:
            raise Unfit("structure.unclear", "The rows of the file cannot be told apart for sure")
    if not rows and not found.refused:
        notices.append(Notice("rows.none", "The table has a header and no rows"))
    notices += _walk_notices(found)
    target, unguarded = _unguard(
        engine, target, work / "unguarded.parquet", layout.width, had_bom=decoded.had_bom
    )
    notices += unguarded
    header, gone = drop_empty_columns(engine, target, header)
    if gone:
        notices.append(
            Notice(
                "columns.empty",
                "{count} columns without name or value were left out",
                {"count": gone},
            )
        )
    return Staged(
        path=target,
        rows=rows,
        header=tuple(header),
        lines=found.breaks or work / "lines.parquet",
        structural=found.structural,
        refused=found.refused,
        header_line=first.line if first else 0,
        delimiter=layout.dialect.delimiter,
        quote=layout.dialect.quote,
        ending=layout.dialect.ending,
        notices=tuple(notices),
    )


def _even(decoded: Decoded, start: int, line: int, ending: str) -> bool:
    """Say whether the lines above the rows end alike, so that a reader can skip them by number."""
    with decoded.path.open("rb") as stream:
        above = stream.read(start)
    mark = ending.encode()
    rest = above.replace(mark, b"")
    return above.count(mark) == line - 1 and b"\n" not in rest and b"\r" not in rest


def _copy(
    engine: Engine,
    decoded: Decoded,
    found: Walk,
    layout: _Layout,
    target: Place,
    line: int,
    report: Callable[[float], None],
) -> int:
    source, skip = (found.clean, 0) if found.clean else (decoded.path, line - 1)
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(layout.width))
    dialect = layout.dialect
    longest = max(found.longest + 64, 2 << 20)
    if not found.rows:
        select = "SELECT " + ", ".join(f"NULL::VARCHAR AS c{n}" for n in range(layout.width))
        engine.rows(f"COPY ({select} LIMIT 0) TO {literal(str(target))} (FORMAT parquet)")
        return 0
    sql = (
        "COPY (SELECT * FROM read_csv("  # noqa: S608 - every part is quoted by the engine's functions
        f"{literal(str(source))}, auto_detect = false, header = false, columns = {{{columns}}}, "
        f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, "
        f"escape = {literal(dialect.quote)}, skip = {skip}, null_padding = false, "
        f"new_line = {literal(_ENDINGS[dialect.ending])}, max_line_size = {longest})) "
        f"TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    try:
        answer = engine.run(sql, report=lambda done: report(0.3 + 0.7 * done))
    except EngineError as fault:
        raise Unfit("structure.unclear", "The file cannot be read as a table") from fault
    return int(answer[0][0])


def _unguard(
    engine: Engine, target: Place, bare: Place, width: int, *, had_bom: bool
) -> tuple[Place, list[Notice]]:
    """Take off what keeps text from running in a spreadsheet: ="0898", and '=1+1 if for people.

    Files for people have a byte-order mark; in others an apostrophe may be part of the value.
    """
    file = f"read_parquet({literal(str(target))})"
    rules = [("regexp_full_match({cell}, '=\"[0-9]*\"')", "nullif({cell}[3:-2], '')")]
    if had_bom:
        rules.append((f"regexp_matches({{cell}}, {literal(GUARDED)})", "{cell}[2:]"))
    # Only cells that begin with one of the two signs can be guarded, and few columns have any.
    tests = ", ".join(
        f"count_if(c{n} < '>' AND (c{n} >= '=' OR c{n}[1] = {literal(APOSTROPHE)}))"
        for n in range(width)
    )
    places = [n for n, count in enumerate(engine.one(f"SELECT {tests} FROM {file}")) if count]  # noqa: S608 - ours
    if not places:
        return target, []
    guarded = [f"({' OR '.join(test.format(cell=f'c{n}') for test, _ in rules)})" for n in places]
    asked = ", ".join(f"count_if({one})" for one in guarded)
    count = sum(engine.one(f"SELECT {asked} FROM {file}"))  # noqa: S608 - ours
    if not count:
        return target, []
    replaced = ", ".join(
        "CASE "
        + " ".join(f"WHEN {test} THEN {bare}" for test, bare in rules).format(cell=f"c{n}")
        + f" ELSE c{n} END AS c{n}"
        for n in places
    )
    engine.run(
        f"COPY (SELECT * REPLACE ({replaced}) FROM {file}) TO {literal(str(bare))} "  # noqa: S608 - ours
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return bare, [
        Notice(
            "values.guarded",
            '{count} cells had a guard against running as a formula (="…" or an apostrophe), '
            "which was taken off",
            {"count": int(count)},
        )
    ]


def _walk_notices(found: Walk) -> list[Notice]:
    notices = []
    if found.blank:
        notices.append(
            Notice("rows.blank", "{count} blank rows were left out", {"count": found.blank})
        )
    return notices


def drop_empty_columns(
    engine: Engine, target: Place, header: Sequence[str]
) -> tuple[list[str], int]:
    """Shorten the header by trailing columns that have neither name nor value."""
    unnamed = [n for n, name in enumerate(header) if name == f"列{n + 1}"]
    if not unnamed or len(unnamed) == len(header):
        return list(header), 0
    tests = ", ".join(f"count(c{n})" for n in unnamed)
    counts = engine.one(f"SELECT {tests} FROM read_parquet({literal(str(target))})")  # noqa: S608 - ours
    empty = {n for n, count in zip(unnamed, counts, strict=True) if not count}
    return [("" if n in empty else name) for n, name in enumerate(header)], len(empty)


def set_aside(engine: Engine, staged: Staged) -> int:
    """Put the rows that are no data into the engine's table ``aside``: footnotes, headers again.

    A footnote stands within the last rows, alone in the first column, and begins as notes do.
    """
    engine.rows("CREATE OR REPLACE TEMP TABLE aside (ordinal BIGINT, reason VARCHAR)")
    named = [(n, name) for n, name in enumerate(staged.header) if name and name != f"列{n + 1}"]
    if staged.rows and named and staged.header_line:
        again = " AND ".join(f"c{n} = {literal(name)}" for n, name in named)
        engine.rows(
            f"INSERT INTO aside SELECT file_row_number, 'header' FROM {source(staged)} "  # noqa: S608 - values are quoted by literal()
            f"WHERE {again}"
        )
    if staged.rows and len(staged.header) > 1:
        alone = " AND ".join(f"c{n} IS NULL" for n in range(1, len(staged.header)))
        engine.rows(
            f"INSERT INTO aside SELECT file_row_number, 'note' FROM {source(staged)} "  # noqa: S608 - values are quoted by literal()
            f"WHERE file_row_number >= {staged.rows - FOOTNOTE_WITHIN} AND {alone} "
            f"AND regexp_matches(c0, {literal(_FOOTNOTE)})"
        )
    return leave_out(engine, "aside", staged.rows)


def leave_out(engine: Engine, table: str, rows: int) -> int:
    """Remember the ordinals of an engine's table as bits, for ``stays``; return how many.

    A join would do the same and, run by several threads, lose the order of the rows.
    """
    count = int(engine.one(f"SELECT count(*) FROM {table}")[0])  # noqa: S608 - ours
    if count:
        engine.rows(
            f"SET VARIABLE {table} = (SELECT bitstring_agg(ordinal, 0, {rows}) FROM {table})"  # noqa: S608 - ours
        )
    return count


def stays(table: str) -> str:
    """Say in SQL that a row of the staged table is not among those left out."""
    return f"get_bit(getvariable('{table}'), file_row_number::INTEGER) = 0"


def turns(listed: str, rows: int) -> list[str]:
    """Return SQL conditions that divide rows by the values ``listed``, equal ones together.

    What must hold a value of every row takes turns, for nothing may spill to the disk.
    """
    many = 1 + rows // ROWS_AT_ONCE
    return [f"hash({listed}) % {many} = {turn}" for turn in range(many)] if many > 1 else ["true"]


def source(staged: Staged) -> str:
    """Return the staged table as an SQL source with its ``file_row_number``."""
    return f"read_parquet({literal(str(staged.path))}, file_row_number = true)"


def clean_header(cells: Sequence[str], width: int) -> tuple[list[str], list[Notice]]:
    """Return one name a column: verbatim in NFC and trimmed, numbered where empty or doubled."""
    names: list[str] = []
    notices: list[Notice] = []
    seen: set[str] = set()
    for number in range(1, width + 1):
        cell = cells[number - 1] if number <= len(cells) else ""
        name = unicodedata.normalize("NFC", cell).strip(_CLINGING) or f"列{number}"
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
    return names, notices


def _names(layout: _Layout, names: Sequence[str]) -> Sequence[str]:
    if layout.header is None:
        return names
    return layout.records[layout.header].cells


def _sample(decoded: Decoded) -> bytes:
    with decoded.path.open("rb") as stream:
        stream.seek(decoded.start)
        sample = stream.read(SAMPLE)
        if len(sample) == SAMPLE:
            # Whole records only: what follows the last line end may be half of one.
            sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    return sample


def _layout(
    decoded: Decoded,
    delimiter: str | None,
    header_line: int | None,
    expected: Collection[str],
) -> _Layout:
    sample = _sample(decoded)
    if not sample.strip():
        raise Unfit("file.empty", "The file is empty")
    ending = _ending(sample)
    wanted = {fold(name) for name in expected}
    quotes = ['"']
    if re.search(rb"(^|[,;\t|])'", sample):
        quotes.append("'")
    marks = (delimiter,) if delimiter else DELIMITERS
    layouts = []
    for quote in quotes:
        for mark in marks:
            if mark.encode() in sample or delimiter:
                dialect = Dialect(mark, quote, ending)
                layouts.append(_judge(dialect, sample, header_line, wanted))
    single = _judge(Dialect(delimiter or ",", '"', ending), sample, header_line, wanted)
    single.score = max(single.score, 0.0)
    best = max(
        layouts, key=lambda one: (one.matched, round(one.score, 2), one.width), default=single
    )
    if not delimiter and best.matched == 0 and best.score < 0.3:
        # No delimiter divides the lines alike: a table of one column, whatever it is called by.
        alone = Dialect("\x1f", '"', ending)
        best = _judge(alone, sample, header_line, wanted)
    best = _spaced(best, layouts)
    _note_titles(best)
    return best


def _spaced(best: _Layout, layouts: Sequence[_Layout]) -> _Layout:
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
) -> _Layout:
    """Read the sample by one dialect and say where its header is and how alike its rows are."""
    records = []
    line, newline = 1, b"\r" if dialect.ending == "\r" else b"\n"
    for start, end, fields in Splitter(dialect).records(sample):
        cells = tuple(cell.decode("utf-8", "replace") for cell in fields)
        records.append(_Record(line, start, end, cells))
        line += sample.count(newline, start, end)
        if len(records) >= SAMPLE_RECORDS:
            break
    layout = _Layout(dialect, records, header=None)
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
    titles = layout.header or 0
    quoted = 1.0 if dialect.quote == '"' else _quoted_share(sample, dialect)
    if layout.width > 1:
        layout.score = share * (0.4 + 0.6 * likeness) * 0.97**titles * quoted
        if top and len(top.cells) == 1:
            layout.score *= 0.2
        if dialect.delimiter in (" ", ":", "~", "^") or len(dialect.delimiter) > 1:
            # Marks that are common inside values must divide every line alike to be believed.
            layout.score *= 0.9 if share == 1.0 and titles == 0 and layout.width > 2 else 0.1
    return layout


def _quoted_share(sample: bytes, dialect: Dialect) -> float:
    mark, quote = re.escape(dialect.delimiter.encode()), dialect.quote.encode()
    opened = len(re.findall(b"(?:^|[\r\n]|" + mark + b")" + quote, sample))
    closed = len(re.findall(quote + b"(?:" + mark + b"|\r?\n|\\Z)", sample))
    double = len(re.findall(b"(?:^|[\r\n]|" + mark + b')"', sample))
    return 1.01 if opened and opened == closed and opened > 10 * double else 0.1


def _find_header(
    records: Sequence[_Record],
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
    for index, record in enumerate(records[:HEADER_WITHIN]):
        if record.filled and record.filled * 2 >= usual:
            return (None if _is_data(record, records[index + 1 :]) else index), 0
    return next((index for index, record in enumerate(records) if record.filled), 0), 0


def _is_data(record: _Record, body: Sequence[_Record]) -> bool:
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
        if cell and _NUMBERISH.fullmatch(cell) and not _YEAR.fullmatch(cell):
            numbers += 1
        elif cell:
            named += 1
    return numbers > 0 and named == 0


def _likeness(record: _Record) -> float:
    """Return how much a row looks like a header: full of distinct words."""
    cells = [cell.strip(_CLINGING) for cell in record.cells]
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not _NUMBERISH.fullmatch(cell) or _YEAR.fullmatch(cell)]
    return len(set(words)) / max(1, len(cells))


def _width(top: _Record | None, body: Sequence[_Record]) -> int:
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


def _note_titles(layout: _Layout) -> None:
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
