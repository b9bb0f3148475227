import pytest
from tests.law.makers import ANSWER, notices, terms
from tests.parties.makers import make_body

from yelin.law import clock, standing

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, bool]]:
    return [(each.says.format(**each.params), each.late) for each in standing.concerns()]


@pytest.mark.drawn(1)
@pytest.mark.duty("terms.count")
@pytest.mark.parametrize(
    ("day", "number", "late"),
    [
        ("2026-10-31", 0, False),
        ("2026-11-01", 1, False),
        ("2026-12-31", 1, False),
        ("2027-01-01", 1, True),
    ],
)
def test_a_missing_notice_is_told_from_november_and_late_once_its_year_is_here(
    day, number, late, today
):
    today(day)
    assert len(told()) == number
    assert all("2027" in says and was_late is late for says, was_late in told())


def test_a_notice_that_is_here_is_not_missed(today):
    today("2026-11-20")
    with notices('[[notices]]\nyear = 2027\nnumber = "示例"\noff = []\nwork = []\n'):
        assert told() == []


@pytest.mark.duty("terms.count")
def test_running_terms_that_reach_a_day_without_a_notice_are_told_at_once(today):
    today("2026-09-01")
    with terms(ANSWER.replace("length = 5", "length = 90")):
        clock.run(make_body(), "a.answer")
        clock.run(make_body(), "a.answer")
        ((says, late),) = told()
        assert "may still move: 2, the first" in says
        assert not late


def test_a_term_that_the_law_does_not_know_any_more_is_told(today):
    today("2026-09-01")
    with terms(ANSWER):
        clock.run(make_body(), "a.answer")
        assert told() == []
    ((says, late),) = told()
    assert says.startswith("Terms called a.answer run, but the law of 2026-09-01")
    assert late
