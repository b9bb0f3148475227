"""Work that is done for many at once: what comes while the last is being done goes with the next.

Nobody waits for others to come: whoever comes alone is served at once, and the more there are, the
more share what one turn costs.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from yelin.cli.sources import Threads

A = TypeVar("A")
R = TypeVar("R")
MOST = 256


class Grouped(Generic[A, R]):
    """Does ``work`` in a thread of its own, for all who have asked since it was begun last."""

    def __init__(self, name: str, work: Callable[[Sequence[A]], Sequence[R | Exception]]) -> None:
        self._threads = Threads(name, 1)
        self._work = work
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._turns: asyncio.Task[None] | None = None

    async def __call__(self, asked: A) -> R:
        """Return what became of ``asked``, or raise it. It is done even if nobody waits for it."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._turns is None:
            self._turns = asyncio.create_task(self._take_turns())
        return await future

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                many = min(MOST, len(self._waiting))
                await self._turn([self._waiting.popleft() for _ in range(many)])
        finally:
            self._turns = None

    async def _turn(self, together: Sequence[tuple[A, asyncio.Future[R]]]) -> None:
        try:
            done = await self._threads(self._work, [asked for asked, _ in together])
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            if len(together) > 1:
                # One of them cannot be done; the others shall not suffer for it.
                for each in together:
                    await self._turn([each])
                return
            done = [error]
        for (_, future), result in zip(together, done, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def close(self) -> None:
        """Do what was asked still, and let the thread end."""
        if self._turns is not None:
            await self._turns
        self._threads.close()
