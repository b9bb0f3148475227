"""What a file is, found out before anything names it: by its content, never by its name."""

import uuid
import weakref
from dataclasses import dataclass
from threading import BoundedSemaphore

from yelin.files import confined
from yelin.files.kinds import KINDS, OPAQUE, Kind
from yelin.files.places import Place, Sealed, size_of
from yelin.files.store import scratch, sha256

SECONDS = 60
# Each reader may take a gibibyte.
_turns = BoundedSemaphore(2)


@dataclass(frozen=True, eq=False)
class Examined:
    """A file that may be kept, sealed in scratch; only ``examine`` makes one.

    It goes with the last who holds it, whether it was taken into the store or not.
    """

    name: str
    kind: Kind
    place: Sealed
    size: int
    sha256: bytes


# What an act takes beside plain values: files that come with what is said.
Files = tuple[Examined, ...]


def examine(place: Sealed, name: str) -> Examined:
    """Return what the file at ``place`` is; that place is not needed any more.

    Raises ``confined.Refused``.
    """
    anew = scratch() / f"anew-{uuid.uuid4()}"
    kept = place
    try:
        order = {
            "source": confined.lent(place, reading=True),
            "target": confined.lent(anew, reading=False),
            "preview": False,
        }
        found = _ask(order)
        kept = anew if found["anew"] else place
        kind = KINDS[found["kind"]]
        examined = Examined(
            name=kind.named(name),
            kind=kind,
            place=kept,
            size=size_of(kept),
            sha256=bytes.fromhex(sha256(kept)),
        )
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    finally:
        for each in {place, anew} - {kept}:
            each.unlink(missing_ok=True)
    weakref.finalize(examined, kept.unlink, missing_ok=True)
    return examined


def recognised(place: Place, preview: Place) -> Kind:
    """Return what a file of a release is by its content; a picture gets a ``preview``.

    What no reader reads is told by its first bytes and never shown. Raises ``confined.Refused`` for
    a program, and for what does something by itself, is locked or is not whole.
    """
    order = {
        "source": confined.lent(place, reading=True),
        "target": confined.lent(preview, reading=False),
        "preview": True,
    }
    try:
        return KINDS[_ask(order)["kind"]]
    except confined.Refused as refused:
        if refused.code not in OPAQUE:
            raise
        return OPAQUE[refused.code]


def _ask(order: confined.Said) -> confined.Said:
    try:
        with _turns:
            return confined.ask("yelin.files.reader", order, seconds=SECONDS)
    except confined.Broken:
        raise confined.Refused(
            "file.broken", "The file is damaged and cannot be read. Save or scan it again."
        ) from None
    except confined.Exhausted:
        raise confined.Refused(
            "file.large", "The file needs more memory or time than one may have. Save it smaller."
        ) from None
