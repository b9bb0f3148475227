import csv
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.law import calendar, duties, packs
from yelin.law.calendar import WorkingCalendar
from yelin.law.statute import Notice, Term

CASES = Path(__file__).with_name("cases")
ANNOUNCED = st.dates(date(2019, 1, 1), date(2026, 12, 31))
ANY_DAY = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def term(length: int, unit: str = "working_day") -> Term:
    return Term.model_validate(
        {
            "name": "a.term",
            "zh": "期限",
            "en": "A term",
            "duty": "opening.apply",
            "length": length,
            "unit": unit,
            "from": "event",
            "basis": "26.2",
            "effective_from": date(2019, 11, 1),
        }
    )


@pytest.mark.parametrize("case", rows("due.csv"), ids=lambda case: case["start"] + case["why"])
def test_a_term_in_working_days_ends_on_the_day_of_the_table(case: dict[str, str]) -> None:
    due = calendar.due(term(int(case["working_days"])), date.fromisoformat(case["start"]))
    assert due is not None
    assert (due.day.isoformat(), due.provisional) == (case["due"], case["provisional"] == "yes")


@pytest.mark.duty("aggregation.bring_in")
@pytest.mark.parametrize("case", rows("bring_in.csv"), ids=lambda case: case["cycle"] + case["why"])
def test_the_next_release_is_due_on_the_day_of_the_table(case: dict[str, str]) -> None:
    bring_in = packs.active().term_of(duties.BRING_IN)
    due = calendar.due(bring_in, date.fromisoformat(case["released"]), case["cycle"])
    if not case["due"]:
        assert due is None
    else:
        assert due is not None
        assert (due.day.isoformat(), due.provisional) == (case["due"], case["provisional"] == "yes")


def test_a_term_in_days_that_ends_on_a_day_off_moves_to_the_next_working_day() -> None:
    # 1 October to 7 October 2026 are off; the tenth day after 21 September falls on the first.
    due = calendar.due(term(10, "day"), date(2026, 9, 21))
    assert due is not None
    assert due.day == date(2026, 10, 8)


def test_a_term_by_update_cycle_needs_its_cycle() -> None:
    bring_in = packs.active().term_of(duties.BRING_IN)
    with pytest.raises(ValueError, match="runs from an update cycle"):
        calendar.due(bring_in, date(2026, 9, 1))


def test_an_unknown_cycle_is_no_cycle_without_a_term() -> None:
    with pytest.raises(KeyError):
        calendar.due(packs.active().term_of(duties.BRING_IN), date(2026, 9, 1), "fortnightly")


def test_a_term_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        calendar.add_working_days(date(2026, 9, 1), -1)


def test_made_up_weekends_of_2026_are_worked_and_other_weekends_are_not() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    worked = [day for day in year if day.weekday() >= 5 and calendar.is_working(day)]
    assert [day.strftime("%m-%d") for day in worked] == [
        "01-04", "02-14", "02-28", "05-09", "09-20", "10-10",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "provisional"),
    [
        (date(2026, 9, 17), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),
        (date(2025, 12, 31), False),
        (date(2027, 1, 1), True),
        (date(2031, 6, 3), True),
    ],
)
def test_days_that_a_coming_notice_may_move_are_provisional(day: date, provisional: bool) -> None:
    assert calendar.is_provisional(day) is provisional


def test_a_new_notice_settles_its_year() -> None:
    pack = packs.active()
    notice = Notice(year=2027, number="示例", off=(date(2027, 1, 4),), work=(date(2027, 1, 9),))
    known = WorkingCalendar((*pack.notices, notice), pack.list("update_cycle"))
    assert calendar.is_working(date(2027, 1, 4))
    assert not known.is_working(date(2027, 1, 4))
    assert known.is_working(date(2027, 1, 9))
    assert not known.is_provisional(date(2027, 1, 9))
    assert not known.is_provisional(date(2026, 12, 31))


def test_the_notices_agree_with_the_holidays_library_on_every_day() -> None:
    library = holidays.country_holidays("CN")
    day, last = date(2018, 12, 29), date(2026, 12, 31)
    while day <= last:
        assert calendar.is_working(day) == library.is_working_day(day), day
        day += timedelta(days=1)


@given(day=ANNOUNCED)
def test_the_notices_agree_with_a_second_library(day: date) -> None:
    chinese_calendar = pytest.importorskip("chinese_calendar")
    assert calendar.is_working(day) == chinese_calendar.is_workday(day)


@given(start=ANY_DAY, days=st.integers(0, 60))
def test_counting_back_gives_the_length_of_the_term(start: date, days: int) -> None:
    end = calendar.add_working_days(start, days)
    assert calendar.working_days_between(start, end) == days
    assert calendar.working_days_between(end, start) == -days


@given(start=ANY_DAY, first=st.integers(0, 30), then=st.integers(0, 30))
def test_terms_add_up(start: date, first: int, then: int) -> None:
    end = calendar.add_working_days(calendar.add_working_days(start, first), then)
    assert end == calendar.add_working_days(start, first + then)


@given(start=ANY_DAY, days=st.integers(1, 30))
def test_a_term_in_working_days_ends_on_a_working_day_after_its_start(
    start: date, days: int
) -> None:
    end = calendar.add_working_days(start, days)
    assert calendar.is_working(end)
    assert end > start


@given(day=ANY_DAY)
def test_rolling_forward_stops_at_the_first_working_day(day: date) -> None:
    end = calendar.roll_forward(day)
    assert calendar.is_working(end)
    assert not any(calendar.is_working(day + timedelta(days=n)) for n in range((end - day).days))


@given(start=ANY_DAY, months=st.integers(0, 36))
def test_months_later_is_the_same_day_or_the_last_of_the_month(start: date, months: int) -> None:
    end = calendar.add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
