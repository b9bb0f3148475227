import csv
from bisect import bisect_right
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.law import calendar, duties, packs
from yelin.law.calendar import Due, Span, WorkingCalendar
from yelin.law.statute import Notice, Term

CASES = Path(__file__).with_name("cases")
ANY_DAY = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def term(length: int, unit: str = "working_day", extension: int = 0) -> Term:
    more = {"extension": {"length": extension, "basis": "26.2"}} if extension else {}
    return Term.model_validate(
        more
        | {
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


@pytest.mark.duty("terms.count")
@pytest.mark.parametrize("case", rows("moved.csv"), ids=lambda case: case["start"] + case["why"])
def test_a_term_that_was_moved_ends_on_the_day_of_the_table(case: dict[str, str]) -> None:
    extension = int(case["extension"])
    moved = term(int(case["length"]), case["unit"], extension)
    still = []
    if case["suspended"]:
        days = (date.fromisoformat(case[day]) for day in ("suspended", "resumed"))
        still = [Span(*days)]
    start = date.fromisoformat(case["start"])
    due = calendar.national().end(moved, start, extended=extension > 0, still=still)
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


def test_every_term_from_every_announced_day_ends_as_by_a_second_calendar() -> None:
    first, last = date(2019, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if chinese_calendar.is_workday(day)]
    assert [day for day in days if calendar.is_working(day)] == working
    terms = [term(length) for length in range(1, 31)]
    compared = 0
    for start in days:
        after = bisect_right(working, start)
        for each in terms[: len(working) - after]:
            due = calendar.due(each, start)
            assert due is not None
            assert due.day == working[after + each.length - 1], (start, each.length)
            compared += 1
    assert compared > 87_000


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


UNITS = st.sampled_from(["working_day", "day"])
SPANS = st.lists(
    st.tuples(ANY_DAY, st.integers(0, 40)).map(
        lambda span: Span(span[0], span[0] + timedelta(days=span[1]))
    ),
    max_size=4,
)


def end(length: int, unit: str, start: date, still: list[Span], extension: int = 0) -> Due:
    moved = term(length, unit, extension)
    return calendar.national().end(moved, start, extended=extension > 0, still=still)


def near(start: date, spans: list[Span]) -> list[Span]:
    """Move spans to the weeks after ``start``, where they matter."""
    return [
        Span(since, since + (span.until - span.since))
        for n, span in enumerate(spans)
        for since in [start + timedelta(days=(span.since.toordinal() + 11 * n) % 45)]
    ]


@given(start=ANY_DAY, length=st.integers(0, 40), unit=UNITS, spans=SPANS)
def test_a_term_never_ends_before_its_start_nor_on_a_day_off_or_still(
    start: date, length: int, unit: str, spans: list[Span]
) -> None:
    still = near(start, spans)
    day = end(length, unit, start, still).day
    assert day >= start
    assert calendar.is_working(day)
    assert not any(day in span for span in still)


@given(start=ANY_DAY, length=st.integers(0, 40), unit=UNITS, spans=SPANS, n=st.integers(0, 60))
def test_suspending_and_resuming_on_one_day_changes_nothing(
    start: date, length: int, unit: str, spans: list[Span], n: int
) -> None:
    still, day = near(start, spans), start + timedelta(days=n)
    assert end(length, unit, start, [*still, Span(day, day)]) == end(length, unit, start, still)


@given(start=ANY_DAY, length=st.integers(0, 30), more=st.integers(1, 30), unit=UNITS, spans=SPANS)
def test_a_longer_term_never_ends_earlier_and_an_extension_is_only_more_length(
    start: date, length: int, more: int, unit: str, spans: list[Span]
) -> None:
    still = near(start, spans)
    longer = end(length + more, unit, start, still)
    assert longer.day >= end(length, unit, start, still).day
    assert longer == end(length, unit, start, still, extension=more)


@given(start=ANY_DAY, length=st.integers(1, 30), spans=SPANS)
def test_exactly_the_working_days_that_did_not_stand_still_are_counted(
    start: date, length: int, spans: list[Span]
) -> None:
    still = near(start, spans)
    last = end(length, "working_day", start, still).day
    days = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    counted = [d for d in days if calendar.is_working(d) and not any(d in s for s in still)]
    assert len(counted) == length
    assert counted[-1] == last


@given(start=ANY_DAY, length=st.integers(1, 30), unit=UNITS, spans=SPANS, n=st.integers(0, 40))
def test_a_term_that_was_not_over_when_suspended_is_not_over_when_it_runs_on(
    start: date, length: int, unit: str, spans: list[Span], n: int
) -> None:
    before = end(length, unit, start, []).day
    since = start + timedelta(days=n)
    for span in spans[:1]:
        until = since + (span.until - span.since)
        after = end(length, unit, start, [Span(since, until)]).day
        assert after >= (until if since <= before else before)
        assert after >= before


@given(start=ANY_DAY, length=st.integers(0, 40), unit=UNITS, spans=SPANS)
def test_what_is_not_provisional_does_not_move_by_any_notice_to_come(
    start: date, length: int, unit: str, spans: list[Span]
) -> None:
    due = end(length, unit, start, near(start, spans))
    pack = packs.active()
    # The boldest notices: New Year's days before it worked or off, and every weekend worked.
    held = {notice.year for notice in pack.notices}
    to_come = [
        Notice(
            year=year,
            number="示例",
            off=tuple(d for d in _days(year - 1, 12, 29, 3) if d.weekday() < 5),
            work=tuple(d for d in _days(year, 1, 1, 365) if d.weekday() >= 5),
        )
        for year in range(2015, 2037)
        if year not in held
    ]
    bold = WorkingCalendar((*pack.notices, *to_come), pack.list("update_cycle"))
    if not due.provisional:
        assert bold.end(term(length, unit), start, still=near(start, spans)).day == due.day


def _days(year: int, month: int, day: int, many: int) -> list[date]:
    return [date(year, month, day) + timedelta(days=n) for n in range(many)]
