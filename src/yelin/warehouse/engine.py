"""The one door to DuckDB: connections that can reach only the folders they were given."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import duckdb
import pyarrow as pa
from fsspec import AbstractFileSystem

from yelin.files.places import SCHEME, Place, Reader, Sealed, named
from yelin.files.scattered import Scattered
from yelin.keys.sealing import Sealer
from yelin.warehouse.fences import Fences

EngineError = duckdb.Error
VERSION = duckdb.__version__
POLL_SECONDS = 0.25
# What the engine calls a database's log, behind its name.
_LOG = ".wal"
LENT = "lent"


class Cancelled(Exception):
    """The work was called off while the engine was at it."""


class TooMuch(Exception):
    """The statement needs more memory than the engine has, and may not spill to the disk."""


def ident(name: str) -> str:
    """Return ``name`` quoted as an SQL identifier; the only place where names become SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return ``value`` quoted as an SQL string, for places that take no parameters."""
    return "'" + value.replace("'", "''") + "'"


class Engine:
    """A locked-down DuckDB instance of one's own; see ``connect``."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, files: "_SealedFiles", attached: "_Attached"
    ) -> None:
        self._connection = connection
        self._files = files
        self._attached = attached
        self._mine = threading.local()

    def attach(self, path: Path, place: Callable[[], Place]) -> "Attached | None":
        """Return the database at ``path``, to be read; None where there is none.

        ``place`` says how, where it is not open yet. Of many, those go that nobody uses.
        """
        return self._attached.at(path, place)

    @contextmanager
    def making(self, place: Place) -> Iterator[str]:
        """Yield by which name a new database is written, which lies at ``place`` in the end."""
        self.rows(
            f"ATTACH {literal(str(place))} AS made (STORAGE_VERSION 'latest', "
            "RECOVERY_MODE no_wal_writes)"
        )
        try:
            yield "made"
        finally:
            self.rows("DETACH made")
        if isinstance(place, Sealed):
            self._files.seal(place)

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows that the statement answers. Raises ``TooMuch``."""
        try:
            return self._cursor(sql, params).fetchall()
        except duckdb.OutOfMemoryException as fault:
            raise TooMuch from fault

    def one(self, sql: str, params: Sequence[object] = ()) -> tuple[Any, ...]:
        """Return the first row, which must exist."""
        rows = self.rows(sql, params)
        if not rows:
            raise LookupError("the statement answered no row")
        return tuple(rows[0])

    def stream(
        self, sql: str, params: Sequence[object] = (), size: int = 2_000
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows one by one, fetched in small parts, so that they are never all here."""
        for batch in self.batches(sql, params, size):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def batches(
        self, sql: str, params: Sequence[object] = (), size: int = 2_000
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows in parts; meanwhile this engine runs no other statement."""
        try:
            # A relation is handed out as it is made; execute() would first hold all of it.
            yield from self._connection.sql(sql, params=list(params)).to_arrow_reader(size)
        except duckdb.OutOfMemoryException as fault:
            raise TooMuch from fault

    def schema(self, sql: str, params: Sequence[object] = ()) -> pa.Schema:
        """Return which columns the statement would answer, and of which types."""
        schema: pa.Schema = self._connection.sql(sql, params=list(params)).to_arrow_reader(1).schema
        return schema

    def run(
        self,
        sql: str,
        params: Sequence[object] = (),
        report: Callable[[float], None] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Run a long statement, telling ``report`` the fraction done a few times a second.

        When ``report`` raises, the statement is interrupted and ``Cancelled`` is raised from it.
        """
        if report is None:
            return self.rows(sql, params)
        done = threading.Event()
        stopped: list[BaseException] = []

        def poll() -> None:
            while not done.wait(POLL_SECONDS):
                percent = self._connection.query_progress()
                try:
                    report(min(max(percent, 0.0), 100.0) / 100)
                except BaseException as reason:  # noqa: BLE001 - handed to the caller's thread
                    stopped.append(reason)
                    self._connection.interrupt()
                    return

        poller = threading.Thread(target=poll, name="engine-progress", daemon=True)
        poller.start()
        try:
            # The main connection, not a cursor: its progress is what query_progress() tells.
            return self._connection.execute(sql, list(params)).fetchall()
        except duckdb.InterruptException as fault:
            if stopped:
                raise Cancelled from stopped[0]
            raise Cancelled from fault
        except duckdb.OutOfMemoryException as fault:
            raise TooMuch from fault
        finally:
            done.set()
            poller.join()

    def interrupt(self) -> None:
        """Stop the statement that runs; it raises ``Cancelled`` in its own thread."""
        self._connection.interrupt()

    def cursor(self) -> "Engine":
        """Return a second connection to the same instance, cheap, for another thread."""
        return Engine(self._connection.cursor(), self._files, self._attached)

    @property
    def mine(self) -> "Engine":
        """The connection to the same instance that the present thread keeps.

        For statements that are answered whole: one that streams takes a ``cursor`` of its own.
        """
        found: Engine | None = getattr(self._mine, "engine", None)
        if found is None:
            found = self._mine.engine = self.cursor()
        return found

    def close(self) -> None:
        """Close the instance."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _cursor(self, sql: str, params: Sequence[object]) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, list(params))


def lent(place: int) -> str:
    """Return by which name an engine knows the file that was lent to it in this place."""
    return f"{LENT}://{place}"


class _Lent:
    """A file that was opened before, and stays open for whoever reads it next."""

    def __init__(self, file: Reader) -> None:
        self.size = file.size
        self.read_at = file.read_at

    def close(self) -> None:
        pass


class _LentFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec is not typed
    """The engine's way to files that were opened before: it has no other to them."""

    protocol = LENT
    cachable = False

    def __init__(self, files: Sequence[Reader]) -> None:
        super().__init__()
        self._files = {lent(place): _Lent(file) for place, file in enumerate(files)}

    def open(self, path: str, mode: Literal["rb"] = "rb", **_: object) -> "_Reading":
        if mode != "rb":
            raise PermissionError(path)
        return _Reading(self._file(path))

    def info(self, path: str, **_: object) -> dict[str, object]:
        return {"name": path, "size": self._file(path).size, "type": "file"}

    def exists(self, path: str, **_: object) -> bool:
        return path in self._files

    def glob(self, path: str, **_: object) -> list[str]:
        return [path] if path in self._files else []

    def modified(self, path: str) -> datetime:
        del path
        return datetime.fromtimestamp(0, UTC)

    def _file(self, path: str) -> _Lent:
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(path) from None


class _Reading:
    """A sealed file as the engine reads it.

    The engine goes to a place and reads in two steps, and its threads may share a file: each
    thread's own place counts for its next read.
    """

    def __init__(self, file: Reader) -> None:
        self._file = file
        self._at = 0
        self._places: dict[int, int] = {}

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._file.size)[whence]
        self._places[threading.get_ident()] = self._at
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        at = self._places.pop(threading.get_ident(), self._at)
        part = self._file.read_at(at, self._file.size if length < 0 else length)
        self._at = at + len(part)
        return part

    def close(self) -> None:
        self._file.close()


