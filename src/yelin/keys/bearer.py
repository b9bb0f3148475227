"""Secrets that whoever shows them is let in by: tokens of programs, addresses of calendars."""

import hashlib
import secrets
from typing import ClassVar

from django.db import models

from yelin.things.models import Subject


class Bearer(Subject):
    """A secret given out once; only its digest is stored.

    ``PREFIX`` is what scanners of leaked keys look for; ``hint`` is how people tell it by.
    """

    PREFIX: ClassVar[str]

    hint = models.CharField(max_length=12)
    digest = models.BinaryField(unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.hint}…"

    @classmethod
    def fresh(cls) -> str:
        """Return a new secret."""
        return cls.PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> bytes:
        """Return the digest under which ``secret`` is stored."""
        # The secret has 256 random bits, so a plain digest cannot be guessed backwards.
        return hashlib.sha256(secret.encode()).digest()
