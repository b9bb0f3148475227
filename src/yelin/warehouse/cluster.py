"""The one door to Apache Spark: an engine that has a cluster answer what that answers alike."""

import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any
from uuid import uuid4

import structlog
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from yelin.files.places import SCHEME, named
from yelin.keys.sealing import SealBroken
from yelin.warehouse.dialect import Said, Unsaid, said
from yelin.warehouse.engine import POLL_SECONDS, Cancelled, Engine, ident
from yelin.warehouse.sealed_source import FILE, ROW, Untold, source

log = structlog.get_logger(__name__)

# What makes the cluster read, count and compare as the embedded engine does.
_ALIKE = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
}
# What a cluster does with a key, or what that opened, only where all of this is set: it writes on
# its disks in cipher, and among its machines, which know one another, it speaks in cipher.
_SEALS = ("spark.io.encryption.enabled", "spark.authenticate", "spark.network.crypto.enabled")
_registering = threading.Lock()
_QUIETLY = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
# It tells of every connection that it closes.
logging.getLogger("py4j").setLevel(logging.WARNING)
_names = (f"asked{number}_" for number in itertools.count())
_starting = ThreadPoolExecutor(1, thread_name_prefix="cluster")


@cache
def begun(master: str) -> "Future[SparkSession]":
    """Begin this process's session with the cluster, and return where it will stand."""
    return _starting.submit(_session, master)


def reached(master: str, embedded: Engine, *, sealed: bool) -> Engine:
    """Return the cluster, or the embedded engine as long as that does not stand.

    What is ``sealed`` is asked of no cluster that might lay it open.
    """
    began = begun(master)
    if not began.done() or began.exception():
        return embedded
    session = began.result()
    if not _stands(session) or (sealed and not keeps_sealed(session)):
        return embedded
    return Cluster(embedded, session)


def _stands(session: SparkSession) -> bool:
    """Say whether there is anybody to work: a cluster that has nobody waits for ever."""
    context = session.sparkContext
    try:
        if context._jsc and not context._jsc.sc().isStopped():
            # The first of them is this process.
            workers = int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1
            return bool(workers) or _is_local(session)
    except Py4JError:
        pass
    # Another is begun for whoever asks next.
    begun.cache_clear()
    return False


def _is_local(session: SparkSession) -> bool:
    return bool(session.sparkContext.master.startswith("local"))


def keeps_sealed(session: SparkSession) -> bool:
    """Say whether what is sealed stays so on the wires and the disks of the cluster."""
    told = session.sparkContext.getConf()
    needed = _SEALS[:1] if _is_local(session) else _SEALS
    return all(told.get(setting, "false") == "true" for setting in needed)


def _session(master: str) -> SparkSession:
    # Workers open what is sealed by this program, where it lies as it does here.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("yelin").master(master)
    for setting, value in {**_ALIKE, **_QUIETLY}.items():
        builder = builder.config(setting, value)
    try:
        made = builder.getOrCreate()
    except Exception as fault:
        log.warning("cluster not reached", fault=type(fault).__name__)
        raise
    made.sparkContext.setLogLevel("OFF")
    return made


