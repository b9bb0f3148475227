"""Rules for the whole life of government data, each edition with the one that it replaces."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yelin.parties.models import Body
from yelin.registers.content import Step
from yelin.things.models import Evidence, Subject


class RuleState(models.TextChoices):
    """Where a rule stands in its life."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    REPLACED = "replaced", "Replaced"
    REPEALED = "repealed", "Repealed"


class ProcessRule(Subject):
    """One edition of a rule of the whole process (全过程管理规范).

    Its text stands here, at ``address`` or in a file that hangs on it.
    """

    KIND = "process_rule"
    ALONG = ("body", "replaces")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="process_rules")
    number = models.CharField(max_length=60, blank=True)
    """The number of the document that issues it (文號); a draft has none."""
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    steps = ArrayField(
        models.CharField(max_length=16, choices=[(each.value, each.name) for each in Step])
    )
    text = models.TextField(blank=True)
    address = models.CharField(max_length=500, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors"
    )
    state = models.CharField(max_length=16, choices=RuleState.choices, default=RuleState.DRAFT)
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)

    class Meta:
        ordering = [F("in_force_from").desc(nulls_first=True), "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="registers_process_rule_number_once",
                fields=["number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="registers_issued_rule_has_number_and_day",
                condition=Q(state="draft", number="", in_force_from=None)
                | (~Q(state="draft") & ~Q(number="") & Q(in_force_from__isnull=False)),
            ),
            models.CheckConstraint(
                name="registers_ended_rule_has_its_day",
                condition=Q(state__in=["draft", "published"], in_force_to=None)
                | Q(state__in=["replaced", "repealed"], in_force_to__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def replaced_by(self) -> "ProcessRule | None":
        """Return the edition that took its place, once there is one."""
        return self.successors.exclude(state=RuleState.DRAFT).first()

    def end(self, state: RuleState, last: date) -> None:
        """Let it hold until the end of ``last``, and no longer."""
        self.state = state
        self.in_force_to = last
        self.save()

    def give_way(self, begins: date) -> None:
        """Let the edition that begins on a day take its place."""
        self.end(RuleState.REPLACED, begins - timedelta(days=1))

    def evidence(self) -> Evidence:
        """Return whose rule it is, by code, number, steps, state, days, and what it replaces."""
        return {
            "body": self.body.credit_code,
            "number": self.number,
            "steps": sorted(self.steps),
            "state": self.state,
            "from": self.in_force_from.isoformat() if self.in_force_from else None,
            "to": self.in_force_to.isoformat() if self.in_force_to else None,
            "replaces": str(self.replaces_id) if self.replaces_id else None,
        }
