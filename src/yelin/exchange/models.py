"""Signed extracts, the seals that bodies bring, and how verification is answered."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from yelin.catalog.models import Entry
from yelin.exchange.answering import Answering, Bits, Watch
from yelin.exchange.services import Circuit, MessageKey, Seen, Service
from yelin.keys import seals
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.models import Body, Seat
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release

__all__ = [
    "Answering",
    "Bits",
    "Circuit",
    "Extract",
    "MessageKey",
    "Seal",
    "SealQuerySet",
    "Seen",
    "Service",
    "Watch",
]


class SealQuerySet(models.QuerySet["Seal"]):
    """Questions about seals."""

    def in_use(self, at: datetime) -> "SealQuerySet":
        """Return those that seal at this moment."""
        return self.filter(ended_at=None, until__gt=at)


class Seal(Subject):
    """The certificate of a body and its key, under which what it issues is sealed (电子印章).

    The key lies sealed under a data key of its own, and is destroyed with it where the seal ends.
    """

    KIND = "seal"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seals")
    name = models.CharField(max_length=200)
    chain = models.TextField()
    fingerprint = models.BinaryField(max_length=32)
    until = models.DateTimeField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    key = models.BinaryField()
    brought_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_seal_of_a_body", fields=["body"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def opened(self) -> seals.Seal:
        """Return what seals. Raises ``Destroyed``."""
        return seals.kept(self.sealed_by.unseal(bytes(self.key), self._sealed_name), self.chain)

    def keep(self, seal: seals.Seal) -> None:
        """Take the certificates and the key of ``seal``; the row has its data key already."""
        self.name, self.chain = seals.name_of(seal.chain[0])[:200], seal.pem
        self.fingerprint, self.until = seal.fingerprint, seal.until
        self.key = self.sealed_by.seal(seal.secret, self._sealed_name)

    def end(self) -> None:
        """Seal nothing by it any more, and destroy its key."""
        if self.ended_at is not None:
            raise OutOfTurn("This seal has ended already.")
        self.ended_at = clock.now()
        self.save(update_fields=["ended_at"])
        self.sealed_by.destroy(self.ended_at)

    @property
    def _sealed_name(self) -> str:
        return f"{self.KIND}/{self.thing_id}/key"

    def evidence(self) -> Evidence:
        """Return whose it is and by which certificate, no key."""
        return {
            "body": self.body.credit_code,
            "certificate": bytes(self.fingerprint).hex(),
            "until": self.until.isoformat(timespec="seconds"),
            "ended": self.ended_at is not None,
        }


class Extract(Subject):
    """A record, or the answer to a question, issued under seal with the force of paper (电子凭证).

    What was ``sought`` and what it ``says`` lie sealed under a key of its own; ``digest`` commits
    to what it says. Without a ``seal`` of its body it is under the platform's. Its ``paper`` and
    ``statement`` are made once its leaf is signed; by their digests whoever has them finds it.
    ``compared`` is the newest release by which it was looked whether its rows are the same still,
    ``changed_in`` that in which they are not.
    """

    KIND = "extract"
    ALONG = ("entry__provider", "release", "seat__body", "seal", "sealed_by")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="extracts")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="extracts")
    purpose = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sought_kept = models.JSONField()
    sought = Document("sought_kept")
    number = models.CharField(max_length=24, unique=True, null=True)  # noqa: DJ001 - what waits for a second person has none
    issued_at = models.DateTimeField(null=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    says_kept = models.JSONField(null=True)
    says = Document("says_kept")
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32, null=True, unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, related_name="extracts")
    certificate = models.BinaryField(max_length=32, null=True)
    paper = models.BinaryField(null=True)
    statement = models.BinaryField(null=True)
    paper_digest = models.BinaryField(max_length=32, null=True, unique=True)
    statement_digest = models.BinaryField(max_length=32, null=True, unique=True)
    compared = models.PositiveIntegerField(default=0)
    changed_in = models.PositiveIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exchange_issued_says_what",
                condition=Q(number=None, issued_at=None, release=None, digest=None)
                | Q(
                    number__isnull=False,
                    issued_at__gte=F("asked_at"),
                    release__isnull=False,
                    digest__isnull=False,
                    certificate__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="exchange_revoked_keeps_nothing",
                condition=Q(revoked_at=None)
                | Q(
                    revoked_at__isnull=False,
                    issued_at__isnull=False,
                    paper=None,
                    statement=None,
                ),
            ),
        ]
        indexes = [models.Index(name="exchange_extracts", fields=["seat", "-asked_at"])]

    def __str__(self) -> str:
        return self.number or str(self.entry)

    def written(self, name: str) -> str:
        """Return the name to which a file of it is bound when it is sealed."""
        return f"{self.KIND}/{self.thing_id}/{name}"

    def revoke(self, reason: str) -> None:
        """Take it back: what it said is destroyed, that it was issued stays."""
        if self.issued_at is None or self.revoked_at is not None:
            raise OutOfTurn("Only an extract that was issued, and holds, is revoked.")
        self.revoked_at, self.revoked_because = clock.now(), reason
        self.paper = self.statement = None
        self.save(update_fields=["revoked_at", "revoked_because", "paper", "statement"])
        self.sealed_by.destroy(self.revoked_at)

    def evidence(self) -> Evidence:
        """Return number, digest, certificate, resource and release; of nobody anything."""
        facts: dict[str, Any] = {
            "entry": self.entry.code,
            "purpose": self.purpose,
            "issued": self.issued_at is not None,
            "revoked": self.revoked_at is not None,
        }
        if self.release is not None and self.digest and self.certificate:
            facts |= {
                "number": self.number,
                "digest": bytes(self.digest).hex(),
                "certificate": bytes(self.certificate).hex(),
                "seal": "body" if self.seal_id else "platform",
                "release": {"number": self.release.number, "manifest": self.release.digest_text},
                "rows": self.rows,
            }
        return facts
