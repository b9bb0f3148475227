"""Ed25519 keys that sign for the platform, kept in files outside the database (電子簽名)."""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from yelin.config import config


def _fresh() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.Raw, PrivateFormat.Raw, NoEncryption()
    )


@lru_cache
def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(config.private(f"keys/{name}.ed25519", _fresh))


def sign(name: str, message: bytes) -> bytes:
    """Sign ``message`` with the key called ``name``; its first use makes it. 64 bytes, RFC 8032."""
    return _key(name).sign(message)


def public_key(name: str) -> bytes:
    """Return the 32 bytes of the public key called ``name``."""
    return _key(name).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
