"""Arrangements of market-based operation for tests, through the same acts as anybody's."""

from datetime import timedelta

from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_body, make_enterprise

from yelin.law import clock
from yelin.market import acts
from yelin.market.content import ArrangementContent
from yelin.market.models import Arrangement


def content(**over) -> ArrangementContent:
    fields = {
        "way": "procurement",
        "title": "公交线路数据市场化开发（一期）",
        "purpose": "开发出行规划服务，向公众免费提供基础查询",
        "basis": "琼财采〔2026〕18号中标通知书",
        "since": clock.today(),
        "until": clock.today() + timedelta(days=365),
    } | over
    return ArrangementContent(**fields)


def make_draft(body=None, operator=None, actor=None, **over) -> Arrangement:
    body = body or make_body()
    return acts.arrange(
        actor=actor or make_actor(body),
        body=body,
        operator=operator or make_enterprise(),
        content=content(**over),
    )


def make_arrangement(*entries, operator=None, **over) -> Arrangement:
    """Make one that is public and reaches ``entries``, or one that is open on conditions."""
    entries = entries or (make_conditional(),)
    steward = make_actor(entries[0].provider)
    made = make_draft(entries[0].provider, operator, steward, **over)
    for entry in entries:
        acts.reach(actor=steward, arrangement=made, entry=entry)
    return acts.publish(actor=steward, arrangement=made)
