"""Where a request may lead: addresses taken apart, host patterns, and networks that are closed."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self
from urllib.parse import quote, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = {"http": 80, "https": 443}
MOST_CHARACTERS = 2_000
# The same few hosts are asked for again and again: what was read of so many is kept.
_HOSTS = 1_024


class Stop(StrEnum):
    """Why a request did not leave, or its answer was not taken."""

    URL = "url"
    RULE = "rule"
    NAME = "name"
    ADDRESS = "address"
    PLAIN = "plain"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    REDIRECT = "redirect"
    TIME = "time"
    SIZE = "size"
    ENCODING = "encoding"


class NotSent(Exception):
    """The request was stopped; the message holds nothing of its address, which may be private."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.value)
        self.stop = stop


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something leads, taken apart by us alone, so that no two parsers can disagree."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Take ``url`` apart.

        Raises ``NotSent`` for another scheme than HTTP, for a user's name or password in it, and
        for whatever parsers are known to read differently.
        """
        if len(url) > MOST_CHARACTERS or re.search(r"[\x00-\x20\x7f\\]", url):
            raise NotSent(Stop.URL)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise NotSent(Stop.URL) from None
        if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or port == 0:
            raise NotSent(Stop.URL)
        # What is escaped stays so; what should have been is.
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
        return cls(parts.scheme, host_of(parts.hostname), port or PORTS[parts.scheme], target)

    @classmethod
    def of(cls, host: str, port: int) -> Self:
        """Return where a connection leads that does not speak HTTP. Raises ``NotSent``."""
        return cls("tcp", host_of(host), port, "")

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two addresses share that are of one server."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The address put together again."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.target}"


@lru_cache(_HOSTS)
def host_of(text: str) -> str:
    """Return a host as names are compared: small ASCII letters, or an IP address in its one form.

    Raises ``NotSent`` for what is no host.
    """
    bare = text.strip().rstrip(".")
    literal = literal_of(bare)
    if literal is not None:
        return str(literal)
    try:
        name = idna.encode(bare, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise NotSent(Stop.URL) from None
    # 127.1, 0x7f.1 and 2130706433 are numbers to some systems; no name ends in a number.
    if re.fullmatch(r"(.*\.)?(\d+|0x[0-9a-f]*)", name):
        raise NotSent(Stop.URL)
    return name


@lru_cache(_HOSTS)
def literal_of(host: str) -> Address | None:
    """Return the IP address that ``host`` writes out, or nothing where it is a name."""
    if "%" in host:
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def pattern_of(text: str) -> str:
    """Return a host pattern in its one form: a host, or ``*.`` and what all its hosts end in.

    Raises ``NotSent`` for a pattern that takes in hosts of different owners, such as ``*.gov.cn``.
    """
    if not text.strip().startswith("*."):
        return host_of(text)
    suffix = host_of(text.strip()[2:])
    if literal_of(suffix) is not None or _suffixes().privatesuffix(suffix) is None:
        raise NotSent(Stop.URL)
    return f"*.{suffix}"


@lru_cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def matches(pattern: str, host: str) -> bool:
    """Whether ``host`` is the host of the pattern, or below its suffix."""
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# IANA's registries of special-purpose addresses; written out, because what Python's ipaddress
# calls global has changed between its versions.
_CLOSED_4 = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
# Of IPv6 only global unicast is open; in it, what carries an IPv4 address (Teredo in 2001::/23,
# 6to4) is not, nor what stands in documents. IPv4-mapped and NAT64 forms lie outside of it.
_OPEN_6 = ipaddress.ip_network("2000::/3")
_CLOSED_6 = _networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
# Where clouds tell a machine its own secrets: closed even inside a network that is named.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
    )
)


def is_inside(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether ``address`` lies in one of the operator's own ``networks``."""
    return any(address in network for network in networks)


def may_reach(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether a connection to ``address`` may be made; ``networks`` are the operator's own."""
    if address in _METADATA:
        return False
    if is_inside(address, networks):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)
