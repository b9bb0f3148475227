"""Sources of catalogs, each time one was read, and where entries are from."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.compiling.models import Import
from yelin.harvesting.content import SourceContent
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject, Thing


class SourceState(models.TextChoices):
    """Whether a source is read."""

    RUNNING = "running", "Read in turn"
    PAUSED = "paused", "Paused"


class Source(Subject):
    """A catalog of others that a body reads in turn (外部目录).

    ``content_kept`` is a ``SourceContent``; what it does not tell of a resource is taken from
    ``pattern``, an entry of the body. Entries are made by the acts of ``seat``.
    """

    KIND = "source"
    ALONG = ("body", "seat__body", "pattern")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="sources")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    content_kept = models.JSONField()
    pattern = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=16, choices=SourceState.choices, default=SourceState.RUNNING
    )
    next_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="harvesting_due", fields=["next_at"], condition=Q(state="running"))
        ]

    def __str__(self) -> str:
        return str(self.content_kept["title"])

    @property
    def content(self) -> SourceContent:
        """What the body says of it."""
        return SourceContent.model_validate(self.content_kept)

    def put_off(self, since: datetime) -> None:
        """Have it read again once its time has passed ``since`` then; the row is not saved yet."""
        self.next_at = since + timedelta(hours=self.content.every_hours)

    def evidence(self) -> Evidence:
        """Return whose source it is, its form and state; addresses may hold what is private."""
        return {
            "body": self.body.credit_code,
            "kind": self.content_kept["kind"],
            "state": self.state,
            "every_hours": self.content_kept["every_hours"],
        }


class RunState(models.TextChoices):
    """How one reading of a source stands."""

    RUNNING = "running", "Being read"
    DONE = "done", "Read to its end"
    FAILED = "failed", "Broken off"


class Superseded(Exception):
    """Another attempt reads the source by now, or it was read to its end."""


class Run(models.Model):
    """One reading of a source, from its first page to its last.

    ``cursor`` asks for the page that is read next, so that a reading that was killed goes on where
    it stood; ``attempt`` names the job that counts. A spreadsheet is an import of its own.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempt = models.CharField(max_length=36, blank=True)
    cursor = models.CharField(max_length=2000, blank=True)
    pages = models.PositiveIntegerField(default=0)
    batch = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.BinaryField(max_length=32, null=True)
    failure = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="harvesting_one_reading", fields=["source"], condition=Q(state="running")
            ),
            models.CheckConstraint(
                name="harvesting_ended_at_its_end",
                condition=Q(state="running", ended_at=None)
                | (~Q(state="running") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.begun_at:%Y-%m-%d %H:%M}"

    def hold(self) -> None:
        """Hold the source until the commit. Raises ``Superseded`` where another attempt counts."""
        Thing.objects.select_for_update(no_key=True).get(pk=self.source_id)
        counting = Run.objects.filter(pk=self.pk, attempt=self.attempt, state=RunState.RUNNING)
        if not counting.exists():
            raise Superseded


class Outcome(models.TextChoices):
    """What became of a resource when its source was read last."""

    MADE = "made", "New"
    CHANGED = "changed", "Changed"
    KEPT = "kept", "Unchanged"
    REFUSED = "refused", "Refused"
    GONE = "gone", "Not listed any more"


class Origin(models.Model):
    """That an entry stands for what a source knows by ``remote_id``, once for each.

    ``digest`` is of what was told when the entry was made or changed last; ``place`` where it
    stood in ``run``, the last reading that listed it.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="origins")
    remote_id = models.CharField(max_length=1000)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=2000, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="origin")
    digest = models.BinaryField(max_length=32, null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    flaws = models.JSONField(default=list)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="origins")
    place = models.CharField(max_length=40)
    repeated = models.PositiveIntegerField(default=0)
    missed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="harvesting_once_each", fields=["source", "remote_id"])
        ]
        indexes = [models.Index(name="harvesting_by_run", fields=["run", "outcome"])]

    def __str__(self) -> str:
        return self.title
