"""Legal terms that run (期限), one row each, and the days on which they stood still."""

from django.db import models
from django.db.models import F, Q

from yelin.law.calendar import Due, Span
from yelin.things.models import Thing


class ClockQuerySet(models.QuerySet["Clock"]):
    """Questions about running terms."""

    def running(self) -> "ClockQuerySet":
        """Return the clocks that nothing has ended yet."""
        return self.filter(ended_at=None)

    def counting(self) -> "ClockQuerySet":
        """Return the running clocks that do not stand still."""
        return self.running().filter(suspended_on=None)


class Clock(models.Model):
    """The pack's ``term`` running on one thing for ``duty``; ``due`` is its last lawful day.

    ``law_of`` is the day whose law judges it, ``counted_from`` the day after which it is counted
    (``started``, or the end of an update period). ``provisional`` marks a due day that a holiday
    notice could still move. A clock that stands still keeps the due day it had. A lapsed clock
    still runs: what is owed stays owed.
    """

    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="clocks")
    duty = models.CharField(max_length=64)
    term = models.CharField(max_length=64)
    law_of = models.DateField()
    started = models.DateField()
    counted_from = models.DateField()
    due = models.DateField()
    provisional = models.BooleanField(default=False)
    extended = models.BooleanField(default=False)
    suspended_on = models.DateField(null=True)
    suspended_for = models.CharField(max_length=64, blank=True)
    lapsed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="law_one_running_clock", fields=["thing", "duty"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="law_due_not_before_start", condition=Q(due__gte=F("started"))
            ),
            models.CheckConstraint(
                name="law_suspended_for_a_reason",
                condition=Q(suspended_on=None, suspended_for="")
                | (Q(suspended_on__isnull=False) & ~Q(suspended_for="")),
            ),
        ]
        indexes = [
            models.Index(name="law_running", fields=["duty", "due"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.duty} by {self.due}"

    @property
    def end(self) -> Due:
        """The last lawful day, as it is kept."""
        return Due(self.due, self.provisional)


class Pause(models.Model):
    """Days that a clock did not count: from ``since`` up to, but without, ``until``."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="law_pause_forward", condition=Q(until__gte=F("since")))
        ]

    def __str__(self) -> str:
        return f"{self.reason} from {self.since} to {self.until}"

    @property
    def span(self) -> Span:
        """The days, as the calendar counts them."""
        return Span(self.since, self.until)
