"""Serving copies: a release laid out again, by an item, its key or as it is, to answer at once.

They are databases of the engine in a folder of this machine, made by the worker when somebody first
asks for an order, and sealed as their release is. A copy's path says of which very rows it is; one
of rows that are no more, or are sealed otherwise, is named by nothing and goes.
"""

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from yelin.config import config
from yelin.files.places import Place, Room, settle
from yelin.files.shelf import private
from yelin.files.store import store
from yelin.things import queued
from yelin.warehouse import fences, laying, ready, texts
from yelin.warehouse.borne import AT, ROW
from yelin.warehouse.engine import Engine, TooMuch, connect, ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.keyed import Keyed
from yelin.warehouse.models import DATA, SEALED, Release
from yelin.warehouse.query import Laid, Layout
from yelin.warehouse.ready import Ready
from yelin.warehouse.texts import Texts

log = structlog.get_logger(__name__)

FOLDER = "serving"
# Fewer rows are answered from the files as soon.
ROWS = 20_000
# What is sealed is sorted in memory alone: so much of the engine's, for it must write, too.
SORTED_SHARE = 0.6
UNUSED = timedelta(days=7)
# A maker writes on, so what nobody has written to for so long is a dead one's.
ORPHANED = timedelta(hours=1)
ASKED_SECONDS = 600
_MAKING = "making-"
# Stands beside where a copy would lie, and says how much memory was too little for it.
REFUSED = ".refused"
# When this process last asked for which copy.
_asked: dict[Path, float] = {}


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one release, as one engine reads them, and another what lies ``together``."""

    release: Release
    engine: Engine
    together: Engine | None = None
    # Of rows ready to leave by their order, and of texts by the item whose texts they are.
    _paths: dict[Layout | str, Path] = field(default_factory=dict, compare=False)

    @property
    def near(self) -> "Copies":
        """The same, as an engine for rows that lie together reads them."""
        return Copies(self.release, self.together or self.engine)

    @property
    def state(self) -> str:
        """The name of the very rows that it holds."""
        return f"{self.release.pk}.{self.release.redactions}"

    def lying(self, layout: Layout | Keyed) -> Laid | None:
        """Return the copy whose rows lie in this order, where there is one.

        Where there is none, have it made for those who ask next.
        """
        if not _is_worth_it(self.release):
            return None
        path = _path(self.release, layout)
        laid = read(self.engine, path, lambda: _place(self.release, path), layout)
        if laid is None:
            _ask(self.release, layout, path)
        return laid

    def ready(self, layout: Layout) -> Ready | None:
        """Return the rows in this order as they go out, where they lie so."""
        if self.release.sealed_by_id or not _is_worth_it(self.release):
            return None
        path = self._paths.get(layout)
        if path is None:
            path = self._paths[layout] = _ready(_path(self.release, layout))
        found = ready.read(path)
        if found is None:
            _ask(self.release, layout, _path(self.release, layout))
        return found

    def texts(self, name: str) -> Texts | None:
        """Return the texts of an item, where they lie to be looked through."""
        if self.release.sealed_by_id or not _is_worth_it(self.release):
            return None
        path = self._paths.get(name) or _texts(self.release, name)
        self._paths[name] = path
        found = texts.read(path)
        if found is None:
            _ask(self.release, (name, False), path, as_texts=True)
        return found


def _texts(release: Release, name: str) -> Path:
    return _path(release, (f" {name}", False)).with_suffix(".texts")


def _ready(path: Path) -> Path:
    """Return where the rows of a copy lie as they go out."""
    return path.with_suffix(".rows")


def read(
    engine: Engine, path: Path, place: Callable[[], Place], layout: Layout | Keyed
) -> Laid | None:
    """Return the copy at ``path`` as ``engine`` reads it; nothing where there is none.

    What stands where in it is learned once.
    """
    found = engine.attach(path, place)
    if found is None:
        return None
    if found.fences is None:
        found.fences = fences.Fences(_at_fences(engine, found.name, layout))
    return Laid(f"{found.name}.laid", found.fences)


def _at_fences(engine: Engine, name: str, layout: Layout | Keyed) -> list[Any]:
    """Return what stands at every so-manieth place: in its own order, the number of the row.

    Of an order that descends, or is by key, nothing is known.
    """
    if layout is None:
        (rows,) = engine.mine.one(f"SELECT count(*) FROM {name}.laid")  # noqa: S608 - ours
        return list(range(1, rows + 1, fences.EVERY))
    if isinstance(layout, Keyed) or layout[1]:
        return []
    found = engine.mine.rows(
        f"SELECT {ident(layout[0])} FROM {name}.laid "  # noqa: S608 - quoted by ident()
        f"WHERE {AT} % {fences.EVERY} = 0 ORDER BY {AT}"
    )
    return [value for (value,) in found]


def _is_worth_it(release: Release) -> bool:
    return release.rows >= ROWS and bool(config.serving_limit_mb)


def _folder(release: Release) -> Path:
    by = release.sealed_by_id or "plain"
    return config.work / FOLDER / f"{release.pk}.{release.redactions}.{by}"


def _path(release: Release, layout: Layout | Keyed) -> Path:
    name = sha256(_said(layout).encode()).hexdigest()[:32] if layout else "own"
    return _folder(release) / f"{name}.duckdb{SEALED if release.sealed_by_id else ''}"


def _said(layout: tuple[str, bool] | Keyed) -> str:
    return layout.bucket if isinstance(layout, Keyed) else f"{layout[1]:d}{layout[0]}"


def _place(release: Release, path: Path) -> Place:
    """Return the file at ``path`` as it lies or is to lie. Raises ``Destroyed``."""
    key = release.sealed_by
    return Room(path.parent, key.pk, key.secret()).at(path.name) if key else path


def _ask(release: Release, layout: Layout | Keyed, path: Path, *, as_texts: bool = False) -> None:
    now = time.monotonic()
    if now - _asked.get(path, -ASKED_SECONDS) < ASKED_SECONDS:
        return
    _asked[path] = now
    if _is_refused(path):
        return
    names = [facts["name"] for facts in release.manifest["columns"]]
    # Which item by its place: what it is called may be no one else's business.
    item, descending = None, False
    keys: list[JSONValue] = []
    if isinstance(layout, Keyed):
        keys += [names.index(column.name) for column in layout.keys]
    elif layout:
        item, descending = names.index(layout[0]), layout[1]
    how = "texts" if as_texts else descending
    _defer(
        f"{release.pk}:{keys or item}:{how}",
        release=str(release.pk),
        item=item,
        descending=descending,
        keys=keys,
        as_texts=as_texts,
    )


def ask_for_marks(release: Release, of: str) -> None:
    """Let the subjects' marks in the set ``of`` be made beside ``release``, by and by."""
    told = {"item": None, "descending": False, "marks_of": of}
    _defer(f"{release.pk}:{of}", release=str(release.pk), **told)


