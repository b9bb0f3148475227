"""What was handed out to nobody in particular, counted by resource and hour."""

from django.db import models
from django.db.models import Q

from yelin.acts.counting import HourlyCount
from yelin.catalog.models import Entry
from yelin.things.models import Evidence


class Tally(HourlyCount):
    """Anonymous deliveries of one resource in one hour, closed by one leaf."""

    KIND = "tally"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="tallies")
    queries = models.BigIntegerField(default=0)
    downloads = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_one_tally", fields=["entry", "hour"]),
        ]
        indexes = [
            models.Index(name="delivery_open", fields=["hour"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.hour:%Y-%m-%d %H}"

    def evidence(self) -> Evidence:
        """Return the hour and the counts."""
        return super().evidence() | {"queries": self.queries, "downloads": self.downloads}
