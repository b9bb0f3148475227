"""Secrets by which what was decided for somebody is had: stored as digests, sealing what they ask.

One that is known nowhere opens nothing, not even to whoever has the database.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from yelin.keys import sealing
from yelin.keys.sealing import FileKey, Secret

_SEALED_AS = "ticket"
_BY = uuid.UUID(int=0)


def fresh(prefix: str) -> str:
    """Return a secret that nobody can guess."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """Return what stands for ``secret`` where it is stored."""
    # The secret has 256 random bits, so a plain digest cannot be guessed backwards.
    return hashlib.sha256(b"ticket" + secret.encode()).digest()


def seal(asked: Mapping[str, Any], secret: str) -> bytes:
    """Return what was asked, sealed under the secret itself."""
    key = FileKey.fresh(_BY, _key_of(secret), _SEALED_AS)
    return sealing.seal(json.dumps(asked).encode(), key)


def unseal(sealed: bytes, secret: str) -> dict[str, Any]:
    """Return what was asked by this secret."""
    said = sealing.unseal(sealed, _BY, _key_of(secret), _SEALED_AS)
    asked: dict[str, Any] = json.loads(said.decode())
    return asked


def _key_of(secret: str) -> Secret:
    return Secret(hashlib.sha256(b"what was asked" + secret.encode()).digest())
