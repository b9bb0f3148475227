"""How much memory the parts of a house hold, each with all its processes, from moment to moment."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from prove.house import Part
from prove.peak import MIB, peak

EVERY_SECONDS = 0.3
# What makes the kernel forget the highest peak so far.
_FORGET = "5"


class Watch:
    """Looks at parts of a house until told to stop; what two processes share counts for each."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts
        self._over = threading.Event()
        self._held: dict[str, int] = {}

    def peaks(self) -> dict[str, int]:
        """Return the most MiB that each part held since the last time this was asked."""
        self._note()
        found = {name: most // MIB for name, most in self._held.items()}
        self._held = {}
        for process in self._processes():
            with contextlib.suppress(OSError):
                Path(f"/proc/{process.pid}/clear_refs").write_text(_FORGET, encoding="ascii")
        return found

    def _processes(self) -> list[psutil.Process]:
        return [each for part in self._parts for each in tree(part)]

    def look(self) -> None:
        """Look until it is over."""
        while not self._over.wait(EVERY_SECONDS):
            self._note()

    def _note(self) -> None:
        for part in self._parts:
            held = sum(map(_held, tree(part)))
            self._held[part.name] = max(self._held.get(part.name, 0), held)

    def stop(self) -> None:
        """Look no more."""
        self._over.set()


@contextmanager
def watching(parts: list[Part]) -> Iterator[Watch]:
    """Watch these parts during the block."""
    watch = Watch(parts)
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join()


def tree(part: Part) -> list[psutil.Process]:
    """Return a part's process and all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        own = psutil.Process(part.pid)
        return [own, *own.children(recursive=True)]
    return []


def _held(process: psutil.Process) -> int:
    """Return how many bytes a process held at most, also between two looks; none if it is over."""
    with contextlib.suppress(OSError, LookupError):
        return peak(process.pid)
    return 0
