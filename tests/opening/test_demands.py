"""Demands for what is not open: asked, read, supported, answered, met by themselves, late."""

from datetime import timedelta

import pytest
from tests.catalog.makers import confirm, make_entry
from tests.opening.makers import make_conditional, make_demand, make_public, reader
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_representative,
)

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.opening import tasks, telling
from yelin.opening.acts import demands
from yelin.opening.models import Demand, Voice
from yelin.opening.tasks import fulfil, sweep
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def told(event: str) -> list:
    return list(Notice.objects.filter(event=event).values_list("to_id", flat=True))


def plan(demand, steward, **over) -> Demand:
    said = {"until": clock.today() + timedelta(days=90), "words": "明年一季度开放"} | over
    return demands.plan_demand(actor=steward, demand=demand, **said)


@pytest.mark.duty("opening.demand", "opening.moderate")
def test_what_was_not_read_is_seen_by_its_asker_and_the_readers_alone():
    officer, citizen = reader(), make_citizen()
    demand = make_demand(citizen, make_body())
    assert demand.number.startswith("XQ-")
    for who, sees in (
        (citizen, True),
        (officer, True),
        (make_citizen(), False),
        (Actor.anyone(), False),
        (make_actor(demand.body), False),
    ):
        assert gate.decide(who, "demand.see", demand).allowed is sees, who
    assert told("demand.came") == [officer.person_id]
    demands.publish_demand(actor=officer, demand=demand, handler=demand.body)
    assert gate.decide(Actor.anyone(), "demand.see", demand).allowed
    assert told("demand.public") == [citizen.person_id]


@pytest.mark.duty("opening.demand")
@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "长" * 2001}, "purpose"),
        ({"theme": "nowhere"}, "theme"),
    ],
)
def test_what_is_wanted_is_said_in_few_words(over, place):
    with pytest.raises(Incomplete) as refused:
        make_demand(**over)
    assert [fault.place for fault in refused.value.faults] == [place]


@pytest.mark.duty("opening.demand")
def test_what_is_open_to_all_is_not_asked_for():
    with pytest.raises(Incomplete):
        make_demand(about=make_entry())
    assert make_demand(about=make_conditional(title="按条件开放的数据")).about is not None


@pytest.mark.duty("opening.demand")
def test_nobody_asks_twice_for_the_same_or_heaps_up_what_is_to_be_read():
    citizen = make_citizen()
    make_demand(citizen)
    with pytest.raises(Incomplete):
        make_demand(citizen)
    for n in range(4):
        make_demand(citizen, title=f"第{n}件数据")
    with pytest.raises(Incomplete) as refused:
        make_demand(citizen, title="又一件数据")
    assert "not read yet" in refused.value.faults[0].says
    make_demand(make_citizen())


@pytest.mark.duty("opening.demand")
def test_officials_strangers_and_unverified_bodies_ask_for_nothing():
    unverified = make_representative(make_enterprise(verified_at=None))
    for who in (make_actor(), Actor.anyone(), unverified):
        with pytest.raises(gate.Refused):
            make_demand(who)
    with pytest.raises(gate.Refused):
        make_demand(body=make_enterprise())


@pytest.mark.duty("opening.moderate")
def test_a_returned_demand_says_why_and_stays_hidden():
    citizen, demand = make_citizen(), None
    demand = make_demand(citizen)
    with pytest.raises(Incomplete):
        demands.return_demand(actor=reader(), demand=demand, reason=" ")
    demands.return_demand(actor=reader(), demand=demand, reason="写有他人姓名")
    assert not gate.decide(Actor.anyone(), "demand.see", demand).allowed
    assert not clock.running(demand)
    assert told("demand.returned") == [citizen.person_id]
    with pytest.raises(OutOfTurn):
        demands.publish_demand(actor=reader(), demand=demand, handler=make_body())


