"""A stream of bytes becomes a kept file with its size and digests, before any act names it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from yelin.config import config
from yelin.files.digests import Digests
from yelin.files.places import Sealed
from yelin.files.store import scratch
from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.warehouse.glance import Passing, Seen


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file, sealed in scratch: where it lies, how large it is, and what it showed."""

    path: Sealed
    filename: str
    size: int
    digests: Digests
    seen: Seen | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Both its digests, and what was seen of its text, as the row of an upload keeps it."""
        return self.digests.as_dict() | ({"seen": self.seen.as_dict()} if self.seen else {})


def receive(
    pieces: Iterable[bytes], filename: str, limit_mb: int = config.upload_limit_mb
) -> Received:
    """Write ``pieces`` to a scratch file, measuring on the way; memory stays at a few pieces.

    Raises ``Incomplete`` for an empty file or one above the limit; then nothing is left behind.
    """
    path = scratch() / f"receive-{uuid.uuid4()}"
    size = 0
    try:
        with path.open("wb") as file, Passing() as passing:
            for piece in pieces:
                size += len(piece)
                if size > limit_mb * 1_000_000:
                    raise Incomplete.at(
                        "file",
                        "The file is larger than {limit} MB.",
                        None,
                        {"limit": limit_mb},
                    )
                passing.update(piece)
                file.write(piece)
            digests, seen = passing.done()
        if size == 0:
            raise Incomplete.at("file", "The file is empty.", duties.KEEP_ACCURATE)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(path, plain_name(filename), size, digests, seen)


def plain_name(filename: str) -> str:
    """Return the name of a file as its sender wrote it, without folders."""
    # Only the last part counts, whatever system the name comes from; control characters go.
    name = PurePath(filename.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable())[-255:] or "data"
