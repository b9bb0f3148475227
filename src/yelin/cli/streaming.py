"""The process for long streams: files leave it and calls pass through it, holding no thread."""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial

import structlog
from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler
from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from yelin import logs
from yelin.cli import relaying
from yelin.cli.line import Line, Lost
from yelin.cli.packing import Packing, Ways
from yelin.cli.relaying import Relay
from yelin.cli.sources import SERVER, Finished, Source, Threads, Unfinished
from yelin.cli.whole import PATHS, Whole
from yelin.config import config
from yelin.delivery import kept as keeping
from yelin.delivery import tickets
from yelin.delivery.kept import Making, Wanted
from yelin.delivery.models import Kept, Ticket
from yelin.delivery.tickets import Passed, Redeemed
from yelin.operation import figures
from yelin.surface import problems, telling, watching
from yelin.surface.ranges import Part
from yelin.surface.sending import headers_of
from yelin.warehouse import opened

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SIGN_EVERY = 30
# Whoever cannot ask whether a right still stands stops handing out.
BLIND_SECONDS = 30.0
LEAVE_SECONDS = 5.0
# A file that takes longer to be made is sent while it is.
FOLLOW_SECONDS = 0.5
FOLLOWED = ("csv", "ndjson", "json")


def stream(*, shared: bool = False) -> None:
    """Send files on ``host`` and ``streaming_port`` until told to stop.

    A ``shared`` port is listened to by other such processes as well: one for each core.
    """
    figures.tell()
    asyncio.run(_run(shared=shared))


async def _run(*, shared: bool) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with serving(config.host, config.streaming_port, shared=shared):
        await over.wait()


class Streams:
    """The files that are on their way, and the door at which they are asked for."""

    def __init__(self) -> None:
        self._rows = Threads("rows", 4)
        self._makers = Threads("maker", 2)
        self._readers = Threads("reader", 4)
        self._making: dict[str, tuple[asyncio.Task[Kept], Making]] = {}
        self._comers: Counter[bytes] = Counter()
        self._lines: dict[bytes, set[Line]] = {}
        self.address: tuple[str, int] = ("", 0)
        self.relay = Relay(Threads("calls", relaying.THREADS), _problem)
        ways = Ways(self._rows, self._readers, self._source, self._taken, _problem)
        self._packing = Packing(ways)
        self._whole = Whole(self._rows, self._readers, _problem)

    def application(self) -> web.Application:
        """Return what the server calls."""
        application = web.Application(middlewares=[_watched])
        application.on_response_prepare.append(_named)
        # Below the one path that a proxy leads here.
        application.router.add_get("/streams/healthz", self._alive)
        application.router.add_get("/streams/readyz", self._ready)
        for path in PATHS:
            application.router.add_get(path, self._whole.answer)
        application.router.add_get("/streams/{secret}", self._answer)
        application.router.add_get("/streams/batches/{secret}", self._packing.answer)
        application.router.add_route("*", relaying.PATH, self.relay.answer)
        return application

    async def _alive(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text="ok\n")

    async def _ready(self, request: web.Request) -> web.Response:
        del request
        # Which connection that is, only the thread can say.
        await self._rows(lambda: connection.ensure_connection())  # noqa: PLW0108 - see above
        return web.Response(text="ok\n")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            redeemed = await self._rows(tickets.redeem, request.match_info["secret"])
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            return await self._rows(_problem, request, error)
        with self._taken(bytes(redeemed.ticket.pk)) as lines:
            try:
                source = await self._source(request, redeemed)
            except Exception as error:  # noqa: BLE001 - the same
                return await self._rows(_problem, request, error)
            try:
                return await self._respond(request, redeemed, source, lines)
            except Passed as error:
                return await self._rows(_problem, request, error)
            except Exception:
                log.exception("stream_failed")
                raise
            finally:
                await self._readers(source.close)

    @contextlib.contextmanager
    def _taken(self, ticket: bytes) -> Iterator[set[Line]]:
        """Watch a ticket with which somebody has come, and its lines."""
        self._comers[ticket] += 1
        try:
            yield self._lines.setdefault(ticket, set())
        finally:
            self._comers[ticket] -= 1
            if not self._comers[ticket]:
                del self._comers[ticket], self._lines[ticket]

    async def _source(self, request: web.Request, redeemed: Redeemed) -> Source:
        """Return where the bytes are to be had: the finished file, or one that is being made."""
        wanted, decision = redeemed.wanted, redeemed.decision
        for _ in range(2):
            kept = await self._rows(keeping.found, wanted, decision)
            if kept is None:
                task, making = self._made(redeemed)
                if _may_follow(request, wanted):
                    await asyncio.wait({task}, timeout=FOLLOW_SECONDS)
                    unfinished = Unfinished(task, making, self._readers)
                    if await unfinished.begins():
                        return unfinished
                    await self._readers(unfinished.close)
                kept = await asyncio.shield(task)
            # Files that nobody asked for are removed, perhaps in this very moment.
            with contextlib.suppress(FileNotFoundError):
                return Finished(kept, await self._readers(kept.reader), self._readers)
        raise FileNotFoundError

    def _made(self, redeemed: Redeemed) -> tuple[asyncio.Task[Kept], Making]:
        """Have the file made; of all who wait here for the same, one does."""
        wanted, decision = redeemed.wanted, redeemed.decision
        name = wanted.name(decision)
        if name not in self._making:
            making = Making()
            task = asyncio.ensure_future(self._makers(keeping.made, wanted, decision, making))
            self._making[name] = task, making
            task.add_done_callback(lambda _: self._over(name))
        return self._making[name]

    def _over(self, name: str) -> None:
        del self._making[name]
        if not self._making:
            # Files are sent for much longer than they are made.
            opened.rest()

    async def _respond(
        self, request: web.Request, redeemed: Redeemed, source: Source, lines: set[Line]
    ) -> web.StreamResponse:
        tag = redeemed.wanted.name(redeemed.decision)
        part = source.part(request.method, request.headers, tag)
        headers = SERVER | headers_of(redeemed.wanted) | dict(redeemed.headers) | dict(part.headers)
        response = web.StreamResponse(status=part.status, headers=headers)
        if "Content-Length" not in part.headers and part.end > part.first:
            response.enable_chunked_encoding()
        if request.method == "GET" and part.end > part.first:
            await self._send(request, response, part, source, redeemed.ticket, lines)
        else:
            await response.prepare(request)
            await response.write_eof()
        return response

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        part: Part,
        source: Source,
        ticket: Ticket,
        lines: set[Line],
    ) -> None:
        begin = partial(tickets.begin, alone=not lines)
        name = await self._rows(begin, ticket, part.first, part.end)
        # By ending the line the other side says that it has all.
        response.force_close()
        at, arrived = part.first, False
        with contextlib.suppress(Lost, ConnectionError), Line(request) as line:
            lines.add(line)
            try:
                await response.prepare(request)
                async for piece in source.pieces(part):
                    at += len(piece)
                    await line.write(response, piece)
                await response.write_eof()
                arrived = await line.arrives()
            except Exception:
                # Whoever has got some of it must see that it is not all.
                line.end()
                raise
            finally:
                lines.discard(line)
        await self._rows(partial(tickets.end, arrived=arrived), ticket, name, at, source.kept)

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
        await self.relay.look(with_sign=with_sign)
        await self._whole.look()
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
        self.relay.leave()
        self._whole.leave()

    def close(self) -> None:
        """Let the threads end."""
        for threads in (self._rows, self._makers, self._readers):
            threads.close()


