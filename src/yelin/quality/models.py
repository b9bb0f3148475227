"""Rules that somebody wrote for a resource, and the score below which its data is not enough."""

import hashlib

import rfc8785
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.quality.rules import Reference, Rule, Written
from yelin.things.models import Evidence, Subject


class WrittenRuleQuerySet(models.QuerySet["WrittenRule"]):
    """Questions about written rules."""

    def in_force(self) -> "WrittenRuleQuerySet":
        """Return the rules by which releases are measured now, the oldest first."""
        return self.filter(dropped_at=None).order_by("made_at", "pk")


class WrittenRule(Subject):
    """A rule that the provider of a resource, or whoever confirms it, wrote for its data.

    ``expression`` is what holds of every row; without one the value of the one item has to be found
    in the item ``refers_item`` of the newest release of ``refers_to``. ``text`` and ``text_en`` say
    it to people.
    """

    KIND = "quality_rule"
    ALONG = ("entry__provider", "refers_to")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="quality_rules")
    indicator = models.CharField(max_length=4)
    expression = models.TextField(blank=True)
    items = ArrayField(models.CharField(max_length=200))
    refers_to = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    refers_item = models.CharField(max_length=200, blank=True)
    weight = models.PositiveSmallIntegerField()
    veto = models.BooleanField(default=False)
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    objects = WrittenRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quality_rule_holds_or_refers",
                condition=Q(refers_to=None, refers_item="") & ~Q(expression="")
                | Q(refers_to__isnull=False, expression="", items__len=1) & ~Q(refers_item=""),
            ),
            models.CheckConstraint(name="quality_weight", condition=Q(weight__range=(1, 10))),
        ]

    def __str__(self) -> str:
        return self.text

    def rule(self) -> Rule:
        """Return it as it is asked of a release."""
        refers_to = None
        if self.refers_to is not None:
            refers_to = Reference(self.refers_to.code or "", self.refers_item)
        return Rule(
            code=f"own:{self.pk}",
            kind=Written.REFERS if refers_to else Written.HOLDS,
            indicator=self.indicator,
            items=tuple(self.items),
            weight=self.weight,
            veto=self.veto,
            zh=self.text,
            en=self.text_en or self.text,
            expression=self.expression,
            refers_to=refers_to,
        )

    def evidence(self) -> Evidence:
        """Return indicator and weight, and what is asked by its digest alone.

        A condition may name values.
        """
        asked = [self.expression, self.items, str(self.refers_to_id or ""), self.refers_item]
        return {
            "entry": self.entry.code,
            "indicator": self.indicator,
            "weight": self.weight,
            "veto": self.veto,
            "asks": hashlib.sha256(str(self.pk).encode() + rfc8785.dumps(asked)).hexdigest(),
            "dropped": self.dropped_at is not None,
        }


class Threshold(Subject):
    """The score below which a resource's data is not published, or not without a warning (门槛).

    ``weights`` of dimensions, by code, go before those of the law's own scheme.
    """

    KIND = "threshold"
    ALONG = ("entry__provider",)

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="threshold")
    least = models.PositiveSmallIntegerField()
    blocks = models.BooleanField()
    weights = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(name="quality_least", condition=Q(least__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return f"{self.entry} ≥ {self.least}"

    def evidence(self) -> Evidence:
        """Return whose threshold it is, and what it says."""
        return {
            "entry": self.entry.code,
            "least": self.least,
            "blocks": self.blocks,
            "weights": self.weights,
        }
