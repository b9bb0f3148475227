"""Applications for conditionally open data, whole: asked, completed, answered, refused, late."""

from datetime import date, timedelta

import pytest
from tests.catalog.makers import confirm
from tests.opening.makers import make_application, make_conditional
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_representative,
)

from yelin import gate
from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.cases.tasks import sweep
from yelin.catalog import acts as catalog
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.opening import reads
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(today):
    """An application of a citizen, seen by its two sides, on a Monday."""
    today("2026-03-02")
    entry = make_conditional(make_body())
    citizen, steward = make_citizen(), make_actor(entry.provider)
    return make_application(entry, citizen), entry, citizen, steward


def approve(case, steward, **over):
    given = {"until": case.asked["until"]} | over.pop("given", {})
    return cases.decide(actor=steward, case=case, approve=True, given=given, **over)


@pytest.mark.duty("opening.answer")
def test_what_is_asked_of_a_withdrawn_resource_is_answered_and_cannot_be_given(matter):
    case, entry, citizen, steward = matter
    cases.accept(actor=steward, case=case)
    confirm(catalog.ask_withdrawal(actor=steward, entry=entry, reason="职能已经划出"))
    with pytest.raises(OutOfTurn):
        approve(case, steward)
    basis = {"reason": "资源已撤销", "legal_basis": "《海南省大数据开发应用条例》第十四条"}
    cases.decide(actor=steward, case=case, approve=False, **basis)
    assert case.outcome == "refused"
    with pytest.raises(gate.Refused):
        make_application(entry, citizen)


@pytest.mark.duty("opening.apply")
def test_a_citizen_applies_and_has_the_rows_once_it_is_approved(matter):
    case, entry, citizen, steward = matter
    assert case.number == "KF-2026-000001"
    assert not gate.decide(citizen, "resource.read", entry).allowed
    cases.accept(actor=steward, case=case)
    approve(case, steward)
    decision = gate.decide(citizen, "resource.read", entry)
    assert decision.allowed
    last = date.fromisoformat(case.asked["until"])
    assert clock.day_of(decision.obligations.until) == last + timedelta(days=1)
    assert not gate.decide(make_citizen(), "resource.read", entry).allowed
    assert (case.state, case.outcome) == ("closed", "approved")
    assert not clock.running(case)


@pytest.mark.duty("opening.apply")
@pytest.mark.parametrize("part", ["purpose", "scenario", "safeguards"])
def test_none_of_the_four_parts_is_empty(part):
    with pytest.raises(Incomplete) as refused:
        make_application(**{part: "  "})
    assert [fault.place for fault in refused.value.faults] == [part]
    with pytest.raises(Incomplete):
        make_application(until=clock.today())
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_the_same_application_handed_in_twice_at_once_one_case_begins(at_once):
    entry, citizen = make_conditional(), make_citizen()
    made = at_once([lambda: make_application(entry, citizen)] * 3)
    (case,) = Case.objects.all()
    assert [each for each in made if isinstance(each, Case)] == [case]
    told = [each for each in made if isinstance(each, Incomplete)]
    assert [error.faults[0].params for error in told] == [{"number": case.number}] * 2
    # In other words, by another person, or once it is closed, it is another matter.
    make_application(entry, citizen, purpose="另一用途")
    make_application(entry, make_citizen())
    cases.withdraw(actor=citizen, case=case)
    make_application(entry, citizen)
    assert Case.objects.count() == 4


def test_strangers_officials_and_unverified_enterprises_do_not_apply():
    entry = make_conditional()
    unverified = make_representative(make_enterprise(verified_at=None))
    for actor in (Actor.anyone(), make_actor(), unverified):
        with pytest.raises(gate.Refused):
            make_application(entry, actor)
    assert make_application(entry, make_representative()).number


@pytest.mark.duty("opening.answer")
def test_the_five_working_days_run_from_acceptance(matter):
    case, _, _, steward = matter
    cases.accept(actor=steward, case=case)
    (running,) = clock.running(case)
    assert (running.term, running.due) == ("opening.answer", date(2026, 3, 9))


