"""Take a file all the way: what a department sends in, a typed table and its refused rows out."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from yelin.files.places import Place, size_of
from yelin.warehouse import (
    check,
    columnar,
    conform,
    decode,
    parse,
    profile,
    records,
    spreadsheets,
    values,
)
from yelin.warehouse.answers import Answers
from yelin.warehouse.asked import Asked
from yelin.warehouse.changed import Change, Last, Now, changes
from yelin.warehouse.engine import Cancelled, Engine, TooMuch, connect
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import ItemSpec, require_sound
from yelin.warehouse.mending import Mending
from yelin.warehouse.rejected import Cause
from yelin.warehouse.staged import Staged, source
from yelin.warehouse.tidying import PLAIN, DateForm, Tidied

__all__ = [
    "Cancelled",
    "ColumnFacts",
    "Mapping",
    "Options",
    "Prepared",
    "Progress",
    "Source",
    "Unfit",
    "prepare",
]

PREVIEW_ROWS = 20

# What lies below the work folder between two stages.
_STEPS = ("decoded.txt", "regular.csv", "staged.parquet", "unguarded.parquet", "columns.parquet")
# The share of the whole that each stage takes, from measurements of long files.
_SHARES = {"decode": 0.1, "parse": 0.5, "examine": 0.1, "conform": 0.25, "measure": 0.05}


@dataclass(frozen=True, slots=True)
class Options:
    """What a steward may decide by hand; None leaves the decision to the pipeline.

    ``header_line`` is the line with the names, 0 where there is none; ``date_order`` is ymd, dmy
    or mdy, of every column that ``date_orders`` does not name. ``columns`` says which header
    carries an item, empty for none, and ``mends`` by which rules its cells are mended.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    date_order: str | None = None
    date_orders: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    mends: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def answers(self) -> Answers:
        """What they say about the columns."""
        return Answers(self.date_order, self.date_orders, self.columns, self.mends)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: ``done`` is a fraction of the whole."""

    stage: str
    done: float
    rows: int | None = None
    rows_per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What the file was found to be."""

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


@dataclass(frozen=True, slots=True)
class Mapping:
    """An item and the header of the column that carries it, None where there is none."""

    item: str
    header: str | None


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of the release, for its manifest.

    ``codes`` says which version of which code list has all its values. ``scale`` is the number of
    decimal places that every value has, None where none is declared.
    """

    name: str
    type: str
    codes: str
    duckdb_type: str
    as_text: bool
    scale: int | None
    nulls: int
    distinct: int
    low: str | None
    high: str | None
    longest: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of a file; everything in it can be written as JSON.

    With no items given, ``proposed`` holds what the data suggests and there is no ``data`` yet, nor
    while nothing looks like a required item. What is ``asked`` is read as proposed until somebody
    answers; ``changed`` is how the columns differ from those of the last release. ``tidied`` is
    what was read past, ``offers`` what could be mended, ``mended`` what was, as somebody chose.
    ``data`` and ``rejected`` are names below the work folder.
    """

    source: Source
    header: tuple[str, ...]
    rows: int
    refused: int
    cells: int
    reasons: dict[str, int]
    causes: tuple[Cause, ...] = ()
    mapping: tuple[Mapping, ...] = ()
    columns: tuple[ColumnFacts, ...] = ()
    proposed: tuple[profile.ProposedItem, ...] = ()
    preview: tuple[dict[str, str | None], ...] = ()
    notices: tuple[Notice, ...] = ()
    asked: Asked = field(default_factory=Asked)
    changed: tuple[Change, ...] = ()
    dates: tuple[DateForm, ...] = ()
    tidied: tuple[Tidied, ...] = ()
    offers: tuple[Mending, ...] = ()
    mended: tuple[Mending, ...] = ()
    data: str | None = None
    rejected: str | None = None

    def to_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain dictionaries and lists, as JSON would give them back."""
        return dict(json.loads(self.to_json()))


@dataclass(slots=True)
class _Meter:
    """Turns the stages' own fractions into the progress of the whole."""

    report: Callable[[Progress], None]
    began: float = field(default_factory=monotonic)
    stage: str = "decode"
    before: float = 0.0
    rows: int | None = None

    def start(self, stage: str) -> Callable[[float], None]:
        names = list(_SHARES)
        self.stage = stage
        self.before = sum(_SHARES[name] for name in names[: names.index(stage)])
        self.tell(0.0)
        return self.tell

    def tell(self, fraction: float) -> None:
        done = min(1.0, self.before + _SHARES[self.stage] * min(1.0, max(0.0, fraction)))
        took = monotonic() - self.began
        left = took * (1 - done) / done if done > 0.02 and took > 0.5 else None
        speed = self.rows / took if self.rows and took else None
        self.report(Progress(self.stage, round(done, 4), self.rows, speed, left))


