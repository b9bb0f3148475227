"""What is the same for all kinds of case: numbers, hearings, extension, steps, succession."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from tests.acts.makers import by_two
from tests.cases.makers import do, make_parties
from tests.catalog.makers import agency
from tests.law.makers import ruled_by
from tests.opening.makers import make_application, make_conditional
from tests.parties.makers import make_actor, make_body, make_citizen, make_representative

from yelin import gate
from yelin.acts import succession
from yelin.cases import acts, procedure, reads
from yelin.cases.models import Case, StepState
from yelin.cases.policy import declare
from yelin.cases.procedure import Step
from yelin.cases.tasks import sweep
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.law.statute import Extension
from yelin.notices.models import Notice
from yelin.opening.application import APPLICATION
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties(today):
    today("2026-03-02")
    return make_parties()


@pytest.fixture
def extendable():
    """A law by which the term to answer may be extended by five days."""
    law = packs.active()
    longer = Extension(length=5, basis="26.2")
    terms = tuple(
        term.model_copy(update={"extension": longer}) if term.name == "opening.answer" else term
        for term in law.terms
    )
    with ruled_by(replace(law, terms=terms)):
        yield


@pytest.fixture
def with_step(monkeypatch):
    """Applications in which a second body has something to say."""
    step = Step("opinion", "it gives an opinion", duties.CASES_HEAR, lambda _entry: make_body())
    kind = replace(APPLICATION, steps=(step,))
    monkeypatch.setitem(procedure._declared, kind.kind, kind)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_and_no_doubles_when_many_apply_at_once():
    entry = make_conditional()
    citizens = [make_citizen() for _ in range(8)]
    failed = []

    def run(citizen, until):
        try:
            make_application(entry, citizen, **until)
        except Incomplete:
            failed.append(citizen)
        finally:
            connection.close()

    wrong = {"until": clock.today()}
    threads = [
        threading.Thread(target=run, args=(citizen, wrong if n % 4 == 3 else {}))
        for n, citizen in enumerate(citizens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert len(failed) == 2
    assert numbers == [f"KF-{clock.today().year}-{n:06d}" for n in range(1, 7)]


def test_a_kind_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        declare(APPLICATION)


def test_a_kind_whose_duties_the_law_does_not_order_is_not_offered():
    law = packs.active()
    ordered = tuple(each for each in law.ordered if each.name != "opening.answer")
    entry, citizen = make_conditional(), make_citizen()
    with ruled_by(replace(law, ordered=ordered)), pytest.raises(Unlawful):
        make_application(entry, citizen)
    assert not Case.objects.exists()


@pytest.mark.long
@pytest.mark.duty("cases.hear")
def test_a_decision_that_fails_leaves_the_case_as_it_was_for_the_page_that_says_so(parties):
    do("accept", parties, "handler")
    case = parties.case
    before = dict(vars(case))
    with pytest.raises(Incomplete):
        do("approve", parties, "handler", given={"until": "2999-12-31"})
    assert (case.state, case.outcome, case.given) == ("accepted", "", None)
    assert set(vars(case)) == set(before)


def test_a_third_party_is_heard_and_the_term_stands_still_meanwhile(parties, today):
    case = parties.case
    do("accept", parties, "handler")
    today("2026-03-04")
    do("suspend", parties, "handler")
    assert Notice.objects.filter(event="case.heard").exists()
    do("say", parties, "heard")
    today("2026-03-11")
    do("resume", parties, "handler")
    # Of five working days one was counted before it stood still.
    (running,) = clock.running(case)
    assert running.due == date(2026, 3, 16)
    assert case.messages.get().by == "heard"


@pytest.mark.long
def test_only_a_reason_that_the_law_names_lets_the_term_stand_still(parties):
    do("accept", parties, "handler")
    with pytest.raises(Incomplete):
        do("suspend", parties, "handler", reason="holiday")
    with pytest.raises(Incomplete):
        do("suspend", parties, "handler", heard=parties.case.handler)
    parties.case.refresh_from_db()
    assert parties.case.state == "accepted"


def test_a_term_is_extended_where_the_law_allows_it_once_and_not_elsewhere(parties):
    do("accept", parties, "handler")
    with pytest.raises(Incomplete):
        do("extend", parties, "handler")


@pytest.mark.long
def test_an_extended_term_ends_later_and_is_not_extended_again(extendable, parties):
    do("accept", parties, "handler")
    do("extend", parties, "handler")
    assert clock.running(parties.case).get().due == date(2026, 3, 16)
    with pytest.raises(OutOfTurn):
        do("extend", parties, "handler")


@pytest.mark.duty("cases.appeal", "cases.review")
def test_an_appeal_that_is_right_sends_the_case_back_with_a_new_term(parties, today):
    case = parties.case
    do("accept", parties, "handler")
    do("refuse", parties, "handler")
    today("2026-03-20")
    do("appeal", parties, "applicant")
    assert case.reviewer_id == parties.by["reviewer"].body_id
    today("2026-04-10")
    do("uphold_appeal", parties, "reviewer")
    assert (case.state, case.outcome) == ("accepted", "")
    assert clock.running(case).get().due == date(2026, 4, 17)
    do("approve", parties, "handler")
    assert (case.state, case.outcome) == ("closed", "approved")


@pytest.mark.long
@pytest.mark.duty("cases.appeal")
def test_silence_past_the_term_may_be_appealed_against(parties, today):
    do("accept", parties, "handler")
    with pytest.raises(OutOfTurn):
        do("appeal", parties, "applicant")
    today("2026-03-10")
    sweep()
    parties.case.refresh_from_db()
    do("appeal", parties, "applicant")
    do("dismiss_appeal", parties, "reviewer")
    assert (parties.case.state, parties.case.outcome) == ("closed", "dismissed")


def test_nobody_reviews_what_it_decided_itself(today):
    today("2026-03-02")
    body = make_body(kind="informatization")
    case = make_application(make_conditional(body))
    assert reads.reviewer_of(case) == agency()
    assert reads.reviewer_of(make_application()) == body


@pytest.mark.long
def test_a_case_waits_for_its_steps_but_not_for_ever(with_step, parties, today):
    case = parties.case
    do("accept", parties, "handler")
    step = case.steps.get()
    with pytest.raises(OutOfTurn, match="step"):
        do("approve", parties, "handler")
    today("2026-03-24")
    sweep()
    step.refresh_from_db()
    assert step.state == StepState.LAPSED
    case.refresh_from_db()
    do("approve", parties, "handler")
    assert case.state == "closed"


def test_a_step_is_done_by_its_own_body_and_ends_with_the_case(with_step, parties):
    do("accept", parties, "handler")
    step = parties.case.steps.get()
    with pytest.raises(gate.Refused):
        acts.finish_step(actor=make_actor(), step=step, finding="同意")
    acts.finish_step(actor=make_actor(step.handler), step=step, finding="同意")
    with pytest.raises(OutOfTurn):
        acts.finish_step(actor=make_actor(step.handler), step=step, finding="同意")
    assert not clock.running(step)


def test_a_withdrawn_case_needs_its_steps_no_more(with_step, parties):
    do("accept", parties, "handler")
    do("withdraw", parties, "applicant")
    step = parties.case.steps.get()
    assert step.state == StepState.NEEDLESS
    assert not clock.running(step)


@pytest.mark.duty("governance.powers")
def test_open_cases_follow_a_merged_body(parties):
    case, old, new = parties.case, parties.case.handler, make_body()
    officer, second = make_actor(agency(), "officer"), make_actor(agency(), "officer")
    by_two(
        second,
        lambda: succession.merge(actor=officer, body=old, successor=new, reason="琼编〔2026〕1号"),
    )
    case.refresh_from_db()
    assert case.handler == new
    acts.accept(actor=make_actor(new), case=case)
    assert case.state == "accepted"


@pytest.mark.long
@pytest.mark.duty("cases.hear")
def test_several_are_heard_beside_one_another_and_the_term_runs_on_once_all_spoke(parties, today):
    case = parties.case
    do("accept", parties, "handler")
    do("suspend", parties, "handler")
    today("2026-03-04")
    do("hear_another", parties, "handler")
    do("hear_person", parties, "handler")
    assert clock.running(case).get(duty="cases.hear").started == date(2026, 3, 4)
    do("give_opinion", parties, "heard")
    assert case.state == "hearing"
    with pytest.raises(OutOfTurn):
        do("give_opinion", parties, "heard")
    acts.give_opinion(
        actor=make_representative(parties.fourth), case=case, agrees=True, words="无异议"
    )
    witness = Actor.citizen(parties.witness)
    assert gate.decide(witness, "case.see", case).allowed
    assert Notice.objects.filter(event="case.heard", to=parties.witness.pk).count() == 1
    acts.give_opinion(actor=witness, case=case, agrees=True, words="同意")
    assert case.state == "accepted"
    assert sorted(case.heard.values_list("agrees", flat=True)) == [False, True, True]


@pytest.mark.long
def test_nobody_is_heard_twice_so_that_no_term_stands_still_for_ever(parties):
    do("accept", parties, "handler")
    do("suspend", parties, "handler")
    do("resume", parties, "handler")
    with pytest.raises(Incomplete):
        do("suspend", parties, "handler")
    do("hear_another", parties, "handler")
    do("resume", parties, "handler")
    assert clock.running(parties.case).get().suspended_on is None


@pytest.mark.long
def test_whoever_was_silent_before_is_not_awaited_again(parties, today):
    do("accept", parties, "handler")
    do("suspend", parties, "handler")
    today("2026-03-24")
    sweep()
    parties.case.refresh_from_db()
    do("hear_another", parties, "handler")
    fourth = make_representative(parties.fourth)
    acts.give_opinion(actor=fourth, case=parties.case, agrees=True, words="无异议")
    assert parties.case.state == "accepted"


def test_to_decide_is_the_duty_of_its_kind_and_any_other_duty_stays():
    assert APPLICATION.own_duty(duties.CASES_DECIDE) is duties.OPENING_ANSWER
    assert APPLICATION.own_duty(duties.CASES_APPEAL) is duties.CASES_APPEAL


def test_a_kind_of_case_is_entered_once_and_so_are_its_letters(monkeypatch):
    monkeypatch.setattr(procedure, "_declared", dict(procedure.kinds()))
    for twice in (replace(APPLICATION, letters="XX"), replace(APPLICATION, kind="another")):
        with pytest.raises(ValueError, match="declared twice"):
            procedure.enter(twice)
    procedure.enter(another := replace(APPLICATION, kind="another", letters="XX"))
    assert procedure.kinds()["another"] is another
