"""Calls of services, relayed as they come: no body is ever held as a whole, but for small ones.

The gate, the pace and the ledger are asked in threads by the very code of all doors; here the two
lines are held, and broken off where one side has gone, falls silent, or has lost its right.
"""

import asyncio
import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from yelin import logs
from yelin.catalog.models import code_of
from yelin.cli.line import PATIENCE_SECONDS, Line, Lost
from yelin.cli.sources import Threads
from yelin.config import config
from yelin.delivery.handing import Call
from yelin.exchange import calling, exchanged
from yelin.exchange.calling import Admitted, Asked, Exchanged, TooLong
from yelin.keys import messages
from yelin.keys.messages import Fields, NotSigned, Wish
from yelin.law import clock
from yelin.outbound.calling import Calls, Incoming, Outgoing
from yelin.outbound.rules import NotSent, Stop
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import calls, relayed

log = structlog.get_logger(__name__)

# What is no longer is relayed in one piece, so that its digest is known before it leaves.
SMALL_BYTES = 256 << 10
MOST_AT_ONCE = 200
THREADS = 4
GONE_SECONDS = 0.1
PATH = "/api/v1/services/{slug}{path:(/.*)?}"
_PREFIX = "/api/v1/services/"
_REDIRECTS = frozenset({301, 302, 303, 305, 307, 308})
_EMPTY = hashlib.sha256(b"").digest()
# What is the service's own fault, and what ours, the breaker is told apart by these.
_THEIRS = frozenset({Stop.NAME, Stop.UNREACHABLE, Stop.TLS, Stop.TIME})


class Ended(Exception):
    """The caller has gone, or has no right any more."""


@dataclass(eq=False, slots=True)
class _Running:
    """One call under way."""

    request: web.Request
    slug: str
    admitted: Admitted
    task: "asyncio.Task[Any]"
    began: float = field(default_factory=time.monotonic)
    line: Line | None = None
    has_ended: bool = False
    fault: Exception | None = None
    giving_since: float | None = None

    def end(self) -> None:
        """Break both lines: nobody takes a part for the whole."""
        self.has_ended = True
        if self.line:
            self.line.end()
        self.task.cancel()

    def look(self) -> None:
        """End it where the caller has gone, or where the service takes nothing any more."""
        if self.is_alone:
            self.end()
        elif (
            self.giving_since is not None
            and time.monotonic() - self.giving_since > self.admitted.content.seconds
        ):
            self.fault = NotSent(Stop.TIME)
            self.task.cancel()

    @property
    def is_alone(self) -> bool:
        """Whether whoever called has gone."""
        transport = self.request.transport
        return transport is None or transport.is_closing()