class _Draft:
    """A sealed database on its way, or its log, until it is sealed as a whole.

    What is sealed is never written over, and the engine writes here and there.
    """

    def __init__(self, folder: Path) -> None:
        self.content = Scattered(folder)
        self._at = 0
        self._places: dict[int, int] = {}

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self.content.size)[whence]
        self._places[threading.get_ident()] = self._at
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int) -> bytes:
        at = self._places.pop(threading.get_ident(), self._at)
        part = self.content.read_at(at, length)
        self._at = at + len(part)
        return part

    def write(self, part: bytes) -> int:
        at = self._places.pop(threading.get_ident(), self._at)
        self.content.write_at(at, part)
        self._at = at + len(part)
        return len(part)

    def truncate(self, size: int) -> None:
        self.content.truncate(size)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class _SealedFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec is not typed
    """The engine's way to sealed files: it opens what some room that is held names, no other."""

    protocol = SCHEME
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self._drafts: dict[str, _Draft] = {}

    def open(
        self, path: str, mode: Literal["rb", "wb", "rb+"] = "rb", **_: object
    ) -> _Reading | Sealer | _Draft:
        place = named(path)
        if mode == "rb+" or path.endswith(_LOG):
            if path not in self._drafts:
                self._drafts[path] = _Draft(place.path.parent)
            return self._drafts[path]
        return _Reading(place.opened()) if mode == "rb" else place.sealer()

    def info(self, path: str, **_: object) -> dict[str, object]:
        if draft := self._drafts.get(path):
            return {"name": path, "size": draft.content.size, "type": "file"}
        with named(path).opened() as file:
            return {"name": path, "size": file.size, "type": "file"}

    def exists(self, path: str, **_: object) -> bool:
        return path in self._drafts or named(path).exists()

    def glob(self, path: str, **_: object) -> list[str]:
        return [path] if self.exists(path) else []

    def rm(self, path: str, **_: object) -> None:
        del self._drafts[path]

    def seal(self, place: Sealed) -> None:
        """Write the database that was made for ``place``."""
        with place.open("wb") as file:
            for piece in self._drafts.pop(str(place)).content.pieces():
                file.write(piece)

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(named(path).path.stat().st_mtime, UTC)


