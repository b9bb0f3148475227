"""Catalogs that bodies import: the file, what it was found to be, and the plan entry by entry.

Those that they export stand beside (``exports``).
"""

from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.compiling.exports import Export, ExportState
from yelin.compiling.work import Work
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.parties.models import Body
from yelin.things.models import Evidence
from yelin.warehouse.models import Copy, Leaving

__all__ = ["Export", "ExportState", "Import", "ImportState", "Outcome", "Planned"]

FOLDER = "imports"


class ImportState(models.TextChoices):
    """Where an import stands on its way."""

    RECEIVED = "received", "Received"
    PLANNING = "planning", "Being read"
    READY = "ready", "Ready to be entered"
    FAILED = "failed", "Cannot be used"
    RUNNING = "running", "Being entered"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Entered"
    DISCARDED = "discarded", "Discarded"


class Import(Work):
    """One catalog in a file, as a body brought it, on its way into the catalog (目录导入).

    ``columns`` are the headings whose field was chosen by hand; ``found`` is what the file was
    found to be, ``error`` why it cannot be used. The rest is counted row by row; who set it going
    acts in every row.
    """

    KIND = "import"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="imports")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    mapping = models.CharField(max_length=60)
    columns = models.JSONField(default=dict)
    sheet = models.CharField(max_length=100, blank=True)
    state = models.CharField(
        max_length=16, choices=ImportState.choices, default=ImportState.RECEIVED
    )
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    error = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="compiling_somebody_set_it_going",
                condition=~Q(state__in=["running", "stopped", "done"]) | Q(seat__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def folder(self) -> str:
        """The key below which the file lies."""
        return f"{FOLDER}/{self.pk}"

    @property
    def original(self) -> Copy:
        """The file as it was sent, sealed."""
        return Copy(f"{self.folder}/original.sealed", self.sealed_by)

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves here any more until someone acts."""
        moving = {ImportState.RECEIVED, ImportState.PLANNING, ImportState.RUNNING}
        return self.state not in moving

    def destroy(self) -> None:
        """Destroy the file: its key at once, its bytes after the commit."""
        if self.sealed_by is not None:
            self.sealed_by.destroy(clock.now())
            Leaving.leave([self.original.key])

    def evidence(self) -> Evidence:
        """Return whose import it is, its mapping, state and size; no plain digest of the file."""
        return {
            "body": self.body.credit_code,
            "mapping": self.mapping,
            "state": self.state,
            "bytes": self.size,
            "rows": self.found.get("rows", 0),
        }


class Outcome(models.TextChoices):
    """What becomes of the rows of one resource."""

    MAKE = "make", "New"
    CHANGE = "change", "Changed"
    KEEP = "keep", "Unchanged"
    REFUSE = "refuse", "Refused"


class Planned(models.Model):
    """The rows of one resource in an import, and what becomes of them.

    ``first`` to ``last`` are rows as the spreadsheet counts them, ``rows`` how many of them hold
    something. ``before`` is what the entry said when this was planned, ``content`` what it is to
    say.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="planned")
    position = models.PositiveIntegerField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    title = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    before = models.JSONField(null=True)
    content = models.JSONField(null=True)
    flaws = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="compiling_one_position", fields=["batch", "position"]),
            models.CheckConstraint(
                name="compiling_refused_has_reasons",
                condition=~Q(outcome="refuse") | ~Q(flaws=[]),
            ),
        ]
        indexes = [
            models.Index(name="compiling_by_outcome", fields=["batch", "outcome", "position"])
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.first}–{self.last} {self.outcome}"
