"""Marks as rows of 16 bytes, and as PostgreSQL sends and takes them at once (COPY, binary form)."""

import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 16
NOBODY = np.empty((0, SIZE), np.uint8)
# What stands before all rows, before the one value of each, and behind the last.
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_BEFORE = struct.pack(">hi", 1, SIZE)
_END = struct.pack(">h", -1)


def packed(marks: "NDArray[np.uint8]") -> bytes:
    """Return marks as a column of UUIDs that is copied into a table."""
    rows = np.empty((len(marks), len(_BEFORE) + SIZE), np.uint8)
    rows[:, : len(_BEFORE)] = np.frombuffer(_BEFORE, np.uint8)
    rows[:, len(_BEFORE) :] = marks
    return _HEAD + rows.tobytes() + _END


def unpacked(copied: bytes) -> "NDArray[np.uint8]":
    """Return the marks in a column of UUIDs that was copied out of a table."""
    rows = np.frombuffer(copied[len(_HEAD) : -len(_END)], np.uint8)
    return rows.reshape(-1, len(_BEFORE) + SIZE)[:, len(_BEFORE) :]
