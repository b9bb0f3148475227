"""Jobs of which one that waits will do."""

from contextlib import suppress

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.types import JSONValue


def once(task: JobDeferrer, **asked: JSONValue) -> None:
    """Defer a job, unless one with the same queueing lock waits: the transaction goes on then."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(**asked)
