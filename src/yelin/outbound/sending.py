"""Sending for a body, where one of its egress rules leads; there is no other way."""

import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yelin.config import config
from yelin.outbound.door import Allows, Answer, Coming, Door, Limits, Request
from yelin.outbound.models import EgressRule
from yelin.outbound.rules import Address, Destination, host_of
from yelin.outbound.trust import trusting


@dataclass(frozen=True, slots=True)
class Way:
    """For which body, for what and on which day something leaves."""

    body: UUID
    purpose: str
    on: date


def send(
    request: Request, *, body: UUID, purpose: str, on: date, limits: Limits | None = None
) -> Answer:
    """Send ``request`` for ``body``; it and each redirect need a rule in force on that day.

    The rules by which it leads keep the day as that of their last use. Raises ``NotSent``.
    """
    with _leading(Way(body, purpose, on)) as allows:
        return _door(limits).send(request, allows)


@contextmanager
def opened(
    request: Request, way: Way, limits: Limits, trust: ssl.SSLContext | None = None
) -> Iterator[Coming]:
    """Send ``request`` as ``send`` does, and yield what comes back as it comes."""
    with _leading(way) as allows, _door(limits, trust).open(request, allows) as coming:
        yield coming


def connected(host: str, port: int, way: Way, *, inside: bool = False) -> socket.socket:
    """Return a connection to an address of ``host`` that was checked.

    ``inside`` demands that it leads into the operator's own networks. Raises ``NotSent``.
    """
    with _leading(way) as allows:
        return _door().connect(Destination.of(host, port), allows, inside=inside)


def addresses(host: str, port: int, way: Way, *, inside: bool = False) -> list[Address]:
    """Return the checked addresses of ``host``, for a driver that connects to these and no other.

    Raises ``NotSent``.
    """
    with _leading(way) as allows:
        return _door().addresses(Destination.of(host, port), allows, inside=inside)


def knock(url: str) -> int:
    """Return how whoever answers at a public https address answers; nothing of ours is sent.

    The address was shown to everybody by two parties, so it needs no rule; it never leads into the
    operator's own networks, and onward only within its own host. Raises ``NotSent``.
    """
    there = Destination.parse(url)

    def allows(here: Destination) -> bool:
        return here.scheme == "https" and here.host == there.host

    with _public().open(Request("GET", url), allows) as coming:
        return coming.status


def ask_provider(request: Request, hosts: Collection[str], authority: str = "") -> Answer:
    """Ask a provider of identities by https, at one of the ``hosts`` that the operator named.

    It is the installation's own, so it needs no rule of a body. Raises ``NotSent``.
    """
    named = {host_of(host) for host in hosts}

    def allows(there: Destination) -> bool:
        return there.scheme == "https" and there.host in named

    limits = Limits(seconds=10, redirects=0)
    return _door(limits, trusting(authority)).send(request, allows)


def _public() -> Door:
    return Door(limits=Limits(seconds=10, redirects=3))


def leads(there: Destination, way: Way) -> bool:
    """Whether a rule in force leads ``there``."""
    rules = EgressRule.objects.in_force(way.body, way.purpose, way.on)
    return any(rule.leads_to(there) for rule in rules)


def reaches(url: str, *, body: UUID, purpose: str, on: date) -> bool:
    """Whether a rule in force leads to ``url``. Raises ``NotSent`` for what is no address."""
    return leads(Destination.parse(url), Way(body, purpose, on))


def _door(limits: Limits | None = None, trust: ssl.SSLContext | None = None) -> Door:
    return Door(networks=config.outbound_networks, limits=limits, trust=trust)


@contextmanager
def _leading(way: Way) -> Iterator[Allows]:
    rules = list(EgressRule.objects.in_force(way.body, way.purpose, way.on))
    used: set[UUID] = set()

    def allows(there: Destination) -> bool:
        leading = {rule.pk for rule in rules if rule.leads_to(there)}
        used.update(leading)
        return bool(leading)

    try:
        yield allows
    finally:
        EgressRule.objects.filter(pk__in=used).exclude(used_on=way.on).update(used_on=way.on)
