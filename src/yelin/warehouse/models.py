"""What was brought in and what came of it: uploads and releases."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact

from yelin.catalog.content import OpeningType
from yelin.catalog.models import Entry, EntryVersion, State
from yelin.files.places import Place, pieces
from yelin.files.store import store
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.parties.models import Token
from yelin.things.models import Evidence, Subject
from yelin.warehouse.endings import Erasure, Keeping
from yelin.warehouse.fingerprints import Fingerprint
from yelin.warehouse.glance import Seen
from yelin.warehouse.grounded import StandingGround
from yelin.warehouse.merged import DATA, REJECTED, Mode
from yelin.warehouse.subjects import SubjectMark, SubjectSet

__all__ = [
    "DATA",
    "REJECTED",
    "SEALED",
    "Copy",
    "Erasure",
    "Fingerprint",
    "Keeping",
    "Leaving",
    "Release",
    "ReleaseQuerySet",
    "StandingGround",
    "SubjectMark",
    "SubjectSet",
    "Upload",
    "UploadState",
    "is_open",
    "lies_in_plain",
]

MODES = [(mode.value, mode.name.capitalize()) for mode in Mode]
# What a column's statistics say of its values, once nothing may be said of them.
NO_VALUES = {"low": None, "high": None}
# What the name of a sealed file ends with.
SEALED = ".sealed"


@dataclass(frozen=True, slots=True)
class Copy:
    """A file in the store and the key that it is sealed by; without one it lies in plain."""

    key: str
    sealed_by: DataKey | None

    @property
    def place(self) -> Place:
        """A file of this machine with its bytes, to be worked on. Raises ``Destroyed``."""
        return store().at(self.key, self.sealed_by)

    def read(self) -> Iterator[bytes]:
        """Yield its bytes from where they lie. Raises ``Destroyed``."""
        return store().read(self.key, self.sealed_by)

    def take(self, source: "Place | Copy") -> None:
        """Keep the bytes of ``source`` here."""
        content = source.read() if isinstance(source, Copy) else pieces(source.open("rb"))
        store().put(self.key, content, self.sealed_by)


def _copy(key: str, sealed_by: DataKey | None) -> Copy:
    # Sealed and plain never share a name, so one takes the other's place only once it is whole.
    return Copy(f"{key}{SEALED}" if sealed_by else key, sealed_by)


def _is_kept_as_its_key_says(column: str) -> Q:
    kind = Func(F(column), function="jsonb_typeof", output_field=models.TextField())
    return Q(Exact(kind, Value("object")), sealed_by=None) | Q(
        Exact(kind, Value("string")), sealed_by__isnull=False
    )


class UploadState(models.TextChoices):
    """Where an upload stands on its way."""

    RECEIVED = "received", "Received"
    PREPARING = "preparing", "Being prepared"
    READY = "ready", "Ready to publish"
    FAILED = "failed", "Cannot be used"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class Upload(Subject):
    """One file as a department sent it, and what its preparation found; all of it sealed.

    ``received`` has both digests of what was sent, and what was ``seen`` of its text as it came;
    ``options`` are the sender's overrides (encoding, delimiter, sheet, header_line, …);
    ``report`` is the preparation's whole report; ``error`` says what to mend. ``attempt`` names the
    preparation that counts, under way or done, and its folder. Even where the release is open to
    all, what was sent may hold more than was released. One that ``restores`` an older release has
    no file of its own. Of one that was emptied at ``emptied_at`` no byte is kept.
    """

    KIND = "upload"
    ALONG = ("entry__provider",)

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="uploads")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    received_kept = models.JSONField()
    received = Document("received_kept")
    options = models.JSONField(default=dict)
    # By which a program sent it, where one did.
    token = models.ForeignKey(Token, on_delete=models.PROTECT, null=True, related_name="+")
    restores = models.ForeignKey(
        "Release", on_delete=models.PROTECT, null=True, related_name="restored_by"
    )
    emptied_at = models.DateTimeField(null=True)
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
    report_kept = models.JSONField(default=dict)
    report = Document("report_kept")
    error_kept = models.JSONField(default=dict)
    error = Document("error_kept")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="warehouse_received_sealed",
                condition=_is_kept_as_its_key_says("received_kept"),
            ),
            models.CheckConstraint(
                name="warehouse_report_sealed", condition=_is_kept_as_its_key_says("report_kept")
            ),
            models.CheckConstraint(
                name="warehouse_error_sealed", condition=_is_kept_as_its_key_says("error_kept")
            ),
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
    def original(self) -> Copy:
        """The file as it was sent."""
        return _copy(f"{self.folder}/original", self.sealed_by)

    def prepared(self, name: str) -> Copy:
        """Return a file of the preparation that counts."""
        return _copy(f"{self.folder}/{self.attempt}/{name}", self.sealed_by)

    @property
    def copies(self) -> dict[str, Copy]:
        """Every file that lies in the store for this upload, by name."""
        if self.state == UploadState.DISCARDED or self.emptied_at:
            return {}
        is_prepared = self.state in {UploadState.READY, UploadState.PUBLISHED}
        files = self.report["files"] if is_prepared else []
        sent = {} if self.restores_id else {"original": self.original}
        return sent | {file["name"]: self.prepared(file["name"]) for file in files}

    @property
    def contents(self) -> list[dict[str, Any]]:
        """The files of an upload that is no table, each with its ``path`` and ``kind``."""
        return [file for file in self.report.get("files", ()) if "path" in file]

    @property
    def said(self) -> tuple[dict[str, Any], ...]:
        """Everything that the row says of its data, for it to be said under another key."""
        return self.received, self.report, self.error

    @said.setter
    def said(self, words: tuple[dict[str, Any], ...]) -> None:
        self.received, self.report, self.error = words

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file as it was sent, hexadecimal."""
        return str(self.received["sha256"])

    @property
    def digests(self) -> dict[str, str]:
        """Both digests of the file as it was sent, by name."""
        return {kind: said for kind, said in self.received.items() if kind != "seen"}

    @property
    def seen(self) -> Seen | None:
        """What was seen of its text as it came."""
        said = self.received.get("seen")
        return Seen.of(said) if said else None

    @property
    def mode(self) -> Mode:
        """What its rows do to those of the release before."""
        return Mode(self.options.get("mode", Mode.REPLACE))

    @property
    def base(self) -> int | None:
        """The number of the release that its rows were merged into, none where it stands alone."""
        merged = self.report.get("merged")
        return int(merged["base"]) if merged and self.mode.merges else None

    @property
    def given(self) -> int:
        """How many rows of it conform: what is merged of them is another matter."""
        merged = self.report.get("merged")
        return int(merged["given"]) if merged and self.mode.merges else self.rows or 0

    def empty(self, at: datetime) -> None:
        """Keep no byte of it any more, nor any value of its rows; the row is not saved yet."""
        Leaving.leave(store().keys(self.folder))
        self.emptied_at = at
        columns = [facts | NO_VALUES for facts in self.report.get("columns", ())]
        # What is veiled tells of somebody still.
        personal = [found | {"samples": []} for found in self.report.get("personal", ())]
        self.report = self.report | {
            "columns": columns,
            "preview": [],
            "proposed": [],
            "personal": personal,
        }

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves here any more until someone acts."""
        return self.state not in {UploadState.RECEIVED, UploadState.PREPARING}

    def evidence(self) -> Evidence:
        """Return the size and, since the entry may not be open, no plain digest of the file."""
        return {
            "entry": self.entry.code,
            "state": self.state,
            "bytes": self.size,
            "mode": self.mode.value,
        }


# The same as ``lies_in_plain``, for many.
_IN_PLAIN = Q(
    entry__state=State.CONFIRMED,
    entry__opening_type=OpeningType.UNCONDITIONAL,
    entry__open_items=None,
)


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def of_open_entries(self) -> "ReleaseQuerySet":
        """Return those whose entry is open to all, without conditions, with every item."""
        return self.filter(_IN_PLAIN)

    def of_others(self) -> "ReleaseQuerySet":
        """Return those whose entry is not."""
        return self.exclude(_IN_PLAIN)

    def latest_of(self, entry: Entry) -> "Release | None":
        """Return the newest release of ``entry``."""
        return self.filter(entry=entry).order_by("-number").first()

    def newest_of(self, entries: Iterable[Entry]) -> "ReleaseQuerySet":
        """Return the newest release of each of ``entries`` that has one."""
        of = self.filter(entry__in=[entry.pk for entry in entries])
        return of.order_by("entry", "-number").distinct("entry")

    def with_files(self) -> "ReleaseQuerySet":
        """Return those whose files are there still."""
        return self.filter(destroyed_at=None).exclude(sealed_by__destroyed_at__isnull=False)


class Release(Subject):
    """An immutable state of a resource's data, bound to one version of its entry.

    ``manifest`` lists its files with sizes and digests, its columns with their statistics, its
    source; ``digest`` is the SHA-256 of the manifest in canonical form. Both speak of the plain
    bytes, so a release stays the same whether it is sealed or not.

    It came of the one before (``base``) where its ``mode`` merges, or is an older one ``restored``.
    What was erased from it later left it in so many ``redactions``, each with a manifest of what is
    left; its files may be destroyed once their term is over. ``personal`` are the kinds of personal
    information that were found in its columns, ``None`` where nobody could look; ``grounds`` say
    of each such column that everyone has on what ground, in which words (``grounded``).
    """

    KIND = "release"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    entry_version = models.ForeignKey(EntryVersion, on_delete=models.PROTECT)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT)
    mode = models.CharField(max_length=16, choices=MODES, default=Mode.REPLACE.value)
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    restored = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    redactions = models.PositiveIntegerField(default=0)
    redacted_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField()
    rejected = models.BigIntegerField()
    columns = models.PositiveIntegerField()
    personal = ArrayField(models.CharField(max_length=16), null=True)
    grounds = models.JSONField(default=list)
    released_at = models.DateTimeField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    manifest_kept = models.JSONField()
    manifest = Document("manifest_kept")
    digest = models.BinaryField(max_length=32)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warehouse_one_number", fields=["entry", "number"]),
            models.CheckConstraint(
                name="warehouse_manifest_sealed",
                condition=_is_kept_as_its_key_says("manifest_kept"),
            ),
            models.CheckConstraint(
                name="warehouse_redacted_says_when",
                condition=Q(redactions=0, redacted_at=None)
                | Q(redactions__gt=0, redacted_at__isnull=False),
            ),
        ]
        indexes = [
            # From the newest on the releases of all entries are walked.
            models.Index(name="warehouse_newest", fields=["-released_at", "-thing"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.number}"

    @property
    def said(self) -> tuple[dict[str, Any], ...]:
        """Everything that the row says of its data, for it to be said under another key."""
        return (self.manifest,)

    @said.setter
    def said(self, words: tuple[dict[str, Any], ...]) -> None:
        (self.manifest,) = words

    @property
    def is_destroyed(self) -> bool:
        """Whether all that it held was destroyed: with its key, or once its term was over."""
        if self.destroyed_at is not None:
            return True
        return self.sealed_by is not None and self.sealed_by.destroyed_at is not None

    def copy(self, name: str) -> Copy:
        """Return one of the release's files; rows that were rejected are never open."""
        sealed_by = self.upload.sealed_by if name == REJECTED else self.sealed_by
        return _copy(f"releases/{self.pk}/{self.part}{name}", sealed_by)

    @property
    def part(self) -> str:
        """Where in its folder its files lie: apart from those before the last erasure."""
        return f"{self.redactions}/" if self.redactions else ""

    @property
    def copies(self) -> dict[str, Copy]:
        """Every file of the release by name."""
        return {file["name"]: self.copy(file["name"]) for file in self.files}

    @property
    def digest_text(self) -> str:
        """The digest as people compare it."""
        return bytes(self.digest).hex()

    @property
    def files(self) -> list[dict[str, Any]]:
        """The manifest's files, as long as they are there: name, bytes, sha256, sm3."""
        files: list[dict[str, Any]] = [] if self.destroyed_at else self.manifest["files"]
        return files

    @property
    def is_table(self) -> bool:
        """Whether it has rows; otherwise it is ``contents``. Known without opening the manifest."""
        return self.columns > 0

    @property
    def contents(self) -> list[dict[str, Any]]:
        """The files of a release that is no table, each with its ``path`` and ``kind``."""
        return [file for file in self.files if "path" in file]

    def evidence(self) -> Evidence:
        """Return number, rows and the manifest's digest."""
        destroyed: Evidence = {}
        if self.destroyed_at:
            names = [file["name"] for file in self.manifest["files"]]
            destroyed = {"destroyed": {"files": names, "technique": "removal"}}
        grounds = {each["column"]: each["basis"] for each in self.grounds}
        return (
            destroyed
            | ({"grounds": grounds} if grounds else {})
            | {
                "number": self.number,
                "mode": self.mode,
                "base": self.base.number if self.base else None,
                "restored": self.restored.number if self.restored else None,
                "entry_version": self.entry_version.number,
                "rows": self.rows,
                "rejected": self.rejected,
                "manifest": self.digest_text,
            }
        )


class Leaving(models.Model):
    """A file in the store that nothing names any more; it goes, whoever was killed meanwhile."""

    key = models.CharField(max_length=255, primary_key=True)

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def leave(keys: "Iterable[str]") -> None:
        """Have these files removed once the transaction that runs is committed."""
        # In that transaction, so that whoever is killed after it, the files go.
        leaving = Leaving.objects.bulk_create(
            (Leaving(key=key) for key in keys), ignore_conflicts=True
        )
        transaction.on_commit(lambda: Leaving.clear(leaving))

    @classmethod
    def clear(cls, leaving: "Iterable[Leaving]") -> None:
        """Remove these files, then forget them."""
        keys = [each.key for each in leaving]
        store().delete(*keys)
        cls.objects.filter(pk__in=keys).delete()


def is_open(entry: Entry) -> bool:
    """Return whether the entry is open to all and confirmed as such.

    Before somebody who may has confirmed it, nobody has decided that it is open.
    """
    return entry.state == State.CONFIRMED and entry.opening_type == OpeningType.UNCONDITIONAL


def lies_in_plain(entry: Entry) -> bool:
    """Return whether the entry's releases lie in plain: open to all, with every item."""
    return is_open(entry) and entry.open_items is None
