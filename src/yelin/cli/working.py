"""The worker process: background jobs, and the sequencer in a loop of its own."""

import threading
from contextlib import AbstractContextManager, suppress

import structlog
from django.db import close_old_connections
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from yelin.acts.tasks import recount
from yelin.config import config
from yelin.ledger import sequencer
from yelin.ledger.log import LogBroken

log = structlog.get_logger(__name__)
RESTART_SECONDS = 1.0
BROKEN_SECONDS = 60.0


def work() -> None:
    """Work until told to stop; a running job is finished first."""
    stopping = threading.Event()
    thread = threading.Thread(target=_sequence, args=(stopping,), name="sequencer", daemon=True)
    thread.start()
    try:
        _recount_terms()
        with queue() as working:
            working.run_worker(
                concurrency=1,
                delete_jobs="successful",
                update_heartbeat_interval=config.heartbeat_seconds,
                stalled_worker_timeout=config.stalled_seconds,
            )
    finally:
        stopping.set()
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


def _sequence(stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            sequencer.run(stopping.is_set)
        except LogBroken as broken:
            # Someone must look before anything is signed on top; acts go on as pending leaves.
            log.critical("the_log_is_broken", says=str(broken))
            stopping.wait(BROKEN_SECONDS)
        except Exception:
            # The database may be away for a moment; the log goes on from its rows.
            log.exception("sequencer_restarts")
            close_old_connections()
            stopping.wait(RESTART_SECONDS)