def prepare(  # noqa: PLR0913 - all that a file meets on its way
    source: Place,
    filename: str,
    work: Place,
    items: Sequence[ItemSpec] = (),
    options: Options = Options(),
    report: Callable[[Progress], None] = lambda _progress: None,
    *,
    last: Last | None = None,
    memory_mb: int = 384,
    threads: int = 2,
) -> Prepared:
    """Bring a file to its items, writing only below ``work``.

    Nothing spills, so that all that is written lies sealed where ``work`` is. It may be run again
    after a crash, into the same folder or a fresh one. What ``report`` raises stops the work:
    ``Cancelled`` comes out, or the exception itself. Raises ``Unfit`` when the file cannot become a
    release.
    """
    require_sound(items)
    work.mkdir(parents=True, exist_ok=True)
    meter = _Meter(report)
    roots = [work] if isinstance(work, Path) else []
    roots += [source.parent] if isinstance(source, Path) else []
    with connect(memory_mb=memory_mb, threads=threads, roots=roots) as engine:
        try:
            facts, staged = _stage(source, filename, work, engine, items, options, meter)
            meter.rows = staged.rows
            if not items:
                return _propose(staged, facts, engine, meter)
            return _conform(staged, facts, work, engine, items, options, last, meter)
        except TooMuch as fault:
            raise Unfit(
                "file.large",
                "The file needs more memory than there is; send it in parts",
            ) from fault
        finally:
            for name in _STEPS:
                (work / name).unlink(missing_ok=True)


def _stage(
    source: Place,
    filename: str,
    work: Place,
    engine: Engine,
    items: Sequence[ItemSpec],
    options: Options,
    meter: _Meter,
) -> tuple[Source, Staged]:
    kind = decode.sniff(source, filename)
    expected = [item.name for item in items]
    size = size_of(source)
    if kind == "parquet":
        staged = columnar.stage(
            source, work, engine, expected=expected, report=meter.start("parse")
        )
        return _source(filename, kind, size, staged), staged
    if kind != "text":
        staged = spreadsheets.stage(
            source,
            kind,
            work,
            engine,
            sheet=options.sheet,
            header_line=options.header_line,
            expected=expected,
            report=meter.start("parse"),
        )
        return _source(filename, kind, size, staged), staged
    decoded = decode.decode(source, work, encoding=options.encoding, report=meter.start("decode"))
    report = meter.start("parse")
    kind = "csv"
    if records.is_json(decoded):
        kind, staged = records.stage(
            decoded,
            work,
            engine,
            sheet=options.sheet,
            header_line=options.header_line,
            expected=expected,
            report=report,
        )
    else:
        staged = parse.stage(
            decoded,
            work,
            engine,
            delimiter=options.delimiter,
            header_line=options.header_line,
            expected=expected,
            report=report,
        )
    facts = dataclasses.replace(
        _source(filename, kind, size, staged), encoding=decoded.encoding, had_bom=decoded.had_bom
    )
    notices = (*decoded.notices, *staged.notices)
    return facts, dataclasses.replace(staged, notices=notices)


def _source(filename: str, kind: str, size: int, staged: Staged) -> Source:
    return Source(
        filename=filename,
        kind=kind,
        size_bytes=size,
        delimiter=staged.delimiter,
        quote=staged.quote,
        ending=staged.ending,
        sheet=staged.sheet,
        sheets=staged.sheets,
        header_line=staged.header_line,
    )


