"""Files at rest under keys, sealed or plain, whatever shelf they lie on."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import obstore

from yelin.config import config
from yelin.files.bucket import Bucket, bucket_of
from yelin.files.places import PIECE, Place, Reader, Room, Sealed, is_sealed, pieces
from yelin.files.shelf import Folder, Shelf, Unreachable, private, told
from yelin.keys.models import DataKey
from yelin.keys.sealing import HEADER, MARK, FileKey, Opener, SealBroken, Secret, stream

if TYPE_CHECKING:
    from obstore import ObjectMeta

CHUNK_BYTES = PIECE
# How many keys a shelf tells at once.
LISTED = 1_000
PROBED = "probe"


class Store:
    """Files under keys such as ``releases/<id>/data.parquet``; a key's bytes never change.

    Whether a file is sealed shows in its first bytes, and whoever reads it says which it must be.
    What the ``shelf`` does not do raises ``OSError``.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def local(self, key: str) -> Path:
        """Return where the bytes of ``key`` lie on this machine, or would.

        Raises ``ValueError`` for a key that would leave the store.
        """
        parts = PurePosixPath(key).parts
        if not parts or ".." in parts or key.startswith("/"):
            raise ValueError(f"not a key: {key!r}")
        return self._shelf.folder.joinpath(*parts)

    def folders(self, prefix: str) -> set[Path]:
        """Return the folders of this machine in which what is below ``prefix`` is read and made."""
        return {self._shelf.folder / prefix, self._shelf.drafts / prefix}

    def at(self, key: str, sealed_by: DataKey | None) -> Place:
        """Return a file of this machine with what lies under ``key``, to be worked on.

        It is sealed by that data key, or plain where there is none. Raises ``SealBroken`` where it
        is not as it should be, and ``Destroyed``.
        """
        place = self._place(key, sealed_by)
        path = self._shelf.near(key)
        if isinstance(place, Path):
            if path.exists() and is_sealed(path):
                raise SealBroken(f"{key} is sealed and was asked for as plain")
        elif path.exists():
            place.key()
        return place

    def reader(self, key: str, sealed_by: DataKey | None) -> Reader:
        """Return what lies under ``key`` to be read from where it lies, as ``at`` returns it.

        Raises ``FileNotFoundError`` too.
        """
        self.local(key)
        room = _room(self._shelf.folder, sealed_by) if sealed_by else None
        file = self._shelf.reader(key)
        try:
            header = file.read_at(0, HEADER)
            if room is None:
                if header.startswith(MARK):
                    raise SealBroken(f"{key} is sealed and was asked for as plain")
                return file
            opens = FileKey.of(header, room.key_id, room.secret, key)
            return Opener(opens, lambda length, at: file.read_at(at, length), file.size, file.close)
        except BaseException:
            file.close()
            raise

    def read(self, key: str, sealed_by: DataKey | None) -> Iterator[bytes]:
        """Yield what lies under ``key`` from where it lies. Raises what ``reader`` does."""
        return _Pieces(self.reader(key, sealed_by))

    def put(self, key: str, plain: Iterable[bytes], sealed_by: DataKey | None) -> None:
        """Keep these bytes under ``key``, whole or not at all, power cut or not.

        They are sealed by ``sealed_by``, or lie in plain where there is none.
        """
        place = self._place(key, sealed_by)
        content = iter(plain)
        self._shelf.put(
            key, content if isinstance(place, Path) else stream(content, place.fresh_key())
        )
        # What there was of it before is another file's.
        self._shelf.forget(key)

    def draft(self, key: str, sealed_by: DataKey | None) -> Place:
        """Return where a file is made that is to lie under ``key``. Raises ``Destroyed``."""
        self.local(key)
        path = self._shelf.drafts / key
        private(path.parent)
        return _room(self._shelf.drafts, sealed_by).at(key) if sealed_by else path

    def keep(self, key: str) -> None:
        """Keep what was made at the draft for ``key``, whole or not at all."""
        self._shelf.keep(key)

    def _place(self, key: str, sealed_by: DataKey | None) -> Place:
        path = self.local(key)
        return _room(self._shelf.folder, sealed_by).at(key) if sealed_by else path

    def has(self, key: str, sealed_by: DataKey | None) -> bool:
        """Return whether anything lies under ``key``. Raises ``Destroyed``."""
        self._place(key, sealed_by)
        try:
            self._shelf.reader(key).close()
        except FileNotFoundError:
            return False
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key below the folder ``prefix``."""
        yield from (key for key, _, _ in self.weights(prefix))

    def stale(self, prefix: str, before: datetime) -> Iterator[list[str]]:
        """Yield the keys below the folder ``prefix`` that were last written ``before`` then.

        They come as many at once as the shelf tells.
        """
        for batch in self._listed(prefix):
            yield [item["path"] for item in batch if item["last_modified"] < before]

    def weights(self, prefix: str) -> Iterator[tuple[str, int, datetime]]:
        """Yield each key below the folder ``prefix``, its bytes and when they were written."""
        for batch in self._listed(prefix):
            yield from ((item["path"], item["size"], item["last_modified"]) for item in batch)

    def _listed(self, prefix: str) -> "Iterator[Sequence[ObjectMeta]]":
        with told():
            yield from obstore.list(self._shelf.objects, prefix, chunk_size=LISTED)

    def delete(self, *keys: str) -> None:
        """Remove these keys; one that is gone already is no fault."""
        for key in keys:
            self._shelf.forget(key)
            with suppress(FileNotFoundError), told():
                obstore.delete(self._shelf.objects, key)

    def probe(self) -> None:
        """Write, read, find and remove a small file. Raises ``OSError`` where one of it fails."""
        key = f"{PROBED}/{uuid.uuid4()}"
        self.put(key, [b"?"], None)
        try:
            if b"".join(self.read(key, None)) != b"?" or key not in self.keys(PROBED):
                raise Unreachable("what was written is not found again")
        finally:
            self.delete(key)

    def tidy(self) -> None:
        """Remove what this machine has of what is no more, and what killed makers left here."""
        self._shelf.tidy()

    @property
    def is_far(self) -> bool:
        """Whether the files lie elsewhere, and here only copies of some."""
        return self._shelf.is_far


def store() -> Store:
    """Return the store of this installation."""
    return _far(config.work) if config.store else _in(config.root / "store")


@lru_cache
def _in(folder: Path) -> Store:
    return Store(Folder(private(folder)))


@lru_cache
def _far(work: Path) -> Store:
    return Store(Bucket(bucket_of(config), work, config.near_limit_mb))


def _room(folder: Path, sealed_by: DataKey) -> Room:
    return Room(folder, sealed_by.pk, sealed_by.secret())


class _Pieces(Iterator[bytes]):
    """What a file holds, piece by piece; whoever lets go of it lets go of the file, read or not."""

    def __init__(self, file: Reader) -> None:
        self._file = file
        self._at = 0

    def __next__(self) -> bytes:
        piece = self._file.read_at(self._at, PIECE)
        if not piece:
            self._file.close()
            raise StopIteration
        self._at += len(piece)
        return piece

    def __del__(self) -> None:
        self._file.close()


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
    return _scratch_in(private(config.work / "scratch")).at("")


@lru_cache
def _scratch_in(folder: Path) -> Room:
    return Room(folder, uuid.uuid4(), Secret.fresh())
