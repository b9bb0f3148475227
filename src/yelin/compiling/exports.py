"""Catalogs that are written as files in the background, for whoever asked, for a day."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from yelin.compiling.work import Work
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.parties.models import Body
from yelin.things.models import Evidence
from yelin.warehouse.models import Copy, Leaving

EXPORTS_KEPT = timedelta(days=1)
# So many entries are written while somebody waits for the page.
AT_ONCE = 1_000


class ExportState(models.TextChoices):
    """Where an export stands on its way."""

    WRITING = "writing", "Being written"
    READY = "ready", "Ready"
    FAILED = "failed", "Cannot be written"
    REMOVED = "removed", "Removed"


class ExportQuerySet(models.QuerySet["Export"]):
    """Questions about exports of which there are many."""

    def outdated(self) -> "ExportQuerySet":
        """Return those whose file has been kept for as long as it is."""
        return self.filter(state=ExportState.READY, made_at__lt=clock.now() - EXPORTS_KEPT)


class Export(Work):
    """The entries of a body as whoever asked may read them, on their way into a file (目录导出)."""

    KIND = "export"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="exports")
    format = models.CharField(max_length=8)
    state = models.CharField(
        max_length=16, choices=ExportState.choices, default=ExportState.WRITING
    )
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    size = models.BigIntegerField(default=0)
    error = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compiling_one_export_at_a_time",
                fields=["seat", "format"],
                condition=Q(state="writing"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.format}"

    @property
    def file(self) -> Copy:
        """The file, sealed."""
        return Copy(f"exports/{self.pk}.sealed", self.sealed_by)

    def remove(self) -> None:
        """Destroy the file: its key at once, its bytes after the commit."""
        if self.sealed_by is not None:
            self.sealed_by.destroy(clock.now())
            Leaving.leave([self.file.key])
        self.state = ExportState.REMOVED
        self.save(update_fields=["state"])

    def evidence(self) -> Evidence:
        """Return whose entries, in which format, how far it is, and how many there were."""
        return {
            "body": self.body.credit_code,
            "format": self.format,
            "state": self.state,
            "entries": self.rows,
        }
