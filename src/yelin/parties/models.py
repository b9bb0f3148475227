"""Bodies, people, their seats and their tokens: who may act, and for whom."""

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from yelin.things.models import Evidence, Subject

TOKEN_PREFIX = "yln_"  # noqa: S105 - a mark that scanners know, no secret


class User(AbstractUser):
    """A login; everything about the person behind it is in ``Person``."""


class BodyKind(models.TextChoices):
    """What a body is under the regulation (4, 5)."""

    DEPARTMENT = "department", "Department"
    AGENCY = "agency", "Big data agency"
    INFORMATIZATION = "informatization", "Informatization department"


class Body(Subject):
    """A government body (政務部門), known by its unified social credit code (GB 32100)."""

    KIND = "body"

    kind = models.CharField(max_length=32, choices=BodyKind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=80)
    division = models.CharField(max_length=12)
    credit_code = models.CharField(max_length=18, unique=True)

    class Meta:
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.name

    def evidence(self) -> Evidence:
        """Return the codes by which the ledger knows this body."""
        return {"code": self.credit_code, "kind": self.kind, "division": self.division}


class Person(Subject):
    """A human being who acts; the ledger knows only the thing's id."""

    KIND = "person"

    user = models.OneToOneField(User, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a seat does for its body."""

    STEWARD = "steward", "Data steward"
    OFFICER = "officer", "Officer"
    AUDITOR = "auditor", "Auditor"


class Seat(Subject):
    """A person's place in a body: the right to act for it in one role."""

    KIND = "seat"
    ALONG = ("body", "person")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=16, choices=Role.choices)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="parties_one_live_seat",
                fields=["person", "body", "role"],
                condition=Q(until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.body.short_name}"

    def evidence(self) -> Evidence:
        """Return whose seat this is, by ids and codes."""
        return {"person": str(self.person_id), "body": self.body.credit_code, "role": self.role}


class TokenQuerySet(models.QuerySet["Token"]):
    """Questions about tokens."""

    def live(self, text: str, at: datetime) -> "Token | None":
        """Return the token whose secret is ``text`` and which holds ``at`` this time."""
        return (
            self.filter(digest=Token.digest_of(text), expires_at__gt=at, seat__until=None)
            .select_related("seat__body", "seat__person")
            .first()
        )


class Token(Subject):
    """A key with which a program acts for a seat; only its digest is stored."""

    KIND = "token"
    ALONG = ("seat__body",)

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.BinaryField(unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.hint}…"

    @staticmethod
    def fresh() -> str:
        """Return a new secret with the prefix that scanners of leaked keys look for."""
        return TOKEN_PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(text: str) -> bytes:
        """Return the digest under which the secret ``text`` is stored."""
        # The secret has 256 random bits, so a plain digest cannot be guessed backwards.
        return hashlib.sha256(text.encode()).digest()

    def evidence(self) -> Evidence:
        """Return for which seat the token speaks and until when."""
        return {"seat": str(self.seat_id), "until": self.expires_at.date().isoformat()}