@contextlib.asynccontextmanager
async def serving(host: str, port: int, *, shared: bool = False) -> AsyncIterator[Streams]:
    """Send files at an address until the block ends; what is on its way then can be resumed."""
    streams = Streams()
    runner = web.AppRunner(streams.application(), access_log=None, shutdown_timeout=LEAVE_SECONDS)
    await runner.setup()
    # The kernel shares new connections out among all that listen so.
    site = web.TCPSite(runner, host, port, reuse_port=shared)
    await site.start()
    streams.address = runner.addresses[0]
    watching = [
        asyncio.create_task(each) for each in (streams.watch(), streams.relay.watch_callers())
    ]
    try:
        yield streams
    finally:
        for each in watching:
            each.cancel()
        await site.stop()
        streams.leave()
        await runner.cleanup()
        await streams.relay.close()
        streams.close()


@web.middleware
async def _watched(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give a stream an id, and tell of it once it is over, as of every other request."""
    number = watching.id_of(request.headers.get(watching.HEADER, ""))
    logs.told_of(request=number)
    begun, status = time.perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else ""
        watching.tell(number, request.method, route, status, time.perf_counter() - begun)
    return response


async def _named(request: web.Request, response: web.StreamResponse) -> None:
    """Say by which id the answer is found again."""
    del request
    response.headers[watching.HEADER] = logs.request_id()


def _may_follow(request: web.Request, wanted: Wanted) -> bool:
    """Whether somebody can be sent a file whose size is not known yet."""
    return (
        request.method == "GET"
        and request.version >= HttpVersion11
        and "Range" not in request.headers
        and wanted.format in FOLLOWED
        and not wanted.for_excel
    )


def _problem(request: web.Request, error: Exception) -> web.Response:
    """Return a fault as its document, in the language that the pages are read in."""
    asked = request.cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        if isinstance(error, problems.FORESEEN):
            problem = problems.of(error)
        else:
            log.error("stream_failed", exc_info=error)
            problem = telling.Problem(500, gettext("Something broke on our side"))
        return web.Response(
            body=problem.response().content,
            status=problem.status,
            content_type=telling.PROBLEM,
            headers=SERVER | dict(problem.headers),
        )
