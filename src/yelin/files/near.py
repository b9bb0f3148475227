"""Copies on this machine of files that lie elsewhere: the very same bytes, sealed or not."""

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_PART = ".part"
# Whoever was told of a copy opens it at once.
IN_USE_SECONDS = 600
# A fetching process writes on, so what nobody has written to for so long is a dead one's.
ORPHANED_SECONDS = 3_600


class Near:
    """Copies below ``folder``, of at most ``limit`` bytes; the least used go first."""

    def __init__(self, folder: Path, fetch: Callable[[str], Iterable[bytes]], limit: int) -> None:
        self._folder = folder
        self._fetch = fetch
        self._limit = limit

    def of(self, key: str) -> Path:
        """Return the copy of ``key``, fetched unless it is there. Raises what fetching does."""
        path = self._folder / key
        while True:
            try:
                # When it was read last; when it was written tells the engine that it is the same.
                os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
            except FileNotFoundError:
                self._bring(key, path)
            else:
                return path

    def forget(self, key: str) -> None:
        """Remove the copy of ``key``; who reads it now reads it to its end."""
        (self._folder / key).unlink(missing_ok=True)

    def take(self, key: str, file: Path) -> None:
        """Let a ``file`` of this machine be the copy of ``key``, which has its very bytes."""
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        file.replace(path)
        self._make_room()

    def __iter__(self) -> Iterator[str]:
        """Yield of what there are copies."""
        for path in self._files():
            if path.suffix != _PART:
                yield str(path.relative_to(self._folder))

    def _bring(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.with_name(path.name + _PART)
        with name.open("ab") as part:
            # Of all who want it at once, one fetches it; whoever is killed lets it go.
            fcntl.flock(part, fcntl.LOCK_EX)
            if not _is_at(part.fileno(), name):
                return
            if path.exists():
                # It came just before this one was begun.
                name.unlink()
                return
            try:
                part.truncate(0)
                for piece in self._fetch(key):
                    part.write(piece)
                part.flush()
                os.fsync(part.fileno())
                name.replace(path)
            except BaseException:
                name.unlink()
                raise
        self._make_room()

    def _make_room(self) -> None:
        now = time.time()
        every = list(self._standing())
        held = sum(stat.st_size for _, stat in every)
        for path, stat in sorted(every, key=lambda each: each[1].st_atime):
            is_part = path.suffix == _PART
            if (
                stat.st_mtime < now - ORPHANED_SECONDS
                if is_part
                else (held > self._limit and stat.st_atime < now - IN_USE_SECONDS)
            ):
                path.unlink(missing_ok=True)
                held -= stat.st_size

    def _standing(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._files():
            # Others come and go meanwhile.
            with suppress(FileNotFoundError):
                yield path, path.stat()

    def _files(self) -> Iterator[Path]:
        return (path for path in self._folder.rglob("*") if path.is_file())


def _is_at(file: int, name: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), name.stat())
    except FileNotFoundError:
        return False