def _defer(named: str, **asked: JSONValue) -> None:
    # Copies lie where they are read.
    key = f"warehouse.lay:{named}:{config.machine}"
    queued.once(
        app.configure_task("warehouse.lay", queueing_lock=key, queue=config.machine), **asked
    )


def lay(release: Release, item: int | None, *, descending: bool, keys: Sequence[int] = ()) -> None:
    """Make the copy of ``release`` by its ``keys``, by an ``item`` or in its own order.

    Unless it is there; whole or not at all, whoever is killed meanwhile. Raises ``Destroyed``.
    """
    columns = [Column.of(facts) for facts in release.manifest["columns"]]
    layout: Layout | Keyed = None if item is None else (columns[item].name, descending)
    if keys:
        layout = Keyed.of([columns[place] for place in keys], release.rows)
    path = _path(release, layout)
    lies_ready = not (release.sealed_by_id or keys)
    is_made = path.exists() and (_ready(path).exists() or not lies_ready)
    if is_made or not _is_worth_it(release):
        return
    try:
        with _making(path) as made:
            _write(release, layout, _place(release, made), columns if lies_ready else ())
    except TooMuch:
        _refuse(release, path)
    else:
        _refused(path).unlink(missing_ok=True)


def _refuse(release: Release, path: Path) -> None:
    """Note that there is too little memory for a copy: it is answered from its files, slowly."""
    path.parent.mkdir(exist_ok=True)
    _refused(path).write_text(str(config.engine_memory_mb))
    log.warning(
        "serving_copy_needs_too_much_memory",
        release=str(release.pk),
        rows=release.rows,
        memory_mb=config.engine_memory_mb,
    )


def _refused(path: Path) -> Path:
    return path.with_name(f"{path.name}{REFUSED}")


def _is_refused(path: Path) -> bool:
    """Say whether a copy was too much for as much memory as there is now, or more."""
    try:
        return int(_refused(path).read_text() or 0) >= config.engine_memory_mb
    except FileNotFoundError:
        return False


def refused() -> set[UUID]:
    """Return the releases that this machine has no copy of in some order, for want of memory."""
    found = (config.work / FOLDER).glob(f"*/*{REFUSED}")
    return {UUID(path.parent.name.partition(".")[0]) for path in found}


