"""Figures for whoever watches from outside (Prometheus): what the database and the disk hold now.

What happens is counted where it happens: requests, acts, refusals, jobs. What stands still is read
here, each time somebody asks. No label can take more values than the code or the law has names.
"""

import time
from collections.abc import Iterable, Iterator

import structlog
from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, disable_created_metrics, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from yelin.config import config
from yelin.law import clock
from yelin.ledger.pace import pace
from yelin.notices.models import Delivery
from yelin.operation import jobs, reads

log = structlog.get_logger(__name__)

# A large store takes a while to be weighed, and grows slowly.
WEIGHED_EVERY_SECONDS = 600


def address() -> str:
    """Return where this process tells its figures; nothing where it does not."""
    if not config.metrics_port:
        return ""
    return f"http://{config.metrics_host}:{config.metrics_port}/metrics"


def tell() -> None:
    """Answer with the figures of this process from now on, if the settings say where.

    A port that is taken stops nothing: figures are for watching, and the log says so.
    """
    if not config.metrics_port:
        return
    # When each was counted first is known to whoever asks, and would double the lines.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library says nothing of it
    REGISTRY.register(Standing())
    try:
        start_http_server(config.metrics_port, config.metrics_host, registry=REGISTRY)
    except OSError as error:
        log.error("figures_not_told", at=address(), reason=error.strerror)


class Standing(Collector):
    """How the installation stands at the moment of asking."""

    def __init__(self) -> None:
        self._weighed: tuple[float, reads.Disk] | None = None

    def describe(self) -> Iterable[Metric]:
        """Return nothing beforehand: the database need not answer yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; where the database does not answer, only that."""
        found: list[Metric] = []
        try:
            for ask in (_leaves, _jobs, _deliveries, _terms, _connections, self._disk):
                found += ask()
            answers = 1
        except DatabaseError:
            answers = 0
        finally:
            # Asked in a thread of its own, which ends with the answer.
            connection.close()
        yield GaugeMetricFamily("yelin_database_answers", "1 where it does", value=answers)
        yield from found

    def _disk(self) -> Iterator[Metric]:
        if not self._weighed or self._weighed[0] < time.monotonic() - WEIGHED_EVERY_SECONDS:
            self._weighed = (time.monotonic(), reads.disk())
        held = self._weighed[1]
        stored = _family("yelin_store_bytes", "Bytes of files in the store", "folder", "seal")
        for folder in held.folders:
            stored.add_metric([folder.name, "sealed"], folder.sealed)
            stored.add_metric([folder.name, "plain"], folder.size - folder.sealed)
        yield stored
        yield GaugeMetricFamily("yelin_disk_free_ratio", "Free share", value=held.free_share)
        yield GaugeMetricFamily("yelin_database_bytes", "Its size", value=held.database)


def _family(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, labels=labels)


def _leaves() -> Iterator[Metric]:
    going = pace()
    yield GaugeMetricFamily("yelin_leaves_signed", "Leaves under a checkpoint", value=going.size)
    yield GaugeMetricFamily("yelin_leaves_pending", "Leaves under none yet", value=going.pending)
    since = going.pending_since
    age = (clock.now() - since).total_seconds() if since else 0
    yield GaugeMetricFamily("yelin_leaves_pending_seconds", "Age of the oldest of them", value=age)


def _jobs() -> Iterator[Metric]:
    counted = _family("yelin_jobs", "Jobs that are not done", "queue", "task", "state")
    oldest = _family("yelin_jobs_waiting_seconds", "How long the oldest waits", "queue", "task")
    now = clock.now()
    for each in jobs.queues():
        for state in ("waiting", "later", "doing", "failed"):
            counted.add_metric([each.queue, each.task, state], getattr(each, state))
        if each.waiting_since:
            age = (now - each.waiting_since).total_seconds()
            oldest.add_metric([each.queue, each.task], age)
    yield counted
    yield oldest
    living = sum(each.lives for each in jobs.workers())
    yield GaugeMetricFamily("yelin_workers", "Queues that a living worker serves", value=living)


def _deliveries() -> Iterator[Metric]:
    unsent = _family("yelin_notices_unsent", "Notices not delivered", "channel", "state")
    for kind, state, number in Delivery.objects.unsent():
        unsent.add_metric([kind, state], number)
    yield unsent


def _terms() -> Iterator[Metric]:
    terms = _family("yelin_terms", "Lawful terms that run", "duty", "state")
    for each in reads.terms():
        terms.add_metric([each.duty.name, "overdue"], each.overdue)
        terms.add_metric([each.duty.name, "near"], each.near)
        terms.add_metric([each.duty.name, "running"], each.running)
    yield terms


def _connections() -> Iterator[Metric]:
    family = _family("yelin_database_connections", "Connections to it", "state")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'own'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        for state, number in cursor.fetchall():
            family.add_metric([state], number)
    yield family
