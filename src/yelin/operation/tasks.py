"""Jobs of killed workers run again, whatever their task; what outlived its term is deleted."""

from datetime import timedelta
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from yelin.config import config
from yelin.law import clock
from yelin.notices.models import Delivery, Notice
from yelin.warehouse.tasks import ATTEMPTS

log = structlog.get_logger(__name__)

FORGOTTEN_AT_ONCE = 10_000


# The sixth field is seconds: a steward whose file was interrupted waits half a minute, no more.
@app.periodic(cron="* * * * * */10")
@app.task(name="operation.retry_stalled", queueing_lock="operation.retry_stalled", priority=1)
async def retry_stalled(timestamp: int) -> None:
    """Run the jobs of killed workers again, before any other job.

    One on which worker after worker dies is given up, and stays in the list of the failed.
    """
    del timestamp
    silent = config.stalled_seconds
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent):
        try:
            await _again(job)
        except ConnectorException as error:
            # Another sweep was faster; otherwise the next one sees it again.
            log.warning("job_not_retried", job=job.id, task=job.task_name, error=str(error))


async def _again(job: Job) -> None:
    if job.attempts >= ATTEMPTS:
        log.error("job_given_up", job=job.id, task=job.task_name, attempts=job.attempts)
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        return
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        # Another of its kind waits already and does the same.
        await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)


@app.periodic(cron="47 * * * *")
@app.task(name="operation.forget", queueing_lock="operation.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Delete notices that were read, deliveries and logins that ended, once their terms passed.

    So many of each at once; the next hour goes on. What a person has not read stays.
    """
    del timestamp
    now = clock.now()
    _delete_some(Delivery.objects.settled_before(now - timedelta(days=config.deliveries_kept_days)))
    _delete_some(Notice.objects.read_before(now - timedelta(days=config.notices_kept_days)))
    _delete_some(Session.objects.filter(expire_date__lt=now))


def _delete_some(rows: "QuerySet[Any, Any]") -> None:
    some = rows.order_by("pk").values("pk")[:FORGOTTEN_AT_ONCE]
    rows.model._default_manager.filter(pk__in=some).delete()
