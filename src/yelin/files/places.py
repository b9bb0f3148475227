"""Where a file lies, plain or sealed, with one way to read and write it."""

import io
import os
import uuid
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, cast

from yelin.keys.sealing import HEADER, MARK, FileKey, Growing, Opener, Sealer, Secret

SCHEME = "sealed"
BUFFER = 128 << 10
PIECE = 1 << 20


@dataclass(frozen=True, eq=False)
class Room:
    """A folder whose files are sealed under one key.

    ``token`` names the room to the engine, which has no other way to its files. It is as secret
    as a password and worth nothing once nobody holds the room.
    """

    folder: Path
    key_id: uuid.UUID
    secret: Secret
    token: str = field(default_factory=lambda: uuid.uuid4().hex, repr=False)

    def __post_init__(self) -> None:
        _rooms[self.token] = self

    def at(self, name: str) -> "Sealed":
        """Return the file ``name`` below the folder."""
        return Sealed(self, name)


_rooms: "weakref.WeakValueDictionary[str, Room]" = weakref.WeakValueDictionary()


@dataclass(frozen=True)
class Sealed:
    """A sealed file, or a folder of such; much like a ``Path``, but what it reads is opened.

    The name below the room's folder is part of the seal, so that a file moved is a file broken.
    """

    room: Room
    name: str

    def __str__(self) -> str:
        return f"{SCHEME}://{self.room.token}/{self.name}"

    def __truediv__(self, name: str) -> "Sealed":
        return Sealed(self.room, f"{self.name}/{name}" if self.name else name)

    @property
    def path(self) -> Path:
        """Where the sealed bytes lie."""
        return self.room.folder / self.name

    def opened(self) -> Opener:
        """Return the file opened, without a buffer. Raises ``SealBroken``."""
        return opened(self.path, self.key())

    def sealer(self) -> Sealer:
        """Return the file to be written, whole once it is closed."""
        return Sealer(self.path.open("wb"), self.fresh_key())

    def fresh_key(self) -> FileKey:
        """Return a key for this file written anew."""
        return FileKey.fresh(self.room.key_id, self.room.secret, self.name)

    def key(self) -> FileKey:
        """Return the key of this file as it lies. Raises ``SealBroken``."""
        with self.path.open("rb") as file:
            header = file.read(HEADER)
        return FileKey.of(header, self.room.key_id, self.room.secret, self.name)

    def open(self, mode: Literal["rb", "wb"]) -> BinaryIO:
        """Open the file for reading, or for writing it anew."""
        if mode == "wb":
            return cast("BinaryIO", self.sealer())
        return cast("BinaryIO", io.BufferedReader(self.opened(), BUFFER))

    def exists(self) -> bool:
        """Return whether anything lies here."""
        return self.path.exists()

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Make this folder."""
        self.path.mkdir(parents=parents, exist_ok=exist_ok)

    def unlink(self, *, missing_ok: bool = False) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=missing_ok)


Place = Path | Sealed


def opened(path: Path, key: FileKey) -> Opener:
    """Return the sealed file at ``path`` opened by its own key alone."""
    file = path.open("rb", buffering=0)
    try:
        return Opener(
            key,
            lambda length, at: os.pread(file.fileno(), length, at),
            os.fstat(file.fileno()).st_size,
            file.close,
        )
    except BaseException:
        file.close()
        raise


class Reader(Protocol):
    """A file that is read anywhere, by several threads at once."""

    @property
    def size(self) -> int:
        """How many bytes it has, once opened."""

    def read_at(self, at: int, length: int, /) -> bytes:
        """Return up to ``length`` bytes from ``at`` on."""

    def close(self) -> None:
        """Close the file."""


class _Plain:
    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def read_at(self, at: int, length: int, /) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def close(self) -> None:
        self._file.close()


def reader(place: Place) -> Reader:
    """Return the file opened to be read anywhere. Raises ``SealBroken``."""
    return _Plain(place) if isinstance(place, Path) else place.opened()


def growing(place: Place) -> Reader:
    """Return a file that is being written still, to be read as far as it has come.

    Raises ``FileNotFoundError`` or ``SealBroken`` where it has not begun.
    """
    if isinstance(place, Path):
        return _Plain(place)
    key, file = place.key(), place.path.open("rb", buffering=0)
    return Growing(
        key,
        lambda length, at: os.pread(file.fileno(), length, at),
        lambda: os.fstat(file.fileno()).st_size,
        file.close,
    )


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of an open file in pieces of a mebibyte, and close it."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def settle(path: Path) -> None:
    """Make what was written at ``path``, and its name, outlast a power cut."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def size_of(place: Place) -> int:
    """Return how many bytes a file has, once opened."""
    if isinstance(place, Path):
        return place.stat().st_size
    with place.opened() as file:
        return file.size


def beside(place: Place, suffix: str) -> Place:
    """Return the file whose name has ``suffix`` more."""
    if isinstance(place, Path):
        return place.with_name(place.name + suffix)
    return Sealed(place.room, place.name + suffix)


def named(url: str) -> Sealed:
    """Return the file that ``str`` of a ``Sealed`` named. Raises ``FileNotFoundError``."""
    token, _, name = url.removeprefix(f"{SCHEME}://").partition("/")
    room = _rooms.get(token)
    if room is None:
        raise FileNotFoundError(f"nobody holds this room: {SCHEME}://…/{name}")
    return room.at(name)


def is_sealed(path: Path) -> bool:
    """Return whether the file at ``path`` bears the mark of a seal."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK
