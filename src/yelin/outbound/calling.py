"""Calls of services that are relayed: the way out for a process that waits for many at once.

As in ``door``, names are resolved here, every address is checked, and the address that was checked
is the one that is connected to. Nothing is followed: where a service leads elsewhere, that is its
answer. A connection is kept for further calls: it leads to an address that was checked, whatever
its name says meanwhile, and so it ends after a minute at most. Whether a rule leads there is asked
for each call, not for each connection.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.payload import AsyncIterablePayload
from yarl import URL

from yelin.outbound.rules import Address, Destination, Network, NotSent, Stop, literal_of, may_reach
from yelin.outbound.trust import trusting

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

KEPT_SECONDS = 60.0
IDLE_SECONDS = 4.0
CONNECT_SECONDS = 5.0
PIECE = 64 << 10


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent; nothing is added but the host, and the length where it is known.

    ``content`` is all of it, or comes in pieces. ``seconds`` is how long the service may say
    nothing, ``authority`` whose certificates count where those of public authorities do not.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    content: "bytes | AsyncIterator[bytes]" = b""
    seconds: float = 30
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a service answers; ``pieces`` are as they come, decoded by nobody."""

    status: int
    headers: list[tuple[str, str]]
    pieces: AsyncIterator[bytes]
    length: int | None


@dataclass(slots=True)
class Calls:
    """The way out of one process, with the operator's ``networks`` beside the public ones."""

    networks: tuple[Network, ...] = ()
    resolver: "Resolver | None" = None
    _session: aiohttp.ClientSession | None = None
    _until: float = 0.0
    _leaving: "set[asyncio.Task[None]]" = field(default_factory=set)
    _under_way: "Counter[aiohttp.ClientSession]" = field(default_factory=Counter)

    @asynccontextmanager
    async def open(self, asked: Outgoing) -> AsyncIterator[Incoming]:
        """Send a call whose rule was asked for, and yield the answer as it comes.

        Raises ``NotSent``, also while it is read.
        """
        there = Destination.parse(asked.url)
        if there.scheme != "https":
            raise NotSent(Stop.PLAIN)
        literal = literal_of(there.host)
        if literal is not None and not may_reach(literal, self.networks):
            raise NotSent(Stop.ADDRESS)
        session = self._sending()
        self._under_way[session] += 1
        try:
            async with self._answer(session, asked, there) as incoming:
                yield incoming
        finally:
            self._under_way[session] -= 1

    @asynccontextmanager
    async def _answer(
        self, session: aiohttp.ClientSession, asked: Outgoing, there: Destination
    ) -> AsyncIterator[Incoming]:
        with _told():
            async with session.request(
                asked.method,
                URL(there.url, encoded=True),
                headers=asked.headers,
                data=_body(asked.content),
                allow_redirects=False,
                ssl=trusting(asked.authority),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS, sock_read=asked.seconds
                ),
            ) as answer:
                headers = [
                    (name.decode("latin-1").lower(), value.decode("latin-1"))
                    for name, value in answer.raw_headers
                ]
                pieces = _pieces(answer)
                yield Incoming(answer.status, headers, pieces, answer.content_length)

    async def resolve(self, host: str, port: int) -> list[ResolveResult]:
        """Return where ``host`` may be connected to. Raises ``NotSent``."""
        found = await self._addresses(host)
        # One closed address among open ones is no mistake that should be worked around.
        if not found or not all(may_reach(each, self.networks) for each in found):
            raise NotSent(Stop.ADDRESS if found else Stop.NAME)
        return [
            ResolveResult(
                hostname=host,
                host=str(each),
                port=port,
                family=socket.AF_INET6 if each.version == 6 else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for each in found
        ]

    async def _addresses(self, host: str) -> list[Address]:
        from dns.asyncresolver import Resolver  # noqa: PLC0415 - large, and few relay anything
        from dns.exception import DNSException  # noqa: PLC0415 - the same

        try:
            self.resolver = self.resolver or Resolver()
            answers = await self.resolver.resolve_name(f"{host}.", lifetime=CONNECT_SECONDS)
        except DNSException:
            raise NotSent(Stop.NAME) from None
        found = [literal_of(text) for text in answers.addresses()]
        return [each for each in found if each is not None]

    def _sending(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or loop.time() > self._until:
            if self._session is not None:
                self._leave(self._session)
            self._session = _session(_Resolving(self))
            self._until = loop.time() + KEPT_SECONDS
        return self._session

    def _leave(self, session: aiohttp.ClientSession) -> None:
        # What is on its way there goes on; what is idle ends by itself in a few seconds.
        async def ends() -> None:
            while self._under_way.get(session):
                await asyncio.sleep(IDLE_SECONDS)
            self._under_way.pop(session, None)
            await session.close()

        task = asyncio.ensure_future(ends())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Let every connection end."""
        for task in self._leaving:
            task.cancel()
        for session in {*self._under_way, *([self._session] if self._session else [])}:
            await session.close()


class _Resolving(AbstractResolver):
    """What the client asks for addresses: ``Calls``, and nothing else."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``, each of which was checked."""
        del family
        return await self._calls.resolve(host, port)

    async def close(self) -> None:
        """Leave nothing behind: there is nothing."""


def _session(resolver: AbstractResolver) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=resolver,
            use_dns_cache=False,
            limit=0,
            keepalive_timeout=IDLE_SECONDS,
        ),
        # What one service was told, or told, is nobody else's: no cookies, no settings around us.
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        read_bufsize=PIECE,
    )


def _body(content: "bytes | AsyncIterator[bytes]") -> "bytes | AsyncIterablePayload | None":
    if isinstance(content, bytes):
        return content or None
    return AsyncIterablePayload(content, content_type="application/octet-stream")


async def _pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    with _told():
        async for piece in answer.content.iter_any():
            yield piece


class _told:  # noqa: N801 - used as a function
    """Say of whatever went wrong on the way only its kind: the rest quotes addresses."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, at: object) -> None:
        if (stop := _stop_of(error)) is not None:
            raise NotSent(stop) from None


def _stop_of(error: BaseException | None) -> Stop | None:
    match error:
        case NotSent():
            return error.stop
        case aiohttp.ClientConnectorDNSError():
            return Stop.NAME
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Stop.TLS
        case TimeoutError():
            return Stop.TIME
        case aiohttp.ClientError() | OSError():
            return Stop.UNREACHABLE
        case _:
            return None
