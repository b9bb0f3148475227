"""What was brought in and what came of it: uploads and releases."""

from typing import Any

from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry, EntryVersion
from yelin.things.models import Evidence, Subject


class UploadState(models.TextChoices):
    """Where an upload stands on its way."""

    RECEIVED = "received", "Received"
    PREPARING = "preparing", "Being prepared"
    READY = "ready", "Ready to publish"
    FAILED = "failed", "Cannot be used"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class Upload(Subject):
    """One file as a department sent it, and what its preparation found.

    ``options`` are the sender's overrides (encoding, delimiter, sheet, header_line, date_order);
    ``report`` is the preparation's whole report; ``error`` says what to mend. ``attempt`` names the
    preparation that counts, under way or done, and its folder.
    """

    KIND = "upload"
    ALONG = ("entry__provider",)

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="uploads")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    options = models.JSONField(default=dict)
    state = models.CharField(
        max_length=16, choices=UploadState.choices, default=UploadState.RECEIVED
    )
    received_at = models.DateTimeField()
    attempt = models.CharField(max_length=36, blank=True)
    stage = models.CharField(max_length=32, blank=True)
    fraction = models.FloatField(default=0)
    rows_per_second = models.FloatField(null=True)
    seconds_left = models.FloatField(null=True)
    rows = models.BigIntegerField(null=True)
    rejected = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
    error = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="warehouse_ready_has_its_files",
                condition=~Q(state__in=["ready", "published"]) | ~Q(attempt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def folder(self) -> str:
        """The key below which the original and the prepared files lie."""
        return f"uploads/{self.pk}"

    @property
    def original(self) -> str:
        """The key of the file as it was sent."""
        return f"{self.folder}/original"

    def prepared(self, name: str) -> str:
        """Return the key of a file of the preparation that counts."""
        return f"{self.folder}/{self.attempt}/{name}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves here any more until someone acts."""
        return self.state not in {UploadState.RECEIVED, UploadState.PREPARING}

    def evidence(self) -> Evidence:
        """Return the size and, since the entry may not be open, no plain digest of the file."""
        return {"entry": self.entry.code, "state": self.state, "bytes": self.size}


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def latest_of(self, entry: Entry) -> "Release | None":
        """Return the newest release of ``entry``."""
        return self.filter(entry=entry).order_by("-number").first()


class Release(Subject):
    """An immutable state of a resource's data, bound to one version of its entry.

    ``manifest`` lists its files with sizes and digests, its columns with their statistics, its
    source; ``digest`` is the SHA-256 of the manifest in canonical form.
    """

    KIND = "release"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    entry_version = models.ForeignKey(EntryVersion, on_delete=models.PROTECT)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
    rows = models.BigIntegerField()
    rejected = models.BigIntegerField()
    columns = models.PositiveIntegerField()
    released_at = models.DateTimeField()
    manifest = models.JSONField()
    digest = models.BinaryField(max_length=32)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warehouse_one_number", fields=["entry", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.number}"

    def key(self, name: str) -> str:
        """Return the key of one of the release's files."""
        return f"releases/{self.pk}/{name}"

    @property
    def digest_text(self) -> str:
        """The digest as people compare it."""
        return bytes(self.digest).hex()

    @property
    def files(self) -> list[dict[str, Any]]:
        """The manifest's files: name, bytes, sha256."""
        files: list[dict[str, Any]] = self.manifest["files"]
        return files

    def evidence(self) -> Evidence:
        """Return number, rows and the manifest's digest."""
        return {
            "number": self.number,
            "entry_version": self.entry_version.number,
            "rows": self.rows,
            "rejected": self.rejected,
            "manifest": self.digest_text,
        }
