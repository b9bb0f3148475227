from datetime import date, datetime

import pytest
from django.db import IntegrityError
from tests.law.makers import ANSWER, terms
from tests.parties.makers import make_body

from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn

pytestmark = pytest.mark.django_db
ASKED = duties.OPENING_APPLY


@pytest.fixture(autouse=True)
def _a_term_to_answer():
    with terms(ANSWER):
        yield


@pytest.fixture
def thing():
    return make_body()


def due(running: Clock) -> str:
    return f"{running.due:%Y-%m-%d}"


def test_a_term_of_the_pack_runs_by_its_name(thing, today):
    today("2026-09-17")
    running = clock.run(thing, "a.answer")
    assert (running.duty, due(running)) == (ASKED.name, "2026-09-23")
    assert running.started == running.counted_from == running.law_of == date(2026, 9, 17)
    assert list(clock.running(thing)) == [running]


def test_a_term_runs_since_the_day_on_which_the_matter_came_in(thing, today):
    today("2026-09-25")
    running = clock.run(thing, "a.answer", since=date(2026, 9, 17))
    assert due(running) == "2026-09-23"
    assert list(clock.overdue(ASKED)) == [running]


def test_a_term_that_the_law_does_not_have_does_not_run(thing):
    with pytest.raises(KeyError):
        clock.run(thing, "an.answer")
    with pytest.raises(KeyError):
        clock.run(thing, "a.answer", since=date(2019, 10, 31))


def test_a_term_that_runs_is_not_run_again(thing, today):
    today("2026-09-17")
    first = clock.run(thing, "a.answer")
    with pytest.raises(OutOfTurn):
        clock.run(thing, "a.answer")
    clock.stop(thing, ASKED)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert clock.run(thing, "a.answer").pk != first.pk


def test_the_database_itself_lets_one_term_of_a_duty_run_on_a_thing(thing):
    running = clock.run(thing, "a.answer")
    running.pk = None
    with pytest.raises(IntegrityError):
        running.save(force_insert=True)


def test_terms_of_different_duties_run_side_by_side(thing, today):
    today("2026-09-17")
    other = ANSWER.replace("a.answer", "b").replace("opening.apply", "opening.type")
    with terms(ANSWER + other.replace("length = 5", "length = 2")):
        clock.run(thing, "a.answer")
        clock.run(thing, "b")
        clock.suspend(thing, duties.OPENING_TYPE, "hearing")
        assert [due(each) for each in clock.running(thing)] == ["2026-09-20", "2026-09-23"]
        clock.stop(thing, duties.OPENING_TYPE)
        assert [each.term for each in clock.running(thing)] == ["a.answer"]


def test_days_on_which_a_term_stood_still_are_not_counted(thing, today):
    today("2026-09-14")
    assert due(clock.run(thing, "a.answer")) == "2026-09-20"
    today("2026-09-16")
    standing = clock.suspend(thing, ASKED, "hearing")
    assert (standing.suspended_on, standing.suspended_for) == (date(2026, 9, 16), "hearing")
    today("2026-09-21")
    # 16, 17, 18 and the worked Sunday, 20 September, stood still.
    running = clock.resume(thing, ASKED)
    assert due(running) == "2026-09-24"
    assert running.suspended_on is None
    assert [(str(p.since), str(p.until), p.reason) for p in running.pauses.all()] == [
        ("2026-09-16", "2026-09-21", "hearing")
    ]


def test_a_term_that_stands_still_is_neither_overdue_nor_due_soon(thing, today):
    today("2026-09-17")
    clock.run(thing, "a.answer")
    assert clock.due_soon(ASKED, 5).count() == 1
    assert not clock.due_soon(ASKED, 4).exists()
    clock.suspend(thing, ASKED, "hearing")
    assert not clock.due_soon(ASKED, 5).exists()
    today("2026-10-20")
    assert not clock.overdue(ASKED).exists()
    assert due(clock.resume(thing, ASKED)) == "2026-10-26"


def test_a_term_suspended_on_its_last_day_leaves_the_day_on_which_it_runs_on(thing, today):
    today("2026-09-17")
    clock.run(thing, "a.answer")
    today("2026-09-23")
    clock.suspend(thing, ASKED, "hearing")
    today("2026-10-15")
    assert due(clock.resume(thing, ASKED)) == "2026-10-15"


