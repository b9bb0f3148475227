"""The one reader of the wall clock, and the legal terms that run by it (期限).

A term is data of the statute pack; a running one is a ``Clock`` row. The clock never calls
upstairs: each room sweeps ``overdue`` for its own duties.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from yelin.law import calendar, packs
from yelin.law.duties import Duty
from yelin.law.models import Clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from yelin.things.models import Subject

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def _wall() -> datetime:
    return datetime.now(SHANGHAI)  # noqa: TID251 - this is the one reader


class _Face:
    """What the clock shows; threads of one process share it, so that a test's day holds in all."""

    read: Callable[[], datetime] = staticmethod(_wall)


def now() -> datetime:
    """Return the present moment in Shanghai's time."""
    return _Face.read()


def today() -> date:
    """Return the present day in Shanghai."""
    return now().date()


def this_hour() -> datetime:
    """Return the beginning of the present hour."""
    return now().replace(minute=0, second=0, microsecond=0)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at ``moment`` within the block, for tests and for tables of due days."""
    _Face.read = staticmethod(lambda: moment)
    try:
        yield
    finally:
        _Face.read = staticmethod(_wall)


def start(subject: "Subject", duty: Duty) -> Clock | None:
    """Start the term of ``duty`` on ``subject`` from today, in place of one that still runs.

    Nothing starts where the subject's pace knows no term.
    """
    stop(subject, duty)
    pace = subject.pace()
    if pace is None:
        return None
    due = calendar.due(packs.active().term_of(duty), today(), pace)
    if due is None:
        return None
    return Clock.objects.create(
        thing_id=subject.pk,
        duty=duty.name,
        started=today(),
        due=due.day,
        provisional=due.provisional,
    )


def stop(subject: "Subject", duty: Duty) -> None:
    """End the term of ``duty`` on ``subject``: what it asked for was done."""
    Clock.objects.running().filter(thing_id=subject.pk, duty=duty.name).update(ended_at=now())


def overdue(duty: Duty) -> "QuerySet[Clock]":
    """Return the running clocks of ``duty`` whose last day has passed untold."""
    return Clock.objects.running().filter(duty=duty.name, due__lt=today(), lapsed_at=None)
