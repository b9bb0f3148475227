"""Look into a ZIP and take files out of it, in a process of its own.

``archive`` has it started (``files/confined.py``). Files leave end to end in one; nothing is ever
written under a name that the ZIP gives.
"""

import codecs
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from yelin.files import confined
from yelin.files.bundle import Bundle
from yelin.files.confined import Refused, Said

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 900
MOST_FILES = 1_000
MOST_INFLATED = 8 << 30
# Tables are wordy, so a ratio says nothing before this size.
RATIO_FROM = 1 << 30
LONGEST_NAME = 200
# What file managers leave behind.
_LEAVINGS = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini"}
_UTF8 = 0x800
_UNICODE_PATH = 0x7075

# Later, no module could be opened.
for _encoding in ("cp437", "gb18030", "utf-8"):
    codecs.lookup(_encoding)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a ZIP and the path that its maker gave it."""

    path: str
    info: zipfile.ZipInfo


def members(bundle: Bundle) -> Iterator[Member]:
    """Yield the files of a ZIP. Raises ``Refused`` for one that cannot be taken."""
    seen: set[str] = set()
    for info in bundle.zip.infolist():
        path = PurePosixPath(_name(info).replace("\\", "/"))
        if info.is_dir() or {part.casefold() for part in path.parts} & _LEAVINGS:
            continue
        if info.flag_bits & 1:
            raise Refused("kind.locked", "The file is locked by a password. Send it without one.")
        _require_plain(path, info)
        if str(path).casefold() in seen:
            raise Refused(
                "zip.doubled", "The archive has two files called “{path}”", path=str(path)
            )
        seen.add(str(path).casefold())
        if len(seen) > MOST_FILES:
            raise Refused("file.bomb", "The file has more than {limit} parts", limit=MOST_FILES)
        yield Member(str(path), info)


def _require_plain(path: PurePosixPath, info: zipfile.ZipInfo) -> None:
    """Raise ``Refused`` where a path leads elsewhere, or the file is none but a link."""
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    leads_out = path.is_absolute() or ".." in path.parts or ":" in path.parts[0]
    odd = not str(path).isprintable() or any(len(part) > LONGEST_NAME for part in path.parts)
    if is_link or leads_out or odd:
        raise Refused(
            "zip.path",
            "The archive has a file whose name leads out of it or cannot be used: {path}",
            path=ascii(str(path))[:LONGEST_NAME],
        )


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name: as it says itself, else by the encodings that are in use."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    return _unicode_path(info.extra) or _decoded(raw)


def _unicode_path(extra: bytes) -> str:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and size > 5:
            # One byte of version and four of a checksum stand before the name.
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def work(order: Said, file: BinaryIO, target: BinaryIO) -> Said:
    """Say which files there are, and write those that were ordered one behind the other."""
    bundle = Bundle(file, MOST_INFLATED, ratio_from=RATIO_FROM)
    found = list(members(bundle))
    wanted = order["wanted"]
    taken = []
    at = 0
    for member in found:
        if wanted is not None and member.path not in wanted:
            continue
        size = 0
        for piece in bundle.pieces(member.info):
            target.write(piece)
            size += len(piece)
        taken.append({"path": member.path, "at": at, "bytes": size})
        at += size
    return {"paths": [member.path for member in found], "taken": taken}


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
