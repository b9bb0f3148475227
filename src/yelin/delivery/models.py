"""What was handed out: to whom, call by call; to nobody in particular, by resource and hour."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from yelin.acts.counting import HourlyCount
from yelin.catalog.models import Entry
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
from yelin.delivery.files import TICKET_LASTS, Kept, Ticket, TicketQuerySet
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.notices.models import WAITS
from yelin.parties.models import Seat
from yelin.things.models import Evidence, Subject

__all__ = [
    "SILENCE",
    "TICKET_LASTS",
    "CallQuerySet",
    "Channel",
    "Check",
    "CheckQuerySet",
    "Delivery",
    "Docket",
    "Forgetting",
    "Kept",
    "Outcome",
    "Pace",
    "Subscription",
    "Taken",
    "Tally",
    "Ticket",
    "TicketQuerySet",
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


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about subscriptions."""

    def live(self) -> "SubscriptionQuerySet":
        """Return those that nobody and nothing has ended."""
        return self.filter(ended_at=None)


class Subscription(Subject):
    """That a body is told of each new release of a resource, at an address of its own (訂閱).

    Who subscribed, in which ``seat``, must be able to take the data whenever it is told. ``told``
    is the newest release that it knows of, or that was given up; ``failure`` the code of what went
    wrong last.
    """

    KIND = "subscription"
    ALONG = ("entry__provider", "seat__body", "seat__person")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subscriptions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lapsed = models.BooleanField(default=False)
    told = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_one_live_subscription",
                fields=["entry", "seat", "address"],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="delivery_ended_has_no_address",
                condition=Q(ended_at=None) & ~Q(address="") | Q(ended_at__isnull=False, address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {str(self.pk)[:8]}"

    def end(self, *, lapsed: bool) -> None:
        """End it and erase where it led. Raises ``OutOfTurn`` for one that has ended."""
        if self.ended_at is not None:
            raise OutOfTurn("This subscription has ended already.")
        self.ended_at, self.lapsed, self.address = clock.now(), lapsed, ""
        self.save(update_fields=["ended_at", "lapsed", "address"])

    def settle(self, number: int, failure: str) -> timedelta | None:
        """Note how telling of release ``number`` went; return after what wait to try again."""
        self.tries += 1
        self.failure, self.answered_at = failure, clock.now()
        wait = WAITS[self.tries - 1] if failure and self.tries <= len(WAITS) else None
        if wait is None:
            self.told, self.tries = number, 0
        self.save(update_fields=["tries", "failure", "answered_at", "told"])
        return wait

    def evidence(self) -> Evidence:
        """Return which resource for which seat, and how it stands; no address."""
        return {
            "entry": self.entry.code,
            "seat": str(self.seat_id),
            "ended": self.ended_at is not None,
            "lapsed": self.lapsed,
        }


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
