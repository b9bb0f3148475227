"""Egress rules for tests, through the same acts as any user's."""

from datetime import timedelta

from tests.catalog.makers import agency
from tests.parties.makers import make_actor, make_body

from yelin.acts import outbound
from yelin.law import clock
from yelin.outbound.models import EgressRule
from yelin.parties.models import Body


def make_rule(body: Body | None = None, *, allowed=True, **over) -> EgressRule:
    body = body or make_body()
    fields = {
        "host": "hooks.example.com",
        "port": 443,
        "purpose": "notice",
        "until": clock.today() + timedelta(days=30),
    } | over
    rule = outbound.ask_host(actor=make_actor(body, "officer"), body=body, **fields)
    if allowed:
        outbound.allow_host(actor=make_actor(agency(), "officer"), rule=rule)
    return rule
