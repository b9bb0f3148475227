"""A running clock as a person reads it: how many working days are left, by which article."""

from collections.abc import Iterable
from uuid import UUID

from yelin.law import calendar, clock, duties, packs
from yelin.law.models import Clock
from yelin.web.shapes import Term


def told(running: Clock) -> Term:
    """Return the term of a running clock as it stands today."""
    today = clock.today()
    left = calendar.working_days_between(today, running.due)
    if running.due < today:
        # A term that ended on the last working day is late on the Saturday after it already.
        left = min(left, -1)
    provision = packs.active().ordering(duties.by_name(running.duty), running.law_of)
    return Term(running.due, left, provision, running.provisional, still_since=running.suspended_on)


def of(things: Iterable[UUID], duty: duties.Duty = duties.BRING_IN) -> dict[UUID, Term]:
    """Return the running term of ``duty`` for each of ``things`` that has one, in one query."""
    clocks = Clock.objects.running().filter(thing__in=list(things), duty=duty.name)
    return {running.thing_id: told(running) for running in clocks}


def running_on(things: Iterable[UUID]) -> dict[UUID, Term]:
    """Return the one term that runs on each of ``things`` that has one, in one query."""
    clocks = Clock.objects.running().filter(thing__in=list(things))
    return {running.thing_id: told(running) for running in clocks}
