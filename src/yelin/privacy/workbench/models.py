"""Hierarchies that bodies bring, work on the bench, and the certificates that came of it."""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from yelin.catalog.models import Entry
from yelin.compiling.work import Work
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import packs
from yelin.law.sharing import Sharing
from yelin.parties.models import Body, Seat
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.noised import advantage
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.statistics import AddNoise, StatisticsContent
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release, Upload


class BroughtHierarchy(Subject):
    """A hierarchy as a body brought it: values and their coarser labels, line by line (泛化层级).

    ``digest`` is of its text, which lies sealed: values may be those of people.
    """

    KIND = "hierarchy"
    ALONG = ("body", "sealed_by")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="hierarchies")
    title = models.CharField(max_length=200)
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    content_kept = models.JSONField()
    content = Document("content_kept")
    digest = models.BinaryField(max_length=32)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(name="privacy_hierarchy_once", fields=["body", "title"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def hierarchy(self) -> Hierarchy:
        """What it says."""
        return Hierarchy.read(self.content["text"])

    def evidence(self) -> Evidence:
        """Return whose it is; no plain digest, by which values could be guessed."""
        return {"body": self.body.credit_code, "changed": self.changed_at.isoformat()}


class WorkState(models.TextChoices):
    """Where a work stands on its way from a release to a certificate."""

    DRAFT = "draft", "Being classified"
    SEARCHING = "searching", "Being searched"
    FOUND = "found", "Levels chosen"
    FAILED = "failed", "Nothing fits"
    WRITING = "writing", "Being written"
    WRITTEN = "written", "Brought in"
    MEASURING = "measuring", "Being measured"
    MEASURED = "measured", "Measured"


class Makes(models.TextChoices):
    """What a work makes of its source: rows in which nobody is told, or a table of statistics."""

    ROWS = "rows", "Rows"
    STATISTICS = "statistics", "Statistics"


# Where a job is at it.
MOVING = (WorkState.SEARCHING, WorkState.WRITING, WorkState.MEASURING)


class Deidentification(Work):
    """How a release becomes one of another entry in which nobody is told (去标识化作业).

    ``plan`` is what was chosen, ``found`` the levels and what they lose, ``measured`` what both
    implementations say of the bytes that ``upload`` became; all lie sealed as the source does.
    ``error`` says what to mend.
    """

    KIND = "deidentification"
    ALONG = ("source__entry__provider", "source__sealed_by", "entry__provider", "sealed_by",
             "upload", "seat__body", "deputy")  # fmt: skip

    source = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deidentifications")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="deidentifications")
    sharing = models.CharField(max_length=16)
    makes = models.CharField(max_length=16, choices=Makes.choices, default=Makes.ROWS)
    state = models.CharField(max_length=16, choices=WorkState.choices, default=WorkState.DRAFT)
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    plan_kept = models.JSONField()
    plan = Document("plan_kept")
    found_kept = models.JSONField()
    found = Document("found_kept")
    measured_kept = models.JSONField()
    measured = Document("measured_kept")
    error = models.JSONField(default=dict)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-begun_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="privacy_written_has_its_upload",
                condition=~Q(state__in=["written", "measuring", "measured"])
                | Q(upload__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.entry}"

    @property
    def content(self) -> PlanContent:
        """What was chosen, where rows are made."""
        return PlanContent.model_validate(self.plan)

    @property
    def statistics(self) -> StatisticsContent:
        """What was chosen, where statistics are made."""
        return StatisticsContent.model_validate(self.plan)

    @property
    def chosen(self) -> PlanContent | StatisticsContent:
        """What was chosen, whatever is made."""
        return self.statistics if self.is_statistics else self.content

    @property
    def is_statistics(self) -> bool:
        """Whether statistics are made, and no rows."""
        return self.makes == Makes.STATISTICS

    @property
    def noise(self) -> AddNoise | None:
        """By which noise statistics are told, where they are."""
        protection = self.statistics.protection if self.is_statistics else None
        return protection if isinstance(protection, AddNoise) else None

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns of the source, as its manifest tells them."""
        found: list[dict[str, Any]] = self.source.manifest["columns"]
        return found

    @property
    def bears(self) -> Sharing:
        """The way of sharing, with its threshold as the pack says today."""
        return packs.active().ways[self.sharing]

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves here any more until someone acts."""
        return self.state not in MOVING

    @property
    def published(self) -> Release | None:
        """The release that was made of what was written, once somebody published it."""
        return Release.objects.filter(upload=self.upload_id).first() if self.upload_id else None

    def evidence(self) -> Evidence:
        """Return from which release to which entry, for which way of sharing; no column."""
        return {
            "source": self.source.entry.code,
            "number": self.source.number,
            "entry": self.entry.code,
            "sharing": self.sharing,
            "makes": self.makes,
            "state": self.state,
        }


class Form(models.TextChoices):
    """Why nobody is told by what a certificate is of: alike rows, or how statistics are protected.

    All but ``ROWS`` are kinds of ``statistics.Protection``.
    """

    ROWS = "rows", "Rows that look alike"
    SUPPRESS = "suppress", "Small cells not told"
    NOISE = "noise", "Told with noise"


def greatest() -> Iterator[tuple[Form, str, float]]:
    """Yield of each form and way of sharing the greatest risk, as the pack says today."""
    pack = packs.active()
    yield from ((Form.ROWS, each.code, each.risk) for each in pack.sharing)
    yield from ((Form.SUPPRESS, each.sharing, each.risk) for each in pack.small_cells)
    most = advantage(pack.noise_budget.each)
    yield from ((Form.NOISE, each.code, most) for each in pack.sharing)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Questions about certificates."""

    def standing(self) -> "CertificateQuerySet":
        """Return those that stand: of the newest release, as it is, by today's pack."""
        later = Release.objects.filter(
            entry=OuterRef("release__entry"), number__gt=OuterRef("release__number")
        )
        below = reduce(
            or_,
            (Q(form=form, sharing=code, risk__lte=most) for form, code, most in greatest()),
            Q(pk__in=[]),
        )
        of_these_bytes = Q(release__digest=F("release_digest"))
        by_these_codes = Q(codes__in=[b"", packs.active().became_digest])
        return self.filter(below, of_these_bytes, by_these_codes, ended_at=None).exclude(
            Exists(later)
        )


class Ended(models.TextChoices):
    """Why a certificate was ended by somebody's act."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    HIERARCHY = "hierarchy", "A hierarchy was changed"
    LINKED = "linked", "Another version of the same source was certified"


class Certificate(Subject):
    """That a release tells of nobody, measured twice, and who signed for it (去标识化证书).

    It is of the bytes with ``release_digest`` alone. ``codes`` is the digest of the list of
    divisions that levels were made by, empty where none were. ``digest`` commits to what it
    ``says``, which holds no value of any row. ``risk`` is of a row, or of whoever is in the
    smallest cell that is told. Paper and statement are made once its leaf is signed, and found by
    their digests by whoever has them.
    """

    KIND = "certificate"
    ALONG = ("work", "release__entry__provider", "source__entry", "seat__body")

    work = models.ForeignKey(
        Deidentification, on_delete=models.PROTECT, related_name="certificates"
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="certificates")
    source = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="certified")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    hierarchies = models.ManyToManyField(BroughtHierarchy, related_name="certificates")
    release_digest = models.BinaryField(max_length=32)
    codes = models.BinaryField(max_length=32, default=b"")
    sharing = models.CharField(max_length=16)
    form = models.CharField(max_length=16, choices=Form.choices, default=Form.ROWS)
    risk = models.FloatField()
    number = models.CharField(max_length=24, unique=True)
    says = models.JSONField()
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    certificate = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=16, choices=Ended.choices, blank=True)
    paper = models.BinaryField(null=True)
    statement = models.BinaryField(null=True)
    paper_digest = models.BinaryField(max_length=32, null=True, unique=True)
    statement_digest = models.BinaryField(max_length=32, null=True, unique=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="privacy_certified_risk_is_one", condition=Q(risk__gt=0, risk__lte=1)
            ),
            models.CheckConstraint(
                name="privacy_ended_says_why",
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def end(self, why: Ended, at: datetime) -> None:
        """Let it stand no more from ``at`` on."""
        self.ended_at, self.ended_by = at, why
        self.save(update_fields=["ended_at", "ended_by"])
        self.have_asked_again(at)

    def have_asked_again(self, at: datetime) -> None:
        """Let what was decided for anyone be asked again: it rests on the entry's row."""
        self.release.entry.changed_at = at
        self.release.entry.save(update_fields=["changed_at"])

    def evidence(self) -> Evidence:
        """Return of which release it is, its digest, under which certificate; and its end."""
        return {
            "entry": self.release.entry.code,
            "release": self.release.number,
            "number": self.number,
            "digest": bytes(self.digest).hex(),
            "certificate": bytes(self.certificate).hex(),
            "sharing": self.sharing,
            "form": self.form,
            "ended": self.ended_by or None,
        }
