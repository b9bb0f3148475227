"""Legal terms that run (期限), one row each."""

from django.db import models
from django.db.models import F, Q

from yelin.things.models import Thing


class ClockQuerySet(models.QuerySet["Clock"]):
    """Questions about running terms."""

    def running(self) -> "ClockQuerySet":
        """Return the clocks that nothing has ended yet."""
        return self.filter(ended_at=None)


class Clock(models.Model):
    """A term of ``duty`` on one thing; ``due`` is its last lawful day.

    ``provisional`` marks a due day that lies in a year whose holiday notice is not out yet.
    A lapsed clock still runs: what is owed stays owed.
    """

    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="clocks")
    duty = models.CharField(max_length=64)
    started = models.DateField()
    due = models.DateField()
    provisional = models.BooleanField(default=False)
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
        ]
        indexes = [
            models.Index(name="law_running", fields=["duty", "due"], condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.duty} by {self.due}"
