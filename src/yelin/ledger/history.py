"""Keep the signed checkpoints where the database cannot reach them, so that a cut tail shows.

The file holds one note after another, readable by eye, each closed by a line ``= `` and the SHA-256
of the note. A process that dies while writing leaves an unclosed tail, which readers pass over and
the next writer closes with ``= torn``; nothing is ever taken out, so the file may be append-only
for the operating system too (``chattr +a``).
"""

import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

MAX_NOTE_BYTES = 32 * 1024
_TORN = b"= torn\n"
# Room for the last two notes with their closing lines.
_TAIL_BYTES = 2 * MAX_NOTE_BYTES + 256


class Damaged(Exception):
    """The file of checkpoints was changed after it was written."""


def append_checkpoint(path: Path, note: str) -> None:
    """Append a signed checkpoint and return once it is on the disk.

    Raises ``ValueError`` for a note which the file could not tell from its own closing lines.
    """
    blob = note.encode()
    if not blob.endswith(b"\n") or len(blob) > MAX_NOTE_BYTES or _has_closing_line(blob):
        raise ValueError("the file of checkpoints cannot hold this note")
    is_new = not path.exists()
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(_mend(file) + blob + _closing(blob))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)


def read_checkpoints(path: Path, *, until: int | None = None) -> Iterator[str]:
    """Yield the notes of the file, oldest first, passing over what a dying writer left unclosed.

    Nothing past the byte ``until`` is read, so that what is appended meanwhile stays out. Raises
    ``FileNotFoundError`` at once, and ``Damaged`` on reaching a note that its closing line does not
    fit.
    """
    return _notes(path.open("rb"), until)


def last_checkpoint(path: Path) -> str | None:
    """Return the newest whole note of the file, reading its tail only; none where there is none."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        lines = file.read().splitlines(keepends=True)
    closings = [at for at, line in enumerate(lines) if line.startswith(b"= ") and line != _TORN]
    for at in reversed(closings):
        begins = [b + 1 for b, line in enumerate(lines[:at]) if line.startswith(b"= ")]
        note = b"".join(lines[begins[-1] if begins else 0 : at])
        if lines[at] == _closing(note):
            return note.decode()
    return None


def _notes(file: BinaryIO, until: int | None) -> Iterator[str]:
    with file:
        read = 0
        held: list[bytes] = []
        # Excused if it is the last line of all, or marked as torn by the next.
        misfit = 0
        for number, line in enumerate(file, start=1):
            read += len(line)
            if until is not None and read > until:
                return
            if line == _TORN:
                held, misfit = [], 0
            elif misfit:
                raise Damaged(f"line {misfit} of {file.name} does not fit the note above it")
            elif not (line.startswith(b"= ") and line.endswith(b"\n")):
                held.append(line)
            elif line == _closing(note := b"".join(held)):
                held = []
                yield note.decode()
            else:
                misfit = number


def _mend(file: BinaryIO) -> bytes:
    """Return what closes the torn tail of the file; nothing when its last record is whole."""
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - _TAIL_BYTES))
    lines = file.read().splitlines(keepends=True)
    if not lines or lines[-1] == _TORN:
        return b""
    closings = [at for at, line in enumerate(lines[:-1]) if line.startswith(b"= ")]
    begin = closings[-1] + 1 if closings else 0
    if (closings or not start) and lines[-1] == _closing(b"".join(lines[begin:-1])):
        return b""
    return _TORN if lines[-1].endswith(b"\n") else b"\n" + _TORN


def _closing(note: bytes) -> bytes:
    return b"= %s\n" % sha256(note).hexdigest().encode()


def _has_closing_line(note: bytes) -> bool:
    return note.startswith(b"= ") or b"\n= " in note


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
