"""Bytes at rest under keys: a local folder or anything that speaks S3, by obstore."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import obstore
from obstore.store import LocalStore

from yelin.config import config

CHUNK_BYTES = 1 << 20


class Store:
    """Files under keys such as ``releases/<id>/data.parquet``; a key's bytes never change."""

    def __init__(self, folder: Path) -> None:
        self._folder = private(folder)
        self._store = LocalStore(folder)

    def local(self, key: str) -> Path:
        """Return where the bytes of ``key`` lie on this machine.

        Raises ``ValueError`` for a key that would leave the store.
        """
        parts = PurePosixPath(key).parts
        if not parts or ".." in parts or key.startswith("/"):
            raise ValueError(f"not a key: {key!r}")
        return self._folder.joinpath(*parts)

    def copy(self, key: str, other: str) -> None:
        """Keep the bytes of ``key`` under ``other`` too."""
        obstore.copy(self._store, key, other)
        self._settle(other)

    def put(self, key: str, source: Path) -> None:
        """Keep the bytes of ``source`` under ``key``, whole or not at all, power cut or not."""
        with source.open("rb") as file:
            obstore.put(self._store, key, file)
        self._settle(key)

    def _settle(self, key: str) -> None:
        target = self.local(key)
        for path in (target, target.parent):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key below the folder ``prefix``."""
        for batch in obstore.list(self._store, prefix):
            yield from (item["path"] for item in batch)

    def stale(self, prefix: str, before: datetime) -> Iterator[str]:
        """Yield the keys below the folder ``prefix`` that were last written ``before`` then."""
        for batch in obstore.list(self._store, prefix):
            yield from (item["path"] for item in batch if item["last_modified"] < before)

    def delete(self, *keys: str) -> None:
        """Remove these keys; one that is gone already is no fault."""
        if keys:
            obstore.delete(self._store, list(keys))


def store() -> Store:
    """Return the store of this installation."""
    return _store_in(config.root / "store")


def private(folder: Path) -> Path:
    """Make ``folder`` if need be and let nobody else on this machine in."""
    # Closed releases lie here, and the embedded database opens the folder above to all.
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


@lru_cache
def _store_in(folder: Path) -> Store:
    return Store(folder)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of an open file in pieces of a mebibyte, and close it."""
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scratch() -> Path:
    """Return the folder for files that may be lost, on the same disk as the store."""
    return private(config.root / "scratch")
