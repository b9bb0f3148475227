"""Bytes at rest under keys: a local folder or anything that speaks S3, by obstore."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath

import obstore
from obstore.store import LocalStore

from yelin.config import config
from yelin.files.places import PIECE, Place, Room, Sealed, is_sealed, pieces, settle
from yelin.keys.models import DataKey
from yelin.keys.sealing import SealBroken, Secret, stream

CHUNK_BYTES = PIECE


class Store:
    """Files under keys such as ``releases/<id>/data.parquet``; a key's bytes never change.

    Whether a file is sealed shows in its first bytes, and whoever reads it says which it must be.
    """

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

    def at(self, key: str, sealed_by: DataKey | None) -> Place:
        """Return the file under ``key``: sealed by that data key, or plain where there is none.

        Raises ``SealBroken`` where it is not as it should be, and ``Destroyed``.
        """
        path = self.local(key)
        if sealed_by is None:
            if path.exists() and is_sealed(path):
                raise SealBroken(f"{key} is sealed and was asked for as plain")
            return path
        place = self._sealed(key, sealed_by)
        if place.exists():
            place.key()
        return place

    def put(self, key: str, source: Place, sealed_by: DataKey | None) -> None:
        """Keep the bytes of ``source`` under ``key``, whole or not at all, power cut or not.

        They are sealed by ``sealed_by``, or lie in plain where there is none.
        """
        self.write(key, pieces(source.open("rb")), sealed_by)

    def write(self, key: str, plain: Iterable[bytes], sealed_by: DataKey | None) -> None:
        """Keep these bytes under ``key`` as ``put`` keeps a file's."""
        if sealed_by is None:
            obstore.put(self._store, key, iter(plain))
        else:
            obstore.put(self._store, key, stream(plain, self._sealed(key, sealed_by).fresh_key()))
        settle(self.local(key))

    def _sealed(self, key: str, sealed_by: DataKey) -> Sealed:
        self.local(key)
        return Room(self._folder, sealed_by.pk, sealed_by.secret()).at(key)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key below the folder ``prefix``."""
        for batch in obstore.list(self._store, prefix):
            yield from (item["path"] for item in batch)

    def stale(self, prefix: str, before: datetime) -> Iterator[str]:
        """Yield the keys below the folder ``prefix`` that were last written ``before`` then."""
        for batch in obstore.list(self._store, prefix):
            yield from (item["path"] for item in batch if item["last_modified"] < before)

    def weights(self, prefix: str) -> Iterator[tuple[str, int, datetime]]:
        """Yield each key below the folder ``prefix``, its bytes and when they were written."""
        for batch in obstore.list(self._store, prefix):
            yield from ((item["path"], item["size"], item["last_modified"]) for item in batch)

    def delete(self, *keys: str) -> None:
        """Remove these keys; one that is gone already is no fault."""
        for key in keys:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)


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


def sha256(place: Place) -> str:
    """Return the SHA-256 of what a file holds once opened, hexadecimal."""
    digest = hashlib.sha256()
    for piece in pieces(place.open("rb")):
        digest.update(piece)
    return digest.hexdigest()


def scratch() -> Sealed:
    """Return the folder for files that may be lost, on the same disk as the store.

    All in it is sealed under a key that only this process holds: what a crash leaves behind is
    noise.
    """
    return _scratch_in(private(config.root / "scratch")).at("")


@lru_cache
def _scratch_in(folder: Path) -> Room:
    return Room(folder, uuid.uuid4(), Secret.fresh())