@pytest.mark.duty("opening.answer", "cases.decide")
def test_an_application_that_is_not_answered_lapses_and_stays_owed(matter, today):
    """B-71: silence is told too."""
    case, _, citizen, steward = matter
    cases.accept(actor=steward, case=case)
    today("2026-03-10")
    sweep()
    case.refresh_from_db()
    assert case.state == "overdue"
    assert clock.running(case).get().lapsed_at
    assert Notice.objects.filter(to=citizen.person_id, event="case.lapsed").exists()
    approve(case, steward)
    assert case.outcome == "approved"


@pytest.mark.duty("cases.decide")
def test_a_refusal_without_reason_or_basis_changes_nothing(matter):
    case, entry, citizen, steward = matter
    cases.accept(actor=steward, case=case)
    with pytest.raises(Incomplete) as refused:
        cases.decide(actor=steward, case=case, approve=False)
    assert {fault.place for fault in refused.value.faults} == {"reason", "legal_basis"}
    case.refresh_from_db()
    assert case.state == "accepted"
    cases.decide(
        actor=steward, case=case, approve=False, reason="涉及企业秘密", legal_basis="第二十四条"
    )
    assert case.outcome == "refused"
    assert not gate.decide(citizen, "resource.read", entry).allowed


def test_an_approval_may_give_less_but_says_why(matter):
    case, entry, citizen, steward = matter
    cases.accept(actor=steward, case=case)
    with pytest.raises(Incomplete):
        approve(case, steward, given={"items": ["年份"]})
    approve(case, steward, given={"items": ["年份"]}, reason="其余涉密", legal_basis="第二十四条")
    assert (case.state, case.outcome) == ("decided", "partly")
    obligations = gate.decide(citizen, "resource.read", entry).obligations
    assert obligations.shown_items == frozenset({"年份"})


def test_more_than_was_asked_is_not_given(matter):
    case, _, _, steward = matter
    cases.accept(actor=steward, case=case)
    with pytest.raises(Incomplete):
        approve(case, steward, given={"until": "2030-01-01"})
    with pytest.raises(Incomplete):
        approve(
            case, steward, given={"items": ["不存在"]}, reason="其余涉密", legal_basis="第二十四条"
        )
    assert not Grant.objects.exists()


@pytest.mark.duty("cases.examine", "cases.complete")
def test_completion_is_asked_for_once_and_then_the_case_is_examined_anew(matter, today):
    case, _, citizen, steward = matter
    cases.ask_completion(actor=steward, case=case, missing="请说明安全措施")
    assert clock.running(case).get().duty == "cases.complete"
    today("2026-03-05")
    cases.complete(actor=citizen, case=case, asked=case.asked | {"safeguards": "国密加密"})
    assert clock.running(case).get().due == date(2026, 3, 16)
    with pytest.raises(OutOfTurn):
        cases.ask_completion(actor=steward, case=case, missing="再补一次")
    today("2026-03-17")
    sweep()
    case.refresh_from_db()
    assert (case.state, case.accepted_on) == ("accepted", date(2026, 3, 17))


@pytest.mark.duty("cases.complete")
def test_what_is_not_completed_in_time_is_given_up(matter, today):
    case, _, _, steward = matter
    cases.ask_completion(actor=steward, case=case, missing="请说明安全措施")
    today("2026-04-01")
    sweep()
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "abandoned")


def test_everyone_follows_the_course_and_nobody_else_opens_the_case(matter):
    case, _, _, _ = matter
    stranger = make_citizen()
    assert list(reads.followed_by(stranger, case.procedure)) == [case]
    assert not gate.decide(stranger, "case.see", case).allowed


@pytest.mark.long
def test_no_leaf_says_what_the_applicant_wrote(matter):
    case, _, _, steward = matter
    cases.accept(actor=steward, case=case)
    cases.decide(
        actor=steward, case=case, approve=False, reason="涉及企业秘密", legal_basis="第二十四条"
    )
    told = "".join(str(leaf.payload) for leaf in Leaf.objects.all())
    for words in (*case.asked.values(), "涉及企业秘密"):
        assert words not in told.replace(case.number, "")
