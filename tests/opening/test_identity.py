"""Who somebody is: asked for by oneself, looked into by an officer; nobody keeps the number."""

import json

import pytest
from django.db import connection
from psycopg import sql
from tests.catalog.makers import agency
from tests.files.makers import make_examined, pdf
from tests.opening.makers import make_application, make_conditional, make_identity, make_verified
from tests.parties.makers import (
    make_actor,
    make_citizen,
    make_enterprise,
    make_representative,
    make_seat,
)

from yelin import gate
from yelin.acts import accounts
from yelin.acts.own_copy import copy_of
from yelin.cases import acts as cases
from yelin.cases import reads
from yelin.cases.models import Case
from yelin.cases.tasks import CLOCK
from yelin.files.models import Attachment
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.opening import checking
from yelin.opening.checking import Claim, Found, LocalCheck, Look
from yelin.parties.actor import Actor
from yelin.parties.identity import Identity
from yelin.parties.models import Body, Person

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"
GROUNDS = {"reason": "证件与姓名不符", "legal_basis": "第二十六条第一款"}


def officer() -> Actor:
    return make_actor(agency(), "officer")


def person_of(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def everything_stored() -> str:
    """All text of every table, as whoever copies the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        told = []
        for (table,) in cursor.fetchall():
            rows = sql.SQL("SELECT json_agg(t)::text FROM {} t").format(sql.Identifier(table))
            cursor.execute(rows)
            told.append(str(cursor.fetchone()[0]))
    return "".join(told)


@pytest.mark.duty("identity.ask", "identity.answer")
def test_a_citizen_is_known_by_the_real_name_once_an_officer_has_confirmed_it():
    citizen = make_citizen()
    case = make_identity(citizen)
    assert (case.asked["masked"], case.asked["found"]) == ("110*************2X", "well_formed")
    assert person_of(citizen).verified_as(clock.now()) is None
    agent = officer()
    assert list(reads.waiting_for(agent)) == [case]
    cases.accept(actor=agent, case=case)
    cases.decide(actor=agent, case=case, approve=True, given={})
    known = person_of(citizen).verified_as(clock.now())
    assert (known.name, known.masked) == ("王海", "110*************2X")
    assert copy_of(person_of(citizen))["verified_as"]["name"] == "王海"


@pytest.mark.duty("identity.ask")
def test_the_number_lies_nowhere_in_the_database_nor_in_a_leaf():
    citizen = make_citizen()
    case = make_identity(citizen)
    agent = officer()
    cases.ask_completion(actor=agent, case=case, missing="请上传证件")
    cases.complete(actor=citizen, case=case, asked={"name": "王海", "number": NUMBER})
    cases.accept(actor=agent, case=case)
    cases.decide(actor=agent, case=case, approve=True, given={})
    assert NUMBER not in everything_stored()
    assert NUMBER[:-1] not in everything_stored()
    leaves = json.dumps(list(Leaf.objects.values_list("payload", flat=True)), default=str)
    assert "王海" not in leaves
    assert case.asked["masked"] not in leaves


@pytest.mark.duty("identity.ask")
@pytest.mark.parametrize(
    "number",
    ["", "110105194912310021", "11010519491331002X", "1101051949123100", "X" * 18, "张三" * 9],
)
def test_what_can_be_no_number_is_told_at_its_field(number):
    with pytest.raises(Incomplete) as told:
        make_identity(number=number)
    assert [fault.place for fault in told.value.faults] == ["number"]
    assert not Case.objects.exists()


def test_the_ends_of_a_number_and_its_mark_are_taken_from_nobodys_mouth():
    citizen = make_citizen()
    case = make_identity(citizen)
    cases.ask_completion(actor=officer(), case=case, missing="请上传证件")
    forged = {"name": "王海", "masked": "460*************11", "digest": "0" * 64}
    with pytest.raises(Incomplete):
        cases.complete(actor=citizen, case=case, asked=forged)
    cases.complete(actor=citizen, case=case, asked=forged | {"number": NUMBER})
    assert case.asked["masked"] == "110*************2X"


@pytest.mark.duty("identity.answer")
def test_a_refusal_says_why_and_can_be_appealed_against():
    citizen, agent = make_citizen(), officer()
    case = make_identity(citizen)
    cases.accept(actor=agent, case=case)
    with pytest.raises(Incomplete):
        cases.decide(actor=agent, case=case, approve=False)
    cases.decide(actor=agent, case=case, approve=False, **GROUNDS)
    assert not Identity.objects.exists()
    # Better papers are sent without an appeal; once, while they are looked into.
    assert make_identity(citizen).number != case.number
    with pytest.raises(Incomplete):
        make_identity(citizen)


def test_only_oneself_asks_and_nobody_but_the_parties_sees_it():
    citizen, other = make_citizen(), make_citizen()
    with pytest.raises(gate.Refused):
        make_identity(other, whom=person_of(citizen))
    case = make_identity(citizen)
    for actor in (other, Actor.anyone(), make_actor(), make_representative(make_enterprise())):
        assert not gate.decide(actor, "case.see", case).allowed
        assert not gate.decide(actor, "case.follow", case).allowed
    assert gate.decide(officer(), "case.see", case).allowed
    assert gate.decide(citizen, "case.see", case).allowed


@pytest.mark.duty("identity.ask", "identity.answer")
def test_an_enterprise_acts_once_its_register_entry_and_its_representative_were_seen():
    code = "91350100M000100Y43"
    body = make_enterprise(verified_at=None, credit_code=code)
    citizen = Actor.citizen(make_seat(body, "representative").person)
    with pytest.raises(Incomplete):
        make_identity(citizen, body, name=body.name, number="91350100M000100Y44")
    case = make_identity(citizen, body, name=body.name, number=code)
    agent = officer()
    cases.accept(actor=agent, case=case)
    with pytest.raises(Incomplete):
        cases.decide(actor=agent, case=case, approve=True, given={"until": "2099-01-01"}, **GROUNDS)
    cases.decide(actor=agent, case=case, approve=True, given={})
    assert Body.objects.get(pk=body.pk).may_represent
    with pytest.raises(gate.Refused):
        make_identity(make_citizen(), make_enterprise(verified_at=None))


@pytest.mark.long
@pytest.mark.duty("identity.require", "opening.apply")
def test_data_of_a_high_grade_is_applied_for_under_a_verified_name():
    citizen, entry = make_citizen(), make_conditional(grade=3)
    decision = gate.decide(citizen, "opening.apply", entry)
    assert (decision.allowed, decision.duty.name) == (False, "identity.require")
    with pytest.raises(gate.Refused):
        make_application(entry, citizen)
    make_verified(citizen)
    assert make_application(entry, citizen).number.startswith("KF")
    assert gate.decide(make_representative(), "opening.apply", entry).allowed
    assert gate.decide(make_citizen(), "opening.apply", make_conditional(grade=2)).allowed


@pytest.mark.duty("identity.require")
def test_a_name_that_counts_until_a_day_counts_no_longer_after(today):
    today("2026-03-02")
    citizen, agent = make_citizen(), officer()
    case = make_identity(citizen)
    cases.accept(actor=agent, case=case)
    until = {"until": "2026-03-20"}
    with pytest.raises(Incomplete):
        cases.decide(actor=agent, case=case, approve=True, given=until)
    cases.decide(actor=agent, case=case, approve=True, given=until, **GROUNDS)
    today("2026-03-20")
    assert person_of(citizen).verified_as(clock.now())
    today("2026-03-21")
    assert person_of(citizen).verified_as(clock.now()) is None


def test_the_papers_are_destroyed_once_the_matter_is_closed(today):
    today("2026-03-02")
    citizen, agent = make_citizen(), officer()
    papers = (make_examined(pdf(), "身份证.pdf"),)
    case = make_identity(citizen, attached=papers)
    cases.accept(actor=agent, case=case)
    cases.decide(actor=agent, case=case, approve=False, **GROUNDS)
    # Whoever decides the appeal may have to look at them.
    assert Attachment.objects.kept().filter(about=case.pk).exists()
    today("2026-08-03")
    cases.close(actor=CLOCK, case=case)
    assert not Attachment.objects.kept().filter(about=case.pk).exists()
    assert Attachment.objects.get(about=case.pk).sealed_by.destroyed_at


def test_the_name_goes_with_the_account():
    citizen = make_citizen()
    case = make_verified(citizen)
    accounts.delete(actor=citizen, person=person_of(citizen))
    assert not Identity.objects.exists()
    case.refresh_from_db()
    assert (case.asked["name"], case.asked["digest"]) == ("", "")


class Service:
    """A service of a province that knows names and numbers."""

    def look(self, claim: Claim) -> Look:
        known = (claim.name, claim.number) == ("王海", NUMBER)
        return Look(Found.CONFIRMED if known else Found.NOT_CONFIRMED)


def test_a_province_plugs_its_own_service_in_and_a_person_decides_all_the_same():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "chosen", Service)
        citizen = make_citizen()
        assert make_identity(citizen).asked["found"] == "confirmed"
        assert make_identity(make_citizen(), name="张三").asked["found"] == "not_confirmed"
    assert person_of(citizen).verified_as(clock.now()) is None
    assert isinstance(checking.chosen(), LocalCheck)
