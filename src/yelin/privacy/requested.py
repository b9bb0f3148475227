"""What people ask about what is held of them, and every place that such a request has to reach."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.ledger.entry import SALT_SIZE, commit
from yelin.parties.models import Person
from yelin.privacy.models import Consent
from yelin.things.models import Evidence, Subject, Thing
from yelin.warehouse.models import Release

# After its n-th failure a target is tried again so many minutes later, at most once in six hours.
FIRST_MINUTES, MOST_MINUTES = 1, 360
# So many characters a recipient writes when it confirms.
MOST_SAID = 500


class What(models.TextChoices):
    """What somebody asks about what is held of them."""

    ACCESS = "access", "Access"
    COPY = "copy", "Copy"
    CORRECTION = "correction", "Correction"
    DELETION = "deletion", "Deletion"


class SubjectRequest(Subject):
    """What a case of the kind ``personal.request`` is about, and how far it has come (个人请求).

    ``digest`` is that by which the platform knows the subject's identity number, ``masked`` its
    ends. Places were looked for at ``found_at``; at ``proved_at`` none held the subject any more.
    A copy for the subject lies sealed until ``copy_until``.
    """

    KIND = "subject_request"
    ALONG = ("case",)

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="subject_request")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="subject_requests")
    what = models.CharField(max_length=16, choices=What.choices)
    for_child = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    masked = models.CharField(max_length=32)
    found_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    scanned = models.PositiveIntegerField(default=0)
    copy_until = models.DateTimeField(null=True)
    copied_at = models.DateTimeField(null=True)
    copy_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.case)

    @property
    def copy_name(self) -> str:
        """Under which key of the store the copy lies."""
        return f"copies/{self.pk}"

    def evidence(self) -> Evidence:
        """Return of which case, how many places, and whether it is proved: of whom, nothing."""
        targets = self.targets.select_related("entry", "release").order_by("pk")
        return {
            "case": self.case.number,
            "what": self.what,
            "targets": [bytes(each.commitment).hex() for each in targets],
            "releases": self.scanned,
            "proved": self.proved_at is not None,
            "copied": self.copied_at is not None,
        }


class Kind(models.TextChoices):
    """What a target is."""

    RELEASE = "release", "Version of a resource"
    COPIES = "copies", "Copies beside a resource"
    CONSENT = "consent", "Consent"
    RECIPIENT = "recipient", "Recipient"


class State(models.TextChoices):
    """How far a target has been reached."""

    FOUND = "found", "Found"
    WAITING = "waiting", "Waiting"
    FAILED = "failed", "Not reached yet"
    TOLD = "told", "Told"
    DONE = "done", "Done"
    CONFIRMED = "confirmed", "Confirmed"
    KEPT = "kept", "Kept"


# What is tried, again and again, until it is reached.
TRIED = (State.WAITING, State.FAILED)


def _said(moment: datetime | None) -> str | None:
    """Return a moment as it is committed to, read from the database or not."""
    return moment.astimezone(clock.SHANGHAI).isoformat() if moment else None


def _place(target: "Target") -> tuple[str, int, int, str]:
    kinds = [each.value for each in Kind]
    newest = -target.release.number if target.release else 0
    return target.entry.code or "", kinds.index(target.kind), newest, str(target.pk)


class TargetQuerySet(models.QuerySet["Target"]):
    """Questions about targets."""

    def due(self, at: datetime) -> "TargetQuerySet":
        """Return those that are to be tried now."""
        return self.filter(state__in=TRIED, next_at__lte=at)

    def in_order(self) -> "list[Target]":
        """Return them with what they are of, resource by resource, by their kinds."""
        along = ("entry", "release", "party__body", "consent__purpose")
        return sorted(self.select_related(*along), key=_place)

    def on_the_platform(self) -> "TargetQuerySet":
        """Return those that the platform reaches by itself."""
        return self.exclude(kind=Kind.RECIPIENT)


class Target(Subject):
    """One place that holds what a request is about, with a state, tries and a clock of its own.

    ``salt`` hides what the ledger says of it from whoever does not have it.
    """

    KIND = "subject_target"
    ALONG = ("request__case", "entry", "release")

    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subject_targets")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(
        Thing, on_delete=models.PROTECT, null=True, related_name="subject_targets"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.FOUND.value)
    rows = models.BigIntegerField(null=True)
    tries = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=80, blank=True)
    next_at = models.DateTimeField(null=True)
    since = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    says = models.CharField(max_length=500, blank=True)
    salt = models.BinaryField(max_length=SALT_SIZE)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="privacy_target_once",
                fields=["request", "kind", "entry", "release", "consent"],
                # A body that takes over another has been told twice.
                condition=Q(party=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="privacy_target_is_of_its_kind",
                condition=Q(kind="release", release__isnull=False, consent=None, party=None)
                | Q(kind="copies", release=None, consent=None, party=None)
                | Q(kind="consent", release=None, consent__isnull=False, party=None)
                | Q(kind="recipient", release=None, consent=None, party__isnull=False),
            ),
            models.CheckConstraint(
                name="privacy_target_settled_says_when",
                condition=Q(state__in=["done", "confirmed", "kept"], settled_at__isnull=False)
                | (~Q(state__in=["done", "confirmed", "kept"]) & Q(settled_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                name="privacy_targets_due",
                fields=["next_at"],
                condition=Q(state__in=["waiting", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row, with a salt of its own from the first time on."""
        self.salt = self.salt or secrets.token_bytes(SALT_SIZE)
        super().save(*args, **kwargs)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owed here any more."""
        return self.settled_at is not None

    @property
    def document(self) -> dict[str, Any]:
        """What it is and how it stands, as plain data: what the commitment is of."""
        return {
            "kind": self.kind,
            "resource": self.entry.code,
            "release": self.release.number if self.release else None,
            "consent": str(self.consent_id) if self.consent_id else None,
            "recipient": str(self.party_id) if self.party_id else None,
            "state": str(self.state),
            "settled": _said(self.settled_at),
        }

    @property
    def commitment(self) -> bytes:
        """The salted digest by which the ledger knows it."""
        return commit(self.document, bytes(self.salt))

    def awaiting(self) -> "TargetQuerySet":
        """Return what waited for this, the last version of a resource: the copies beside it."""
        near = self.request.targets.filter(entry=self.entry_id)
        if self.kind != Kind.RELEASE or near.filter(kind=Kind.RELEASE, settled_at=None).exists():
            return near.none()
        return near.filter(kind=Kind.COPIES, state=State.FAILED)

    def fail(self, failure: str, at: datetime) -> None:
        """Note that it could not be reached now, and when it is tried next."""
        minutes = min(FIRST_MINUTES * 2 ** min(self.tries, 16), MOST_MINUTES)
        self.tries += 1
        self.state, self.failure = State.FAILED, failure[:80]
        self.next_at = at + timedelta(minutes=minutes)
        self.save(update_fields=["tries", "state", "failure", "next_at"])

    def settle(self, state: State, at: datetime, says: str = "") -> None:
        """Note what came of it; the row is saved."""
        self.state, self.settled_at, self.says = state, at, says
        self.failure, self.next_at = "", None
        self.save()

    def evidence(self) -> Evidence:
        """Return its kind and state, and by a salted digest alone what and where it is."""
        return {
            "case": self.request.case.number,
            "kind": self.kind,
            "state": str(self.state),
            "commitment": self.commitment.hex(),
        }
