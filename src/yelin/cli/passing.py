"""One call that passes: the request as it goes out, the answer as it comes back, what is noted."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from yelin import logs
from yelin.cli.line import PATIENCE_SECONDS, Line, Lost
from yelin.delivery.models import Outcome
from yelin.exchange import exchanged
from yelin.exchange.calling import Admitted, Asked, TooLong
from yelin.exchange.together import End, Exchanged
from yelin.keys import messages
from yelin.keys.messages import Fields, NotSigned, Wish
from yelin.law import clock
from yelin.outbound.calling import Incoming, Outgoing
from yelin.outbound.rules import NotSent, Stop
from yelin.surface import relayed

if TYPE_CHECKING:
    from yelin.cli.relaying import Relay

# What is no longer is relayed in one piece, so that its digest is known before it leaves.
SMALL_BYTES = 256 << 10
_REDIRECTS = frozenset({301, 302, 303, 305, 307, 308})
# What is the service's own fault, and what ours, the breaker is told apart by these.
_THEIRS = frozenset({Stop.NAME, Stop.UNREACHABLE, Stop.TLS, Stop.TIME})


class Ended(Exception):
    """The caller has gone, or has no right any more."""


@dataclass(eq=False, slots=True)
class Running:
    """One call under way."""

    request: web.Request
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
            and time.monotonic() - self.giving_since > self.admitted.right.content.seconds
        ):
            self.fault = NotSent(Stop.TIME)
            self.task.cancel()

    @property
    def is_alone(self) -> bool:
        """Whether whoever called has gone."""
        transport = self.request.transport
        return transport is None or transport.is_closing()


class Passing:
    """One call: the request as it goes out, the answer as it comes back, and what is noted."""

    def __init__(self, relay: "Relay", running: Running, asked: Asked, wish: Wish | None) -> None:
        self._relay = relay
        self._running = running
        self._request = running.request
        self._admitted = running.admitted
        self._content = running.admitted.right.content
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
            url=f"{self._content.base}{self._asked.path}{question}",
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
        self._relay.reached(self._admitted.right.service)
        await self._relay.settle(End(self._admitted, self._exchanged(), Outcome.FINISHED))

    async def _failed(self, error: Exception) -> None:
        if self._is_over:
            return
        self._is_over = True
        stop = error.stop if isinstance(error, NotSent) else None
        theirs = str(stop) if stop in _THEIRS else ""
        await self._relay.settle(End(self._admitted, self._exchanged(), Outcome.CUT, theirs))

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


def _multi(headers: Fields) -> CIMultiDict[str]:
    return CIMultiDict(headers)
