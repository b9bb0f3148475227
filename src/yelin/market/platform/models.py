"""Trading platforms, the versions of their rules, and who takes part in which capacity."""

from datetime import date

from django.db import models
from django.db.models import F, Q, QuerySet

from yelin.law import clock
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject


class RuleKind(models.TextChoices):
    """Which rules the law asks of whoever runs a platform (42.1)."""

    TRADING = "trading", "Trading rules"
    DISCLOSURE = "disclosure", "Disclosure rules"
    FILING = "filing", "Filing rules"


class PlatformQuerySet(models.QuerySet["Platform"]):
    """Questions about platforms."""

    def running(self) -> "PlatformQuerySet":
        """Return those that are not closed."""
        return self.filter(closed_on=None)


class Platform(Subject):
    """A place in which data is traded, run by an enterprise, admitted by the agency (数据交易平台).

    ``basis`` names the decision by which it was set up. It works once its operator has published
    rules of each kind.
    """

    KIND = "platform"
    ALONG = ("operator",)

    number = models.CharField(max_length=24, unique=True)
    operator = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="platforms")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=300)
    admitted_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=500, blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="market_closed_platform_says_why",
                condition=Q(closed_on=None, closed_because="")
                | Q(closed_on__isnull=False) & ~Q(closed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def rules_on(self, day: date | None = None) -> "dict[str, Rulebook]":
        """Return the rules in force on a day (today), by kind."""
        on = day or clock.today()
        books = sorted(self.rulebooks.all(), key=lambda each: each.number)
        return {each.kind: each for each in books if each.since <= on}

    def lacks(self) -> list[RuleKind]:
        """Return the kinds of rules that are not in force today."""
        found = self.rules_on()
        return [kind for kind in RuleKind if kind not in found]

    def evidence(self) -> Evidence:
        """Return who runs it, by code, and whether it is closed."""
        return {
            "number": self.number,
            "operator": self.operator.credit_code,
            "closed": self.closed_on.isoformat() if self.closed_on else None,
        }


class Rulebook(Subject):
    """One version of one kind of a platform's rules, as it was published (交易规则版本).

    ``digest`` is the SHA-256 of its text in UTF-8. It holds from ``since`` on, until the day on
    which the next version does; no version is ever changed.
    """

    KIND = "rulebook"
    ALONG = ("platform__operator",)

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="rulebooks")
    kind = models.CharField(max_length=16, choices=RuleKind.choices)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.BinaryField(max_length=32)
    since = models.DateField()
    published_on = models.DateField()

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="market_rulebook_once", fields=["platform", "kind", "number"]
            ),
            models.CheckConstraint(
                name="market_rulebook_holds_once_published",
                condition=Q(since__gte=F("published_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform.number} {self.kind} {self.number}"

    def evidence(self) -> Evidence:
        """Return whose, which version, its digest, and from when it holds."""
        return {
            "platform": self.platform.number,
            "kind": self.kind,
            "number": self.number,
            "digest": bytes(self.digest).hex(),
            "since": self.since.isoformat(),
        }


class Capacity(models.TextChoices):
    """In which capacity a body takes part in a platform (数商类型)."""

    SUPPLIER = "supplier", "Supplier"
    BUYER = "buyer", "Buyer"
    DELIVERY = "delivery", "Delivery service"
    ASSESSMENT = "assessment", "Assessment"
    BROKERAGE = "brokerage", "Brokerage"


class Part(models.TextChoices):
    """Where it stands that a body takes part."""

    ASKED = "asked", "Asked for"
    ADMITTED = "admitted", "Takes part"
    ENDED = "ended", "Ended"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about who takes part."""

    def live(self) -> "MembershipQuerySet":
        """Return those that were admitted and did not end."""
        return self.filter(state=Part.ADMITTED)


class Membership(Subject):
    """That a verified body takes part in a platform in one capacity (入场主体).

    ``rules`` are the trading rules that it agreed to.
    """

    KIND = "membership"
    ALONG = ("platform__operator", "body", "rules")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="memberships")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    rules = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=Part.choices, default=Part.ASKED)
    asked_on = models.DateField()
    admitted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="market_takes_part_once",
                fields=["platform", "body", "capacity"],
                condition=~Q(state="ended"),
            ),
            models.CheckConstraint(
                name="market_ended_membership_says_why",
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(ended_because="")
                | ~Q(state="ended") & Q(ended_on=None, ended_because=""),
            ),
            models.CheckConstraint(
                name="market_admitted_on_a_day",
                condition=~Q(state="admitted") | Q(admitted_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.capacity}"

    def evidence(self) -> Evidence:
        """Return who takes part where, as what, and how it stands."""
        return {
            "platform": self.platform.number,
            "body": self.body.credit_code,
            "capacity": self.capacity,
            "rules": self.rules.number,
            "state": str(self.state),
        }


def taking_part(body: Body, platform: Platform, *capacities: Capacity) -> "QuerySet[Membership]":
    """Return what ``body`` is on ``platform`` now, of these capacities."""
    return platform.memberships.live().filter(body=body, capacity__in=capacities)
