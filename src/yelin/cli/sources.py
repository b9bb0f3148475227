"""Where the bytes of a stream come from: a finished file, or one that is being made still."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from http import HTTPStatus
from typing import Protocol, TypeVar

from django.db import close_old_connections

from yelin.delivery.kept import Making
from yelin.delivery.models import Kept
from yelin.files.places import Reader, growing
from yelin.keys.sealing import SealBroken
from yelin.surface import ranges
from yelin.surface.ranges import Part

T = TypeVar("T")
PIECE = 256 << 10
PAUSE_SECONDS = 0.05
_ENDLESS = 1 << 62
# Which program sends is nobody's business.
SERVER = {"Server": "Yelin"}


class Threads:
    """A few threads for what would hold the loop up, each with a connection of its own."""

    def __init__(self, name: str, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix=name)

    async def __call__(self, work: Callable[..., T], *given: object) -> T:
        """Do the work in one of the threads."""
        # What is logged or told there names the request, too.
        here = copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, here.run, self._do, work, *given
        )

    @staticmethod
    def _do(work: Callable[..., T], *given: object) -> T:
        close_old_connections()
        try:
            return work(*given)
        finally:
            close_old_connections()

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Source(Protocol):
    """Bytes that somebody asked for."""

    @property
    def kept(self) -> Kept | None:
        """The file that they are of."""

    def part(self, method: str, headers: Mapping[str, str], tag: str) -> Part:
        """Return which part is asked for."""

    def pieces(self, part: Part) -> AsyncIterator[bytes]:
        """Yield that part in pieces, as fast as they are taken."""

    def close(self) -> None:
        """Close the file."""


class Finished:
    """A finished file."""

    def __init__(self, kept: Kept, file: Reader, readers: Threads) -> None:
        self.kept = kept
        self._file = file
        self._readers = readers

    def part(self, method: str, headers: Mapping[str, str], tag: str) -> Part:
        """Return which part is asked for."""
        return ranges.part(method, headers, tag, self.kept.size)

    async def pieces(self, part: Part) -> AsyncIterator[bytes]:
        """Yield that part in pieces. Raises ``EOFError`` where the file is shorter than it was."""
        async for piece in pieces(self._file, part, self._readers):
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()


async def pieces(file: Reader, part: Part, readers: Threads) -> AsyncIterator[bytes]:
    """Yield a part of a file in pieces. Raises ``EOFError`` where it is shorter than it was."""
    at = part.first
    while at < part.end:
        piece = await readers(file.read_at, at, min(PIECE, part.end - at))
        if not piece:
            raise EOFError
        at += len(piece)
        yield piece


class Unfinished:
    """A file that is being made: sent as it grows, without its size, which nobody knows."""

    def __init__(self, task: "asyncio.Task[Kept]", making: Making, readers: Threads) -> None:
        self._task = task
        self._making = making
        self._readers = readers
        self._file: Reader | None = None

    async def begins(self) -> bool:
        """Wait until something is there; false where it is finished, or has failed, before."""
        while not self._task.done():
            if await self._readers(self._so_far, 0):
                return True
            await asyncio.wait({self._task}, timeout=PAUSE_SECONDS)
        return False

    @property
    def kept(self) -> Kept | None:
        """The finished file; none where it is not finished, or never will be."""
        ended = self._task.done() and not self._task.cancelled() and not self._task.exception()
        return self._task.result() if ended else None

    def part(self, method: str, headers: Mapping[str, str], tag: str) -> Part:
        """Return that all of it is to be sent."""
        del method, headers, tag
        return Part(HTTPStatus.OK, 0, _ENDLESS, {"Accept-Ranges": "none"})

    async def pieces(self, part: Part) -> AsyncIterator[bytes]:
        """Yield what is there, until it is finished. Raises what making it raises."""
        at = part.first
        while not self._task.done():
            piece = await self._readers(self._so_far, at)
            if piece:
                at += len(piece)
                yield piece
            else:
                await asyncio.wait({self._task}, timeout=PAUSE_SECONDS)
        kept = await self._task
        rest = Finished(kept, await self._readers(kept.reader), self._readers)
        try:
            async for piece in rest.pieces(Part(part.status, at, kept.size, {})):
                yield piece
        finally:
            await self._readers(rest.close)

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _so_far(self, at: int) -> bytes:
        if self._file is None and self._making.place:
            with contextlib.suppress(FileNotFoundError, SealBroken):
                self._file = growing(self._making.place)
        return self._file.read_at(at, PIECE) if self._file else b""
