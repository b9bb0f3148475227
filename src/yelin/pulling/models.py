"""Where data is fetched from in turn, and each time that it was."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from yelin.catalog.content import UpdateCycle
from yelin.catalog.models import Entry
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.parties.models import Seat
from yelin.pulling import rules
from yelin.pulling.content import PullContent
from yelin.things.models import Evidence, Subject, Thing
from yelin.warehouse.models import Upload

# After a failure that may pass by itself it is tried again so often, so much later each time.
RETRIES = 3
RETRY_AFTER = timedelta(hours=1)


class PullState(models.TextChoices):
    """Whether data is fetched."""

    RUNNING = "running", "Fetched in turn"
    PAUSED = "paused", "Paused"


class Pull(Subject):
    """A place from which the data of an entry is fetched in turn (定时抽取).

    ``content_kept`` is a ``PullContent``; ``said`` holds the secret by which the server lets us in,
    sealed, and a salt. ``host_key`` is the key by which an SFTP server is known, since a steward
    trusted it. What comes is brought in by the acts of ``seat``.
    """

    KIND = "pull"
    ALONG = ("entry__provider", "seat__body", "sealed_by")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="pulls")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    content_kept = models.JSONField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    said_kept = models.JSONField()
    said = Document("said_kept")
    host_key = models.CharField(max_length=2000, blank=True)
    state = models.CharField(max_length=16, choices=PullState.choices, default=PullState.RUNNING)
    next_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(name="pulling_due", fields=["next_at"], condition=Q(state="running"))
        ]

    def __str__(self) -> str:
        return str(self.entry)

    @property
    def content(self) -> PullContent:
        """What the steward says of it."""
        return PullContent.model_validate(self.content_kept)

    def put_off(self) -> None:
        """Have it asked again when it is next time; the row is not saved yet."""
        cycle = UpdateCycle(self.entry.update_cycle)
        now = clock.now().astimezone(clock.SHANGHAI)
        self.next_at = rules.next_time(self.content, cycle, now)

    def failed(self, *, may_pass: bool) -> None:
        """Count a failure; one that may pass by itself is tried again sooner."""
        self.failures += 1
        if may_pass and self.failures <= RETRIES:
            self.next_at = min(self.next_at, clock.now() + RETRY_AFTER * self.failures)

    def evidence(self) -> Evidence:
        """Return whose it is, its kind and how often; addresses and names may be private."""
        said = {name: self.content_kept[name] for name in ("kind", "rhythm", "publishes")}
        return {"entry": self.entry.code, "state": self.state, **said}


class RunState(models.TextChoices):
    """How one time of fetching stands."""

    RUNNING = "running", "Being fetched"
    TAKEN = "taken", "Brought in"
    UNCHANGED = "unchanged", "Unchanged"
    REACHED = "reached", "Reached"
    FAILED = "failed", "Failed"


class Superseded(Exception):
    """Another attempt fetches by now, or it was fetched to its end."""


class Run(models.Model):
    """One time that a place was asked, or tried out only.

    ``attempt`` names the job that counts; ``digest`` is salted, so that equal content is known
    without telling what it is. ``found`` says what a trial found there: columns, key, size.
    ``failure`` is a message id that ``params`` fill, and ``place`` where to mend it.
    """

    pull = models.ForeignKey(Pull, on_delete=models.CASCADE, related_name="runs")
    is_trial = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempt = models.CharField(max_length=36, blank=True)
    size = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32, null=True)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    found = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="pulling_one_at_a_time", fields=["pull"], condition=Q(state="running")
            ),
            models.CheckConstraint(
                name="pulling_ended_at_its_end",
                condition=Q(state="running", ended_at=None)
                | (~Q(state="running") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="pulling_taken_is_an_upload",
                condition=Q(state="taken", upload__isnull=False)
                | (~Q(state="taken") & Q(upload=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pull_id} {self.begun_at:%Y-%m-%d %H:%M}"

    def hold(self) -> None:
        """Hold the pull until the commit. Raises ``Superseded`` where another attempt counts."""
        Thing.objects.select_for_update(no_key=True).get(pk=self.pull_id)
        counting = Run.objects.filter(pk=self.pk, attempt=self.attempt, state=RunState.RUNNING)
        if not counting.exists():
            raise Superseded

    def end(self, state: RunState, at: datetime, **facts: Any) -> None:
        """Let it end so; the caller holds the pull."""
        for name, value in facts.items():
            setattr(self, name, value)
        self.state, self.ended_at = state, at
        self.save()
