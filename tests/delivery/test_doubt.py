"""Doubts about data, whole: raised, marked, compared, corrected or not, told to who has it."""

from datetime import date

import pytest
from tests.cases.makers import make_parties
from tests.catalog.makers import agency
from tests.delivery.makers import make_doubt, make_doubted
from tests.parties.makers import make_actor, make_citizen
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.cases import acts as cases
from yelin.cases.models import Case, StepState
from yelin.cases.tasks import sweep
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.opening import reads
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(today):
    """A doubt of a citizen about opened data, on a Monday."""
    today("2026-03-02")
    entry = make_doubted()
    citizen, steward = make_citizen(), make_actor(entry.provider)
    return make_doubt(entry, citizen), entry, citizen, steward


def corrected(case, steward, **given):
    given = {"says": "海口港二月吞吐量已改正", "release": 1} | given
    return cases.decide(actor=steward, case=case, approve=True, given=given)


def compared(case):
    step = case.steps.get()
    return cases.finish_step(
        actor=make_actor(step.handler), step=step, finding="与部门汇聚的数据一致"
    )


def accepted(case, steward):
    cases.accept(actor=steward, case=case)
    compared(case)


@pytest.mark.duty("quality.doubt", "quality.check")
def test_a_doubt_is_answered_by_the_release_that_corrects_it(matter):
    case, entry, citizen, steward = matter
    assert case.number == "YY-2026-000001"
    cases.accept(actor=steward, case=case)
    assert clock.running(case).get().due == date(2026, 3, 16)
    compared(case)
    make_release(entry)
    corrected(case, steward)
    assert (case.state, case.outcome) == ("closed", "approved")
    assert Notice.objects.filter(to=citizen.person_id, event="case.decided").exists()


@pytest.mark.long
@pytest.mark.duty("quality.check")
def test_what_is_called_corrected_names_a_version_that_came_after_the_doubt(today):
    today("2026-03-02")
    entry = make_release(make_doubted()).entry
    today("2026-03-03")
    case, steward = make_doubt(entry), make_actor(entry.provider)
    accepted(case, steward)
    for said in ({"release": None}, {"release": 1}, {"release": 7}, {"says": " "}):
        with pytest.raises(Incomplete):
            corrected(case, steward, **said)
    make_release(entry)
    corrected(case, steward, release=2)
    assert case.outcome == "approved"


def test_data_that_could_not_be_used_may_be_mended_without_a_new_version(today):
    entry = make_doubted()
    case, steward = make_doubt(entry, fails="usable"), make_actor(entry.provider)
    accepted(case, steward)
    corrected(case, steward, release=None)
    assert case.outcome == "approved"


@pytest.mark.long
def test_correcting_less_than_was_in_doubt_says_why(matter):
    case, entry, _, steward = matter
    cases.accept(actor=steward, case=case)
    compared(case)
    make_release(entry)
    less = {"says": "年份已改正", "release": 1, "items": ["年份"]}
    with pytest.raises(Incomplete) as refused:
        cases.decide(actor=steward, case=case, approve=True, given=less)
    assert {fault.duty.name for fault in refused.value.faults} == {"quality.check"}
    grounds = {"reason": "其余与统计年鉴一致", "legal_basis": "第十七条"}
    cases.decide(actor=steward, case=case, approve=True, given=less, **grounds)
    assert (case.state, case.outcome) == ("decided", "partly")


def test_a_doubt_names_what_is_wrong_and_items_that_exist():
    entry = make_doubted()
    for said in ({"says": "  "}, {"items": ["不存在"]}):
        with pytest.raises(Incomplete):
            make_doubt(entry, **said)
    assert not Case.objects.exists()


@pytest.mark.long
@pytest.mark.duty("quality.compare")
def test_whoever_operates_the_platform_compares_the_data_within_its_own_term(matter):
    case, entry, _, steward = matter
    cases.accept(actor=steward, case=case)
    step = case.steps.get()
    assert step.handler == agency()
    assert clock.running(step).get().due == date(2026, 3, 9)
    make_release(entry)
    with pytest.raises(OutOfTurn, match="step"):
        corrected(case, steward)
    compared(case)
    leaf = Leaf.objects.get(act="cases.finish_step")
    assert leaf.duty == "quality.compare"
    corrected(case, steward)


@pytest.mark.long
@pytest.mark.duty("quality.compare")
def test_a_step_that_nobody_does_does_not_keep_the_answer_waiting(matter, today):
    case, entry, _, steward = matter
    cases.accept(actor=steward, case=case)
    today("2026-03-10")
    sweep()
    assert case.steps.get().state == StepState.LAPSED
    make_release(entry)
    corrected(case, steward)


def test_whoever_operates_the_platform_has_no_such_step_in_its_own_cases():
    entry = make_doubted(agency())
    case = make_doubt(entry)
    cases.accept(actor=make_actor(entry.provider), case=case)
    assert not case.steps.exists()


@pytest.mark.duty("quality.doubt")
def test_only_opened_data_is_doubted_and_only_by_who_is_known(matter):
    _, entry, _, steward = matter
    with pytest.raises(gate.Refused):
        make_doubt(make_doubted(opening_type="none"))
    for actor, duty in ((Actor.anyone(), "quality.doubt"), (steward, "quality.keep")):
        with pytest.raises(gate.Refused) as refused:
            make_doubt(entry, actor)
        assert refused.value.decision.duty.name == duty
    assert make_doubt(entry, make_actor(), says="另一事").number


@pytest.mark.duty("quality.check", "cases.decide", "opening.answer")
def test_leaf_and_refusal_of_a_decision_cite_the_duty_of_its_kind(matter):
    doubt, _, _, steward = matter
    parties = make_parties()
    for case, officer, duty in (
        (doubt, steward, "quality.check"),
        (parties.case, parties.by["handler"], "opening.answer"),
    ):
        cases.accept(actor=officer, case=case)
        for step in case.steps.all():
            cases.finish_step(actor=make_actor(step.handler), step=step, finding="无误")
        with pytest.raises(gate.Refused) as refused:
            cases.decide(actor=make_citizen(), case=case, approve=False)
        assert refused.value.decision.duty.name == duty
        with pytest.raises(Incomplete) as incomplete:
            cases.decide(actor=officer, case=case, approve=False)
        assert {fault.duty.name for fault in incomplete.value.faults} == {duty}
        grounds = {"reason": "核查无误", "legal_basis": "第十七条"}
        cases.decide(actor=officer, case=case, approve=False, **grounds)
        said = Leaf.objects.filter(subject=case.pk, act="cases.decide").values_list("duty")
        assert {name for (name,) in said} == {duty}


def test_everyone_follows_doubts_and_nobody_else_opens_them(matter):
    case, _, citizen, _ = matter
    stranger = make_citizen()
    assert list(reads.followed_by(stranger, case.procedure)) == [case]
    assert not gate.decide(stranger, "case.see", case).allowed
    assert gate.decide(citizen, "case.see", case).allowed
