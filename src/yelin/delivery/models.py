"""What was handed out: to whom, call by call; to nobody in particular, by resource and hour."""

from django.db import models
from django.db.models import Q

from yelin.acts.counting import HourlyCount
from yelin.catalog.models import Entry
from yelin.delivery.attributions import Attribution
from yelin.delivery.calls import (
    SILENCE,
    CallQuerySet,
    Channel,
    Delivery,
    Docket,
    Forgetting,
    Outcome,
    Taken,
    fresh_salt,
)
from yelin.delivery.checks import Check, CheckQuerySet
from yelin.delivery.files import (
    CATALOGS,
    TICKET_LASTS,
    Batch,
    CatalogFile,
    Holder,
    Kept,
    Ticket,
    TicketQuerySet,
)
from yelin.delivery.statements import Statement
from yelin.delivery.subscriptions import DeadLetter, Held, Reached, Standing, Subscription, Wants
from yelin.things.models import Evidence

__all__ = [
    "CATALOGS",
    "SILENCE",
    "TICKET_LASTS",
    "Attribution",
    "Batch",
    "CallQuerySet",
    "CatalogFile",
    "Channel",
    "Check",
    "CheckQuerySet",
    "DeadLetter",
    "Delivery",
    "Docket",
    "Forgetting",
    "Held",
    "Holder",
    "Kept",
    "Outcome",
    "Pace",
    "Reached",
    "Standing",
    "Statement",
    "Subscription",
    "Taken",
    "Tally",
    "Ticket",
    "TicketQuerySet",
    "Wants",
    "fresh_salt",
]


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


class Pace(models.Model):
    """How many calls were answered in one hour under one limit, until the hour is over.

    ``of`` is a digest: of a grant or a person; or of an address under a key of its day, so that
    nobody is known by it the day after.
    """

    of = models.BinaryField(max_length=32)
    hour = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_one_pace", fields=["of", "hour"]),
        ]

    def __str__(self) -> str:
        return f"{self.used} in {self.hour:%Y-%m-%d %H}"
