"""A caller's own key for one act, so that asking again does nothing twice (Idempotency-Key).

A key belongs to one person, and is bound to the seat, the act and its arguments for a day. The row
is written first in the act's own transaction: of two that ask at once the second waits there, and
after a crash there are both the act and its answer, or neither. Only digests are kept, under a
secret outside the database: a key may be as plain as "1", and what was asked be a file that
somebody else has, too.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.db import IntegrityError

from yelin.acts.models import Answered
from yelin.config import config
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

KEPT = timedelta(hours=24)
LONGEST = 255
FORGOTTEN_AT_ONCE = 10_000


class KeyUsed(Exception):
    """The key was used for something else within the last day."""


class Taken(Exception):
    """Somebody else did the act under this key, in this very moment."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as it is kept: its digest, and the digest of what is asked under it."""

    key: bytes
    request: bytes

    @classmethod
    def of(cls, text: str, actor: Actor, act: str, body: object) -> Self:
        """Return the claim of ``actor`` to do ``act`` with ``body`` once under the key ``text``.

        Raises ``Incomplete`` for a key that is empty or too long.
        """
        if not 1 <= len(text) <= LONGEST:
            raise Incomplete.at("Idempotency-Key", "A key has 1 to 255 characters.")
        asked = json.dumps([str(actor.seat_id), act, body], sort_keys=True).encode()
        # Under the key, which is not kept, and ours: nobody can try out what was asked.
        ours = config.private("keys/repetition", lambda: secrets.token_bytes(32))
        secret = hmac.digest(ours, text.encode("utf-8", "surrogatepass"), "sha256")
        return cls(
            hashlib.sha256(str(actor.person_id).encode() + b"\n" + secret).digest(),
            hmac.digest(secret, asked, "sha256"),
        )

    def answer(self) -> Leaf | None:
        """Return the leaf of the act that was done under this key.

        Raises ``KeyUsed`` where that was another act or had other arguments.
        """
        row = Answered.objects.select_related("leaf").filter(key=self.key).first()
        if row is None:
            return None
        if row.at <= clock.now() - KEPT:
            row.delete()
            return None
        if not hmac.compare_digest(bytes(row.request), self.request):
            raise KeyUsed
        return row.leaf

    def take(self) -> Answered:
        """Take the key for the transaction that runs. Raises ``Taken`` if another has done so."""
        try:
            return Answered.objects.create(key=self.key, request=self.request, at=clock.now())
        except IntegrityError as error:
            raise Taken from error


def forget() -> int:
    """Forget the keys that are older than a day, so many at once; return how many."""
    old = Answered.objects.filter(at__lte=clock.now() - KEPT).order_by("at")
    number, _ = Answered.objects.filter(pk__in=old.values("pk")[:FORGOTTEN_AT_ONCE]).delete()
    return number
