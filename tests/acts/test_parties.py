"""Founding, registering, enrolling, appointing, recovering: who may, and what does not fit."""

import pytest
from tests.catalog.makers import agency
from tests.parties.makers import (
    PASSWORD,
    make_actor,
    make_agency,
    make_body,
    make_citizen,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
    make_token,
)

from yelin import gate
from yelin.acts import accounts, parties, succession
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person, Seat, Token

pytestmark = pytest.mark.django_db

OPERATOR = Actor.system("operator")


def unsaved(**over) -> Body:
    fields = {
        "kind": "department",
        "name": "海南省某厅",
        "division": "460000",
        "credit_code": "114600000081700121",
    }
    return Body(**fields | over)


def company(**over) -> Body:
    return unsaved(kind="enterprise", name="海南某公司", credit_code="91460000MA5T00010D", **over)


def keeper() -> Actor:
    return make_actor(agency(), "officer")


@pytest.mark.duty("governance.powers")
def test_a_body_is_founded_by_the_operator_and_by_whoever_keeps_the_register():
    for refused in (
        make_actor(role="officer"),
        make_actor(agency(), "steward"),
        make_citizen(),
        Actor.anyone(),
    ):
        with pytest.raises(gate.Refused):
            parties.found(actor=refused, body=unsaved())
    founded = parties.found(actor=keeper(), body=unsaved())
    assert founded.short_name == founded.name
    other = parties.found(actor=OPERATOR, body=unsaved(credit_code="124601004280200292"))
    assert Leaf.objects.get(act="parties.found", subject=other.thing).duty == "governance.powers"


def test_every_fault_of_a_new_body_is_named_at_once():
    with pytest.raises(Incomplete) as refused:
        parties.found(
            actor=OPERATOR,
            body=unsaved(name=" ", kind="kingdom", division="110000", credit_code="123"),
        )
    places = {fault.place for fault in refused.value.faults}
    assert places == {"name", "kind", "division", "credit_code"}


def test_a_credit_code_names_one_living_body_and_a_legacy_one_is_taken():
    parties.found(actor=OPERATOR, body=unsaved())
    with pytest.raises(Incomplete, match="credit_code"):
        parties.found(actor=OPERATOR, body=unsaved(credit_code=" 114600000081700121 "))
    legacy = parties.found(
        actor=OPERATOR, body=unsaved(kind="enterprise", credit_code="91350203m0001qay9b")
    )
    assert legacy.credit_code == "91350203M0001QAY9B"


def test_a_citizen_registers_an_enterprise_which_acts_only_once_it_is_verified():
    citizen = make_citizen()
    body = parties.register_enterprise(actor=citizen, body=company())
    seat = Seat.objects.get(body=body)
    assert (seat.person_id, seat.role) == (citizen.person_id, "representative")
    # How it is verified: tests/opening/test_identity.py.
    assert not Actor.of(seat).body_verified


def test_nobody_registers_a_public_body_by_oneself():
    with pytest.raises(Incomplete, match="kind"):
        parties.register_enterprise(actor=make_citizen(), body=unsaved())
    assert not Body.objects.filter(credit_code=unsaved().credit_code).exists()
    with pytest.raises(gate.Refused):
        parties.register_enterprise(actor=make_representative(), body=company())


def test_a_refusal_of_a_citizen_who_would_make_something_stands_on_the_citizen():
    citizen = make_citizen()
    with pytest.raises(gate.Refused):
        parties.found(actor=citizen, body=unsaved())
    assert Leaf.objects.get(refused=True).subject_id == citizen.person_id


def test_a_login_is_taken_once_whatever_its_case_and_an_easy_password_is_refused():
    parties.enrol(actor=OPERATOR, person=Person(name="甲"), username="Wang", password=PASSWORD)
    with pytest.raises(Incomplete) as refused:
        parties.enrol(actor=OPERATOR, person=Person(name=""), username="wANG", password="12345678")
    assert {fault.place for fault in refused.value.faults} == {"name", "username", "password"}


def test_whoever_is_enrolled_without_a_password_cannot_sign_in_before_one_is_chosen(client):
    person = parties.enrol(actor=OPERATOR, person=Person(name="甲"), username="jia")
    assert not person.user.has_usable_password()
    assert not client.login(username="jia", password="")


def test_a_head_appoints_in_its_own_body_and_in_no_other():
    own, other = make_body(), make_body()
    head = make_actor(own, "head")
    person = make_person()
    seat = parties.appoint(actor=head, body=own, person=person, role="steward")
    assert Actor.of(seat).body_id == own.pk
    with pytest.raises(gate.Refused):
        parties.appoint(actor=head, body=other, person=person, role="steward")
    with pytest.raises(gate.Refused):
        parties.appoint(actor=make_actor(own, "officer"), body=own, person=person, role="auditor")
    with pytest.raises(Incomplete, match="person"):
        parties.appoint(actor=head, body=own, person=person, role="steward")


@pytest.mark.parametrize(
    ("kind", "role"),
    [("department", "representative"), ("department", "king"), ("enterprise", "head")],
)
def test_a_body_has_only_the_seats_of_its_kind(kind, role):
    with pytest.raises(Incomplete, match="role"):
        parties.appoint(actor=OPERATOR, body=make_body(kind=kind), person=make_person(), role=role)


def test_a_body_that_lost_all_heads_gets_one_from_the_register_with_a_reason():
    for body, role in ((make_body(), "head"), (make_enterprise(), "representative")):
        lost = make_seat(body, role)
        token = make_token(lost)
        with pytest.raises(Incomplete, match="reason"):
            parties.recover(actor=keeper(), body=body, person=make_person(), reason=" ")
        with pytest.raises(gate.Refused):
            parties.recover(
                actor=make_actor(body, "steward"), body=body, person=make_person(), reason="x"
            )
        seat = parties.recover(
            actor=keeper(), body=body, person=make_person(), reason="唯一管理员已去世"
        )
        lost.refresh_from_db()
        assert (seat.role, seat.reason) == (role, "唯一管理员已去世")
        assert lost.until is not None
        assert not Token.objects.live(token, seat.body.verified_at or lost.until)
        assert "唯一管理员" not in str(
            Leaf.objects.get(act="parties.recover", subject=seat.pk).payload
        )


def test_a_county_keeps_no_register():
    county = make_actor(make_body(kind="informatization", division="469002"), "officer")
    with pytest.raises(gate.Refused):
        parties.found(actor=county, body=unsaved(division="469002"))


def test_a_blocked_login_signs_in_no_more_until_it_is_unblocked(client):
    person = make_person()
    with pytest.raises(Incomplete, match="reason"):
        accounts.block(actor=keeper(), person=person, reason="")
    with pytest.raises(gate.Refused):
        accounts.block(actor=make_actor(role="officer"), person=person, reason="x")
    assert client.login(username=person.user.username, password=PASSWORD)
    accounts.block(actor=keeper(), person=person, reason="账号被盗用")
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert not client.login(username=person.user.username, password=PASSWORD)
    with pytest.raises(OutOfTurn):
        accounts.block(actor=keeper(), person=person, reason="again")
    accounts.unblock(actor=keeper(), person=person)
    assert client.login(username=person.user.username, password=PASSWORD)


def test_an_agency_in_another_seat_than_an_officers_changes_no_body():
    body = make_body()
    with pytest.raises(gate.Refused):
        succession.rename(
            actor=make_actor(make_agency(), "head"), body=body, name="海南省新厅", short_name="新"
        )
