"""Counting what happens to nobody in particular: one row, and one leaf, for each kind and hour."""

from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import F

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.things.models import Evidence, Subject


class HourlyCount(Subject):
    """Counts of one hour, closed by one leaf once it has ended."""

    hour = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def count(cls, *, of: dict[str, Any], **more: int) -> None:
        """Add ``more`` to the counts of the present hour for what ``of`` names."""
        key = of | {"hour": clock.this_hour()}
        rows = cls._default_manager.filter(**key)
        sums = {name: F(name) + number for name, number in more.items()}
        if rows.update(**sums):
            return
        try:
            with transaction.atomic():
                cls(**key, **more).save()
        except IntegrityError:
            # Another process opened the hour in the same moment.
            rows.update(**sums)

    @classmethod
    def ended(cls) -> "models.QuerySet[Self]":
        """Return the hours that have ended and have no leaf yet, oldest first."""
        open_ = cls._default_manager.filter(closed_at=None, hour__lt=clock.this_hour())
        return open_.order_by("hour")

    def close(self) -> None:
        """Close the hour. Raises ``OutOfTurn`` if it has not ended or is closed already."""
        if self.closed_at is not None or self.hour >= clock.this_hour():
            raise OutOfTurn("This hour is closed already or has not ended.")
        self.closed_at = clock.now()
        self.save(update_fields=["closed_at"])

    def evidence(self) -> Evidence:
        """Return the hour."""
        return {"hour": self.hour.isoformat(timespec="minutes")}
