"""Government systems, the projects that build them, plans, data standards, whole-process rules."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from yelin.outbound.models import EgressRule
from yelin.outbound.rules import Destination
from yelin.parties.models import Body, Token
from yelin.registers.content import CodedValue, ItemType
from yelin.registers.process_rules import ProcessRule, RuleState
from yelin.things.models import Evidence, Subject

__all__ = [
    "CodeList",
    "CodeListVersion",
    "DataElement",
    "DataStandard",
    "FundedProject",
    "Funding",
    "GovernmentSystem",
    "Plan",
    "PlanFiling",
    "PlanKind",
    "PlanState",
    "ProcessRule",
    "RuleState",
    "StandardState",
    "SystemState",
]


class Funding(models.TextChoices):
    """How much of a project public money pays."""

    WHOLE = "whole", "Wholly"
    PART = "part", "In part"


class FundedProject(Subject):
    """A project that public money pays for, wholly or in part (财政资金项目)."""

    KIND = "project"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=200)
    funding = models.CharField(max_length=8, choices=Funding.choices)
    approval = models.CharField(max_length=200)
    """The document that approves it, with its number."""
    approved_on = models.DateField()

    class Meta:
        ordering = ["-approved_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="registers_project_has_its_approval", condition=~Q(approval="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def evidence(self) -> Evidence:
        """Return whose project it is, by code, and how it was approved."""
        return {
            "body": self.body.credit_code,
            "funding": self.funding,
            "approval": self.approval,
            "approved_on": self.approved_on.isoformat(),
        }


class SystemState(models.TextChoices):
    """Where a government system stands in its life."""

    NEW = "new", "New"
    EXISTING = "existing", "Existing"
    ENDED = "ended", "Ended"


class GovernmentSystemQuerySet(models.QuerySet["GovernmentSystem"]):
    """Questions about systems, and the note that something passed."""

    def reached_at(self, address: Destination, body: UUID) -> "GovernmentSystemQuerySet":
        """Return the systems of ``body`` whose way out leads to ``address``."""
        told = self.filter(body=body, way_out__isnull=False).select_related("way_out")
        reached = [each.pk for each in told if each.way_out and each.way_out.leads_to(address)]
        return self.filter(pk__in=reached)

    def note_success(self, at: datetime) -> None:
        """Note that data passed between these systems and the platform."""
        self.update(succeeded_at=at)


class GovernmentSystem(Subject):
    """A government information system, existing or new (政务信息系统).

    What it brings in comes by ``token``; it is told and asked by ``way_out``. Whatever passed
    last that way, passed at ``succeeded_at``: warehouse, pulling and delivery note it.
    """

    KIND = "system"
    ALONG = ("body", "project", "token", "way_out")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="systems")
    name = models.CharField(max_length=200)
    purpose = models.TextField()
    state = models.CharField(max_length=16, choices=SystemState.choices)
    project = models.ForeignKey(
        FundedProject, on_delete=models.PROTECT, null=True, related_name="systems"
    )
    ended_on = models.DateField(null=True)
    token = models.ForeignKey(Token, on_delete=models.PROTECT, null=True, related_name="systems")
    way_out = models.ForeignKey(
        EgressRule, on_delete=models.PROTECT, null=True, related_name="systems"
    )
    succeeded_at = models.DateTimeField(null=True)

    objects = GovernmentSystemQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="registers_ended_system_has_its_day",
                condition=Q(state="ended", ended_on__isnull=False)
                | (~Q(state="ended") & Q(ended_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def evidence(self) -> Evidence:
        """Return whose system it is, by code, its state, its project and how it is connected."""
        names = ("project", "token", "way_out")
        ids = {name: getattr(self, f"{name}_id") for name in names}
        named = {name: str(pk) if pk else None for name, pk in ids.items()}
        return {"body": self.body.credit_code, "state": self.state, **named}


class PlanKind(models.TextChoices):
    """What a plan covers: the province as a whole, or an area, department or sector."""

    OVERALL = "overall", "Overall"
    AREA = "area", "Of an area"
    DEPARTMENT = "department", "Of a department"
    SECTOR = "sector", "Of a sector"


class PlanState(models.TextChoices):
    """Where a plan stands on its way."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"


