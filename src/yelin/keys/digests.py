"""Digests under the secret of the installation: of the same the same, and nobody else makes one."""

import hmac
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

BLOCK = 64
_INNER, _OUTER = (bytes(each ^ pad for each in range(256)) for pad in (0x36, 0x5C))


def keyed(purpose: str, said: str | bytes) -> bytes:
    """Return the digest of what is ``said``, under a key of this ``purpose`` alone.

    It is the one that Django's ``salted_hmac`` makes, whose key is derived anew each time: an
    answer of a hundred rows has four.
    """
    what = said.encode() if isinstance(said, str) else said
    return hmac.digest(_key(purpose, settings.SECRET_KEY), what, "sha256")


def pads(purpose: str) -> tuple[bytes, bytes]:
    """Return what ``keyed`` hashes before a message, and before the digest of both (RFC 2104).

    So whoever has no HMAC but SHA-256 makes the same: an engine that reads many.
    """
    return padded(_key(purpose, settings.SECRET_KEY))


def padded(key: bytes) -> tuple[bytes, bytes]:
    """Return a ``key`` of at most ``BLOCK`` bytes as HMAC lays it over either hash (RFC 2104)."""
    whole = key.ljust(BLOCK, b"\0")
    return whole.translate(_INNER), whole.translate(_OUTER)


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return sha256(f"{purpose}{secret}".encode()).digest()
