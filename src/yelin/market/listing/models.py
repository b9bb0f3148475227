"""Products and what they are made of, their listings, and what reviewers found."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.keys import canonical
from yelin.law import clock
from yelin.market.listing.content import ListingContent, ProductContent
from yelin.market.platform.models import Platform
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release


class Product(Subject):
    """Something made of data that a body trades (数据产品); ``said`` is its description."""

    KIND = "product"
    ALONG = ("owner",)

    number = models.CharField(max_length=24, unique=True)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="products")
    said = models.JSONField()
    changed_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.content.title}"

    @property
    def content(self) -> ProductContent:
        """What it says of itself."""
        return ProductContent.model_validate(self.said)

    def evidence(self) -> Evidence:
        """Return whose it is, what kind, and of which entries it is made."""
        codes = self.sources.filter(dropped_on=None).values_list("entry__code", flat=True)
        return {
            "number": self.number,
            "owner": self.owner.credit_code,
            "kind": self.content.kind,
            "entries": sorted(code for code in codes if code),
            "withdrawn": self.withdrawn_on.isoformat() if self.withdrawn_on else None,
        }


class Basis(models.TextChoices):
    """By which right a body trades what a product is made of."""

    OWN = "own", "Its own data"
    OPEN = "open", "Open to all"
    GRANTED = "granted", "Granted to it, trade included"


class Source(models.Model):
    """That a product is made of an entry's data: of one release, or always of the newest."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="sources")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="traded_in")
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, null=True, related_name="traded_in"
    )
    basis = models.CharField(max_length=16, choices=Basis.choices)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="traded_in")
    dropped_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="market_source_once",
                fields=["product", "entry"],
                condition=Q(dropped_on=None),
            ),
            models.CheckConstraint(
                name="market_granted_source_has_its_grant",
                condition=Q(basis="granted", grant__isnull=False)
                | ~Q(basis="granted") & Q(grant=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.number} {self.entry_id}"


class State(models.TextChoices):
    """Where a listing stands on its way to the market and off it."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Awaits technical review"
    EXAMINED = "examined", "Awaits legal review"
    RETURNED = "returned", "Returned"
    LISTED = "listed", "Listed"
    SUSPENDED = "suspended", "Suspended"
    DELISTED = "delisted", "Delisted"
    DROPPED = "dropped", "Given up"


# Where what is said of it can still be changed.
OPEN_TO_CHANGE = (State.DRAFT, State.RETURNED)
# Where it has a registration number and a code by which anyone asks for it.
REGISTERED = (State.LISTED, State.SUSPENDED, State.DELISTED)
# Where it is offered no more.
ENDED = (State.DELISTED, State.DROPPED)


class Listing(Subject):
    """That a product is offered on a platform (挂牌): its price, ways of delivery and last day.

    ``described`` and ``digest`` are what the product said when it was handed in, which reviewers
    saw and buyers see; ``digest`` is SHA-256 over RFC 8785. ``registration`` and ``query_code`` are
    given as it is listed, and never change.
    """

    KIND = "listing"
    ALONG = ("product__owner", "platform__operator")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="listings")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="listings")
    offered = models.JSONField()
    described = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    submitted_on = models.DateField(null=True)
    registration = models.CharField(max_length=24, unique=True, null=True)  # noqa: DJ001 - none is given yet, and NULLs do not collide
    query_code = models.CharField(max_length=16, unique=True, null=True)  # noqa: DJ001 - the same
    listed_on = models.DateField(null=True)
    until = models.DateField()
    stopped_on = models.DateField(null=True)
    stopped_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = [F("listed_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="market_listed_once_on_a_platform",
                fields=["product", "platform"],
                condition=~Q(state__in=["delisted", "dropped"]),
            ),
            models.CheckConstraint(
                name="market_registered_has_its_number",
                condition=Q(state__in=["listed", "suspended", "delisted"],
                            registration__isnull=False, query_code__isnull=False,
                            listed_on__isnull=False, digest__isnull=False)
                | ~Q(state__in=["listed", "suspended", "delisted"]) & Q(registration=None),
            ),
            models.CheckConstraint(
                name="market_stopped_says_why",
                condition=Q(state__in=["suspended", "delisted", "dropped"],
                            stopped_on__isnull=False) & ~Q(stopped_because="")
                | ~Q(state__in=["suspended", "delisted", "dropped"])
                & Q(stopped_on=None, stopped_because=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.registration or self.product.number} {self.platform.number}"

    @property
    def terms(self) -> ListingContent:
        """Price, delivery and last day."""
        return ListingContent.model_validate(self.offered)

    @property
    def description(self) -> ProductContent:
        """What is said of the product: as it was handed in, before that as it says now."""
        return ProductContent.model_validate(self.described or self.product.said)

    @staticmethod
    def digest_of(described: dict[str, object], offered: dict[str, object]) -> bytes:
        """Return what commits to a description and an offer: SHA-256 over RFC 8785."""
        return canonical.digest({"described": described, "offered": offered})

    def standing(self, on: date | None = None) -> str:
        """Return how it stands on a day (today): its state, or ``over`` after its last day."""
        day = on or clock.today()
        return "over" if self.state == State.LISTED and day > self.until else str(self.state)

    def evidence(self) -> Evidence:
        """Return what is offered where, as which digest, and how it stands."""
        return {
            "product": self.product.number,
            "owner": self.product.owner.credit_code,
            "platform": self.platform.number,
            "registration": self.registration,
            "digest": bytes(self.digest).hex() if self.digest else None,
            "state": str(self.state),
        }


class Level(models.TextChoices):
    """Of which kind a review is: the second follows the first, by somebody else."""

    TECHNICAL = "technical", "Technical review"
    LEGAL = "legal", "Legal review"


class Check(models.Model):
    """What a reviewer of the platform found of a listing as it was handed in (审查记录).

    ``ticked`` are the points of the checklist that were found in order, by code.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="checks")
    digest = models.BinaryField(max_length=32)
    level = models.CharField(max_length=16, choices=Level.choices)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    ticked = ArrayField(models.CharField(max_length=40))
    passed = models.BooleanField()
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="market_failed_check_says_why", condition=Q(passed=True) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.level}"