class Plan(Subject):
    """The overall plan of the province or a special one under it (总体规划, 专项规划)."""

    KIND = "plan"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=16, choices=PlanKind.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=PlanState.choices, default=PlanState.DRAFT)
    approved_by = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, related_name="approved_plans"
    )
    published_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    """The day on which it was sent to those who take it on file."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="registers_overall_plan_is_approved_first",
                condition=~Q(kind="overall") | Q(state="draft") | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="registers_published_plan_has_its_day",
                condition=~Q(state="published") | Q(published_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def evidence(self) -> Evidence:
        """Return whose plan it is, by code, its kind, its state and the day of its filing."""
        return {
            "body": self.body.credit_code,
            "kind": self.kind,
            "state": self.state,
            "filed_on": self.filed_on.isoformat() if self.filed_on else None,
        }


class PlanFiling(Subject):
    """That one body has a plan on file (备案)."""

    KIND = "plan_filing"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="filings")
    by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="taken_filings")
    on = models.DateField()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(name="registers_filed_once_with_each", fields=["plan", "by"])
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.by.short_name}"

    def evidence(self) -> Evidence:
        """Return who has which plan on file, by code and id."""
        return {"plan": str(self.plan_id), "by": self.by.credit_code}


class StandardState(models.TextChoices):
    """Whether a standard holds."""

    PROPOSED = "proposed", "Proposed"
    IN_FORCE = "in_force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DataStandard(Subject):
    """A standard for collecting, sharing, opening or securing data (数据标准), one edition."""

    KIND = "standard"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="standards")
    """The standardization department that proposed or entered it."""
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300)
    """Where the text stands that this repeats."""
    state = models.CharField(
        max_length=16, choices=StandardState.choices, default=StandardState.PROPOSED
    )
    joined_by = models.ManyToManyField(Body, related_name="joined_standards")
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="registers_standard_in_force_has_its_day",
                condition=Q(state="proposed") | Q(in_force_from__isnull=False),
            ),
            models.CheckConstraint(
                name="registers_withdrawn_standard_has_its_day",
                condition=~Q(state="withdrawn") | Q(in_force_to__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_proposed(self) -> bool:
        """Whether it can still be changed."""
        return self.state == StandardState.PROPOSED

    def evidence(self) -> Evidence:
        """Return number, state and the days between which it holds."""
        return {
            "number": self.number,
            "state": self.state,
            "from": _iso(self.in_force_from),
            "to": _iso(self.in_force_to),
            "joined_by": sorted(self.joined_by.values_list("credit_code", flat=True)),
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class CodeList(Subject):
    """A list of coded values that a standard lays down (代码集), in numbered versions."""

    KIND = "code_list"
    ALONG = ("standard__body",)

    standard = models.ForeignKey(DataStandard, on_delete=models.PROTECT, related_name="code_lists")
    identifier = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["identifier"]
        constraints = [
            models.UniqueConstraint(
                name="registers_code_list_once", fields=["standard", "identifier"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def newest(self) -> "CodeListVersion":
        """Return its present version; there is one from the beginning."""
        return self.versions.all()[0]

    def say(self, values: list[CodedValue], at: datetime) -> "CodeListVersion":
        """Hold ``values`` from now on, as the next version."""
        said = [value.model_dump() for value in values]
        number = self.versions.count() + 1
        return CodeListVersion.objects.create(list=self, number=number, values=said, at=at)

    def evidence(self) -> Evidence:
        """Return the standard, the identifier, the newest version and how much it holds."""
        newest = self.newest
        return {
            "standard": self.standard.number,
            "identifier": self.identifier,
            "version": newest.number,
            "values": len(newest.values),
        }


class CodeListVersion(models.Model):
    """What a code list held at one version; never changed."""

    list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                name="registers_one_code_list_version", fields=["list", "number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.list} v{self.number}"


class DataElementQuerySet(models.QuerySet["DataElement"]):
    """Questions about data elements."""

    def named(self, ids: Collection[UUID | None]) -> list[str]:
        """Return the names and identifiers of those with ``ids``, by which people look for them."""
        wanted = {pk for pk in ids if pk is not None}
        if not wanted:
            return []
        rows = self.filter(pk__in=wanted).values_list("name", "identifier")
        return [name for row in rows for name in row]


class DataElement(Subject):
    """One data element that a standard lays down (数据元)."""

    KIND = "data_element"
    ALONG = ("standard__body", "code_list")

    standard = models.ForeignKey(DataStandard, on_delete=models.PROTECT, related_name="elements")
    identifier = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    definition = models.TextField(blank=True)
    type = models.CharField(
        max_length=1, choices=[(each.value, each.name.capitalize()) for each in ItemType]
    )
    length = models.CharField(max_length=8, blank=True)
    domain = models.TextField(blank=True)
    """Which values it takes, in words, where no code list says it."""
    code_list = models.ForeignKey(
        CodeList, on_delete=models.PROTECT, null=True, related_name="elements"
    )

    objects = DataElementQuerySet.as_manager()

    class Meta:
        ordering = ["identifier"]
        constraints = [
            models.UniqueConstraint(
                name="registers_element_once", fields=["standard", "identifier"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.identifier}"

    def evidence(self) -> Evidence:
        """Return the standard, the identifier, type and length."""
        return {
            "standard": self.standard.number,
            "identifier": self.identifier,
            "type": self.type,
            "length": self.length,
        }
