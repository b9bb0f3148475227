"""Applications for tests, through the same acts as anybody's."""

from datetime import timedelta

from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body, make_citizen

from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.law import clock
from yelin.opening.acts import applications, demands, identities, plans
from yelin.opening.models import Demand, OpeningPlan
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person


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
    return applications.apply(
        actor=actor or make_citizen(), entry=entry or make_conditional(), **fields
    )


def make_identity(actor=None, whom=None, **over) -> Case:
    agency()
    actor = actor or make_citizen()
    said = {"name": "王海", "number": "11010519491231002X"} | over
    whom = whom or Person.objects.get(pk=actor.person_id)
    return identities.identify(actor=actor, whom=whom, **said)


def make_verified(actor: Actor, **over) -> Case:
    """Have who acts verified by name, as an officer of the agency does."""
    case, officer = make_identity(actor, **over), make_actor(agency(), "officer")
    cases.accept(actor=officer, case=case)
    return cases.decide(actor=officer, case=case, approve=True, given={})


def make_demand(actor=None, body=None, **over) -> Demand:
    fields = {"title": "公交车实时到站数据", "purpose": "想做一个出行小程序"} | over
    return demands.demand(actor=actor or make_citizen(), body=body or agency(), **fields)


def reader() -> Actor:
    """Return an officer of the body that reads demands before they are public."""
    return make_actor(agency(), "officer")


def make_public(handler=None, actor=None, **over) -> Demand:
    return demands.publish_demand(
        actor=reader(), demand=make_demand(actor, **over), handler=handler or make_body()
    )


def make_plan(year=None, actor=None, **over) -> OpeningPlan:
    actor = actor or reader()
    body = Body.objects.get(pk=actor.body_id)
    fields = {"title": "年度数据开放计划（测试）", "year": year or clock.today().year} | over
    return plans.draft_plan(actor=actor, body=body, **fields)


def make_published(entry=None, until=None, year=None) -> OpeningPlan:
    """Make a public plan with one line."""
    actor, until = reader(), until or clock.today()
    plan = make_plan(year or until.year, actor)
    entry = entry or make_entry(title="列入计划的数据", state="registered")
    plans.add_to_plan(actor=actor, plan=plan, entry=entry, until=until)
    return plans.publish_plan(actor=actor, plan=plan)
