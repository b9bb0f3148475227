"""The one door to DuckDB: connections that can reach only the folders they were given."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

EngineError = duckdb.Error
POLL_SECONDS = 0.25


class Cancelled(Exception):
    """The work was called off while the engine was at it."""


def ident(name: str) -> str:
    """Return ``name`` quoted as an SQL identifier; the only place where names become SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return ``value`` quoted as an SQL string, for places that take no parameters."""
    return "'" + value.replace("'", "''") + "'"


class Engine:
    """A locked-down DuckDB instance of one's own; see ``connect``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows that the statement answers."""
        return self._cursor(sql, params).fetchall()

    def one(self, sql: str, params: Sequence[object] = ()) -> tuple[Any, ...]:
        """Return the first row, which must exist."""
        row = self._cursor(sql, params).fetchone()
        if row is None:
            raise LookupError("the statement answered no row")
        return tuple(row)

    def stream(
        self, sql: str, params: Sequence[object] = (), size: int = 2_000
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows one by one, fetched in small parts, so that they are never all here."""
        cursor = self._connection.cursor()
        try:
            # A relation is handed out as it is made; execute() would first hold all of it.
            reader: Any = cursor.sql(sql, params=list(params)).to_arrow_reader(size)
            for batch in reader:
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        finally:
            cursor.close()

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
        finally:
            done.set()
            poller.join()

    def interrupt(self) -> None:
        """Stop the statement that runs; it raises ``Cancelled`` in its own thread."""
        self._connection.interrupt()

    def cursor(self) -> "Engine":
        """Return a second connection to the same instance, cheap, for another thread."""
        return Engine(self._connection.cursor())

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


def connect(
    *,
    memory_mb: int = 384,
    threads: int = 2,
    temp: Path | None = None,
    roots: Sequence[Path] = (),
) -> Engine:
    """Return an engine in memory that reads and writes below ``roots`` and nowhere else.

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
    # COPY's own progress would go to the terminal; only query_progress() may tell it.
    for setting in (
        "SET enable_progress_bar = true",
        "SET enable_progress_bar_print = false",
        "SET progress_bar_time = 0",
        "SET TimeZone = 'UTC'",
        "SET parquet_metadata_cache = true",
    ):
        connection.execute(setting)
    if roots:
        allowed = ", ".join(literal(f"{root.resolve()}/") for root in roots)
        connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return Engine(connection)
