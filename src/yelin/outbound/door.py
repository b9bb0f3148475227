"""What leaves and what comes back: names resolved here, every address checked.

The address that was checked is the address that is connected to, so a name that changes its mind
between check and use (DNS rebinding) gains nothing. Redirects are followed by hand, and each is
asked about as if it were the first address.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpcore2

from yelin.outbound.rules import (
    Address,
    Destination,
    Network,
    NotSent,
    Stop,
    is_inside,
    literal_of,
    may_reach,
)
from yelin.outbound.trust import trusting

if TYPE_CHECKING:
    from dns.resolver import Resolver

Allows = Callable[[Destination], bool]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_ABROAD = frozenset({"accept", "content-type"})
_INFLATED_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. Nothing is added to it but the host, the length and our name."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decoded; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Coming:
    """An answer of which the content is still to come, decoded, in ``pieces``."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    url: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: ``seconds`` and ``redirects`` hold for the whole of one request.

    Who says nothing for ``silent_seconds`` is given up before.
    """

    connect_seconds: float = 5
    seconds: float = 20
    silent_seconds: float | None = None
    most_bytes: int = 1_000_000
    redirects: int = 3


class Door:
    """The way out, with the operator's ``networks`` beside the public ones."""

    def __init__(
        self,
        *,
        networks: tuple[Network, ...] = (),
        limits: Limits | None = None,
        resolver: "Resolver | None" = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._networks = networks
        self._limits = limits or Limits()
        self._resolver = resolver
        self._trust = trust or trusting()

    def send(self, request: Request, allows: Allows) -> Answer:
        """Send ``request`` wherever ``allows`` agrees, and return what came back.

        Raises ``NotSent``.
        """
        with self.open(request, allows) as coming:
            content = b"".join(coming.pieces)
            return Answer(coming.status, coming.headers, content, coming.url)

    @contextmanager
    def open(self, request: Request, allows: Allows) -> Iterator[Coming]:
        """Send ``request`` wherever ``allows`` agrees, and yield what comes back as it comes.

        Raises ``NotSent``, also while it is read.
        """
        deadline = time.monotonic() + self._limits.seconds
        backend = _Checked(self._addresses, deadline)
        for _hop in range(self._limits.redirects + 1):
            here = Destination.parse(request.url)
            if not allows(here):
                raise NotSent(Stop.RULE)
            with self._ask(request, here, backend) as coming:
                if coming.status not in _REDIRECTS or "location" not in coming.headers:
                    yield coming
                    return
            request = _onward(request, here, coming)
        raise NotSent(Stop.REDIRECT)

    def addresses(self, there: Destination, allows: Allows, *, inside: bool) -> list[Address]:
        """Return the addresses of ``there``, each of which may be connected to.

        ``inside`` demands that all lie in the operator's own networks. Raises ``NotSent``.
        """
        if not allows(there):
            raise NotSent(Stop.RULE)
        found = self._addresses(there.host, self._limits.connect_seconds)
        if inside and not all(is_inside(address, self._networks) for address in found):
            raise NotSent(Stop.PLAIN)
        return found

    def connect(self, there: Destination, allows: Allows, *, inside: bool) -> socket.socket:
        """Return a connection to the first of ``addresses`` that answers. Raises ``NotSent``."""
        stop = Stop.NAME
        for address in self.addresses(there, allows, inside=inside):
            try:
                return socket.create_connection(
                    (str(address), there.port), self._limits.connect_seconds
                )
            except TimeoutError:
                stop = Stop.TIME
            except OSError:
                stop = Stop.UNREACHABLE
        raise NotSent(stop)

    @contextmanager
    def _ask(self, request: Request, here: Destination, backend: "_Checked") -> Iterator[Coming]:
        host = f"[{here.host}]" if ":" in here.host else here.host
        url = httpcore2.URL(
            scheme=here.scheme.encode(),
            host=host.encode(),
            port=here.port,
            target=here.target.encode(),
        )
        seconds = self._limits.silent_seconds or self._limits.seconds
        timeout = {"connect": self._limits.connect_seconds, "read": seconds, "write": seconds}
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._trust, max_connections=1, network_backend=backend
                ) as pool,
                pool.stream(
                    request.method,
                    url,
                    headers=_headers(request),
                    content=request.content or None,
                    extensions={"timeout": timeout, "sni_hostname": here.host},
                ) as response,
            ):
                headers = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                pieces = _read(response.iter_stream(), headers, self._limits.most_bytes)
                yield Coming(response.status, headers, pieces, here.url)
        except httpcore2.TimeoutException:
            raise NotSent(Stop.TIME) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            # What is said there quotes addresses, which may be private: only the kind goes on.
            raise NotSent(Stop.UNREACHABLE) from None

    def _addresses(self, host: str, seconds: float) -> list[Address]:
        literal = literal_of(host.strip("[]"))
        found = [literal] if literal else self._resolve(host, seconds)
        # One closed address among open ones is no mistake that should be worked around.
        if not all(may_reach(address, self._networks) for address in found):
            raise NotSent(Stop.ADDRESS)
        return found

    def _resolve(self, host: str, seconds: float) -> list[Address]:
        from dns.exception import DNSException  # noqa: PLC0415 - large, and few send anything
        from dns.resolver import Resolver  # noqa: PLC0415 - the same

        try:
            resolver = self._resolver or Resolver()
            answers = resolver.resolve_name(f"{host}.", lifetime=seconds)
        except DNSException:
            raise NotSent(Stop.NAME) from None
        found = [literal_of(text) for text in answers.addresses()]
        if not found or None in found:
            raise NotSent(Stop.NAME)
        return [address for address in found if address is not None]


