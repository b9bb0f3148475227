from datetime import timedelta

import pytest
from tests.catalog.makers import agency
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body, make_person, make_seat

from yelin import gate
from yelin.acts import outbound
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.mark.duty("security.organize")
def test_a_way_out_is_asked_for_by_its_body_and_allowed_by_who_organizes_security():
    rule = make_rule()
    assert rule.state == "allowed"
    leaf = Leaf.objects.get(act="outbound.allow_host")
    assert leaf.subject_id == rule.pk
    assert leaf.payload["facts"]["host"] == "hooks.example.com"
    assert leaf.payload["facts"]["state"] == "allowed"


@pytest.mark.duty("security.protect")
def test_a_body_does_not_open_its_own_way_out():
    body = make_body()
    rule = make_rule(body, allowed=False)
    with pytest.raises(gate.Refused):
        outbound.allow_host(actor=make_actor(body, "officer"), rule=rule)
    with pytest.raises(gate.Refused):
        outbound.ask_host(
            actor=make_actor(body, "steward"),
            body=body,
            host="hooks.example.com",
            port=443,
            purpose="notice",
            until=clock.today(),
        )


def test_the_agency_of_the_province_does_not_reach_into_a_city():
    rule = make_rule(make_body(division="460100"), allowed=False)
    with pytest.raises(gate.Refused):
        outbound.allow_host(actor=make_actor(agency(), "officer"), rule=rule)
    city = make_body(kind="informatization", division="460100")
    assert outbound.allow_host(actor=make_actor(city, "officer"), rule=rule).state == "allowed"


def test_the_agency_needs_two_people_for_its_own_way_out():
    body = agency()
    officer = Actor.of(make_seat(body, "officer", make_person()))
    rule = outbound.ask_host(
        actor=officer,
        body=body,
        host="hooks.example.com",
        port=443,
        purpose="notice",
        until=clock.today(),
    )
    with pytest.raises(Unlawful):
        outbound.allow_host(actor=officer, rule=rule)
    assert outbound.allow_host(actor=make_actor(body, "officer"), rule=rule).state == "allowed"


def test_both_sides_close_a_way_out_and_once():
    rule = make_rule()
    outbound.forbid_host(actor=make_actor(agency(), "officer"), rule=rule)
    with pytest.raises(OutOfTurn):
        outbound.forbid_host(actor=make_actor(agency(), "officer"), rule=rule)
    with pytest.raises(OutOfTurn):
        outbound.allow_host(actor=make_actor(agency(), "officer"), rule=rule)


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"host": "*.gov.cn"}, "host"),
        ({"host": "http://a.example.com/"}, "host"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"port": 70000}, "port"),
        ({"purpose": "fun"}, "purpose"),
        ({"until": clock.today() - timedelta(days=1)}, "until"),
        ({"until": clock.today() + timedelta(days=368)}, "until"),
    ],
)
def test_a_way_out_that_cannot_be_is_refused_in_its_place(over, place):
    with pytest.raises(Incomplete) as refused:
        make_rule(**over)
    assert [fault.place for fault in refused.value.faults] == [place]