@pytest.mark.duty("opening.demand")
def test_each_party_has_one_voice_and_takes_it_back():
    demand, citizen = make_public(), make_citizen()
    firm = make_enterprise()
    demands.support(actor=citizen, demand=demand)
    demands.support(actor=make_representative(firm), demand=demand)
    assert demand.voices == 3
    for again in (citizen, make_representative(firm)):
        with pytest.raises(OutOfTurn):
            demands.support(actor=again, demand=demand)
    demands.unsupport(actor=citizen, demand=demand)
    assert demand.voices == 2
    with pytest.raises(OutOfTurn):
        demands.unsupport(actor=citizen, demand=demand)
    with pytest.raises(gate.Refused):
        demands.support(actor=make_actor(), demand=demand)


@pytest.mark.duty("opening.demand")
@pytest.mark.django_db(transaction=True)
def test_voices_given_at_once_are_all_counted_and_one_party_has_one(at_once):
    demand, citizens = make_public(), [make_citizen() for _ in range(3)]
    same = citizens[0]

    def voice(of):
        def give():
            try:
                demands.support(actor=of, demand=Demand.objects.get(pk=demand.pk))
            except OutOfTurn:
                return "again"
            return "given"

        return give

    done = at_once([voice(of) for of in (*citizens, same, same)])
    assert sorted(done) == ["again", "again", "given", "given", "given"]
    demand.refresh_from_db()
    assert demand.voices == Voice.objects.filter(demand=demand).count() == 4


@pytest.mark.duty("opening.respond", "opening.bring")
def test_what_was_planned_is_met_by_itself_once_its_entry_is_open_and_all_are_told_once():
    body, citizen, other = make_body(), make_citizen(), make_citizen()
    steward = make_actor(body)
    demand = make_public(body, citizen)
    demands.support(actor=other, demand=demand)
    entry = make_entry(body, state="registered")
    plan(demand, steward, entry=entry)
    fulfil()
    assert set(told("demand.planned")) == {citizen.person_id, other.person_id}
    demand.refresh_from_db()
    assert demand.state == "planned"
    confirm(catalog.submit(actor=steward, entry=entry))
    fulfil()
    fulfil()
    demand.refresh_from_db()
    assert (demand.state, demand.fulfilled_on) == ("fulfilled", clock.today())
    assert sorted(told("demand.fulfilled")) == sorted([citizen.person_id, other.person_id])
    assert Leaf.objects.filter(act="opening.fulfil_demand").count() == 1


@pytest.mark.duty("opening.respond")
def test_a_demand_is_declined_with_reason_and_basis_or_not_at_all():
    body = make_body()
    demand, steward = make_public(body), make_actor(body)
    for said in (
        {"reason": "", "legal_basis": "第二十四条"},
        {"reason": "秘密", "legal_basis": ""},
    ):
        with pytest.raises(Incomplete):
            demands.decline_demand(actor=steward, demand=demand, **said)
    demands.decline_demand(
        actor=steward, demand=demand, reason="涉及商业秘密", legal_basis="第二十四条"
    )
    assert demand.state == "declined"
    assert not clock.running(demand)
    fulfil()
    assert len(told("demand.declined")) == 1


@pytest.mark.duty("opening.respond")
def test_a_release_names_what_is_open_and_a_plan_a_day_to_come_and_an_own_entry():
    body = make_body()
    demand, steward = make_public(body), make_actor(body)
    with pytest.raises(Incomplete):
        demands.release_demand(
            actor=steward, demand=demand, entry=make_entry(body, state="registered")
        )
    with pytest.raises(Incomplete):
        plan(demand, steward, until=clock.today())
    with pytest.raises(Incomplete):
        plan(demand, steward, entry=make_entry(make_body(), title="别家的数据"))
    demands.release_demand(actor=steward, demand=demand, entry=make_entry(body, title="已开放"))
    assert demand.state == "fulfilled"
    with pytest.raises(gate.Refused):
        plan(make_public(make_body()), steward)


