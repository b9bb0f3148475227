"""Plans of opening: what stands in them, and that only the entries themselves make them done."""

from datetime import date, timedelta

import pytest
from tests.catalog.makers import confirm, make_entry
from tests.opening.makers import make_demand, make_plan, make_public, make_published, reader
from tests.parties.makers import make_actor, make_body, make_citizen

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.opening import reads
from yelin.opening.acts import demands, plans
from yelin.opening.models import PlannedOpening
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def done(plan):
    return reads.fulfilment(list(reads.lines().filter(plan=plan)))


@pytest.mark.duty("opening.plan")
def test_a_line_is_late_until_its_entry_is_open_and_nobody_ticks_it_off(today):
    today("2026-03-02")
    body = make_body()
    entry = make_entry(body, state="registered")
    plan = make_published(entry, date(2026, 3, 31))
    assert (done(plan).fulfilled, done(plan).late, done(plan).open) == (0, 0, 1)
    today("2026-04-01")
    assert (done(plan).late, done(plan).open) == (1, 0)
    confirm(catalog.submit(actor=make_actor(body), entry=entry))
    assert (done(plan).fulfilled, done(plan).late) == (1, 0)


@pytest.mark.duty("opening.plan")
def test_a_line_of_a_demand_is_fulfilled_with_it(today):
    today("2026-03-02")
    body, officer = make_body(), reader()
    demand = make_public(body)
    plan = make_plan(2026, officer)
    plans.add_to_plan(actor=officer, plan=plan, demand=demand, until=date(2026, 12, 31))
    assert done(plan).open == 1
    entry = make_entry(body)
    demands.release_demand(actor=make_actor(body), demand=demand, entry=entry)
    assert done(plan).fulfilled == 1


@pytest.mark.duty("opening.plan")
def test_a_plan_names_what_can_be_opened_in_its_year():
    officer, year = reader(), clock.today().year
    plan = make_plan(year, officer)
    entry = make_entry(state="registered")
    until = date(year, 12, 31)
    for said in (
        {"until": until},
        {"until": until, "entry": entry, "demand": make_public()},
        {"until": date(year + 1, 1, 1), "entry": entry},
        {"until": until, "demand": make_demand(title="尚未审核的需求")},
    ):
        with pytest.raises(Incomplete):
            plans.add_to_plan(actor=officer, plan=plan, **said)
    with pytest.raises(Incomplete):
        plans.publish_plan(actor=officer, plan=plan)
    with pytest.raises(Incomplete):
        make_plan(year, officer)
    assert not PlannedOpening.objects.exists()


@pytest.mark.duty("opening.plan")
def test_a_draft_is_its_bodys_alone_and_what_is_public_is_never_taken_out():
    officer = reader()
    plan = make_plan(actor=officer)
    until = clock.today() + timedelta(days=0)
    first = plans.add_to_plan(
        actor=officer, plan=plan, entry=make_entry(state="registered"), until=until
    )
    assert not gate.decide(Actor.anyone(), "opening_plan.see", plan).allowed
    plans.drop_from_plan(actor=officer, plan=plan, line=first)
    second = plans.add_to_plan(
        actor=officer, plan=plan, entry=make_entry(title="另一项数据"), until=until
    )
    plans.publish_plan(actor=officer, plan=plan)
    assert gate.decide(Actor.anyone(), "opening_plan.see", plan).allowed
    assert [line.pk for line in reads.lines().filter(plan=plan)] == [second.pk]
    with pytest.raises(OutOfTurn):
        plans.drop_from_plan(actor=officer, plan=plan, line=second)
    for who in (make_actor(), make_citizen(), make_actor(role="officer")):
        with pytest.raises(gate.Refused):
            make_plan(2031, who) if who.body_id else plans.publish_plan(actor=who, plan=plan)
