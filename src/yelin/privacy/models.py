"""Collection notices as they were published, their purposes, and who agreed to what."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yelin.catalog.models import Entry
from yelin.collecting.models import CollectionForm
from yelin.parties.models import Body, Person
from yelin.privacy.content import Basis, NoticeContent
from yelin.things.models import Evidence, Subject
from yelin.warehouse.subjects import SubjectSet


class State(models.TextChoices):
    """Where a notice stands."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CollectionNotice(Subject):
    """What a body or enterprise says of the personal information that it collects (收集告知书).

    ``content`` is what it says at the desk; what everyone reads is its newest version.
    """

    KIND = "collection_notice"
    ALONG = ("body", "form")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="collection_notices")
    form = models.ForeignKey(
        CollectionForm, on_delete=models.PROTECT, null=True, related_name="collection_notices"
    )
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    content_kept = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="privacy_title_once", fields=["body", "title"]),
            models.CheckConstraint(
                name="privacy_published_has_a_version",
                condition=Q(state="draft", version=0) | (~Q(state="draft") & Q(version__gt=0)),
            ),
            models.CheckConstraint(
                name="privacy_withdrawn_says_when",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> NoticeContent:
        """What it says at the desk."""
        return NoticeContent.model_validate(self.content_kept)

    @property
    def told(self) -> "NoticeVersion | None":
        """What everyone reads; nothing before it is published."""
        return self.versions.order_by("-number").first()

    def say(self, content: NoticeContent, at: datetime) -> None:
        """Say ``content`` from now on, at the desk."""
        self.content_kept = content.model_dump(mode="json")
        self.title, self.changed_at = content.title, at
        self.save()

    def evidence(self) -> Evidence:
        """Return whose it is, its state and version, and what that says by its digest."""
        said = self.told
        return {
            "body": self.body.credit_code,
            "state": self.state,
            "version": self.version,
            "digest": bytes(said.digest).hex() if said else None,
        }


class NoticeVersion(models.Model):
    """What a notice said from one publication on; it never changes."""

    notice = models.ForeignKey(CollectionNotice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_kept = models.JSONField()
    digest = models.BinaryField(max_length=32)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="privacy_version_once", fields=["notice", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.number}"

    @property
    def content(self) -> NoticeContent:
        """What it says."""
        return NoticeContent.model_validate(self.content_kept)


class Purpose(Subject):
    """A purpose that somebody may agree to, as long as it stays what it is.

    ``digest`` is of all that makes it what it is: with another use, item, recipient or term it is
    another, and is agreed to anew.
    """

    KIND = "purpose"
    ALONG = ("notice__body",)

    notice = models.ForeignKey(CollectionNotice, on_delete=models.PROTECT, related_name="purposes")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=16, choices=[(each.value, each.name) for each in Basis])
    guardians = models.BooleanField()
    content_kept = models.JSONField()
    digest = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="privacy_living_purpose_once",
                fields=["notice", "digest"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def evidence(self) -> Evidence:
        """Return of which notice it is, on which ground, and its digest."""
        return {
            "notice": str(self.notice_id),
            "basis": self.basis,
            "digest": bytes(self.digest).hex(),
            "ended": self.ended_at is not None,
        }


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Questions about consents."""

    def living(self) -> "ConsentQuerySet":
        """Return those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Consent(Subject):
    """That a subject agreed to one purpose (同意凭证), by itself or by a guardian.

    ``digest`` is that by which the platform knows the subject's identity number, ``masked`` its
    ends; ``person`` is who agreed.
    """

    KIND = "consent"
    ALONG = ("purpose__notice__body", "version")

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="consents")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    for_child = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    masked = models.CharField(max_length=32)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="privacy_one_living_consent",
                fields=["purpose", "digest"],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="privacy_withdrawn_after_given",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]
        indexes = [models.Index(name="privacy_consents_of_one", fields=["digest"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.masked}"

    @property
    def state(self) -> str:
        """Whether it stands: ``given`` or ``withdrawn``."""
        return "given" if self.withdrawn_at is None else "withdrawn"

    def evidence(self) -> Evidence:
        """Return to which purpose and version, by whom, and whether it stands: of whom, nothing."""
        return {
            "purpose": str(self.purpose_id),
            "version": self.version.number,
            "by_guardian": self.for_child,
            "stands": self.withdrawn_at is None,
        }


class Covering(Subject):
    """That rows of a resource go out by what subjects agreed to (同意的数据)."""

    KIND = "covering"
    ALONG = ("entry", "purpose__notice__body", "subjects")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="coverings")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="coverings")
    subjects = models.OneToOneField(SubjectSet, on_delete=models.PROTECT, related_name="covering")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="privacy_covered_once",
                fields=["entry", "purpose"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.purpose}"

    def evidence(self) -> Evidence:
        """Return which resource, by which purpose, by which item and for which uses."""
        return {
            "entry": self.entry.code,
            "purpose": str(self.purpose_id),
            "item": self.subjects.item,
            "uses": list(self.subjects.uses),
            "ended": self.ended_at is not None,
        }


# Django looks here for every table of the room; what they refer to stands above.
from yelin.privacy.listed import ConsentList, Objection  # noqa: E402
from yelin.privacy.requested import SubjectRequest, Target  # noqa: E402
from yelin.privacy.workbench.budget import Budget, Spending  # noqa: E402
from yelin.privacy.workbench.models import (  # noqa: E402
    BroughtHierarchy,
    Certificate,
    Deidentification,
)

__all__ = [
    "BroughtHierarchy",
    "Budget",
    "Certificate",
    "CollectionNotice",
    "Consent",
    "ConsentList",
    "ConsentQuerySet",
    "Covering",
    "Deidentification",
    "NoticeVersion",
    "Objection",
    "Purpose",
    "Spending",
    "State",
    "SubjectRequest",
    "Target",
]
