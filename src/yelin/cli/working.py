"""The worker process: background jobs, and the sequencer in a loop of its own."""

import threading
from typing import cast

import structlog
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from yelin.ledger import sequencer
from yelin.warehouse.tasks import HEARTBEAT_SECONDS, STALLED_SECONDS

log = structlog.get_logger(__name__)
RESTART_SECONDS = 1.0
BROKEN_SECONDS = 60.0


def work() -> None:
    """Work until told to stop; a running job is finished first."""
    stopping = threading.Event()
    thread = threading.Thread(target=_sequence, args=(stopping,), name="sequencer", daemon=True)
    thread.start()
    try:
        connector = cast("DjangoConnector", app.connector).get_worker_connector()
        with app.replace_connector(connector) as working:
            working.run_worker(
                concurrency=1,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
            )
    finally:
        stopping.set()
        thread.join(timeout=10)


def _sequence(stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            sequencer.run(stopping.is_set)
        except sequencer.LogBroken as broken:
            # Someone must look before anything is signed on top; acts go on as pending leaves.
            log.critical("the_log_is_broken", says=str(broken))
            stopping.wait(BROKEN_SECONDS)
        except Exception:
            # The database may be away for a moment; the log goes on from its rows.
            log.exception("sequencer_restarts")
            close_old_connections()
            stopping.wait(RESTART_SECONDS)
