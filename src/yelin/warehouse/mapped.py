"""Files beside serving copies that are read where they lie, each open for as long as it is used."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa

T = TypeVar("T")
IDLE_SECONDS, LOOKED_SECONDS = 600, 60


class Mapped(Generic[T]):
    """What was read of each file, for the ``most`` that were used last.

    What is no more on the disk, or nobody uses, is let go of.
    """

    def __init__(self, opened: Callable[[Path], T], most: int = 64) -> None:
        self._opened = opened
        self._most = most
        self._lock = threading.Lock()
        self._looked = 0.0
        # In the order of their last use.
        self._open: dict[Path, tuple[T, float]] = {}

    def at(self, path: Path) -> T | None:
        """Return what lies at ``path``; nothing where there is none, or none that can be read."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked > LOOKED_SECONDS:
                self._look(now)
            found, _ = self._open.pop(path, (None, now))
            if found is None:
                found = self._read(path)
            if found is not None:
                self._open[path] = found, now
            if len(self._open) > self._most:
                del self._open[next(iter(self._open))]
            return found

    def _read(self, path: Path) -> T | None:
        try:
            found = self._opened(path)
            os.utime(path)
        except FileNotFoundError:
            return None
        except (pa.ArrowException, OSError, KeyError):
            # What cannot be read is in the way of one that can.
            path.unlink(missing_ok=True)
            return None
        return found

    def _look(self, now: float) -> None:
        self._looked = now
        for path, (_, used) in list(self._open.items()):
            try:
                if used < now - IDLE_SECONDS:
                    raise FileNotFoundError(path)
                os.utime(path)
            except FileNotFoundError:
                del self._open[path]


def batches(path: Path) -> list[pa.RecordBatch]:
    """Return the batches of a file, none of them read yet."""
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        return [file.get_batch(number) for number in range(file.num_record_batches)]
