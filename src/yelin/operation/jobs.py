"""The queue as its operator sees it: what waits, what runs, what was given up, who works.

Its rows are procrastinate's own; a job that was done is gone, one that failed stays until it is
run again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation

from yelin.config import config
from yelin.law import clock

LISTED = 50

_QUEUES = """
SELECT queue_name, task_name,
       count(*) FILTER (WHERE status = 'todo' AND due) AS waiting,
       count(*) FILTER (WHERE status = 'todo' AND NOT due) AS later,
       count(*) FILTER (WHERE status = 'doing') AS doing,
       count(*) FILTER (WHERE status = 'failed') AS failed,
       min(since) FILTER (WHERE status = 'todo' AND due) AS waiting_since
  FROM (SELECT queue_name, task_name, status, coalesce(scheduled_at <= now(), true) AS due,
               coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events
                                        WHERE job_id = job.id)) AS since
          FROM procrastinate_jobs job
         WHERE status IN ('todo', 'doing', 'failed')) jobs
 GROUP BY queue_name, task_name
 ORDER BY task_name, queue_name
"""
_FAILED = """
SELECT job.id, task_name, attempts, max(at)
  FROM procrastinate_jobs job LEFT JOIN procrastinate_events event ON event.job_id = job.id
 WHERE status = 'failed'
 GROUP BY job.id
 ORDER BY job.id DESC
 LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """The jobs of one task in one queue; ``later`` are those whose time has not come."""

    queue: str
    task: str
    waiting: int
    later: int
    doing: int
    failed: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that was given up: what it tells names no one, its arguments are not shown."""

    id: int
    task: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, alive while it was heard of lately."""

    id: int
    heard_at: datetime
    lives: bool


def queues() -> list[Queue]:
    """Return the jobs that are not done, task by task, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES)
        return [Queue(*row) for row in cursor.fetchall()]


def failed() -> list[Failed]:
    """Return the jobs that were given up last."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [LISTED])
        return [Failed(*row) for row in cursor.fetchall()]


def workers() -> list[Worker]:
    """Return every worker that has not ended in order, the one heard of last before the others."""
    since = clock.now() - timedelta(seconds=config.stalled_seconds)
    rows = apps.get_model("procrastinate", "ProcrastinateWorker").objects
    return [
        Worker(row.pk, row.last_heartbeat, row.last_heartbeat > since)
        for row in rows.order_by("-last_heartbeat")
    ]


def run_again() -> int:
    """Let every job that was given up run once more; return how many will.

    Of a periodic task one run does the work of all that failed.
    """
    return sum(map(_again, list(_ids_of_failed())))


def _ids_of_failed() -> Iterator[int]:
    rows = apps.get_model("procrastinate", "ProcrastinateJob").objects
    yield from rows.filter(status="failed").order_by("id").values_list("id", flat=True)


def _again(job: int) -> bool:
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id=job, retry_at=clock.now())
    except UniqueViolation:
        # Another of its kind waits already and does the same.
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", [job]
            )
        return False
    except ConnectorException:
        # Somebody else let it run in this very moment.
        return False
    return True
