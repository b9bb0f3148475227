"""What happens to cases when a party goes away: a person, a representative, a whole body."""

import pytest
from tests.acts.makers import by_two
from tests.cases.makers import do, make_parties
from tests.catalog.makers import agency
from tests.delivery.makers import make_doubt, make_doubted
from tests.opening.makers import make_application
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_representative,
    make_seat,
)

from yelin.acts import accounts, seats, succession
from yelin.cases import acts
from yelin.cases.models import Case
from yelin.cases.tasks import sweep
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person

pytestmark = pytest.mark.django_db
REASON = "琼编〔2026〕1号"


def keeper() -> Actor:
    return make_actor(agency(), "officer")


def merge(body, into):
    by_two(
        keeper(),
        lambda: succession.merge(actor=keeper(), body=body, successor=into, reason=REASON),
    )


def dissolve(body):
    by_two(keeper(), lambda: succession.dissolve(actor=keeper(), body=body, reason=REASON))
    return Body.objects.get(pk=body.pk)


@pytest.mark.parametrize("make", [make_application, make_doubt])
def test_whoever_has_an_open_case_closes_it_before_the_account_is_deleted(make):
    citizen = make_citizen()
    case, person = make(actor=citizen), Person.objects.get(pk=citizen.person_id)
    with pytest.raises(OutOfTurn, match="open"):
        accounts.delete(actor=citizen, person=person)
    acts.withdraw(actor=citizen, case=case)
    accounts.delete(actor=citizen, person=person)
    person.refresh_from_db()
    assert person.user is None
    assert Case.objects.get(pk=case.pk).applicant_id == person.pk


def test_whoever_is_heard_may_go_and_the_case_goes_on_without(today):
    today("2026-03-02")
    parties = make_parties()
    do("accept", parties, "handler")
    do("hear_person", parties, "handler")
    accounts.delete(actor=Actor.citizen(parties.witness), person=parties.witness)
    today("2026-03-24")
    sweep()
    parties.case.refresh_from_db()
    assert parties.case.state == "accepted"


def test_cases_of_an_enterprise_stay_its_own_when_a_representative_leaves():
    leaving = make_seat(make_enterprise(), "representative")
    staying = make_representative(leaving.body)
    case = make_application(actor=Actor.of(leaving))
    seats.leave(actor=Actor.of(leaving), seat=leaving)
    acts.withdraw(actor=staying, case=case)
    assert case.outcome == "withdrawn"


def test_the_last_representative_stays_and_an_enterprise_ends_once_its_cases_are_closed():
    seat = make_seat(make_enterprise(), "representative")
    representative, person = Actor.of(seat), seat.person
    case = make_application(actor=representative)
    with pytest.raises(OutOfTurn):
        seats.leave(actor=representative, seat=seat)
    with pytest.raises(OutOfTurn):
        accounts.delete(actor=representative, person=person)
    with pytest.raises(Incomplete):
        dissolve(seat.body)
    acts.withdraw(actor=representative, case=case)
    assert dissolve(seat.body).until is not None
    accounts.delete(actor=Actor.citizen(person), person=person)


@pytest.mark.duty("governance.powers")
@pytest.mark.parametrize("make", [make_application, make_doubt])
def test_whatever_a_body_was_in_a_case_its_successor_is(make, today):
    today("2026-03-02")
    entry = make_doubted(opening_type="conditional", opening_condition="用途")
    case = make(entry)
    asked = make(entry, make_representative())
    third, handler = make_enterprise(), make_actor(entry.provider)
    acts.accept(actor=handler, case=case)
    acts.suspend(actor=handler, case=case, reason="third_party", heard=third)
    new, enterprise = make_body(), make_enterprise()
    merge(Body.objects.get(pk=asked.applicant_id), enterprise)
    merge(third, make_enterprise(name="海南承继公司"))
    merge(entry.provider, new)
    case.refresh_from_db()
    asked.refresh_from_db()
    assert (case.handler, asked.applicant_id) == (new, enterprise.pk)
    heard = make_representative(Body.objects.get(pk=case.heard.get().party_id))
    acts.give_opinion(actor=heard, case=case, agrees=True, words="无异议")
    acts.withdraw(actor=make_representative(enterprise), case=asked)
    assert (case.state, asked.state) == ("accepted", "closed")
    (running,) = clock.running(case)
    assert running.suspended_on is None


def test_a_step_goes_to_the_successor_of_whoever_had_it(today):
    today("2026-03-02")
    case = make_doubt()
    acts.accept(actor=make_actor(case.handler), case=case)
    step, keeps = case.steps.get(), make_body(kind="agency", name="海南省数据局")
    merge(step.handler, keeps)
    step.refresh_from_db()
    assert step.handler == keeps
    acts.finish_step(actor=make_actor(keeps), step=step, finding="一致")
    assert not clock.running(step)


def test_an_appeal_whose_reviewer_became_the_handler_goes_to_the_next_above(today):
    today("2026-03-02")
    parties = make_parties()
    agency()
    for act, by in (("accept", "handler"), ("refuse", "handler"), ("appeal", "applicant")):
        do(act, parties, by)
    case = parties.case
    merge(case.reviewer, case.handler)
    case.refresh_from_db()
    assert case.reviewer == agency()
    assert clock.running(case).exists()
