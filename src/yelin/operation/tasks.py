"""Jobs of killed workers run again, whatever their task; nothing else would run them."""

import structlog
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from yelin.config import config
from yelin.warehouse.tasks import ATTEMPTS

log = structlog.get_logger(__name__)


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
