import pytest
from tests.catalog.makers import agency, make_entry
from tests.gate.makers import make_grant, make_hold
from tests.gate.test_grants import ON_CONDITIONS, asks
from tests.parties.makers import make_actor, make_body, make_person, make_seat

from yelin import gate
from yelin.acts import gate as acts
from yelin.acts import proposals
from yelin.acts.frame import AwaitsSecond
from yelin.catalog import acts as catalog
from yelin.gate.models import Hold
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

WHY = {"duty": "security.protect", "reason": "疑似泄露，核查期间中止提供"}
COUNTY = "469002"


def officer(division="460000", kind="informatization"):
    return make_actor(make_body(kind=kind, division=division), "officer")


def lift(hold, first, second):
    """Lift a hold as the law's caution wants it: one proposes, another approves."""
    with pytest.raises(AwaitsSecond) as awaits:
        acts.lift_hold(actor=first, hold=hold)
    return proposals.approve(actor=second, proposal=awaits.value.proposal)


@pytest.mark.duty("governance.powers")
def test_supervision_stops_a_resource_in_its_area_and_lets_it_go_on():
    entry = make_entry()
    hold = acts.place_hold(actor=officer(), on=entry, **WHY)
    refused = gate.decide(Actor.anyone(), "resource.read", entry)
    assert (refused.allowed, refused.says) == (False, WHY["reason"])
    leaf = Leaf.objects.get(act="gate.place_hold")
    assert leaf.subject == hold.thing
    assert WHY["reason"] not in str(leaf.payload)
    first, second = officer(), make_actor(agency(), "officer")
    lift(hold, first, second)
    assert gate.decide(Actor.anyone(), "resource.read", entry).allowed
    with pytest.raises(OutOfTurn):
        lift(hold, first, second)


@pytest.mark.duty("security.protect")
def test_a_provider_stops_its_own_data_at_once_but_nobody_elses():
    entry = make_entry()
    with pytest.raises(gate.Refused):
        acts.place_hold(actor=make_actor(), on=entry, **WHY)
    acts.place_hold(actor=make_actor(entry.provider), on=entry, actions=["resource.read"], **WHY)
    assert not asks(Actor.anyone(), entry).allowed
    assert asks(Actor.anyone(), entry, "entry.read").allowed


def test_supervision_reaches_no_further_than_its_area():
    entry = make_entry()
    for actor in (officer(COUNTY), make_actor(make_body(kind="informatization")), Actor.anyone()):
        with pytest.raises(gate.Refused):
            acts.place_hold(actor=actor, on=entry, **WHY)
    assert not Hold.objects.exists()
    acts.place_hold(actor=officer(COUNTY), on=make_body(division=COUNTY), **WHY)


def test_a_held_provider_can_neither_go_on_nor_lift_what_holds_it():
    body = make_body(kind="informatization", division=COUNTY)
    steward, head = make_actor(body), make_actor(body, "officer")
    entry = make_entry(body, "draft")
    hold = acts.place_hold(actor=officer(), on=body, **WHY)
    with pytest.raises(gate.Refused) as refusal:
        catalog.register(actor=steward, entry=entry)
    assert refusal.value.decision.says == WHY["reason"]
    for act in (
        lambda: acts.lift_hold(actor=head, hold=hold),
        lambda: acts.place_hold(actor=head, on=make_body(division=COUNTY), **WHY),
    ):
        with pytest.raises(gate.Refused):
            act()
    assert Leaf.objects.filter(refused=True, act="gate.lift_hold").exists()


def test_nobody_lifts_what_holds_themselves_though_only_some_actions_are_stopped():
    seat = make_seat(agency(), "officer")
    hold = acts.place_hold(actor=officer(), on=seat, actions=["catalog.confirm"], **WHY)
    colleague = make_actor(seat.body, "officer")
    with pytest.raises(gate.Refused):
        acts.lift_hold(actor=Actor.of(seat), hold=hold)
    with pytest.raises(gate.Refused):
        lift(hold, colleague, Actor.of(seat))
    lift(hold, colleague, officer())


def test_a_second_hold_can_be_placed_on_what_is_held_already():
    entry = make_entry()
    make_hold(entry)
    acts.place_hold(actor=officer(), on=entry, **WHY)
    assert Hold.objects.filter(on=entry.pk).count() == 2


def test_everything_wrong_with_a_hold_is_named_at_once():
    with pytest.raises(Incomplete) as incomplete:
        acts.place_hold(
            actor=officer(), on=make_entry(), duty="no.such", reason=" ", actions=["entry.red"]
        )
    assert [fault.place for fault in incomplete.value.faults] == ["reason", "duty", "actions"]


@pytest.mark.duty("security.protect")
def test_a_grant_is_taken_back_with_a_reason_by_its_provider_and_holds_no_more():
    entry, citizen = make_entry(**ON_CONDITIONS), make_person()
    grant = make_grant(citizen, entry)
    steward = make_actor(entry.provider)
    with pytest.raises(gate.Refused):
        acts.revoke(actor=make_actor(), grant=grant, reason="越权使用")
    with pytest.raises(Incomplete):
        acts.revoke(actor=steward, grant=grant, reason=" ")
    assert asks(citizen, entry).allowed
    acts.revoke(actor=steward, grant=grant, reason="违反用途")
    assert not asks(citizen, entry).allowed
    leaf = Leaf.objects.get(act="gate.revoke", refused=False)
    assert leaf.payload["facts"]["revoked"] is True
    with pytest.raises(OutOfTurn):
        acts.revoke(actor=steward, grant=grant, reason="违反用途")


def test_a_party_gives_up_its_own_grant():
    entry, citizen = make_entry(**ON_CONDITIONS), make_person()
    grant = make_grant(citizen, entry)
    acts.revoke(actor=Actor.citizen(citizen), grant=grant, reason="项目结束")
    assert not asks(citizen, entry).allowed


def test_grants_and_holds_are_seen_by_those_they_concern():
    entry, citizen = make_entry(**ON_CONDITIONS), make_person()
    grant = make_grant(citizen, entry)
    hold = acts.place_hold(actor=officer(), on=make_body(), **WHY)
    for actor, sees in (
        (Actor.citizen(citizen), True),
        (make_actor(entry.provider), True),
        (officer(), True),
        (make_actor(), False),
        (Actor.anyone(), False),
    ):
        assert asks(actor, grant, "grant.see").allowed is sees
    assert asks(officer(), hold, "hold.see").allowed
    assert not asks(make_actor(), hold, "hold.see").allowed