@pytest.mark.duty("opening.moderate")
def test_merged_voices_go_along_and_count_once():
    first, second = make_public(title="公交到站"), make_public(title="公交车到站时间")
    both = make_citizen()
    demands.support(actor=both, demand=first)
    demands.support(actor=both, demand=second)
    with pytest.raises(Incomplete):
        demands.merge_demand(actor=reader(), demand=first, into=first)
    demands.merge_demand(actor=reader(), demand=second, into=first)
    first.refresh_from_db()
    assert (first.voices, second.state, second.into) == (3, "merged", first)
    assert not clock.running(second)
    with pytest.raises(OutOfTurn):
        demands.support(actor=make_citizen(), demand=second)


@pytest.mark.duty("opening.demand")
def test_what_others_support_is_not_taken_back():
    citizen = make_citizen()
    alone, shared = make_public(actor=citizen), make_public(actor=citizen, title="另一件数据")
    demands.support(actor=make_citizen(), demand=shared)
    demands.withdraw_demand(actor=citizen, demand=alone)
    assert alone.state == "withdrawn"
    with pytest.raises(OutOfTurn):
        demands.withdraw_demand(actor=citizen, demand=shared)
    with pytest.raises(gate.Refused):
        demands.withdraw_demand(actor=make_citizen(), demand=shared)


@pytest.mark.duty("opening.respond", "opening.moderate")
def test_terms_lapse_once_and_nothing_is_public_by_silence(today):
    today("2026-03-02")
    handler = make_body()
    public, unread = make_public(handler), make_demand(title="没有人审核的需求")
    steward = make_actor(handler)
    today("2026-03-06")
    sweep()
    today("2026-03-31")
    sweep()
    sweep()
    public.refresh_from_db()
    unread.refresh_from_db()
    assert (public.state, unread.state) == ("overdue", "submitted")
    assert Leaf.objects.filter(act="opening.lapse_demand").count() == 2
    assert steward.person_id in told("demand.late")
    # Late as it is, it is answered still.
    plan(public, steward)
    assert public.state == "planned"


@pytest.mark.duty("opening.respond")
def test_a_demand_is_given_on_to_the_body_whose_it_is(today):
    today("2026-03-02")
    wrong, right = make_body(), make_body(name="海南省公安厅", short_name="省公安厅")
    demand = make_public(wrong)
    before = clock.running(demand).get().due
    today("2026-03-09")
    with pytest.raises(Incomplete):
        demands.assign_demand(actor=reader(), demand=demand, handler=wrong)
    demands.assign_demand(actor=reader(), demand=demand, handler=right)
    assert clock.running(demand).get().due > before
    with pytest.raises(gate.Refused):
        plan(demand, make_actor(wrong))
    plan(demand, make_actor(right))


@pytest.mark.duty("opening.demand")
def test_no_word_of_a_demand_stands_in_the_ledger():
    demand = make_public(title="独一无二的标题", purpose="独一无二的用途")
    plan(demand, make_actor(demand.handler), words="独一无二的答复")
    leaves = list(Leaf.objects.filter(subject=demand.pk))
    assert leaves
    assert not [leaf.act for leaf in leaves if "独一无二" in str(leaf.payload)]
    voices = Leaf.objects.filter(act="opening.support")
    assert not gate.visible_to(Actor.anyone(), "leaf.open", voices).exists()


@pytest.mark.duty("opening.respond")
@pytest.mark.django_db(transaction=True)
def test_whoever_is_killed_while_telling_has_told_nobody_twice_and_forgets_nobody(monkeypatch):
    body, citizens = make_body(), [make_citizen() for _ in range(4)]
    demand = make_public(body)
    for citizen in citizens:
        demands.support(actor=citizen, demand=demand)
    plan(demand, make_actor(body))
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    tells, told_in_lots = telling.tell_voices, []

    def dies_in_the_second_lot(voices, about):
        tells(voices, about)
        told_in_lots.append(len(voices))
        if len(told_in_lots) == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(telling, "tell_voices", dies_in_the_second_lot)
    with pytest.raises(RuntimeError):
        fulfil()
    assert len(told("demand.planned")) == 2
    fulfil()
    assert sorted(told("demand.planned")) == sorted(
        Voice.objects.filter(demand=demand).values_list("party", flat=True)
    )
    assert set(Voice.objects.values_list("told", flat=True)) == {"planned"}
