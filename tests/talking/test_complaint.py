"""A complaint about rights stops delivery at once where an officer says so, and is decided."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cases.makers import CLOCK
from tests.catalog.makers import FOR_EVERYONE, agency, make_social
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_citizen, make_person
from tests.talking.makers import make_complaint, make_open_entry, officer
from tests.talking.test_following import follow, told
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.cases import acts as cases
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.talking import complaint, reads, tasks
from yelin.talking.acts import complaints as acts

pytestmark = pytest.mark.django_db

ANYONE = Actor.anyone()


def is_read(entry) -> bool:
    return gate.decide(ANYONE, "resource.read", type(entry).objects.get(pk=entry.pk)).allowed


def answer(case, approve, **given):
    handler = make_actor(case.handler, "officer")
    if case.state == "submitted":
        cases.accept(actor=make_actor(case.examiner, "officer"), case=case)
    grounds = {} if approve else {"reason": "数据已公开", "legal_basis": "第四十六条"}
    return cases.decide(actor=handler, case=case, approve=approve, given=given or None, **grounds)


def tell() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="talking.tell_of_stop", status="todo"):
        tasks.tell_of_stop.func(**job.args)
        job.delete = None
    ProcrastinateJob.objects.filter(task_name="talking.tell_of_stop").delete()


@pytest.mark.duty("rights.complain", "rights.answer")
def test_delivery_stands_still_from_the_officers_word_until_no_right_is_found_touched():
    entry = make_release(make_open_entry()).entry
    case = make_complaint(entry)
    assert is_read(entry)
    acts.stop_delivery(actor=officer(), case=case)
    assert not is_read(entry)
    decision = gate.decide(ANYONE, "resource.read", entry)
    assert decision.duty.name == "rights.complain"
    assert gate.decide(ANYONE, "entry.see", entry).allowed
    answer(case, approve=False)
    assert is_read(entry)


@pytest.mark.parametrize(("measure", "goes_on"), [("goes_on", True), ("stays_stopped", False)])
def test_where_a_right_is_touched_the_answer_says_whether_delivery_goes_on(measure, goes_on):
    entry = make_release(make_open_entry()).entry
    case = make_complaint(entry)
    acts.stop_delivery(actor=officer(), case=case)
    answer(case, approve=True, says="已删除相关列", measure=measure)
    assert (is_read(entry), case.state) == (goes_on, "closed")


def test_what_is_to_stay_stopped_is_stopped_by_the_answer_itself():
    entry = make_release(make_open_entry()).entry
    answer(make_complaint(entry), approve=True, says="侵犯著作权", measure="stays_stopped")
    assert not is_read(entry)


def test_an_answer_says_what_was_done():
    with pytest.raises(Incomplete):
        answer(make_complaint(), approve=True, says=" ", measure="goes_on")


@pytest.mark.long
def test_one_complaint_lets_go_only_what_itself_stopped():
    entry = make_release(make_open_entry()).entry
    first, second = make_complaint(entry), make_complaint(entry)
    for case in (first, second):
        acts.stop_delivery(actor=officer(), case=case)
    cases.withdraw(actor=Actor.citizen(_person(first)), case=first)
    assert not is_read(entry)
    acts.resume_delivery(actor=officer(), case=second)
    assert is_read(entry)
    with pytest.raises(OutOfTurn):
        acts.resume_delivery(actor=officer(), case=second)


def _person(case):
    return case.applicant.person


def test_nobody_else_stops_delivery_and_nobody_twice_or_afterwards():
    entry = make_open_entry()
    case = make_complaint(entry)
    for other in (make_citizen(), Actor.citizen(_person(case)), make_actor(entry.provider), CLOCK):
        with pytest.raises(gate.Refused):
            acts.stop_delivery(actor=other, case=case)
    acts.stop_delivery(actor=make_actor(entry.provider, "officer"), case=case)
    with pytest.raises(OutOfTurn):
        acts.stop_delivery(actor=officer(), case=case)
    answer(case, approve=False)
    with pytest.raises(OutOfTurn):
        acts.stop_delivery(actor=officer(), case=case)


def test_a_stranger_and_the_provider_do_not_complain():
    entry = make_open_entry()
    for nobody in (ANYONE, make_actor(entry.provider)):
        with pytest.raises(gate.Refused):
            make_complaint(entry, nobody)
    with pytest.raises(Incomplete):
        make_complaint(entry, says=" ")


def test_of_what_is_no_governments_the_agency_answers():
    platform = agency()
    case = make_complaint(make_social(**FOR_EVERYONE))
    assert (case.handler, case.examiner) == (platform, platform)


def test_everyone_who_uses_the_data_is_told_that_it_stands_still_and_that_it_goes_on():
    entry = make_release(make_open_entry()).entry
    fan, steward, holder = follow(entry), make_actor(entry.provider), make_person()
    make_grant(holder, entry)
    case = make_complaint(entry)
    acts.stop_delivery(actor=officer(), case=case, reason="正在核查")
    tell()
    acts.resume_delivery(actor=officer(), case=case)
    tell()
    for each in (fan, steward, Actor.citizen(holder)):
        assert [e for e in told(each) if e.startswith("rights")] == [
            "rights.stopped",
            "rights.resumed",
        ]


def test_everybody_follows_how_it_goes_and_nobody_reads_who_complained_or_why():
    case = make_complaint()
    assert list(reads.followed_by_all(["rights.complaint"])) == [case]
    assert not gate.decide(ANYONE, "case.see", case).allowed
    assert complaint.live(case) == []
