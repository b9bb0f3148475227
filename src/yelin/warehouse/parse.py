"""Find the table in a text file and stage it, every cell as text, in the order of the source."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from yelin.files.places import Place
from yelin.warehouse.decode import Decoded
from yelin.warehouse.engine import Engine, EngineError, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.layout import Layout, clean_header, lay_out
from yelin.warehouse.lines import Walk, Walker
from yelin.warehouse.skim import skim
from yelin.warehouse.staged import (
    Staged,
    Unstaged,
    drop_empty_columns,
    grouped,
    require_narrow,
    unnamed,
)

APOSTROPHE = "'"
GUARDED = "^'+[=+\\-@\\t\\r]"
# The same in a file without a mark, which says as a formula that it is text.
QUOTED = '="\'*[=+\\-@\\t\\r](?:[^"]|"")*"'

# What fits into a processor's own memory is gone through fastest, and leaves room for rows that
# wait to be written; a line that is longer goes the long way.
BUFFER = 1 << 20
# What no cell is: with it even an empty field too many is one too many for the engine.
_NO_CELL = "\x02\x03"
_ENDINGS = {"\n": "\\n", "\r\n": "\\r\\n", "\r": "\\r"}


def stage(
    decoded: Decoded,
    work: Place,
    engine: Engine,
    *,
    delimiter: str | None = None,
    header_line: int | None = None,
    expected: Collection[str] = (),
    lazily: bool = False,
    report: Callable[[float], None] = lambda _done: None,
) -> Staged:
    """Stage a decoded text file as Parquet of text, refusing the rows that have no clear shape.

    ``expected`` are the item names, which tell the header row and the delimiter best;
    ``header_line`` 0 means that there is none and the columns stand in the items' order.
    ``lazily``, a regular file whose items are known stays unstaged until somebody must look into
    it.
    Raises ``Unfit`` when no table can be seen.
    """
    layout = lay_out(decoded, delimiter, header_line, expected)
    require_narrow(layout.width)
    names = list(expected) if header_line == 0 else []
    header, notices = clean_header(_names(layout, names, had_bom=decoded.had_bom), layout.width)
    first = layout.records[layout.header] if layout.header is not None else None
    body = _Body(
        decoded=decoded,
        work=work,
        engine=engine,
        layout=layout,
        header=tuple(header),
        start=decoded.start + (first.end if first else 0),
        line=(
            layout.records[layout.header + 1].line
            if layout.header is not None and len(layout.records) > layout.header + 1
            else (first.line + 1 if first else 1)
        ),
        header_line=first.line if first else 0,
        notices=(*layout.notices, *notices),
    )
    return (body.unstaged() if lazily and expected else None) or body.stage(report)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The rows of a text file from byte ``start`` on ``line``, below a header that is known."""

    decoded: Decoded
    work: Place
    engine: Engine
    layout: Layout
    header: tuple[str, ...]
    start: int
    line: int
    header_line: int
    notices: tuple[Notice, ...]

    def unstaged(self) -> Staged | None:
        """Return the table as it lies in its file, None where that is not wholly regular."""
        layout, decoded = self.layout, self.decoded
        if layout.width == 1 or decoded.bad_lines or unnamed(self.header) or not self._is_even():
            return None
        rows = self._lines()
        if not rows:
            return None
        table = self._table(
            decoded.path,
            self.line - 1,
            f", nullstr = {literal(_NO_CELL)}, buffer_size = {BUFFER}",
        )
        guards = ("=", APOSTROPHE) if decoded.had_bom else ("=",)
        return self._staged(
            decoded.path, rows, self.header, self.notices, Unstaged(table, guards, self.stage)
        )

    def _lines(self) -> int | None:
        """Return how many lines the rows are, None where any is out of the ordinary."""
        decoded, dialect = self.decoded, self.layout.dialect
        if decoded.seen:
            with decoded.path.open("rb") as stream:
                stream.seek(decoded.start)
                at = self.start - decoded.start
                head = stream.read(at + len("\r\n"))
            if (lines := decoded.seen.below(head, at, dialect)) is not None:
                return lines
        return skim(decoded.path, self.start, dialect)

    def stage(self, report: Callable[[float], None]) -> Staged:
        """Walk the rows, and stage those that are whole."""
        found = self._walk(report, canonical=False)
        target = self.work / "staged.parquet"
        try:
            rows = self._copy(found, target, report)
        except Unfit:
            rows = -1
        if rows != found.rows:
            # Two readers disagree, so neither is trusted with the shape: write every record out
            # anew in the plainest form, which leaves nothing to interpret.
            found = self._walk(report, canonical=True)
            target.unlink(missing_ok=True)
            rows = self._copy(found, target, report)
            if rows != found.rows:
                raise Unfit(
                    "structure.unclear", "The rows of the file cannot be told apart for sure"
                )
        notices = list(self.notices)
        if not rows and not found.refused:
            notices.append(Notice("rows.none", "The table has a header and no rows"))
        notices += _walk_notices(found)
        target, unguarded = _unguard(
            self.engine,
            target,
            self.work / "unguarded.parquet",
            self.layout.width,
            had_bom=self.decoded.had_bom,
        )
        notices += unguarded
        header, gone = drop_empty_columns(self.engine, target, self.header)
        if gone:
            notices.append(
                Notice(
                    "columns.empty",
                    "Columns without name or value that were left out: {count}",
                    {"count": gone},
                )
            )
        return replace(
            self._staged(target, rows, header, notices),
            lines=found.breaks or self.work / "lines.parquet",
            structural=found.structural,
            refused=found.refused,
        )

    def _staged(
        self,
        path: Place,
        rows: int,
        header: Sequence[str],
        notices: Sequence[Notice],
        unstaged: Unstaged | None = None,
    ) -> Staged:
        dialect = self.layout.dialect
        return Staged(
            path=path,
            rows=rows,
            header=tuple(header),
            lines=self.work / "lines.parquet",
            header_line=self.header_line,
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            ending=dialect.ending,
            notices=tuple(notices),
            unstaged=unstaged,
        )

    def _walk(self, report: Callable[[float], None], *, canonical: bool) -> Walk:
        size = max(1, self.decoded.bytes_in)
        return Walker(
            self.decoded.path,
            self.work,
            self.layout.dialect,
            start=self.start,
            line=self.line,
            width=self.layout.width,
            bad_lines=self.decoded.bad_lines,
            encoding=self.decoded.encoding,
            canonical=canonical,
            apart=not self._is_even(),
            report=lambda at: report(0.3 * at / size),
        ).run()

    def _is_even(self) -> bool:
        """Say whether the lines above the rows end alike, so that a reader can skip them."""
        with self.decoded.path.open("rb") as stream:
            above = stream.read(self.start)
        mark = self.layout.dialect.ending.encode()
        rest = above.replace(mark, b"")
        return above.count(mark) == self.line - 1 and b"\n" not in rest and b"\r" not in rest

    def _copy(self, found: Walk, target: Place, report: Callable[[float], None]) -> int:
        if not found.rows:
            columns = ", ".join(f"NULL::VARCHAR AS c{n}" for n in range(self.layout.width))
            self.engine.rows(
                f"COPY (SELECT {columns} LIMIT 0) TO {literal(str(target))} (FORMAT parquet)"
            )
            return 0
        source, skip = (found.clean, 0) if found.clean else (self.decoded.path, self.line - 1)
        longest = f", max_line_size = {max(found.longest + 64, 2 << 20)}"
        sql = (
            f"COPY (SELECT * FROM {self._table(source, skip, longest)}) "  # noqa: S608 - quoted there
            f"TO {literal(str(target))} "
            f"{grouped(self.layout.width)}"
        )
        try:
            answer = self.engine.run(sql, report=lambda done: report(0.3 + 0.7 * done))
        except EngineError as fault:
            raise Unfit("structure.unclear", "The file cannot be read as a table") from fault
        return int(answer[0][0])

    def _table(self, source: Place, skip: int, *more: str) -> str:
        """Return the rows as SQL, read strictly and every cell as text."""
        columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(self.layout.width))
        dialect = self.layout.dialect
        return (
            f"read_csv({literal(str(source))}, auto_detect = false, header = false, "
            f"columns = {{{columns}}}, delim = {literal(dialect.delimiter)}, "
            f"quote = {literal(dialect.quote)}, escape = {literal(dialect.quote)}, skip = {skip}, "
            f"null_padding = false, new_line = {literal(_ENDINGS[dialect.ending])}{''.join(more)})"
        )