class Cluster(Engine):
    """An embedded engine whose questions a cluster answers, wherever it does so alike.

    What the cluster is not asked, or fails at, the embedded engine answers itself; so it does all
    that is handed over row by row, or written.
    """

    def __init__(self, embedded: Engine, asked: SparkSession) -> None:
        super().__init__(embedded._connection, embedded._files, embedded._attached)
        self._session = asked

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows that the statement answers. Raises ``TooMuch``."""
        found = self._answered(sql, params)
        return super().rows(sql, params) if found is None else found

    def run(
        self,
        sql: str,
        params: Sequence[object] = (),
        report: Callable[[float], None] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Run a long statement, telling ``report`` the fraction done a few times a second.

        When ``report`` raises, the statement is called off and ``Cancelled`` is raised from it.
        """
        found = self._answered(sql, params, report)
        return super().run(sql, params, report) if found is None else found

    def cursor(self) -> Engine:
        """Return a second connection to the same cluster, and to the same embedded engine."""
        return Cluster(super().cursor(), self._session)

    def _answered(
        self,
        sql: str,
        params: Sequence[object],
        report: Callable[[float], None] | None = None,
    ) -> list[tuple[Any, ...]] | None:
        """Return what the cluster answers, None where it does not."""
        try:
            statement = said(sql, params, next(_names))
        except Unsaid as unsaid:
            log.debug("cluster not asked", over=str(unsaid))
            return None
        try:
            with self._watched(report):
                return self._collected(statement)
        except (PySparkException, Py4JError, SealBroken, Untold) as fault:
            # Its words may hold values.
            log.warning("cluster failed", fault=type(fault).__name__)
            return None
        finally:
            with suppress(Py4JError):
                for name in (*statement.views.values(), *statement.tables.values()):
                    self._session.catalog.dropTempView(name)

    def _collected(self, statement: Said) -> list[tuple[Any, ...]]:
        for file, name in statement.views.items():
            self._read(file, statement.columns).createOrReplaceTempView(name)
        for table, name in statement.tables.items():
            self._lent(table).createOrReplaceTempView(name)
        frame = self._session.sql(statement.sql, args=dict(statement.texts))
        return [tuple(row) for row in frame.collect()]

    def _lent(self, table: str) -> DataFrame:
        """Return the ordinals in a table of the embedded engine, which has some."""
        (told,) = super().rows(f"SELECT string_agg(ordinal, ',') FROM {ident(table)}")[0]  # noqa: S608 - quoted by ident()
        return self._session.sql(
            "SELECT CAST(ordinal AS BIGINT) FROM (SELECT explode(split(:told, ',')) AS ordinal)",
            args={"told": told},
        )

    def _read(self, file: str, columns: Collection[str] | None) -> DataFrame:
        if not file.startswith(f"{SCHEME}://"):
            every = self._session.read.parquet(file)
            places = (f"0L AS {FILE}", f"_metadata.row_index AS {ROW}")
            return every.selectExpr("*", *places)
        if not keeps_sealed(self._session):
            raise Untold("sealed")
        parts = self._session.sparkContext.defaultParallelism
        with _registering:
            self._session.dataSource.register(source(named(file), columns, parts))
            return self._session.read.format("sealed").load()

    @contextmanager
    def _watched(self, report: Callable[[float], None] | None) -> Iterator[None]:
        """Call off what is done meanwhile when ``report`` raises, or nobody is there to do it."""
        context, group = self._session.sparkContext, uuid4().hex
        done = threading.Event()
        stopped: list[BaseException] = []

        def poll() -> None:
            while not done.wait(POLL_SECONDS):
                try:
                    if report:
                        report(self._share_done(group))
                    if _stands(self._session):
                        continue
                except BaseException as reason:  # noqa: BLE001 - handed to the caller's thread
                    stopped.append(reason)
                context.cancelJobGroup(group)
                return

        poller = threading.Thread(target=poll, name="cluster-progress", daemon=True)
        poller.start()
        context.setJobGroup(group, "yelin")
        try:
            yield
        finally:
            context.setLocalProperty("spark.jobGroup.id", None)
            done.set()
            poller.join()
            if stopped:
                raise Cancelled from stopped[0]

    def _share_done(self, group: str) -> float:
        tracker = self._session.sparkContext.statusTracker()
        jobs = map(tracker.getJobInfo, tracker.getJobIdsForGroup(group))
        stages = [
            stage
            for job in jobs
            for each in (job.stageIds if job else ())
            if (stage := tracker.getStageInfo(each))
        ]
        tasks = sum(stage.numTasks for stage in stages)
        return sum(stage.numCompletedTasks for stage in stages) / tasks if tasks else 0.0
