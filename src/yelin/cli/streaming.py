"""The process for long streams: files leave it as slowly as they are taken, holding no thread."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from aiohttp import web
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import translation
from django.utils.translation import gettext

from yelin.cli.line import Line, Lost
from yelin.config import config
from yelin.delivery import kept as keeping
from yelin.delivery import tickets
from yelin.delivery.models import Kept, Ticket
from yelin.delivery.tickets import Redeemed
from yelin.files.places import Reader, reader
from yelin.surface import problems, ranges
from yelin.surface.ranges import Part
from yelin.surface.sending import headers_of

log = structlog.get_logger(__name__)
T = TypeVar("T")

PIECE = 256 << 10
LOOK_SECONDS = 1.0
SIGN_EVERY = 30
# Whoever cannot ask whether a right still stands stops handing out.
BLIND_SECONDS = 30.0
LEAVE_SECONDS = 5.0


def stream() -> None:
    """Send files on ``host`` and ``streaming_port`` until told to stop."""
    asyncio.run(_run())


async def _run() -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with serving(config.host, config.streaming_port):
        await over.wait()


class _Threads:
    """A few threads for what would hold the loop up, each with a connection of its own."""

    def __init__(self, name: str, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix=name)

    async def __call__(self, work: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._do, work, *given)

    @staticmethod
    def _do(work: Callable[..., T], *given: object) -> T:
        close_old_connections()
        try:
            return work(*given)
        finally:
            close_old_connections()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Streams:
    """The files that are on their way, and the door at which they are asked for."""

    def __init__(self) -> None:
        self._rows = _Threads("rows", 4)
        self._makers = _Threads("maker", 2)
        self._readers = _Threads("reader", 4)
        self._making: dict[str, asyncio.Task[Kept]] = {}
        self._lines: dict[bytes, set[Line]] = {}

    def application(self) -> web.Application:
        """Return what the server calls."""
        application = web.Application()
        # Below the one path that a proxy leads here.
        application.router.add_get("/streams/healthz", self._alive)
        application.router.add_get("/streams/readyz", self._ready)
        application.router.add_get("/streams/{secret}", self._answer)
        return application

    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text="ok\n")

    async def _ready(self, request: web.Request) -> web.Response:
        del request
        await self._rows(connection.ensure_connection)
        return web.Response(text="ok\n")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            redeemed = await self._rows(tickets.redeem, request.match_info["secret"])
            kept, file = await self._opened(redeemed)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            return await self._rows(_problem, request, error)
        try:
            return await self._respond(request, redeemed, kept, file)
        except Exception:
            log.exception("stream_failed")
            raise
        finally:
            await self._readers(file.close)

    async def _respond(
        self, request: web.Request, redeemed: Redeemed, kept: Kept, file: Reader
    ) -> web.StreamResponse:
        tag = redeemed.wanted.name(redeemed.decision.obligations)
        part = ranges.part(request.method, request.headers, tag, kept.size)
        headers = headers_of(redeemed.wanted) | dict(redeemed.headers) | dict(part.headers)
        response = web.StreamResponse(status=part.status, headers=headers)
        if request.method == "GET" and part.end > part.first:
            await self._send(request, response, part, file, redeemed.ticket, kept.size)
        else:
            await response.prepare(request)
            await response.write_eof()
        return response

    async def _opened(self, redeemed: Redeemed) -> tuple[Kept, Reader]:
        kept = await self._kept(redeemed)
        try:
            return kept, await self._readers(reader, kept.place)
        except FileNotFoundError:
            # Removed in this very moment, since nobody had asked for it for long.
            kept = await self._kept(redeemed)
            return kept, await self._readers(reader, kept.place)

    async def _kept(self, redeemed: Redeemed) -> Kept:
        """Return the finished file; of all who wait here for the same, one has it made."""
        kept = await self._rows(keeping.found, redeemed.wanted, redeemed.decision.obligations)
        if kept:
            return kept
        name = redeemed.wanted.name(redeemed.decision.obligations)
        if name not in self._making:
            task = asyncio.ensure_future(
                self._makers(keeping.made, redeemed.wanted, redeemed.decision)
            )
            self._making[name] = task
            task.add_done_callback(lambda _: self._making.pop(name))
        return await asyncio.shield(self._making[name])

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        part: Part,
        file: Reader,
        ticket: Ticket,
        size: int,
    ) -> None:
        await self._rows(tickets.begin, ticket, part.first)
        at, arrived = part.first, False
        with (
            contextlib.suppress(Lost, ConnectionError),
            Line(request) as line,
            self._on_its_way(bytes(ticket.pk), line),
        ):
            await response.prepare(request)
            while at < part.end:
                piece = await self._readers(file.read_at, at, min(PIECE, part.end - at))
                at += len(piece)
                await line.write(response, piece)
            await response.write_eof()
            arrived = await line.arrives()
        await self._rows(partial(tickets.end, arrived=arrived), ticket, part.first, at, size)

    @contextlib.contextmanager
    def _on_its_way(self, ticket: bytes, line: Line) -> Iterator[None]:
        self._lines.setdefault(ticket, set()).add(line)
        try:
            yield
        finally:
            self._lines[ticket].discard(line)
            if not self._lines[ticket]:
                del self._lines[ticket]

    async def watch(self) -> None:
        """Look every second whose right has ended, and cut their lines off."""
        looks, seen = 0, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                await self._look(with_sign=looks % SIGN_EVERY == 0)
                seen = time.monotonic()
            except Exception:
                log.exception("streams_unwatched")
                if time.monotonic() - seen > BLIND_SECONDS:
                    self.leave()

    async def _look(self, *, with_sign: bool) -> None:
        if not self._lines:
            return
        for ticket in await self._rows(tickets.cut_ended, list(self._lines)):
            for line in self._lines.get(ticket, ()):
                line.end()
        if with_sign:
            await self._rows(tickets.give_sign, list(self._lines))

    def leave(self) -> None:
        """Break every line; whoever comes again with the ticket gets the rest."""
        for lines in self._lines.values():
            for line in lines:
                line.end()

    def close(self) -> None:
        """Let the threads end."""
        for threads in (self._rows, self._makers, self._readers):
            threads.close()


@contextlib.asynccontextmanager
async def serving(host: str, port: int) -> AsyncIterator[Streams]:
    """Send files at an address until the block ends; what is on its way then can be resumed."""
    streams = Streams()
    runner = web.AppRunner(streams.application(), access_log=None, shutdown_timeout=LEAVE_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    watching = asyncio.create_task(streams.watch())
    try:
        yield streams
    finally:
        watching.cancel()
        await site.stop()
        streams.leave()
        await runner.cleanup()
        streams.close()


def _problem(request: web.Request, error: Exception) -> web.Response:
    """Return a fault as its document, in the language that the pages are read in."""
    asked = request.cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        if isinstance(error, problems.FORESEEN):
            problem = problems.of(error)
        else:
            log.error("stream_failed", exc_info=error)
            problem = problems.Problem(500, gettext("Something broke on our side"))
        return web.Response(
            body=problem.response().content, status=problem.status, content_type=problems.PROBLEM
        )
