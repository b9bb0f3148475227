"""Watch that no personal value used anywhere in the suite stands where none may stand.

Names of people and the addresses at which they are told are taken down as they are saved, others
where a maker says ``personal(…)``. Leaves, log lines, job arguments and addresses of requests are
looked through as they come into being, since tests roll back what they wrote.
"""

import json
import logging
import re
from collections.abc import Callable
from urllib.parse import unquote_plus

import structlog
from django.core.signals import request_started
from django.db.models.signals import post_save
from procrastinate.manager import JobManager

from yelin.ledger.models import Leaf
from yelin.notices.models import Channel
from yelin.parties.models import Person

# What is shorter is a part of other words: a name of two characters, "a@b.c".
_TELLING = re.compile(r"[\u3400-\u9fff]{3}|.{6}")


class Watch:
    """Personal values, and the places in which one of them was found."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.found: list[str] = []

    def take_down(self, value: str) -> str:
        """Remember a personal value and return it."""
        if _TELLING.search(value):
            self.values.add(value)
            # A phone number is the same with and without its blanks.
            self.values.add(value.replace(" ", ""))
        return value

    def look(self, place: str, text: str) -> None:
        """Note each value that stands in ``text``."""
        for value in tuple(self.values):
            if value in text:
                self.found.append(f"{place} holds {value!r}: {text[:300]}")

    def settle(self) -> list[str]:
        """Return what was found since the last time."""
        found, self.found = self.found, []
        return found


watch = Watch()


def personal(value: str) -> str:
    """Say of a value that it is personal, and return it."""
    return watch.take_down(value)


class _Lines(logging.Handler):
    """Sees each line as it would be written."""

    def emit(self, record: logging.LogRecord) -> None:
        watch.look(f"a log line of {record.name}", self.format(record))


def _saved_person(instance, **_) -> None:
    for name in filter(None, (instance.name, instance.name_en)):
        watch.take_down(name)


def _saved_channel(instance, **_) -> None:
    watch.take_down(instance.address)


def _saved_leaf(instance, **_) -> None:
    watch.look(f"the leaf of {instance.act}", json.dumps(instance.payload, ensure_ascii=False))


def _request(environ=None, **_) -> None:
    environ = environ or {}
    address = f"{environ.get('PATH_INFO', '')}?{environ.get('QUERY_STRING', '')}"
    # A server's environment spells UTF-8 as Latin-1.
    spelt = address.encode("latin-1", "replace").decode("utf-8", "replace")
    watch.look("the address of a request", unquote_plus(spelt))


def _of_jobs(defer: Callable) -> Callable:
    def looked(self, jobs):
        for job in jobs:
            args = json.dumps(job.task_kwargs, ensure_ascii=False, default=str)
            watch.look(f"the job {job.task_name}", args)
        return defer(self, jobs)

    return looked


def begin() -> None:
    """Look from now on."""
    post_save.connect(_saved_person, sender=Person)
    post_save.connect(_saved_channel, sender=Channel)
    post_save.connect(_saved_leaf, sender=Leaf)
    request_started.connect(_request)
    JobManager._defer_jobs_query_kwargs = _of_jobs(JobManager._defer_jobs_query_kwargs)
    root = logging.getLogger()
    lines = _Lines()
    lines.setFormatter(
        next(
            handler.formatter
            for handler in root.handlers
            if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
        )
    )
    root.addHandler(lines)
