from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from yelin.law.lists import Division, Licence
from yelin.law.statute import (
    Article,
    Notice,
    Order,
    Ref,
    chinese_number,
    in_force,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (57, "五十七"), (100, "一百"),
        (101, "一百零一"), (110, "一百一十"), (203, "二百零三"), (1000, "一千"), (1001, "一千零一"),
        (1010, "一千零一十"), (1260, "一千二百六十"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_laws_write_them(number: int, words: str) -> None:
    assert chinese_number(number) == words


@pytest.mark.parametrize("number", [0, -3, 10000])
def test_what_is_no_article_number_has_no_words(number: int) -> None:
    with pytest.raises(ValueError, match="no article number"):
        chinese_number(number)


@pytest.mark.parametrize(
    ("ref", "zh", "en"),
    [
        ("25", "第二十五条", "Article 25"),
        ("26.2", "第二十六条第二款", "Article 26(2)"),
        ("53(1)", "第五十三条第一项", "Article 53, item (1)"),
        ("9.2(3)", "第九条第二款第三项", "Article 9(2), item (3)"),
    ],
)
def test_a_place_is_cited_as_people_cite_it(ref: str, zh: str, en: str) -> None:
    place = Ref.parse(ref)
    assert (str(place), place.label("zh-hans"), place.label("zh-hant"), place.label("en")) == (
        ref, zh, zh, en,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "26.", "26.2.1", "第26条", "26(一)", " 26", "26.2\n"])
def test_what_names_no_provision_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no provision"):
        Ref.parse(text)


def test_the_first_and_the_last_number_are_written_and_no_other() -> None:
    assert [chinese_number(number) for number in (1, 9999)] == ["一", "九千九百九十九"]
    for number in (0, 10_000):
        with pytest.raises(ValueError, match="no article number"):
            chinese_number(number)


@given(st.integers(1, 9999), st.none() | st.integers(1, 99), st.none() | st.integers(1, 99))
def test_a_place_reads_back_as_it_was_written(
    article: int, paragraph: int | None, item: int | None
) -> None:
    place = Ref(article=article, paragraph=paragraph, item=item)
    assert Ref.parse(str(place)) == place


def test_an_article_gives_the_words_of_a_place_or_all_of_them() -> None:
    article = Article.model_validate(
        {"number": 3, "paragraphs": ["甲", "乙："], "items": ["丙", "丁"]}
    )
    assert article.words(Ref.parse("3.1")) == "甲"
    assert article.words(Ref.parse("3(2)")) == "丁"
    assert article.words() == "甲\n乙：\n（一）丙\n（二）丁"
    assert [article.holds(Ref.parse(ref)) for ref in ("3", "3.2", "3.3", "3(3)", "4")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert article.holds(Ref(article=3, item=2))
    assert not article.holds(Ref(article=3, paragraph=0))
    assert not article.holds(Ref(article=3, item=0))


def test_plain_words_and_reasons_are_in_the_readers_language() -> None:
    said = {"plain_zh": "白话", "plain_en": "Plainly", "why_zh": "缘由", "why_en": "Why"}
    article = Article.model_validate({"number": 3, "paragraphs": ["甲"], "matter": "none", **said})
    assert [article.plain(lang) for lang in ("zh-hans", "zh-hant", "en")] == [
        "白话", "白话", "Plainly",
    ]  # fmt: skip
    assert [article.why(lang) for lang in ("zh-hans", "en")] == ["缘由", "Why"]


@pytest.mark.parametrize("matter", ["system", "none"])
def test_an_article_says_what_it_asks_or_why_it_asks_nothing(matter: str) -> None:
    with pytest.raises(ValidationError):
        Article.model_validate({"number": 3, "paragraphs": ["甲"], "matter": matter})


def test_the_row_of_the_day_is_in_force_and_without_a_day_the_newest_without_end() -> None:
    old = Order(name="a", provision="1", effective_to=date(2020, 12, 31))
    new = Order(name="a", provision="2", effective_from=date(2021, 1, 1))
    assert in_force([new, old], date(2020, 12, 31)) is old
    assert in_force([new, old], date(2021, 1, 1)) is new
    assert in_force([new, old], None) is new
    newest = Order(name="a", provision="3", effective_from=date(2022, 1, 1))
    ever = Order(name="a", provision="0")
    for rows in ([ever, new, newest], [newest, new, ever]):
        assert in_force(rows, None) is newest
    assert in_force([old], None) is None
    assert in_force([new], date(2020, 1, 1)) is None
    assert in_force([], None) is None


@st.composite
def histories(draw: st.DrawFn) -> list[Order]:
    """Return rows that follow one another, some after a gap, the last perhaps without end."""
    day, rows = date(2000, 1, 1), []
    for n in range(draw(st.integers(1, 5))):
        begins = day + timedelta(days=draw(st.integers(0, 40)))
        ends = begins + timedelta(days=draw(st.integers(0, 40)))
        rows.append(Order(name="a", provision=str(n + 1), effective_from=begins, effective_to=ends))
        day = ends + timedelta(days=1)
    if draw(st.booleans()):
        rows[-1] = rows[-1].model_copy(update={"effective_to": None})
    return draw(st.permutations(rows))


@given(histories(), st.dates(date(1999, 12, 1), date(2000, 8, 1)))
def test_on_each_day_the_one_row_that_holds_is_in_force_and_in_a_gap_none(
    rows: list[Order], day: date
) -> None:
    holding = [
        row
        for row in rows
        if row.effective_from <= day and (row.effective_to is None or day <= row.effective_to)
    ]
    assert len(holding) <= 1
    assert in_force(rows, day) is (holding[0] if holding else None)
    lasting = [row for row in rows if row.effective_to is None]
    assert in_force(rows, None) is (lasting[0] if lasting else None)


def test_a_local_code_cannot_be_mistaken_for_one_of_the_standard() -> None:
    row = {"zh": "甲", "en": "A", "level": "county", "parent": "460000", "since": 1992}
    assert Division.model_validate({**row, "code": "46YP00", "local": True})
    with pytest.raises(ValidationError, match="has a letter in it"):
        Division.model_validate({**row, "code": "469099", "local": True})
    with pytest.raises(ValidationError, match="has a letter in it"):
        Division.model_validate({**row, "code": "46YP00"})


def test_a_licence_that_nobody_can_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="its text in both languages"):
        Licence.model_validate({"id": "x", "zh": "甲", "en": "A", "text_zh": "只有中文"})


def test_a_notice_lists_only_days_that_differ_from_the_week() -> None:
    saturday, monday = date(2026, 2, 14), date(2026, 2, 16)
    assert Notice(year=2026, number="示例", off=(monday,), work=(saturday,))
    with pytest.raises(ValidationError, match="weekend day"):
        Notice(year=2026, number="示例", off=(saturday,), work=())
    with pytest.raises(ValidationError, match="no weekend day"):
        Notice(year=2026, number="示例", off=(), work=(monday,))
