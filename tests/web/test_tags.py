from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, RequestContext, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yelin.law import duties, packs
from yelin.web.grids import Column
from yelin.web.shapes import Term
from yelin.web.templatetags import yelin as tags
from yelin.web.templatetags.yelin import day_short

NUMBER = Column("海口港", "海口港", "N")
WORDS = Column("备注", "备注", "C")


def render(text, **context):
    return Template("{% load yelin %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (41872, "41,872"),
        (-1234567, "−1,234,567"),
        (Decimal("475480.5847"), "475,480.5847"),
        (Decimal("1E+5"), "100,000"),
        ("12345.60", "12,345.60"),
        ("约 1200", "约 1200"),
        (None, ""),
    ],
)
def test_a_number_is_grouped_and_keeps_its_decimals(value, shown):
    assert tags.number(value) == shown


@given(st.integers(-(10**30), 10**30))
def test_grouping_loses_no_digit(value):
    assert int(tags.number(value).replace(",", "").replace("−", "-")) == value


def test_dates_are_written_in_the_reader_s_language():
    day = date(2026, 11, 25)
    with translation.override("zh-hans"):
        assert (tags.day(day), tags.day_short(day), tags.weekday(day)) == (
            "2026年11月25日",
            "11月25日",
            "周三",
        )
    with translation.override("en"):
        assert (tags.day(day), tags.day_short(day), tags.weekday(day)) == (
            "25 Nov 2026",
            "25 Nov",
            "Wed",
        )


def test_a_moment_is_told_in_beijing_time():
    late = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    with translation.override("en"):
        assert tags.moment(late) == "26 Nov 2026 00:30"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1024, "1.0 KB"),
        (184320, "184 KB"),
        (5 * 10**9, "5.0 GB"),
        (3 * 10**12, "3000 GB"),
    ],
)
def test_sizes_are_short(count, shown):
    assert tags.size(count) == shown


def test_a_found_word_is_marked_and_the_text_around_it_is_escaped():
    assert tags.hits("<b>港口</b>吞吐量", "港口") == "&lt;b&gt;<mark>港口</mark>&lt;/b&gt;吞吐量"
    assert tags.hits("<港口>", "") == "&lt;港口&gt;"
    assert tags.hits("a.b acb", ".") == "a<mark>.</mark>b acb"


@pytest.mark.long
@given(st.text(max_size=40), st.text(max_size=10))
def test_marking_never_lets_markup_through(text, query):
    shown = str(tags.hits(text, query)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in shown
    assert ">" not in shown


def test_decimals_recede_and_stay_as_the_source_has_them():
    assert tags.cell(NUMBER, Decimal("8914.9400")) == '8,914<span class="frac">.9400</span>'
    assert tags.cell(NUMBER, 4855.5) == '4,855<span class="frac">.5</span>'
    assert tags.cell(NUMBER, 1329) == "1,329"
    assert tags.cell(NUMBER, 1e300) == "1e+300"


def test_a_masked_cell_never_shows_its_value():
    with translation.override("en"):
        assert tags.cell(Column("货主", "货主", "C", masked=True), "张三") == (
            '<span class="masked">masked</span>'
        )


def test_nothing_is_not_nought():
    assert "–" in tags.cell(NUMBER, None)
    assert tags.cell(NUMBER, 0) == "0"
    assert tags.cell(WORDS, "0010") == "0010"
    assert tags.cell(WORDS, "<script>") == "&lt;script&gt;"


def test_a_duty_is_cited_by_the_article_that_orders_it():
    with translation.override("zh-hans"):
        shown = render("{% article duty %}", duty=duties.BRING_IN)
    assert "第十六条第一款" in shown
    assert 'href="/law/16/"' in shown
    assert "汇聚共享" in shown


@pytest.mark.django_db
def test_one_provision_named_twice_has_two_tips_wherever_it_is_named(rf):
    held = Term(date(2026, 11, 24), 3, packs.active().provision(duties.BRING_IN))
    shown = Template(
        "{% load yelin %}{% article duty %}{% for each in terms %}{% term each %}{% endfor %}"
    ).render(RequestContext(rf.get("/"), {"duty": duties.BRING_IN, "terms": [held, held]}))
    targets = [part.split('"')[0] for part in shown.split('popovertarget="')[1:]]
    assert len(set(targets)) == 3
    assert all(f'id="{target}"' in shown for target in targets)


def test_a_term_that_stands_still_is_not_late_however_long_it_does():
    term = Term(date(2026, 9, 23), -40, still_since=date(2026, 9, 18))
    assert (term.tone, tags.term_says(term)) == ("info", "自2026年9月18日起中止计算")


def test_a_lapsed_term_is_told_by_word_and_mark():
    with translation.override("zh-hans"):
        shown = render("{% term term %}", term=Term(date(2026, 11, 24), -1))
        assert "逾期 1 个工作日" in shown
        assert "icons.svg#late" in shown
    with translation.override("en"):
        assert "Overdue by 2 working days" in render(
            "{% term term %}", term=Term(date(2026, 11, 24), -2)
        )


def test_an_unknown_value_is_shown_as_it_is_and_escaped():
    assert tags.badge("entry", "<x>") == '<span class="badge plain">&lt;x&gt;</span>'


def test_a_line_of_equal_values_is_flat():
    assert 'points="2.0,29.0 108.0,29.0"' in tags.trend([3, 3])
    assert tags.trend([3]) == ""


def test_a_day_of_another_year_is_never_written_without_it(today):
    today("2026-11-25")
    with translation.override("zh-hans"):
        assert day_short(date(2026, 12, 2)) == "12月2日"
        assert day_short(date(2027, 12, 2)) == "2027年12月2日"
    with translation.override("en"):
        assert day_short(date(2027, 12, 2)) == "2 Dec 2027"
