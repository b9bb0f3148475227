"""Take a file all the way: what a department sends in, a typed table and its refused rows out."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from yelin.files.digests import digests
from yelin.files.places import Place, size_of
from yelin.warehouse import check, conform, profile, values
from yelin.warehouse.asked import Asked
from yelin.warehouse.changed import Change, Now, changes
from yelin.warehouse.engine import Cancelled, Engine, TooMuch, connect
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.glance import Seen
from yelin.warehouse.items import ItemSpec, require_sound
from yelin.warehouse.learning import ColumnFacts, Learning
from yelin.warehouse.measuring import passes
from yelin.warehouse.mending import Mending
from yelin.warehouse.merged import ALONE, DATA, REJECTED, Merged, Merging, Mode, Onto
from yelin.warehouse.rejected import Cause
from yelin.warehouse.staged import Staged, source
from yelin.warehouse.staging import STEPS, Options, Source, Staging
from yelin.warehouse.survey import of_file
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
_UNSAID = Options()
LONG = 256 << 20
# Another thread writes rows in their order where a quarter of all room has 4 MiB for each column
# (DuckDB's ``MINIMUM_MEMORY_PER_COLUMN_PER_THREAD``); in MB.
ROOM_OF_A_COLUMN = 17
# What lies in the work folder on the way.
_PASSING = (*STEPS, "conforming.parquet")

# The share of the whole that each stage takes, from measurements of long files.
_SHARES = {"decode": 0.1, "parse": 0.2, "examine": 0.1, "conform": 0.5, "measure": 0.1}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: ``done`` is a fraction of the whole."""

    stage: str
    done: float
    rows: int | None = None
    rows_per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """An item and the header of the column that carries it, None where there is none."""

    item: str
    header: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of a file; everything in it can be written as JSON.

    With no items given, ``proposed`` holds what the data suggests and there is no ``data`` yet, nor
    while nothing looks like a required item. What is ``asked`` is read as proposed until somebody
    answers; ``changed`` is how the columns differ from those of the last release. ``tidied`` is
    what was read past, ``offers`` what could be mended, ``mended`` what was, as somebody chose.
    ``data`` and ``rejected`` are names below the work folder. ``merged`` says what became of the
    release before, where its rows stay. ``nameless`` are the places of the columns without one,
    which count for nothing. ``files`` says of each file below the work folder its name, bytes and
    both digests.
    """

    source: Source
    header: tuple[str, ...]
    rows: int
    refused: int
    cells: int
    reasons: dict[str, int]
    causes: tuple[Cause, ...] = ()
    nameless: tuple[int, ...] = ()
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
    quality: dict[str, Any] | None = None
    personal: tuple[dict[str, Any], ...] = ()
    merged: Merged | None = None
    files: tuple[dict[str, Any], ...] = ()

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


def prepare(  # noqa: PLR0913 - the file, what it is to become, and what there is to do it with
    source: Place,
    filename: str,
    work: Place,
    items: Sequence[ItemSpec] = (),
    options: Options = _UNSAID,
    report: Callable[[Progress], None] = lambda _progress: None,
    *,
    standards: passes.Standards | None = None,
    onto: Onto = ALONE,
    seen: Seen | None = None,
    memory_mb: int = 384,
    threads: int = 2,
) -> Prepared:
    """Bring a file to its items, writing only below ``work``.

    What was ``seen`` of it as it came is not looked for again. Nothing spills, so that all that is
    written lies sealed where ``work`` is. It may be run again
    after a crash, into the same folder or a fresh one. What ``report`` raises stops the work:
    ``Cancelled`` comes out, or the exception itself. Raises ``Unfit`` when the file cannot become a
    release.
    """
    require_sound(items)
    work.mkdir(parents=True, exist_ok=True)
    meter = _Meter(report)
    roots = [*_roots(work, onto, standards), *([source.parent] if isinstance(source, Path) else [])]
    # With more room a long file only has more rows wait to be written, and takes no less time:
    # unless threads need it to write beside each other.
    spare = max(memory_mb * 2 // 3, (threads - 1) * len(items) * ROOM_OF_A_COLUMN)
    lean = [spare] if size_of(source) > LONG and spare < memory_mb else []
    for room in (*lean, memory_mb):
        with connect(memory_mb=room, threads=threads, roots=roots) as engine:
            try:
                names = [item.name for item in items]
                steps = Staging(work, engine, names, options, meter.start, seen)
                facts, staged = steps.stage(source, filename)
                meter.rows = staged.rows
                if not items:
                    return _propose(staged, facts, engine, meter)
                onto.require_possible(items)
                made = _conform(staged, facts, work, engine, items, options, onto, standards, meter)
                meter.tell(1.0)
                return made
            except TooMuch as fault:
                cause = fault
            finally:
                for name in _PASSING:
                    (work / name).unlink(missing_ok=True)
    raise Unfit(
        "file.large", "The file needs more memory than there is; send it in parts"
    ) from cause


def restore(
    work: Place,
    items: Sequence[ItemSpec],
    filename: str,
    onto: Onto,
    *,
    standards: passes.Standards | None = None,
    memory_mb: int = 384,
    threads: int = 2,
) -> Prepared:
    """Write the rows of the base again, under ``items`` and without what was erased since.

    Raises ``Unfit`` where they need more memory than there is.
    """
    work.mkdir(parents=True, exist_ok=True)
    roots = _roots(work, onto, standards)
    with connect(memory_mb=memory_mb, threads=threads, roots=roots) as engine:
        return _restored(work, items, filename, onto, engine, standards)


def _roots(work: Place, onto: Onto, standards: passes.Standards | None) -> list[Path]:
    """Return the folders that the engine must reach beside that of the file."""
    beside = standards.files.values() if standards else ()
    return [
        *([work] if isinstance(work, Path) else []),
        *(onto.base.roots if onto.base else []),
        *(place.parent for place in beside if isinstance(place, Path)),
    ]


def _restored(
    work: Place,
    items: Sequence[ItemSpec],
    filename: str,
    onto: Onto,
    engine: Engine,
    standards: passes.Standards | None,
) -> Prepared:
    assert onto.base is not None  # noqa: S101 - it is what is restored
    data = work / DATA
    readings = [values.Reading(item) for item in items]
    merging = Merging(onto=onto, engine=engine, target=data, readings=readings)
    merged = merging.run()
    survey = of_file(data, merged.rows, engine)
    learning = Learning(survey, merging.readings, standards)
    prepared = Prepared(
        source=Source(filename, "release", size_of(onto.base.place)),
        header=tuple(item.name for item in items),
        rows=merged.rows,
        refused=0,
        cells=0,
        reasons={},
        columns=learning.columns(),
        data=DATA,
        merged=merged,
    )
    return _measured(prepared, learning, onto, work)


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


def _conform(  # noqa: PLR0913, PLR0917 - the table, what it is to become, and what to do it with
    staged: Staged,
    facts: Source,
    work: Place,
    engine: Engine,
    items: Sequence[ItemSpec],
    options: Options,
    onto: Onto,
    standards: passes.Standards | None,
    meter: _Meter,
) -> Prepared:
    data = work / DATA
    conforming = conform.Conforming(
        staged,
        onto.asked(items),
        engine,
        work,
        answers=options.answers,
        onto=onto,
        target="conforming.parquet" if onto.mode.merges else DATA,
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
    learn = partial(Learning, standards=standards, rejected=work / REJECTED)
    found = conforming.run(learn)
    merged = None
    if onto.mode.merges:
        readings = {reading.item.name: reading for reading in found.readings}
        merging = Merging(
            onto=onto,
            engine=engine,
            fresh=conforming.target,
            given=found.rows,
            target=data,
            readings=[readings.get(item.name, values.Reading(item)) for item in items],
            carried=frozenset(column.item.name for column in conforming.columns),
        )
        merged = merging.run()
        found = dataclasses.replace(found, rows=merged.rows, readings=tuple(merging.readings))
    survey = found.survey or of_file(data, found.rows, engine)
    learning = learn(survey, found.readings)
    survey.run(meter.start("measure"))
    stats = learning.stats()
    prepared = Prepared(
        source=facts,
        header=tuple(name for name in staged.header if name),
        rows=found.rows,
        refused=found.refused,
        cells=found.cells,
        reasons=_reasons(found.causes),
        causes=found.causes,
        nameless=tuple(place for place, name in enumerate(staged.header) if not name),
        mapping=tuple(Mapping(one.item.name, one.header) for one in conforming.mapped),
        columns=learning.columns(),
        notices=(*staged.notices, *onto.told(found.notices)),
        asked=conforming.asked,
        changed=_changed(conforming, found, stats, onto),
        dates=found.dates if merged else (*found.dates, *_plain_dates(found, stats)),
        tidied=found.tidied,
        offers=found.offers,
        mended=found.mended,
        data=DATA,
        rejected=REJECTED,
        merged=merged,
    )
    return _measured(prepared, learning, onto, work)


def _measured(prepared: Prepared, learning: Learning, onto: Onto, work: Place) -> Prepared:
    """Return what was prepared with what its rules and the detectors say of it, and its files."""
    carried = [
        *(each.item for each in prepared.mapping if each.header),
        *(onto.base.columns if onto.base else ()),
    ]
    with ThreadPoolExecutor(1, "files") as beside:
        files = beside.submit(_files, work)
        return dataclasses.replace(
            prepared,
            quality=learning.quality(prepared.rows, prepared.refused, carried),
            personal=learning.personal(),
            files=files.result(),
        )


def _files(work: Place) -> tuple[dict[str, Any], ...]:
    made = ((name, work / name) for name in (DATA, REJECTED))
    return tuple(
        {"name": name, "bytes": size_of(file), **digests(file).as_dict()}
        for name, file in made
        if file.exists()
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
    onto: Onto,
) -> tuple[Change, ...]:
    if onto.last is None or onto.mode is Mode.DELETE:
        return ()
    nulls = {stat.name: stat.nulls for stat in stats}
    columns = [
        Now(
            item=one.item.name,
            header=one.header,
            type=one.item.type,
            codes=one.item.codes.says if one.item.codes else "",
            nulls=nulls[one.item.name],
        )
        for one in conforming.mapped
    ]
    header = [name for name in conforming.staged.header if name]
    return tuple(changes(onto.last, header, found.rows, columns))