class _Checked(httpcore2.NetworkBackend):
    """Connects to addresses that were checked, and to nothing else, before the deadline."""

    def __init__(self, addresses: Callable[[str, float], list[Address]], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve ``host``, check what it resolved to, and connect to the first that answers."""
        failure: Exception = NotSent(Stop.NAME)
        for address in self._addresses(host, _left(self._deadline, timeout)):
            try:
                stream = self._plain.connect_tcp(
                    str(address),
                    port,
                    timeout=_left(self._deadline, timeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
                failure = error
                continue
            return _Timed(stream, self._deadline)
        raise failure


class _Timed(httpcore2.NetworkStream):
    """A connection of which every step ends at the deadline, however slowly bytes drip."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of ``buffer``."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Go on under TLS, with the certificate verified for the name that was asked for."""
        left = _left(self._deadline, timeout)
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, left)
        except httpcore2.ConnectError:
            raise NotSent(Stop.TLS) from None
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection beneath."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotSent(Stop.TIME)
    return left if timeout is None else min(left, timeout)


def _headers(request: Request) -> Mapping[bytes | str, bytes | str]:
    sent: dict[bytes | str, bytes | str] = {
        name.lower(): value for name, value in request.headers.items()
    }
    return sent | {"user-agent": "Yelin", "accept-encoding": "gzip"}


def _onward(request: Request, here: Destination, answer: Coming) -> Request:
    url = urljoin(here.url, answer.headers["location"])
    there = Destination.parse(url)
    if here.scheme == "https" and there.scheme == "http":
        raise NotSent(Stop.REDIRECT)
    headers = dict(request.headers)
    if there.origin != here.origin:
        # What one server was told, its neighbour is not.
        headers = {k: v for k, v in headers.items() if k.lower() in _KEPT_ABROAD}
    if answer.status in {307, 308} or request.method in {"GET", "HEAD"}:
        return Request(request.method, url, headers, request.content)
    headers = {k: v for k, v in headers.items() if k.lower() != "content-type"}
    return Request("GET", url, headers)


def _read(pieces: Iterable[bytes], headers: Mapping[str, str], most: int) -> Iterator[bytes]:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        raise NotSent(Stop.ENCODING)
    # The length that is announced may be a lie in either direction; too long is enough to go.
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise NotSent(Stop.SIZE)
    came = _counted(pieces, most)
    yield from _counted(_inflated(came), most) if "gzip" in encoding else came


def _counted(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > most:
            raise NotSent(Stop.SIZE)
        yield piece


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflater, came = zlib.decompressobj(wbits=31), False
    for piece in pieces:
        came, rest = True, piece
        while rest and not inflater.eof:
            try:
                # A small piece may hold much: no more is ever inflated at once than this.
                yield inflater.decompress(rest, _INFLATED_BYTES)
            except zlib.error:
                raise NotSent(Stop.ENCODING) from None
            rest = inflater.unconsumed_tail
    if came and not inflater.eof:
        raise NotSent(Stop.ENCODING)