class Relay:
    """The calls that are under way in this process, and the way out that they take."""

    def __init__(self, rows: Threads, problem: Callable[[web.Request, Exception], web.Response]):
        self._rows = rows
        self.problem = problem
        self._calls = Calls(config.outbound_networks)
        self._running: set[_Running] = set()
        self._at_once: Counter[UUID] = Counter()
        self._reached: set[UUID] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Relay a call to the service that its address names."""
        try:
            wish = _wish_of(request)
            asked = _asked_of(request)
            slug = request.match_info["slug"]
            admitted = await self._rows(_admitted, request, slug, asked)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            return await self._rows(self.problem, request, error)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a handler is run by one
        running = _Running(request, slug, admitted, task)
        self._running.add(running)
        self._at_once[admitted.service] += 1
        try:
            return await _Relayed(self, running, asked, wish).go()
        finally:
            self._running.discard(running)
            self._at_once[admitted.service] -= 1

    # What a call asks of the process.

    def open(self, asked: Outgoing) -> contextlib.AbstractAsyncContextManager[Incoming]:
        """Send a call on."""
        return self._calls.open(asked)

    def is_full(self, service: UUID) -> bool:
        """Whether as many calls of a service wait as may: a slow one takes not all there is."""
        return self._at_once[service] > MOST_AT_ONCE

    async def note(self, work: Callable[..., Any], *given: object) -> Any:
        """Do in a thread what has to do with rows, to its end, whoever has gone meanwhile."""
        return await asyncio.shield(asyncio.ensure_future(self._rows(work, *given)))

    def reached(self, service: UUID) -> None:
        """Note that a service has answered."""
        self._reached.add(service)

    # What is looked at while they are under way.

    async def watch_callers(self) -> None:
        """End the calls whose callers have gone: a service works for nobody in vain."""
        while True:
            await asyncio.sleep(GONE_SECONDS)
            for each in list(self._running):
                if not each.has_ended and each.fault is None:
                    each.look()

    async def look(self, *, with_sign: bool) -> None:
        """End the calls of those whose right has ended; one look for all of one program."""
        now = time.monotonic()
        long = [each for each in self._running if now - each.began > 1]
        groups: dict[tuple[object, ...], list[_Running]] = {}
        for each in long:
            decision = each.admitted.decision
            groups.setdefault((each.slug, decision.actor, decision.purpose), []).append(each)
        for (slug, *_), together in groups.items():
            decision = together[0].admitted.decision
            if not await self._rows(calling.stands, decision, code_of(str(slug))):
                for each in together:
                    each.end()
        if with_sign:
            deliveries = [e.admitted.delivery.pk for e in long if e.admitted.delivery]
            await self._rows(calling.give_sign, deliveries)
            reached, self._reached = list(self._reached), set()
            await self._rows(calling.note_reached, reached)

    def leave(self) -> None:
        """Break every call off."""
        for each in list(self._running):
            each.end()

    async def close(self) -> None:
        """Let go of the way out, and let the threads end."""
        await self._calls.close()
        self._rows.close()


def _wish_of(request: web.Request) -> Wish | None:
    said = request.headers.getall("Accept-Signature", [])
    return Wish.read(", ".join(said)) if said else None


def _asked_of(request: web.Request) -> Asked:
    raw, _, query = request.raw_path.partition("?")
    # Not what the router made of it: what is hidden in it must be seen.
    path = "/" + raw.removeprefix(_PREFIX).partition("/")[2]
    fields = Fields((name, value) for name, value in request.headers.items())
    url = f"{config.streams}{request.raw_path}"
    return Asked(
        path=path,
        query=query,
        request=messages.Request(request.method, url, fields),
        has_content=request.body_exists,
    )


def _admitted(request: web.Request, slug: str, asked: Asked) -> Admitted:
    token = asking.token_in(request.headers)
    actor = Actor.anyone() if token is None else asking.of_token(token).actor
    purpose = calls.purpose_in(request.headers.get("X-Yelin-Purpose", ""))
    return calling.admit(actor, code_of(slug), asked, Call(purpose, request.remote or ""))


class _Relayed:
    """One call: the request as it goes out, the answer as it comes back, and what is noted."""

    def __init__(self, relay: Relay, running: _Running, asked: Asked, wish: Wish | None) -> None:
        self._relay = relay
        self._running = running
        self._request = running.request
        self._admitted = running.admitted
        self._content = running.admitted.content
        self._asked = asked
        self._wish = wish
        self._sent = hashlib.sha256()
        self._sent_bytes = 0
        self._came = hashlib.sha256()
        self._came_bytes = 0
        self._status: int | None = None
        self._is_over = False

    async def go(self) -> web.StreamResponse:
        """Relay it. What goes wrong before anything has left is told as a problem."""
        try:
            if self._relay.is_full(self._admitted.service):
                raise calling.Resting(1)
            outgoing = await self._outgoing()
            async with self._relay.open(outgoing) as incoming:
                return await self._answered(incoming)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            # What went wrong with the request comes back as a fault of the line to the service.
            fault = self._running.fault or error
            await self._failed(fault)
            return await self._told(fault)
        except asyncio.CancelledError:
            await self._failed(self._running.fault or Ended())
            if self._running.fault is not None:
                return await self._told(self._running.fault)
            if self._running.has_ended:
                # Whoever had the right a moment ago sees that this is not all.
                if (transport := self._request.transport) is not None:
                    transport.abort()
                return web.Response(status=499)
            raise

    async def _outgoing(self) -> Outgoing:
        length = self._request.content_length
        if length is not None and length > self._content.most_bytes:
            raise TooLong
        content: bytes | AsyncIterator[bytes] = b""
        if self._request.body_exists:
            is_small = length is not None and length <= SMALL_BYTES
            content = self._pieces()
            if is_small:
                content = b"".join([piece async for piece in content])
        question = f"?{self._asked.query}" if self._asked.query else ""
        return Outgoing(
            method=self._request.method,
            url=f"{self._admitted.url}{self._asked.path}{question}",
            headers=relayed.onward(
                self._asked.request.headers,
                self._admitted,
                number=logs.request_id(),
                length=length if self._request.body_exists else None,
            ),
            content=content,
            seconds=self._content.seconds,
            authority=self._content.authority,
        )

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, the last piece only once the digest is found to be true."""
        held, content = b"", self._request.content
        try:
            while True:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    piece = await content.readany()
                self._sent_bytes += len(piece)
                if self._sent_bytes > self._content.most_bytes:
                    raise TooLong
                self._sent.update(piece)
                if not piece:
                    self._require_digest()
                if held:
                    self._running.giving_since = time.monotonic()
                    yield held
                    self._running.giving_since = None
                if not piece:
                    return
                held = piece
        except (TooLong, NotSigned, TimeoutError, ConnectionError) as error:
            self._running.fault = Ended() if isinstance(error, OSError) else error
            raise

    def _require_digest(self) -> None:
        said = self._asked.request.headers.of("content-digest")
        if said and messages.digest_in(said) != self._sent.digest():
            raise NotSigned("Content-Digest is of another content.")

    async def _answered(self, incoming: Incoming) -> web.StreamResponse:
        if incoming.status in _REDIRECTS:
            raise NotSent(Stop.REDIRECT)
        if (incoming.length or 0) > self._content.most_bytes:
            raise NotSent(Stop.SIZE)
        self._status = incoming.status
        pieces, held = self._coming(incoming), bytearray()
        async for piece in pieces:
            held += piece
            if len(held) > SMALL_BYTES:
                return await self._streamed(incoming, bytes(held), pieces)
        await self._finish()
        headers = relayed.back(incoming.headers, self._admitted, digest=self._came.digest())
        if self._request.method == "HEAD" and incoming.length is not None:
            headers.append(("Content-Length", str(incoming.length)))
        self._sign(headers)
        return web.Response(status=incoming.status, headers=_multi(headers), body=bytes(held))

    async def _streamed(
        self, incoming: Incoming, first: bytes, rest: AsyncIterator[bytes]
    ) -> web.StreamResponse:
        """Send on what is long as it comes; its digest stands in the receipt."""
        headers = relayed.back(incoming.headers, self._admitted, digest=None)
        self._sign(headers)
        response = web.StreamResponse(status=incoming.status, headers=_multi(headers))
        if incoming.length is not None:
            response.content_length = incoming.length
        elif self._request.version >= HttpVersion11:
            response.enable_chunked_encoding()
        response.force_close()
        arrived = False
        with Line(self._request) as line:
            self._running.line = line
            try:
                await response.prepare(self._request)
                await line.write(response, first)
                async for piece in rest:
                    await line.write(response, piece)
                await response.write_eof()
                arrived = await line.arrives()
            except Exception as error:  # noqa: BLE001 - it is told by breaking the line
                line.end()
                await self._failed(error)
                return response
            finally:
                self._running.line = None
        if arrived:
            await self._finish()
        else:
            await self._failed(Lost())
        return response

    async def _coming(self, incoming: Incoming) -> AsyncIterator[bytes]:
        async for piece in incoming.pieces:
            self._came_bytes += len(piece)
            if self._came_bytes > self._content.most_bytes:
                raise NotSent(Stop.SIZE)
            self._came.update(piece)
            yield piece

    async def _finish(self) -> None:
        self._is_over = True
        self._relay.reached(self._admitted.service)
        await self._relay.note(_finished, self._admitted, self._exchanged())

    async def _failed(self, error: Exception) -> None:
        if self._is_over:
            return
        self._is_over = True
        stop = error.stop if isinstance(error, NotSent) else None
        theirs = str(stop) if stop in _THEIRS else ""
        await self._relay.note(_came_to_nothing, self._admitted, self._exchanged(), theirs)

    async def _told(self, error: Exception) -> web.StreamResponse:
        response: web.Response = await self._relay.note(self._relay.problem, self._request, error)
        response.headers.update(relayed.told_of(self._admitted.notes))
        if not self._request.content.at_eof():
            # What is left of the body is read by nobody.
            response.force_close()
        return response

    def _exchanged(self) -> Exchanged:
        url, method = self._asked.request.url, self._request.method
        answer = None
        if self._status is not None:
            answer = exchanged.answer_facts(self._status, self._came.digest())
        request = exchanged.request_facts(method, url, self._sent.digest())
        return Exchanged(request, answer, self._came_bytes)

    def _sign(self, headers: Fields) -> None:
        if self._wish is not None:
            answer = messages.Answer(self._status or 0, headers, self._asked.request)
            headers += messages.sign(answer, clock.now(), self._wish)


def _finished(admitted: Admitted, made: Exchanged) -> None:
    admitted.circuit.succeed()
    calling.finish(admitted, made)


def _came_to_nothing(admitted: Admitted, made: Exchanged, theirs: str) -> None:
    if theirs:
        admitted.circuit.fail(theirs)
    calling.cut(admitted, made)


def _multi(headers: Fields) -> CIMultiDict[str]:
    return CIMultiDict(headers)
