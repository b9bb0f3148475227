"""Grants and holds for tests, through the gate's own door."""

from datetime import timedelta

from django.db import transaction

from yelin import gate
from yelin.gate.models import Grant, Hold
from yelin.gate.obligations import NONE, Obligations
from yelin.law import clock, duties


def make_grant(party, on, *, days=30, bears: Obligations = NONE, **over) -> Grant:
    """Give ``party`` the rows of an entry, until ``days`` from now."""
    until = clock.now() + timedelta(days=days) if days else None
    ask = {"action": "resource.read", "duty": duties.OPENING_APPLY} | over
    with transaction.atomic():
        return gate.grant(party, on, bears=bears.with_(Obligations(until=until)), **ask)


def make_hold(on, *actions, reason="数据安全事件处置中", **over) -> Hold:
    with transaction.atomic():
        return gate.hold(on, actions=actions, reason=reason, **{"duty": duties.PROTECT} | over)
