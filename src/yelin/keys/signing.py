"""Ed25519 keys that sign for the platform, kept in files outside the database (电子签名)."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from yelin.config import config


def path(name: str) -> Path:
    """Return the file of the key called ``name``, made or not."""
    return config.root / _file(name)


def make(name: str) -> None:
    """Make the key called ``name``, unless there is one."""
    config.private(_file(name), _fresh)


def sign(name: str, message: bytes) -> bytes:
    """Sign ``message`` with the key called ``name``: 64 bytes, RFC 8032."""
    return _read(path(name)).sign(message)


def public_key(name: str) -> bytes:
    """Return the 32 bytes of the public key called ``name``."""
    return _read(path(name)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _file(name: str) -> str:
    return f"keys/{name}.ed25519"


def _fresh() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.Raw, PrivateFormat.Raw, NoEncryption()
    )


@lru_cache
def _read(file: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())
