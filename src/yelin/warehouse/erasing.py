"""One release is written again without what was erased; killed on the way, it is as it was."""

import shutil
import uuid
from collections.abc import Sequence

from yelin.config import config
from yelin.files.store import scratch
from yelin.parties.actor import Actor
from yelin.warehouse import acts, standing
from yelin.warehouse.models import Release
from yelin.warehouse.tombstones import Tombstones


def leave_out(release: Release, erased: Sequence[Tombstones]) -> None:
    """Let ``release`` be what is left of it; nothing is done where it holds none of the erased.

    Raises what opening it does, ``OutOfTurn`` where it has changed meanwhile.
    """
    work = scratch() / str(uuid.uuid4())
    work.mkdir()
    try:
        rest = standing.without(
            release,
            tuple(erased),
            work,
            memory_mb=config.engine_memory_mb,
            threads=config.engine_threads,
        )
        if rest:
            who = Actor.system("erasure")
            acts.redact(actor=who, entry=release.entry, release=release, rest=rest)
    finally:
        shutil.rmtree(work.path, ignore_errors=True)
