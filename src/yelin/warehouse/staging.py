"""Bring every kind of file to one form: a table staged as text. What it is, its own bytes say."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yelin.files.places import Place, size_of
from yelin.warehouse import archive, columnar, decode, kinds, maps, parse, records, spreadsheets
from yelin.warehouse.answers import Answers
from yelin.warehouse.archive import Found
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.glance import Seen
from yelin.warehouse.merged import Mode
from yelin.warehouse.staged import Staged

# What lies below the work folder between two stages.
STEPS = (
    "decoded.txt", "regular.csv", "staged.parquet", "unguarded.parquet", "columns.parquet",
    "unpacked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What a steward may decide by hand; None leaves the decision to the pipeline.

    ``sheet`` is one of a workbook, a list in JSON, or a file in a ZIP with, behind a slash, its own
    sheet. ``header_line`` is the line with the names, 0 where there is none; ``date_order`` is ymd,
    dmy or mdy, of every column that ``date_orders`` does not name; ``datum`` the coordinate system
    of a map: cgcs2000, wgs84, gcj02 or bd09. ``columns`` says which header carries an item, empty
    for none, and ``mends`` by which rules its cells are mended; ``mode`` is what the rows do to
    those of the release before.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    date_order: str | None = None
    date_orders: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    mends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mode: Mode = Mode.REPLACE
    datum: str | None = None

    @property
    def answers(self) -> Answers:
        """What they say about the columns."""
        return Answers(self.date_order, self.date_orders, self.columns, self.mends)


@dataclass(frozen=True, slots=True)
class Source:
    """What the file was found to be; ``sheets`` are those that could be chosen."""

    filename: str
    kind: str
    size_bytes: int
    encoding: str = ""
    had_bom: bool = False
    delimiter: str = ""
    quote: str = ""
    ending: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_line: int = 0
    datum: str = ""


@dataclass(frozen=True, slots=True)
class Staging:
    """One file on its way to a table; ``begin`` starts the next stretch and returns its report.

    ``seen`` is what was seen of it as it came.
    """

    work: Place
    engine: Engine
    expected: Sequence[str]
    options: Options
    begin: Callable[[str], Callable[[float], None]]
    seen: Seen | None = None

    def stage(self, source: Place, filename: str) -> tuple[Source, Staged]:
        """Stage the table that the file holds. Raises ``Unfit``."""
        kind = kinds.sniff(source, filename, self.work)
        if kind == "zip":
            return self._packed(source, filename)
        return self._stage(source, filename, kind)

    def _stage(self, source: Place, filename: str, kind: str) -> tuple[Source, Staged]:
        if kind == "text":
            return self._text(source, filename)
        report = self.begin("parse")
        if kind == "parquet":
            staged = columnar.stage(
                source, self.work, self.engine, expected=self.expected, report=report
            )
        else:
            staged = spreadsheets.stage(
                source,
                kind,
                self.work,
                self.engine,
                sheet=self.options.sheet,
                header_line=self.options.header_line,
                expected=self.expected,
                report=report,
            )
        return _source(source, filename, kind, staged), staged

    def _text(self, source: Place, filename: str) -> tuple[Source, Staged]:
        options = self.options
        decoded = decode.decode(
            source,
            self.work,
            encoding=options.encoding,
            seen=self.seen,
            report=self.begin("decode"),
        )
        report, kind = self.begin("parse"), "csv"
        if records.is_json(decoded):
            kind, staged = records.stage(
                decoded,
                self.work,
                self.engine,
                sheet=options.sheet,
                header_line=options.header_line,
                datum=options.datum,
                expected=self.expected,
                report=report,
            )
        else:
            staged = parse.stage(
                decoded,
                self.work,
                self.engine,
                delimiter=options.delimiter,
                header_line=options.header_line,
                expected=self.expected,
                lazily=True,
                report=report,
            )
        facts = dataclasses.replace(
            _source(source, filename, kind, staged),
            encoding=decoded.encoding,
            had_bom=decoded.had_bom,
        )
        return facts, dataclasses.replace(staged, notices=(*decoded.notices, *staged.notices))

    def _packed(self, source: Place, filename: str) -> tuple[Source, Staged]:
        target = self.work / "unpacked"
        found = archive.take_out(source, target, self.options.sheet)
        if found.is_map:
            return self._map(source, filename, found)
        kind = kinds.sniff(target, found.path, self.work)
        if kind == "zip":
            raise Unfit(
                "zip.nested",
                "“{path}” is an archive within an archive; send it alone",
                {"path": found.path},
            )
        inner = dataclasses.replace(
            self, options=dataclasses.replace(self.options, sheet=found.sheet), seen=None
        )
        facts, staged = inner._stage(target, found.path, kind)
        facts = dataclasses.replace(
            facts,
            filename=filename,
            size_bytes=size_of(source),
            sheet=found.named(facts.sheet),
            sheets=tuple(_sheets(found, facts)),
        )
        return facts, dataclasses.replace(staged, notices=(*_noted(found), *staged.notices))

    def _map(self, source: Place, filename: str, found: Found) -> tuple[Source, Staged]:
        staged = maps.stage(
            source,
            found.path,
            self.work,
            self.engine,
            datum=self.options.datum,
            expected=self.expected,
            report=self.begin("parse"),
        )
        facts = _source(source, filename, "shapefile", staged)
        facts = dataclasses.replace(facts, sheet=found.path, sheets=tuple(found.paths))
        return facts, dataclasses.replace(staged, notices=(*_noted(found), *staged.notices))


def _sheets(found: Found, facts: Source) -> list[str]:
    own = [found.named(sheet) for sheet in facts.sheets]
    if len(own) < 2:
        return list(found.paths)
    return [each for path in found.paths for each in (own if path == found.path else [path])]


def _noted(found: Found) -> list[Notice]:
    others = [path for path in found.paths if path != found.path]
    if not others:
        return []
    return [
        Notice(
            "sheet.others",
            "The sheet “{sheet}” was read; the file also has {others}",
            {"sheet": found.path, "others": list(others[: archive.SHOWN])},
        )
    ]


def _source(source: Place, filename: str, kind: str, staged: Staged) -> Source:
    return Source(
        filename=filename,
        kind=kind,
        size_bytes=size_of(source),
        delimiter=staged.delimiter,
        quote=staged.quote,
        ending=staged.ending,
        sheet=staged.sheet,
        sheets=staged.sheets,
        header_line=staged.header_line,
        datum=staged.datum,
    )