def test_a_term_stands_still_for_the_reasons_of_the_law_only(thing, today):
    today("2026-09-17")
    clock.run(thing, "a.answer")
    with pytest.raises(Incomplete) as refused:
        clock.suspend(thing, ASKED, "holiday")
    assert refused.value.faults[0].duty is ASKED
    with pytest.raises(OutOfTurn):
        clock.resume(thing, ASKED)
    clock.suspend(thing, ASKED, "hearing")
    with pytest.raises(OutOfTurn):
        clock.suspend(thing, ASKED, "hearing")
    with pytest.raises(OutOfTurn):
        clock.extend(thing, ASKED)


def test_a_term_is_extended_once_by_the_length_of_the_law(thing, today):
    today("2026-09-17")
    clock.run(thing, "a.answer")
    extended = clock.extend(thing, ASKED)
    assert (extended.extended, due(extended)) == (True, "2026-09-29")
    with pytest.raises(OutOfTurn):
        clock.extend(thing, ASKED)


def test_a_term_that_the_law_does_not_extend_is_not_extended(thing, today):
    today("2026-09-17")
    with terms(ANSWER.replace("extension", "# extension")):
        clock.run(thing, "a.answer")
        with pytest.raises(Incomplete):
            clock.extend(thing, ASKED)


def test_a_term_that_has_passed_or_ended_is_neither_suspended_nor_extended(thing, today):
    today("2026-09-17")
    clock.run(thing, "a.answer")
    today("2026-09-24")
    with pytest.raises(OutOfTurn):
        clock.suspend(thing, ASKED, "hearing")
    with pytest.raises(OutOfTurn):
        clock.extend(thing, ASKED)
    clock.stop(thing, ASKED)
    with pytest.raises(OutOfTurn):
        clock.extend(thing, ASKED)


def test_counting_again_from_scratch_gives_the_same_day(thing, today):
    today("2026-09-10")
    clock.run(thing, "a.answer")
    clock.extend(thing, ASKED)
    for stood, ran in (("2026-09-11", "2026-09-14"), ("2026-09-20", "2026-09-28")):
        today(stood)
        clock.suspend(thing, ASKED, "hearing")
        today(ran)
        running = clock.resume(thing, ASKED)
        assert clock.recount(running) == running.end


def test_an_old_matter_stays_judged_by_the_old_text(thing, today):
    old = ANSWER.replace("= 3,", "= 1,") + "effective_to = 2026-09-16"
    new = ANSWER.replace("= 5", "= 7").replace("2019-11-01", "2026-09-17")
    after = date(2026, 9, 17)
    with terms(old + new):
        today("2026-09-18")
        assert due(clock.run(make_body(), "a.answer", since=after)) == "2026-09-28"
        running = clock.run(thing, "a.answer", since=after, law_of=date(2026, 9, 16))
        assert due(running) == "2026-09-23"
        assert due(clock.extend(thing, ASKED)) == "2026-09-24"


def test_a_reason_and_a_day_of_standing_still_go_together(thing):
    running = clock.run(thing, "a.answer")
    running.suspended_for = "hearing"
    with pytest.raises(IntegrityError):
        running.save()


def test_a_day_ends_where_the_next_begins():
    assert clock.end_of(date(2026, 9, 30)) == clock.beginning_of(date(2026, 10, 1))


def test_an_hour_begins_at_its_full_minute():
    with clock.standing_at(datetime(2026, 9, 17, 8, 59, 59, 999_999, tzinfo=clock.SHANGHAI)):
        assert clock.this_hour() == datetime(2026, 9, 17, 8, tzinfo=clock.SHANGHAI)


def test_a_lapse_is_undone_by_a_later_day_and_by_no_other(thing, today):
    today("2026-09-17")
    running = clock.run(thing, "a.answer")
    today("2026-09-25")
    running.lapsed_at = clock.now()
    assert clock.settle(running).lapsed_at is not None
    running.extended = True
    assert clock.settle(running).lapsed_at is None


@pytest.mark.parametrize(
    ("cycle", "first"), [("monthly", date(2026, 10, 17)), ("irregular", None), (None, None)]
)
def test_a_term_from_the_update_cycle_starts_where_there_is_a_cycle_that_ends(
    thing, today, monkeypatch, cycle, first
):
    today("2026-09-17")
    monkeypatch.setattr(type(thing), "pace", lambda _: cycle)
    started = clock.start(thing, duties.BRING_IN)
    assert (started.counted_from if started else None) == first
    assert clock.start(thing, ASKED).counted_from == date(2026, 9, 17)
