"""A ZIP written as it leaves: nothing of it is kept, however large what goes in.

Names of files come from whoever sent them, so each is made one that leads nowhere.
"""

import unicodedata
import zipfile
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO

# What Windows, which knows the fewest names, takes in one part of a path, in bytes of UTF-8.
_LONGEST = 180
_SUFFIX = 12
_NOWHERE = frozenset('/\\:*?"<>|')
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
# Formats that are packed already: to pack them again costs time and saves nothing.
_PACKED = frozenset({
    "parquet", "xlsx", "docx", "pptx", "ofd", "zip", "gz", "7z", "jpg", "jpeg", "png", "webp",
    "gif", "pdf", "mp3", "mp4",
})  # fmt: skip
_EARLIEST = 1980


def safe(name: str) -> str:
    """Return ``name`` as one part of a path that every system takes, and that hides nothing.

    Signs that turn the reading around or cannot be seen go, and so does what has a meaning in
    paths; of one that is too long the end that says the format stays.
    """
    text = "".join(
        "_" if sign in _NOWHERE else sign
        for sign in unicodedata.normalize("NFC", name)
        if unicodedata.category(sign)[0] != "C"
    )
    text = " ".join(text.split()).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > _SUFFIX or not suffix.isalnum():
        stem, suffix = text, ""
    ending = f".{suffix}" if suffix else ""
    kept = stem.encode()[: _LONGEST - len(ending.encode())].decode(errors="ignore").rstrip(" .")
    if not kept or kept.partition(".")[0].strip().casefold() in _RESERVED:
        kept = f"_{kept}"
    return kept + ending


class Names:
    """Names of files in one ZIP: each once, for systems too that do not tell capitals from not."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, *parts: str) -> str:
        """Return the path that ``parts`` make, each made safe; numbered where it is taken."""
        path = PurePosixPath(*(safe(part) for part in parts))
        found, number = path, 1
        while str(found).casefold() in self._taken:
            number += 1
            found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        self._taken.add(str(found).casefold())
        return str(found)


class _Taken:
    """What was written and not yet fetched; it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing lies anywhere else."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class Zip:
    """A ZIP with sizes of 64 bits whose bytes are fetched as it grows.

    Each call returns what is to be sent next. Only the list of its files stays in memory.
    """

    def __init__(self) -> None:
        self._taken = _Taken()
        # It asks where it is, is told that nobody knows, and counts by itself.
        self._zip = zipfile.ZipFile(self._taken, "w", compresslevel=6)  # type: ignore[call-overload]  # all that it needs
        self._file: IO[bytes] | None = None

    def begin(self, path: str, at: datetime) -> bytes:
        """Begin the file ``path``, which is of the moment ``at``."""
        info = zipfile.ZipInfo(path, (max(at.year, _EARLIEST), *at.timetuple()[1:6]))
        is_packed = PurePosixPath(path).suffix[1:].casefold() in _PACKED
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._file = self._zip.open(info, "w", force_zip64=True)
        return self._taken.take()

    def write(self, piece: bytes) -> bytes:
        """Write on in the file that was begun."""
        assert self._file is not None  # noqa: S101 - the caller has begun one
        self._file.write(piece)
        return self._taken.take()

    def end(self) -> bytes:
        """End the file that was begun."""
        assert self._file is not None  # noqa: S101 - the same
        self._file.close()
        self._file = None
        return self._taken.take()

    def whole(self, path: str, at: datetime, content: str) -> bytes:
        """Write a whole small file of text."""
        return self.begin(path, at) + self.write(content.encode()) + self.end()

    def close(self) -> bytes:
        """Write the list of the files, with which it ends."""
        self._zip.close()
        return self._taken.take()
