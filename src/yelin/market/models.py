"""Arrangements by which enterprises develop and use government data, and what they reach."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject


class Way(models.TextChoices):
    """How a body found its operator: three ways by law, one by national rules."""

    PROCUREMENT = "procurement", "Government procurement"
    OUTSOURCING = "outsourcing", "Outsourcing"
    COOPERATION = "cooperation", "Cooperation"
    AUTHORIZED = "authorized", "Authorised operation"


class State(models.TextChoices):
    """Where an arrangement stands: being written, public, ended before its last day."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    ENDED = "ended", "Ended"


class Arrangement(Subject):
    """That an enterprise works with a body's data in the market (市场化开发应用安排).

    It holds from ``since`` to ``until``, both days included, and reaches the entries of its
    ``scope`` and no others. ``basis`` names the contract, decision or award on which it stands.
    Where it ``trades``, the operator may trade what it makes of them.
    """

    KIND = "arrangement"
    ALONG = ("body", "operator")

    number = models.CharField(max_length=24, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="arrangements")
    operator = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="operates")
    way = models.CharField(max_length=16, choices=Way.choices)
    title = models.CharField(max_length=200)
    purpose = models.TextField()
    basis = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField()
    trades = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    published_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-since", "-number"]
        constraints = [
            models.CheckConstraint(
                name="market_arrangement_ends_after_it_begins",
                condition=Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="market_public_arrangement_has_its_day",
                condition=Q(state="draft", published_on=None)
                | ~Q(state="draft") & Q(published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="market_ended_arrangement_says_why",
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(ended_because="")
                | ~Q(state="ended") & Q(ended_on=None, ended_because=""),
            ),
            models.CheckConstraint(
                name="market_nobody_operates_for_itself", condition=~Q(operator=F("body"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def standing(self, on: date | None = None) -> str:
        """Return how it stands on a day (today): its state, or ``coming``, ``runs``, ``over``."""
        day = on or clock.today()
        if self.state != State.PUBLISHED:
            return str(self.state)
        if day < self.since:
            return "coming"
        return "runs" if day <= self.until else "over"

    def evidence(self) -> Evidence:
        """Return both sides by code, how and how long, and which entries it reaches."""
        reached = self.scope.filter(dropped_on=None).values_list("entry__code", flat=True)
        return {
            "number": self.number,
            "body": self.body.credit_code,
            "operator": self.operator.credit_code,
            "way": str(self.way),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "trades": self.trades,
            "state": str(self.state),
            "entries": sorted(code for code in reached if code),
        }


class Reach(models.Model):
    """That an arrangement reaches an entry; while it runs, by a grant where one is needed."""

    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="scope")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="reached_by")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, null=True, related_name="reach")
    dropped_on = models.DateField(null=True)

    class Meta:
        ordering = ["entry__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="market_reached_once",
                fields=["arrangement", "entry"],
                condition=Q(dropped_on=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.arrangement.number} {self.entry_id}"


# Django looks here for every table of the room; what they refer to stands above.
from yelin.market.acceptance.models import Inspection  # noqa: E402
from yelin.market.compute.models import Computation, Ground  # noqa: E402
from yelin.market.contract.callbacks import Callback  # noqa: E402
from yelin.market.contract.models import (  # noqa: E402
    Contract,
    Negotiation,
    Offer,
    PartyCertificate,
    Signature,
)
from yelin.market.contract.settlement import Settlement  # noqa: E402
from yelin.market.dispute.models import Dispute, Statement  # noqa: E402
from yelin.market.filing.models import Filing  # noqa: E402
from yelin.market.listing.models import Check, Listing, Product, Source  # noqa: E402
from yelin.market.platform.models import Membership, Platform, Rulebook  # noqa: E402
from yelin.market.rating.models import Rating  # noqa: E402
from yelin.market.transfer.models import Transfer, TransferKey  # noqa: E402

__all__ = [
    "Arrangement",
    "Callback",
    "Check",
    "Computation",
    "Contract",
    "Dispute",
    "Filing",
    "Ground",
    "Inspection",
    "Listing",
    "Membership",
    "Negotiation",
    "Offer",
    "PartyCertificate",
    "Platform",
    "Product",
    "Rating",
    "Reach",
    "Rulebook",
    "Settlement",
    "Signature",
    "Source",
    "State",
    "Statement",
    "Transfer",
    "TransferKey",
    "Way",
]
