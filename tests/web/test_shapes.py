from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.web.desk.shapes import Todo, grouped
from yelin.web.grids import Column
from yelin.web.portal.shapes import Facet, Option
from yelin.web.shapes import Pager, Term

DAY = date(2026, 11, 25)


@given(st.integers(1, 400), st.data())
def test_a_pager_shows_first_last_and_current_in_order(pages, data):
    page = data.draw(st.integers(1, pages))
    shown = [int(link.title) for link in Pager(page, pages) if link]
    assert shown == sorted(set(shown))
    assert {1, page, pages} <= set(shown) <= set(range(1, pages + 1))


@given(st.integers(1, 60), st.data())
def test_a_pager_marks_each_gap_and_no_other(pages, data):
    page = data.draw(st.integers(1, pages))
    links = list(Pager(page, pages))
    for before, link, after in zip(links, links[1:], links[2:], strict=False):
        if link is None:
            assert int(after.title) - int(before.title) > 1
    for one, other in pairwise(links):
        if one and other:
            assert int(other.title) - int(one.title) == 1


def test_a_pager_keeps_the_question():
    assert Pager(2, 3, "?q=港口").after == "?q=港口&page=3"
    assert Pager(2, 3).before == "?page=1"
    assert Pager(1, 3).before == ""


@pytest.mark.parametrize(
    ("days_left", "tone"),
    [(11, "info"), (3, "info"), (2, "soon"), (1, "soon"), (0, "today"), (-1, "late")],
)
def test_a_term_turns_from_blue_to_coral(days_left, tone):
    assert Term(DAY, days_left).tone == tone
    assert Term(DAY, days_left, kept=True).tone == "ok"


def test_the_desk_puts_what_lapsed_first_and_what_has_no_term_last():
    todos = [
        Todo(title=str(days), url="#", verb="do", term=None if days is None else Term(DAY, days))
        for days in (30, None, 0, -4, 5, -1)
    ]
    assert [(group.name, [todo.title for todo in group.todos]) for group in grouped(todos)] == [
        ("late", ["-4", "-1"]),
        ("today", ["0"]),
        ("week", ["5"]),
        ("later", ["30"]),
        ("open", ["None"]),
    ]


@given(st.lists(st.booleans(), max_size=12))
def test_a_chosen_option_is_never_folded(chosen):
    options = [Option(str(at), str(at), 1, is_chosen) for at, is_chosen in enumerate(chosen)]
    facet = Facet("provider", "Provider", options)
    assert not any(option.chosen for option in facet.rest)
    assert sorted([*facet.first, *facet.rest], key=lambda o: int(o.value)) == options


@pytest.mark.parametrize("name", ["年份", "年", "统计年度", "Year"])
def test_years_are_not_grouped_by_thousands(name):
    assert not Column(name, name, "I").grouped


def test_years_of_service_are_a_quantity():
    assert Column("工作年限", "工作年限", "I").grouped