@dataclass(slots=True)
class Attached:
    """A database that an instance reads: by which name, and what else was learned of it."""

    name: str
    used: float
    fences: Fences | None = None


class _Attached:
    """The databases that one instance reads, each for as long as it is used."""

    MOST = 64
    IDLE_SECONDS = 600

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._names = (f"copy{number}" for number in itertools.count())
        # In the order of their last use.
        self._open: dict[Path, Attached] = {}

    def at(self, path: Path, place: Callable[[], Place]) -> Attached | None:
        with self._lock:
            now = time.monotonic()
            if found := self._open.pop(path, None):
                self._open[path], found.used = found, now
                return found
            self._close(now - self.IDLE_SECONDS)
            if len(self._open) >= self.MOST or not path.exists():
                return None
            made = Attached(next(self._names), now)
            # Held until it is open: it is found by its room's name.
            held = place()
            attach = f"ATTACH {literal(str(held))} AS {made.name} (READ_ONLY)"
            try:
                self._connection.cursor().execute(attach)
            except duckdb.Error:
                # What cannot be read is in the way of one that can.
                path.unlink(missing_ok=True)
                return None
            os.utime(path)
            self._open[path] = made
            return made

    def _close(self, before: float) -> None:
        for path, each in list(self._open.items()):
            if each.used < before:
                self._connection.cursor().execute(f"DETACH {each.name}")
                del self._open[path]


def connect(
    *,
    memory_mb: int = 384,
    threads: int = 2,
    temp: Path | None = None,
    roots: Sequence[Path] = (),
    borrowed: Sequence[Reader] = (),
) -> Engine:
    """Return an engine in memory that reads and writes below ``roots``, and sealed files.

    It reads what it ``borrowed``, open already, by the names that ``lent`` gives; then it tells its
    errors as JSON.

    Where ``temp`` is none it writes nothing on its own: what would spill raises ``TooMuch``. A
    sealed file is open to it only by the name that ``str`` of it gives, and while that is held;
    no key stands in a statement.

    The order matters: folders are allowed, then the outside is shut, then the configuration is
    locked, so that no statement can open it again. Extensions are neither installed nor loaded.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "temp_directory": str(temp) if temp else "",
        },
    )
    files = _SealedFiles()
    connection.register_filesystem(files)
    # COPY's own progress would go to the terminal; only query_progress() may tell it.
    for setting in (
        "SET enable_progress_bar = true",
        "SET enable_progress_bar_print = false",
        "SET progress_bar_time = 0",
        "SET TimeZone = 'UTC'",
        "SET parquet_metadata_cache = true",
        # A name that is no table is not looked for among the variables of this program.
        "SET python_enable_replacements = false",
        f"SET errors_as_json = {bool(borrowed)}",
    ):
        connection.execute(setting)
    if borrowed:
        connection.register_filesystem(_LentFiles(borrowed))
    allowed = ", ".join(
        literal(folder)
        for folder in (f"{SCHEME}://", f"{LENT}://", *(f"{root.resolve()}/" for root in roots))
    )
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return Engine(connection, files, _Attached(connection))