def _propose(staged: Staged, facts: Source, engine: Engine, meter: _Meter) -> Prepared:
    proposed = profile.propose(staged, engine, report=meter.start("examine"))
    named = [(place, name) for place, name in enumerate(staged.header) if name]
    listed = ", ".join(f"c{place}" for place, _ in named)
    rows = engine.rows(
        f"SELECT {listed} FROM {source(staged)} LIMIT {PREVIEW_ROWS}"  # noqa: S608 - ours
    )
    meter.start("measure")(1.0)
    return Prepared(
        source=facts,
        header=tuple(name for _, name in named),
        rows=staged.rows,
        refused=staged.refused,
        cells=staged.refused,
        reasons={},
        proposed=tuple(proposed),
        preview=tuple(dict(zip((name for _, name in named), row, strict=True)) for row in rows),
        notices=staged.notices,
    )


def _conform(
    staged: Staged,
    facts: Source,
    work: Place,
    engine: Engine,
    items: Sequence[ItemSpec],
    options: Options,
    last: Last | None,
    meter: _Meter,
) -> Prepared:
    conforming = conform.Conforming(
        staged,
        items,
        engine,
        work,
        answers=options.answers,
        last=last,
        report=meter.start("conform"),
    )
    if conforming.lacks:
        return Prepared(
            source=facts,
            header=tuple(name for name in staged.header if name),
            rows=staged.rows,
            refused=staged.refused,
            cells=staged.refused,
            reasons={},
            notices=(*staged.notices, *conforming.notices),
            asked=conforming.asked,
        )
    found = conforming.run()
    stats = check.measure(
        work / "data.parquet", found.readings, engine, report=meter.start("measure")
    )
    meter.tell(1.0)
    return Prepared(
        source=facts,
        header=tuple(name for name in staged.header if name),
        rows=found.rows,
        refused=found.refused,
        cells=found.cells,
        reasons=_reasons(found.causes),
        causes=found.causes,
        mapping=tuple(Mapping(one.item.name, one.header) for one in conforming.mapped),
        columns=tuple(
            _facts(reading, stat) for reading, stat in zip(found.readings, stats, strict=True)
        ),
        notices=(*staged.notices, *found.notices),
        asked=conforming.asked,
        changed=_changed(conforming, found, stats, last),
        dates=(*found.dates, *_plain_dates(found, stats)),
        tidied=found.tidied,
        offers=found.offers,
        mended=found.mended,
        data="data.parquet",
        rejected="rejected.parquet",
    )


def _facts(reading: values.Reading, stat: check.ColumnStats) -> ColumnFacts:
    return ColumnFacts(
        name=stat.name,
        type=reading.item.type,
        codes=reading.item.codes.says if reading.item.codes else "",
        duckdb_type=reading.duckdb_type,
        as_text=stat.as_text,
        scale=reading.places,
        nulls=stat.nulls,
        distinct=stat.distinct,
        low=stat.low,
        high=stat.high,
        longest=stat.longest,
    )


def _reasons(causes: Sequence[Cause]) -> dict[str, int]:
    many: dict[str, int] = {}
    for cause in sorted(causes, key=lambda one: one.reason):
        many[cause.reason] = many.get(cause.reason, 0) + cause.count
    return many


def _plain_dates(
    found: conform.Conformed, stats: Sequence[check.ColumnStats]
) -> tuple[DateForm, ...]:
    """Return the form of each column all of whose dates are written in the plain one."""
    told = {form.item for form in found.dates}
    return tuple(
        DateForm(stat.name, PLAIN, found.rows - stat.nulls)
        for reading, stat in zip(found.readings, stats, strict=True)
        if reading.item.type in {"D", "T"} and stat.name not in told and stat.nulls < found.rows
    )


def _changed(
    conforming: conform.Conforming,
    found: conform.Conformed,
    stats: Sequence[check.ColumnStats],
    last: Last | None,
) -> tuple[Change, ...]:
    if last is None:
        return ()
    columns = [
        Now(
            item=one.item.name,
            header=one.header,
            type=one.item.type,
            codes=one.item.codes.says if one.item.codes else "",
            nulls=stat.nulls,
        )
        for one, stat in zip(conforming.mapped, stats, strict=True)
    ]
    header = [name for name in conforming.staged.header if name]
    return tuple(changes(last, header, found.rows, columns))
