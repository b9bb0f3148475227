"""Sending for a body, where one of its egress rules leads; there is no other way."""

from datetime import date
from uuid import UUID

from yelin.config import config
from yelin.outbound.door import Answer, Door, Limits, Request
from yelin.outbound.models import EgressRule
from yelin.outbound.rules import Destination


def send(
    request: Request, *, body: UUID, purpose: str, on: date, limits: Limits | None = None
) -> Answer:
    """Send ``request`` for ``body``; it and each redirect need a rule in force on that day.

    Raises ``NotSent``.
    """
    rules = list(EgressRule.objects.in_force(body, purpose, on))
    door = Door(networks=config.outbound_networks, limits=limits)
    return door.send(request, lambda there: any(rule.leads_to(there) for rule in rules))


def reaches(url: str, *, body: UUID, purpose: str, on: date) -> bool:
    """Whether a rule in force leads to ``url``. Raises ``NotSent`` for what is no address."""
    there = Destination.parse(url)
    return any(rule.leads_to(there) for rule in EgressRule.objects.in_force(body, purpose, on))
