"""Legal days: the State Council's working calendar, and the day on which a term ends.

Pure: nothing here reads the wall clock or the database.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from yelin.law import packs
from yelin.law.lists import ChoiceList
from yelin.law.statute import Notice, Term

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = timedelta(days=1)
_DECEMBER_EDGE = 29


@cache
def _by_rule_alone() -> "HolidayBase":
    """Return holidays fixed by regulation, or like Spring Festival by the moon; no made-up days."""
    import holidays  # noqa: PLC0415 - large, and asked only for years without a notice

    return holidays.country_holidays("CN")


@dataclass(frozen=True, slots=True)
class Due:
    """The last lawful day; ``provisional`` while a State Council notice could still move it."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a term stood still: from ``since`` up to, but without, ``until``."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day < self.until


class WorkingCalendar:
    """Days worked and days off (工作日), by notice; where there is none, by week and holiday law.

    A day made up at a weekend (调休) is a working day.
    """

    def __init__(self, notices: Iterable[Notice], cycles: ChoiceList) -> None:
        notices = tuple(notices)
        self._cycles = cycles
        self._years = frozenset(notice.year for notice in notices)
        self._off = frozenset(day for notice in notices for day in notice.off)
        self._work = frozenset(day for notice in notices for day in notice.work)

    def is_working(self, day: date) -> bool:
        """Say whether ``day`` is a working day."""
        if day in self._work or day in self._off:
            return day in self._work
        if day.year in self._years:
            return day.weekday() < 5
        return _by_rule_alone().is_working_day(day)

    def is_provisional(self, day: date) -> bool:
        """Say whether a State Council notice that is not here yet could change ``day``.

        A notice moves days of its own year and, around New Year, the last days of the year before
        (29 December 2018 was worked by the notice for 2019).
        """
        if day.year not in self._years:
            return True
        at_the_edge = day.month == 12 and day.day >= _DECEMBER_EDGE
        return at_the_edge and day.year + 1 not in self._years

    def roll_forward(self, day: date) -> date:
        """Return ``day``, or the next working day when it is none (Civil Code 203)."""
        while not self.is_working(day):
            day += DAY
        return day

    def add_working_days(self, start: date, days: int) -> date:
        """Return the working day that is ``days`` after ``start``, which is itself not counted.

        The first day is not counted by Civil Code 201; with 0 the answer is ``start``.
        """
        if days < 0:
            raise ValueError("a term does not run backwards")
        end = start
        for _ in range(days):
            end = self.roll_forward(end + DAY)
        return end

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and with ``end``; below 0 when it is past.

        The inverse of ``add_working_days``.
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(map(self.is_working, _days_after(start, end)))

    def counted_from(self, term: Term, start: date, cycle: str | None = None) -> date | None:
        """Return the day after which ``term`` is counted, or none when it has no end.

        A term that runs from the update cycle begins where the entry's own period ends; a cycle
        without a period (irregular, never) has no term. Raises ``KeyError`` for a cycle that the
        pack does not list.
        """
        if term.counts_from != "update_cycle":
            return start
        if cycle is None:
            raise ValueError(f"the term {term.name} runs from an update cycle; name it")
        period = self._cycles[cycle]
        if period.days is None and period.months is None:
            return None
        return add_months(start, period.months or 0) + timedelta(days=period.days or 0)

    def end(
        self, term: Term, first: date, *, extended: bool = False, still: Iterable[Span] = ()
    ) -> Due:
        """Return the last lawful day of ``term`` counted after the day ``first``.

        Days in ``still`` are not counted. A last day off moves to the next working day (Civil Code
        203), and so does one on which the term stands still.
        """
        still = tuple(still)
        end, left, provisional = first, term.longest(extended=extended), False
        while left:
            end += DAY
            if any(end in span for span in still):
                continue
            if term.unit == "day":
                left -= 1
                continue
            provisional |= self.is_provisional(end)
            left -= self.is_working(end)
        provisional |= self.is_provisional(end)
        while not self.is_working(end) or any(end in span for span in still):
            end += DAY
            provisional |= self.is_provisional(end)
        return Due(end, provisional)

    def due(self, term: Term, start: date, cycle: str | None = None) -> Due | None:
        """Return the last lawful day of ``term`` from ``start``, or none when it has no end."""
        first = self.counted_from(term, start, cycle)
        return None if first is None else self.end(term, first)


def add_months(start: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day (Civil Code 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _days_after(start: date, end: date) -> Iterator[date]:
    for step in range(1, (end - start).days + 1):
        yield start + step * DAY


@cache
def national() -> WorkingCalendar:
    """Return the calendar of this installation's pack."""
    pack = packs.active()
    return WorkingCalendar(pack.notices, pack.list("update_cycle"))


def is_working(day: date) -> bool:
    """Say whether ``day`` is a working day."""
    return national().is_working(day)


def is_provisional(day: date) -> bool:
    """Say whether a State Council notice that is not here yet could change ``day``."""
    return national().is_provisional(day)


def roll_forward(day: date) -> date:
    """Return ``day``, or the next working day when it is none (Civil Code 203)."""
    return national().roll_forward(day)


def add_working_days(start: date, days: int) -> date:
    """Return the working day that is ``days`` after ``start``, which is itself not counted."""
    return national().add_working_days(start, days)


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to and with ``end``; below 0 when it is past."""
    return national().working_days_between(start, end)


def due(term: Term, start: date, cycle: str | None = None) -> Due | None:
    """Return the last lawful day of ``term`` from ``start``, or none when it has no end."""
    return national().due(term, start, cycle)
