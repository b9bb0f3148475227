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

    The rules by which it leads keep the day as that of their last use. Raises ``NotSent``.
    """
    rules = list(EgressRule.objects.in_force(body, purpose, on))
    door = Door(networks=config.outbound_networks, limits=limits)
    used: set[UUID] = set()

    def allows(there: Destination) -> bool:
        leading = {rule.pk for rule in rules if rule.leads_to(there)}
        used.update(leading)
        return bool(leading)

    try:
        return door.send(request, allows)
    finally:
        EgressRule.objects.filter(pk__in=used).exclude(used_on=on).update(used_on=on)


def reaches(url: str, *, body: UUID, purpose: str, on: date) -> bool:
    """Whether a rule in force leads to ``url``. Raises ``NotSent`` for what is no address."""
    there = Destination.parse(url)
    return any(rule.leads_to(there) for rule in EgressRule.objects.in_force(body, purpose, on))