def _unguard(
    engine: Engine, target: Place, bare: Place, width: int, *, had_bom: bool
) -> tuple[Place, list[Notice]]:
    """Take off what keeps text from running in a spreadsheet: ="0898", ="=1+1" and '=1+1.

    The last only if a byte-order mark says that the file is for people; in others an apostrophe may
    be part of the value.
    """
    file = f"read_parquet({literal(str(target))})"
    rules = [("regexp_full_match({cell}, '=\"-?[0-9]*([.][0-9]+)?\"')", "nullif({cell}[3:-2], '')")]
    quoted = f"regexp_full_match({{cell}}, {literal(QUOTED)})"
    rules.append((quoted, """replace({cell}[3:-2], '""', '"')"""))
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
        f"{grouped(width)}"
    )
    return bare, [
        Notice(
            "values.guarded",
            'Cells that had a guard against running as a formula (="…" or an apostrophe), '
            "which was taken off: {count}",
            {"count": int(count)},
        )
    ]


def _walk_notices(found: Walk) -> list[Notice]:
    notices = []
    if found.blank:
        notices.append(Notice("rows.blank", "Blank rows left out: {count}", {"count": found.blank}))
    return notices


def _names(layout: Layout, names: Sequence[str], *, had_bom: bool) -> Sequence[str]:
    if layout.header is None:
        return names
    return [_bare(cell, had_bom=had_bom) for cell in layout.records[layout.header].cells]


def _bare(name: str, *, had_bom: bool) -> str:
    if re.fullmatch(QUOTED, name):
        return name[2:-1].replace('""', '"')
    return name[1:] if had_bom and re.match(GUARDED, name) else name
