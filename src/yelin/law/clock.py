"""The one reader of the wall clock, and the legal terms that run by it (期限).

A term is data of the statute pack; a running one is a ``Clock`` row, changed only within an act
that holds its thing. The clock never calls upstairs: each room sweeps ``overdue`` for its duties.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from yelin.law import calendar, packs
from yelin.law.calendar import Due
from yelin.law.duties import Duty
from yelin.law.models import Clock, ClockQuerySet
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.law.statute import Term

if TYPE_CHECKING:
    from uuid import UUID

    from yelin.things.models import Subject, Thing

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


def day_of(moment: datetime) -> date:
    """Return the day of ``moment`` in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def beginning_of(day: date) -> datetime:
    """Return the first moment of ``day`` in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def end_of(day: date) -> datetime:
    """Return the first moment after ``day`` in Shanghai."""
    return beginning_of(day + timedelta(days=1))


def this_hour() -> datetime:
    """Return the beginning of the present hour."""
    return now().replace(minute=0, second=0, microsecond=0)


def this_minute() -> datetime:
    """Return the beginning of the present minute."""
    return now().replace(second=0, microsecond=0)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at ``moment`` within the block, for tests and for tables of due days."""
    before = _Face.read
    _Face.read = staticmethod(lambda: moment)
    try:
        yield
    finally:
        _Face.read = staticmethod(before)


def start(subject: "Subject", duty: Duty, *, at: date | None = None) -> Clock | None:
    """Start the term of ``duty`` on ``subject``, in place of one that still runs.

    Nothing starts where the term runs from an update cycle and the subject has none.
    """
    stop(subject, duty)
    since = at or today()
    term = packs.active().term_of(duty, since)
    pace = subject.pace()
    if term.counts_from == "update_cycle" and pace is None:
        return None
    first = calendar.national().counted_from(term, since, pace)
    return None if first is None else _begin(subject.pk, term, since, first, since)


def run(
    thing: "Subject | Thing",
    term_name: str,
    *,
    since: date | None = None,
    law_of: date | None = None,
) -> Clock:
    """Run the pack's term called ``term_name`` on ``thing``, counted from ``since`` (or today).

    The law of the day ``law_of`` judges it: that of ``since``, unless the matter began before.
    Raises ``KeyError`` where that law has no such term, ``OutOfTurn`` where its duty has one that
    runs already.
    """
    since = since or today()
    law_of = law_of or since
    term = packs.active().term(term_name, law_of)
    if running(thing).filter(duty=term.duty).exists():
        raise OutOfTurn("This term runs already.")
    first = calendar.national().counted_from(term, since)
    assert first is not None  # noqa: S101  # only a cycle may lack an end; tells mypy
    return _begin(thing.pk, term, since, first, law_of)


def stop(thing: "Subject | Thing", duty: Duty) -> None:
    """End the term of ``duty`` on ``thing``: what it asked for was done."""
    running(thing).filter(duty=duty.name).update(ended_at=now())


def suspend(thing: "Subject | Thing", duty: Duty, reason_code: str) -> Clock:
    """Let the term of ``duty`` on ``thing`` stand still from today, for a reason in the law.

    Raises ``Incomplete`` for a reason that the pack does not name, ``OutOfTurn`` where no term
    runs, it stands still already, or it has passed.
    """
    found = _counting(thing, duty)
    if term_of(found).waits_for(reason_code) is None:
        raise Incomplete.at("reason", "The law does not let this term stand still for that.", duty)
    found.suspended_on, found.suspended_for = today(), reason_code
    found.save(update_fields=["suspended_on", "suspended_for"])
    return found


def resume(thing: "Subject | Thing", duty: Duty) -> Clock:
    """Let the term of ``duty`` on ``thing`` run on from today, which is counted again.

    Raises ``OutOfTurn`` where it does not stand still.
    """
    found = _running(thing, duty)
    if found.suspended_on is None:
        raise OutOfTurn("This term does not stand still.")
    found.pauses.create(since=found.suspended_on, until=today(), reason=found.suspended_for)
    found.suspended_on, found.suspended_for = None, ""
    return settle(found)


def extend(thing: "Subject | Thing", duty: Duty) -> Clock:
    """Extend the term of ``duty`` on ``thing`` by the length that the pack allows, once.

    Raises ``Incomplete`` where the pack allows none, ``OutOfTurn`` where no term runs, it was
    extended already, stands still, or has passed.
    """
    found = _counting(thing, duty)
    if term_of(found).extension is None:
        raise Incomplete.at("term", "The law does not let this term be extended.", duty)
    if found.extended:
        raise OutOfTurn("This term was extended once already; the law allows no more.")
    found.extended = True
    return settle(found)


def recount(running: Clock) -> Due:
    """Count the due day of ``running`` from scratch: its start, pauses, extension and calendar."""
    still = [pause.span for pause in running.pauses.all()]
    return calendar.national().end(
        term_of(running), running.counted_from, extended=running.extended, still=still
    )


def settle(running: Clock) -> Clock:
    """Save ``running`` with the due day that it counts to; a lapse before that day is undone."""
    due = recount(running)
    running.due, running.provisional = due.day, due.provisional
    if running.due >= today():
        running.lapsed_at = None
    running.save()
    return running


def term_of(running: Clock) -> Term:
    """Return the term of ``running`` as the law that judges it has it."""
    return packs.active().term(running.term, running.law_of)


def running(thing: "Subject | Thing") -> ClockQuerySet:
    """Return the clocks that run on ``thing``, the one due first before the others."""
    return Clock.objects.running().filter(thing_id=thing.pk).order_by("due", "pk")


def overdue(duty: Duty) -> ClockQuerySet:
    """Return the clocks of ``duty`` whose last day has passed untold."""
    return Clock.objects.counting().filter(duty=duty.name, due__lt=today(), lapsed_at=None)


def due_soon(duty: Duty, days: int) -> ClockQuerySet:
    """Return the clocks of ``duty`` that end today or within the next ``days`` working days."""
    last = calendar.add_working_days(today(), days)
    return Clock.objects.counting().filter(duty=duty.name, due__range=(today(), last))


def _begin(pk: "UUID", term: Term, since: date, first: date, law_of: date) -> Clock:
    due = calendar.national().end(term, first)
    return Clock.objects.create(
        thing_id=pk,
        duty=term.duty,
        term=term.name,
        law_of=law_of,
        started=since,
        counted_from=first,
        due=due.day,
        provisional=due.provisional,
    )


def _running(thing: "Subject | Thing", duty: Duty) -> Clock:
    found = running(thing).filter(duty=duty.name).first()
    if found is None:
        raise OutOfTurn("No such term runs here.")
    return found


def _counting(thing: "Subject | Thing", duty: Duty) -> Clock:
    found = _running(thing, duty)
    if found.suspended_on is not None:
        raise OutOfTurn("This term stands still.")
    if found.due < today():
        raise OutOfTurn("This term has passed already.")
    return found
