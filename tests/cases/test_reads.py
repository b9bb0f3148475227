"""How departments answer, told as figures: in time, late, how long it took."""

from datetime import timedelta

import pytest
from tests.cases.makers import make_parties
from tests.opening.makers import make_application, make_conditional
from tests.parties.makers import make_actor, make_body

from yelin.cases import acts, reads, tasks
from yelin.cases.models import Case
from yelin.law import calendar, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make_conditional(make_body())


def decide(case, after=0):
    """Accept a case today and refuse it so many working days later."""
    steward = make_actor(case.handler)
    acts.accept(actor=steward, case=case)
    day = clock.today()
    while calendar.working_days_between(clock.today(), day) < after:
        day += timedelta(days=1)
    with clock.standing_at(clock.beginning_of(day) + timedelta(hours=20)):
        acts.decide(
            actor=steward, case=case, approve=False, reason="涉密", legal_basis="第二十四条"
        )
    return case


def figures():
    (found,) = reads.answering(Case.objects.all())
    return found.received, found.answered, found.in_time, found.late, found.days


@pytest.mark.duty("cases.decide")
def test_what_was_answered_counts_as_in_time_or_late_by_its_term(entry):
    for after in (0, 2, 9):
        decide(make_application(entry), after)
    assert figures() == (3, 3, 2, 1, 2)


def test_what_waits_within_its_term_is_neither_in_time_nor_late(entry):
    make_application(entry)
    assert figures() == (1, 0, 0, 0, None)


def test_what_is_owed_past_its_term_is_late_before_and_after_the_clock_says_so(entry):
    case = make_application(entry)
    acts.accept(actor=make_actor(case.handler), case=case)
    with clock.standing_at(clock.now() + timedelta(days=40)):
        assert figures() == (1, 0, 0, 1, None)
        tasks.sweep()
        assert figures() == (1, 0, 0, 1, None)


def test_a_term_that_stands_still_makes_nobody_late():
    parties = make_parties()
    case = parties.case
    acts.accept(actor=parties.by["handler"], case=case)
    acts.suspend(actor=parties.by["handler"], case=case, reason="third_party", heard=parties.third)
    with clock.standing_at(clock.now() + timedelta(days=40)):
        assert figures() == (1, 0, 0, 0, None)


def test_each_body_is_told_of_alone(entry):
    decide(make_application(entry))
    make_application(make_conditional(make_body()))
    found = reads.answering(Case.objects.all())
    assert sorted((each.received, each.answered) for each in found) == [(1, 0), (1, 1)]
    assert reads.answering(Case.objects.none()) == []
