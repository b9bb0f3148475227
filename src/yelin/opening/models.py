"""Demands for what is not open, the voices for them, drafts of applications, plans of opening."""

import hashlib
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.catalog.states import State as EntryState
from yelin.law import clock
from yelin.opening.rules import PUBLIC, UNSETTLED, State
from yelin.parties.models import Body, Person
from yelin.things.models import Evidence, Subject, Thing

# What the public has, at once or on application.
OPENED = ("unconditional", "conditional")


def _choices(enum: Any) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in enum]


class DemandQuerySet(models.QuerySet["Demand"]):
    """Questions about demands."""

    def public(self) -> "DemandQuerySet":
        """Return those that everybody may read."""
        return self.filter(state__in=PUBLIC)

    def come_true(self) -> "DemandQuerySet":
        """Return those planned whose entry is open by now."""
        return self.filter(
            state=State.PLANNED,
            entry__state=EntryState.CONFIRMED,
            entry__opening_type__in=OPENED,
        )


class Demand(Subject):
    """Data that somebody wants to be opened (开放需求).

    ``body`` is whom the asker named, ``handler`` who answers. ``about`` is what the asker wants
    opened, where it is in the catalog; ``entry`` what the answer leads to. Before it was read it
    may hold anything, so leaves know only a salted digest of its words.
    """

    KIND = "demand"
    ALONG = ("body", "handler", "about", "entry", "into")

    number = models.CharField(max_length=32, unique=True)
    asker = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="demands")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="demands_addressed")
    handler = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="demands", null=True)
    about = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="demands", null=True)
    title = models.CharField(max_length=120)
    purpose = models.TextField()
    theme = models.CharField(max_length=40, blank=True)
    salt = models.BinaryField(max_length=16)
    state = models.CharField(max_length=16, choices=_choices(State), default=State.SUBMITTED.value)
    voices = models.PositiveIntegerField(default=0)
    """How many support it, whoever asked among them."""
    answer = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    planned_until = models.DateField(null=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="demands_answered", null=True
    )
    into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="merged", null=True)
    returned_reason = models.TextField(blank=True)
    submitted_on = models.DateField()
    published_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    fulfilled_on = models.DateField(null=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_public_demand_has_who_answers",
                condition=~Q(state__in=["open", "overdue", "planned", "declined", "fulfilled"])
                | Q(handler__isnull=False, published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_declined_with_reason_and_basis",
                condition=~Q(state="declined") | ~Q(answer="") & ~Q(legal_basis=""),
            ),
            models.CheckConstraint(
                name="opening_planned_has_its_day",
                condition=~Q(state="planned") | Q(planned_until__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_fulfilled_by_an_entry",
                condition=~Q(state="fulfilled")
                | Q(entry__isnull=False, fulfilled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_merged_into_another",
                condition=Q(state="merged", into__isnull=False) | ~Q(state="merged") & Q(into=None),
            ),
            models.CheckConstraint(
                name="opening_returned_with_reason",
                condition=~Q(state="returned") | ~Q(returned_reason=""),
            ),
            models.UniqueConstraint(
                name="opening_demand_once_for_each",
                fields=["asker", "title"],
                condition=Q(state__in=[str(state) for state in UNSETTLED]),
            ),
        ]
        indexes = [
            models.Index(name="opening_most_wanted", fields=["-voices", "-number"]),
            models.Index(name="opening_by_handler", fields=["handler", "state"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_behind(self) -> bool:
        """Whether the day for which it was planned has passed."""
        planned = self.planned_until
        return self.state == State.PLANNED and planned is not None and planned < clock.today()

    def evidence(self) -> Evidence:
        """Return number, state, who answers, the voices, days and codes; of words a digest."""
        words = "\0".join((self.title, self.purpose, self.answer, self.legal_basis)).encode()
        return {
            "number": self.number,
            "state": str(self.state),
            "handler": self.handler.credit_code if self.handler else None,
            "voices": self.voices,
            "content": hashlib.sha256(bytes(self.salt) + words).hexdigest(),
            "until": self.planned_until.isoformat() if self.planned_until else None,
            "entry": self.entry.code if self.entry else None,
            "into": self.into.number if self.into else None,
        }


class Voice(models.Model):
    """That a party supports a demand; ``told`` is the state of which it was told last."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="supporters")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="voices")
    since = models.DateTimeField()
    told = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="opening_one_voice_each", fields=["demand", "party"])
        ]

    def __str__(self) -> str:
        return f"{self.demand} {self.since:%Y-%m-%d}"


class Draft(models.Model):
    """What somebody has written of an application so far: no act, and nobody else's to read."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="drafts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="drafts")
    thing = models.OneToOneField(Thing, on_delete=models.PROTECT, related_name="draft", null=True)
    """On what its files hang, once it has any."""
    said = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="opening_one_draft_of_each", fields=["person", "party", "entry"]
            )
        ]
        indexes = [models.Index(name="opening_drafts_by_age", fields=["changed_at"])]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.changed_at:%Y-%m-%d}"


class PlanState(models.TextChoices):
    """Whether a plan of opening is public."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class OpeningPlan(Subject):
    """What is to be opened in a year, by when (年度开放计划)."""

    KIND = "opening_plan"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="opening_plans")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=PlanState.choices, default=PlanState.DRAFT)
    published_on = models.DateField(null=True)

    class Meta:
        ordering = ["-year", "body", "pk"]
        constraints = [
            models.UniqueConstraint(name="opening_one_plan_a_year", fields=["body", "year"]),
            models.CheckConstraint(
                name="opening_published_plan_has_its_day",
                condition=Q(state="published", published_on__isnull=False)
                | Q(state="draft", published_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def evidence(self) -> Evidence:
        """Return whose plan it is, by code, of which year, how it stands and how much it holds."""
        return {
            "body": self.body.credit_code,
            "year": self.year,
            "state": str(self.state),
            "lines": [str(pk) for pk in self.lines.values_list("pk", flat=True)],
        }


class PlannedOpening(Subject):
    """One line of a plan: what is opened by whom until when, with the entry or demand that it is.

    It is fulfilled once that entry is open, or that demand is met; nobody ticks it off.
    """

    KIND = "planned_opening"
    ALONG = ("plan", "provider", "entry", "demand")

    plan = models.ForeignKey(OpeningPlan, on_delete=models.PROTECT, related_name="lines")
    title = models.CharField(max_length=200)
    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="planned_openings")
    until = models.DateField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="planned", null=True)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="planned", null=True)
    dropped = models.BooleanField(default=False)

    class Meta:
        ordering = ["until", "pk"]
        constraints = [
            models.CheckConstraint(
                name="opening_planned_is_an_entry_or_a_demand",
                condition=Q(entry__isnull=False) | Q(demand__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def fulfilled(self) -> bool:
        """Whether what it names is open."""
        opened = self.entry or (self.demand.entry if self.demand else None)
        return (
            opened is not None
            and opened.state == EntryState.CONFIRMED
            and opened.opening_type in OPENED
        )

    def evidence(self) -> Evidence:
        """Return of which plan it is, until when, and which entry or demand, by code."""
        return {
            "plan": str(self.plan_id),
            "provider": self.provider.credit_code,
            "until": self.until.isoformat(),
            "entry": self.entry.code if self.entry else None,
            "demand": self.demand.number if self.demand else None,
            "dropped": self.dropped,
        }


class Measured(models.Model):
    """What the index of openness goes by of one open entry, as it was measured last.

    It is made anew by a task (``measuring``) and says nothing that its entry and releases do not;
    ``columns``, ``items`` and ``lacks`` are of what goes out of it. ``blank`` cells are counted
    where the release lies in plain, ``in_time`` is told where a term runs.
    """

    entry = models.OneToOneField(
        Entry, on_delete=models.CASCADE, primary_key=True, related_name="measured"
    )
    releases = models.PositiveIntegerField()
    rows = models.BigIntegerField()
    columns = models.PositiveIntegerField()
    blank = models.BigIntegerField(null=True)
    items = models.PositiveIntegerField()
    items_told = models.PositiveIntegerField()
    told = models.PositiveSmallIntegerField()
    in_time = models.BooleanField(null=True)
    lacks = ArrayField(models.CharField(max_length=16), default=list)
    is_best = models.BooleanField(default=False)
    """Whether it is among the tenth with most cells and among the tenth that is most used."""
    place = models.PositiveIntegerField(default=0)
    """Where it stands in a list of all by body and title, which takes long to sort."""
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "measured"
        indexes = [
            models.Index(name="opening_measured_best", fields=["entry"], condition=Q(is_best=True)),
            models.Index(name="opening_measured_by_place", fields=["place", "entry"]),
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class Figures(models.Model):
    """Figures of one kind that are the same for everyone, as they were counted last (``figures``).

    ``asked_at`` is when somebody who found them old had them counted anew, until that is done.
    """

    name = models.CharField(max_length=32, primary_key=True)
    said = models.JSONField()
    counted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "figures"

    def __str__(self) -> str:
        return f"{self.name} {self.counted_at:%Y-%m-%d %H:%M}"
