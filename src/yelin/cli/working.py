"""The worker process: background jobs, each kind in a queue of its own, and the sequencer."""

import asyncio
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Any

import structlog
from django.db import close_old_connections
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.middleware import AsyncCallNext
from procrastinate.signals import on_stop
from procrastinate.worker import Worker
from prometheus_client import Gauge, Histogram

from yelin import logs
from yelin.acts.tasks import recount
from yelin.config import config
from yelin.files.store import store
from yelin.law import clock
from yelin.ledger import sequencer
from yelin.ledger.log import LogBroken
from yelin.operation import figures
from yelin.warehouse import serving

log = structlog.get_logger(__name__)
RESTART_SECONDS = 1.0
BROKEN_SECONDS = 60.0
TIDY_SECONDS = 60.0
# In minutes: of each copy here it is asked there whether it has the file still.
ASK_STORE_EVERY = 10
# How many jobs of a queue run at once: sweeps by default, those that fill the memory, and those
# that wait for somebody else's machine.
QUEUES = {"default": 3, "data": config.data_jobs, "sending": config.sending_jobs}

JOBS = Histogram(
    "yelin_job_seconds",
    "Jobs by task and outcome",
    ["task", "outcome"],
    buckets=(0.1, 1, 10, 60, 300, 1800),
)
BROKEN = Gauge("yelin_log_broken", "1 while nothing is signed because the log is broken")


def work() -> None:
    """Work until told to stop; running jobs are finished first."""
    figures.tell()
    stopping = threading.Event()
    threads = [
        threading.Thread(target=each, args=(stopping,), name=each.__name__, daemon=True)
        for each in (_sequence, _tidy)
    ]
    for thread in threads:
        thread.start()
    try:
        _recount_terms()
        with queue() as working:
            asyncio.run(_until_told(working))
    finally:
        stopping.set()
        for thread in threads:
            thread.join(timeout=10)


def _recount_terms() -> None:
    # A pack with a new notice on days off comes with a start.
    with suppress(AlreadyEnqueued):
        recount.defer()


class Connector(PsycopgConnector):
    """Fetches jobs over connections of the worker's own; acts defer over Django's, as anywhere.

    So a job that an act defers is there if, and only if, the act's transaction is.
    """

    def get_sync_connector(self) -> DjangoConnector:
        """Return what acts defer by: the connection of their own transaction."""
        return DjangoConnector()


def queue() -> AbstractContextManager[App]:
    """Return the queue as a worker works on it, until the block ends."""
    return app.replace_connector(Connector(kwargs=connector_params()))


async def _until_told(working: App) -> None:
    # Else asyncio has as many threads as suit the processors, and jobs that wait take them all.
    threads = ThreadPoolExecutor(sum(QUEUES.values()), thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(threads)
    told = asyncio.Event()
    async with working.open_async():
        with on_stop(told.set):
            lines = [
                asyncio.create_task(_work_off(working, name, at_once))
                for name, at_once in QUEUES.items()
            ]
            ending = asyncio.create_task(told.wait())
            await asyncio.wait((*lines, ending), return_when=asyncio.FIRST_COMPLETED)
            # Also where one queue alone stopped: whoever started us starts all of it anew.
            for each in (*lines, ending):
                each.cancel()
            for outcome in await asyncio.gather(*lines, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome


async def _work_off(working: App, name: str, at_once: int) -> None:
    await working.run_worker_async(
        # What fills the memory of this machine is one line, whoever may do it.
        queues=[name, config.machine] if name == "data" else [name],
        concurrency=at_once,
        install_signal_handlers=False,
        delete_jobs="successful",
        update_heartbeat_interval=config.heartbeat_seconds,
        stalled_worker_timeout=config.stalled_seconds,
        worker_middleware=[_told],
    )


async def _told(go_on: AsyncCallNext, context: JobContext, worker: Worker) -> Any:
    """Tell of a job once it is done; a periodic one only where somebody looks closely."""
    del worker
    job, begun, outcome = context.job, time.perf_counter(), "failed"
    logs.told_of(job=job.id or 0)
    try:
        result = await go_on()
        outcome = "done"
    finally:
        seconds = time.perf_counter() - begun
        JOBS.labels(job.task_name, outcome).observe(seconds)
        usual = outcome == "done" and "timestamp" in job.task_kwargs
        tell = log.debug if usual else log.info
        tell("job", task=job.task_name, outcome=outcome, seconds=round(seconds, 3))
    return result


def _tidy(stopping: threading.Event) -> None:
    """Remove from this machine, minute by minute, copies of what is no more as it was."""
    for minute in itertools.count():
        if stopping.wait(TIDY_SECONDS):
            return
        try:
            serving.clear(clock.now())
            if minute % ASK_STORE_EVERY == 0:
                store().tidy()
        except Exception:
            log.exception("tidying_goes_on")
        finally:
            close_old_connections()


def _sequence(stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            sequencer.run(stopping.is_set)
        except LogBroken as broken:
            # Someone must look before anything is signed on top; acts go on as pending leaves.
            BROKEN.set(1)
            log.critical("the_log_is_broken", says=str(broken))
            stopping.wait(BROKEN_SECONDS)
        except Exception:
            # The database may be away for a moment; the log goes on from its rows.
            log.exception("sequencer_restarts")
            close_old_connections()
            stopping.wait(RESTART_SECONDS)