@contextmanager
def _making(path: Path) -> Iterator[Path]:
    """Yield where files are made that come to lie at ``path`` and beside it, each one whole."""
    making = private(config.work / FOLDER) / f"{_MAKING}{uuid.uuid4()}" / path.name
    making.parent.mkdir()
    try:
        yield making
        path.parent.mkdir(exist_ok=True)
        for made in sorted(making.parent.iterdir(), reverse=True):
            settle(made)
            made.replace(path.with_name(made.name))
        settle(path)
    finally:
        shutil.rmtree(making.parent, ignore_errors=True)


def lay_texts(release: Release, item: int) -> None:
    """Lay the texts of an ``item`` side by side, as ``lay`` makes copies. Raises ``Destroyed``."""
    name = release.manifest["columns"][item]["name"]
    path = _texts(release, name)
    if path.exists() or release.sealed_by_id or not _is_worth_it(release):
        return
    with _making(path) as made, engine_of(release) as engine:
        source = literal(str(release.copy(DATA).place))
        every = f"SELECT {ident(name)} FROM read_parquet({source})"  # noqa: S608 - quoted
        texts.write(engine.cursor().batches(every, size=texts.ROWS), made)


def beside(release: Release, name: str, every: tuple[str, Sequence[object]]) -> Place:
    """Return a file beside the copies of ``release``, sealed as they are; made unless it is there.

    It holds ``every`` of its rows: what is selected, as SQL with its parameters. Raises
    ``Destroyed``.
    """
    path = _folder(release) / f"{name}{SEALED if release.sealed_by_id else ''}"
    if not path.exists():
        with _making(path) as made, engine_of(release) as engine:
            data, target = release.copy(DATA).place, _place(release, made)
            selected, params = every
            sql = f"SELECT {selected} FROM read_parquet({literal(str(data))})"  # noqa: S608 - quoted by the caller
            engine.rows(f"COPY ({sql}) TO {literal(str(target))} (FORMAT parquet)", params)
    else:
        # What is used stays (``clear``).
        os.utime(path)
    return _place(release, path)


def _write(
    release: Release, layout: Layout | Keyed, target: Place, columns: Sequence[Column]
) -> None:
    with engine_of(release) as engine:
        within = round(config.engine_memory_mb * SORTED_SHARE) if release.sealed_by else None
        write(engine, release.copy(DATA).place, layout, target, columns, within_mb=within)


def engine_of(release: Release) -> Engine:
    """Return an engine of its own, which has the files of ``release`` and its copies."""
    sealed = release.sealed_by is not None
    return connect(
        memory_mb=config.engine_memory_mb,
        threads=config.engine_threads,
        temp=None if sealed else private(config.work / "spill"),
        roots=[] if sealed else [*store().folders("releases"), config.work / FOLDER],
    )


def write(
    engine: Engine,
    source: Place,
    layout: Layout | Keyed,
    target: Place,
    columns: Sequence[Column] = (),
    *,
    within_mb: int | None = None,
) -> None:
    """Write the rows of ``source`` to ``target`` in this order, each with its place.

    With ``columns``, these of them are laid ready beside it. Raises what ``laying.write`` does.
    """
    with engine.making(target) as made:
        laying.write(engine, source, layout, f"{made}.laid", within_mb=within_mb)
        if columns and isinstance(target, Path) and not isinstance(layout, Keyed):
            shown = [each.text if each.as_text else ident(each.name) for each in columns]
            value = ident(layout[0]) if layout else "NULL"
            listed = ", ".join([*shown, value, ROW])
            # As they were written: in their order.
            laid = engine.cursor().batches(f"SELECT {listed} FROM {made}.laid", size=ready.ROWS)  # noqa: S608 - as above
            ready.write(laid, columns, _ready(target))


def clear(now: datetime) -> None:
    """Remove the copies of what is no more as it was, of what nobody uses, and above the limit."""
    folders = [path for path in private(config.work / FOLDER).iterdir() if path.is_dir()]
    named = _named([path for path in folders if not path.name.startswith(_MAKING)])
    every: list[tuple[float, int, Path]] = []
    for folder in folders:
        is_made = not folder.name.startswith(_MAKING)
        if folder in named:
            stats = [(path.stat(), path) for path in folder.iterdir()]
            every += [(stat.st_mtime, stat.st_size, path) for stat, path in stats]
        elif is_made or folder.stat().st_mtime < (now - ORPHANED).timestamp():
            shutil.rmtree(folder, ignore_errors=True)
    held = 0
    for used, size, path in sorted(every, reverse=True):
        held += size
        if used < (now - UNUSED).timestamp() or held > config.serving_limit_mb * 1_000_000:
            path.unlink(missing_ok=True)


def _named(folders: list[Path]) -> set[Path]:
    found = Release.objects.with_files().in_bulk({path.name.partition(".")[0] for path in folders})
    return {_folder(release) for release in found.values()}
