"""The overall plan, and special plans that are filed with two bodies."""

import pytest
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import body_of, make_plan, officer_of

from yelin import gate
from yelin.acts import references
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.registers import reads
from yelin.registers.acts import plans
from yelin.registers.models import Plan

pytestmark = pytest.mark.django_db


def overall(text="到2030年……"):
    planner = officer_of("informatization")
    body = body_of("informatization")
    return plans.draft_overall_plan(actor=planner, body=body, title="全省总体规划", text=text)


@pytest.mark.duty("plans.overall")
def test_the_overall_plan_is_published_only_once_the_government_approved_it():
    plan = overall()
    planner, government = officer_of("informatization"), officer_of("government")
    with pytest.raises(OutOfTurn):
        plans.publish_plan(actor=planner, plan=plan)
    with pytest.raises(gate.Refused):
        plans.approve_plan(actor=planner, plan=plan)
    plan = plans.approve_plan(actor=government, plan=plan)
    assert plan.approved_by_id == government.body_id
    assert not references.seen(Actor.anyone(), Plan.objects.all()).exists()
    plan = plans.publish_plan(actor=planner, plan=plan)
    assert references.seen(Actor.anyone(), Plan.objects.all()).get() == plan
    assert not reads.unfiled(planner).exists()


@pytest.mark.duty("plans.overall")
def test_a_plan_without_a_text_is_not_approved():
    with pytest.raises(Incomplete) as told:
        plans.approve_plan(actor=officer_of("government"), plan=overall(text=""))
    assert told.value.faults[0].place == "text"


@pytest.mark.duty("plans.overall")
def test_no_department_begins_the_overall_plan():
    body = make_body()
    with pytest.raises(gate.Refused):
        plans.draft_overall_plan(actor=make_actor(body, "officer"), body=body, title="总体规划")


@pytest.mark.duty("plans.special")
def test_a_government_plans_for_its_area_and_a_department_for_itself():
    city = body_of("government", "460100")
    assert make_plan(city, kind="area").state == "published"
    for body, kind in ((city, "sector"), (make_body(), "area"), (make_body(), "overall")):
        with pytest.raises(Incomplete):
            make_plan(body, kind=kind)


@pytest.mark.duty("plans.special")
def test_a_plan_is_unfiled_until_both_bodies_have_it_on_file():
    plan = make_plan()
    planner, keeper = officer_of("informatization"), officer_of("agency")
    with pytest.raises(OutOfTurn):
        plans.record_plan(actor=keeper, plan=plan)
    plan = plans.file_plan(actor=make_actor(plan.body, "officer"), plan=plan)
    assert reads.unfiled(keeper).get() == plan
    plans.record_plan(actor=keeper, plan=plan)
    assert reads.unfiled(keeper).get() == plan
    plans.record_plan(actor=planner, plan=plan)
    assert not reads.unfiled(keeper).exists()
    assert {filing.by.kind for filing in reads.on_file(plan)} == reads.filing_kinds()


@pytest.mark.duty("plans.special")
def test_a_body_takes_a_plan_on_file_once():
    plan = make_plan(state="filed")
    plans.record_plan(actor=officer_of("agency"), plan=plan)
    with pytest.raises(Incomplete):
        plans.record_plan(actor=officer_of("agency"), plan=plan)
    with pytest.raises(gate.Refused):
        plans.record_plan(actor=make_actor(role="officer"), plan=plan)


def test_what_is_published_or_filed_does_not_change_any_more():
    plan = make_plan(state="filed")
    officer = make_actor(plan.body, "officer")
    for doing in (
        lambda: plans.amend_plan(actor=officer, plan=plan, title="x", text="y"),
        lambda: plans.publish_plan(actor=officer, plan=plan),
        lambda: plans.file_plan(actor=officer, plan=plan),
    ):
        with pytest.raises(OutOfTurn):
            doing()


def test_a_draft_is_seen_by_its_own_body_alone():
    plan = make_plan(state="draft")
    rows = Plan.objects.all()
    assert references.seen(make_actor(plan.body, "auditor"), rows).exists()
    assert not references.seen(officer_of("agency"), rows).exists()
