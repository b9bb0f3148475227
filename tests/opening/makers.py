"""Applications for tests, through the same acts as anybody's."""

from datetime import timedelta

from tests.catalog.makers import make_entry
from tests.parties.makers import make_citizen

from yelin.cases.models import Case
from yelin.law import clock
from yelin.opening import acts


def make_conditional(provider=None, **over):
    fields = {"opening_type": "conditional", "opening_condition": "说明用途"} | over
    return make_entry(provider, **fields)


def make_application(entry=None, actor=None, **over) -> Case:
    fields = {
        "purpose": "研究港口与道路拥堵的关系",
        "scenario": "硕士论文，单机分析",
        "until": clock.today() + timedelta(days=90),
        "safeguards": "加密硬盘，专人保管",
    } | over
    return acts.apply(actor=actor or make_citizen(), entry=entry or make_conditional(), **fields)
