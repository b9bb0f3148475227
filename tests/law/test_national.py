from collections.abc import Callable
from datetime import date
from pathlib import Path

import opencc
import pytest
from tests.law.makers import make_pack

from yelin.law import duties
from yelin.law.packs import Pack
from yelin.law.statute import Cite, PackFault

A_NATIONAL_ONE = """
[[duties]]
name = "opening.apply"
work = "pipl"
provision = "47.1(3)"
also = ["dsl:41"]
"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load("hainan-2019")


@pytest.fixture
def ordering(tmp_path: Path) -> Callable[[str], Pack]:
    """Return how to read the pack with a duty ordered in another way."""

    def order(text: str) -> Pack:
        pack = tmp_path / "packs/hainan-2019/duties.toml"
        make_pack(tmp_path, {})
        rows = pack.read_text(encoding="utf-8").replace(
            '[[duties]]\nname = "opening.apply"\nprovision = "26.1"\n', text
        )
        pack.write_text(rows, encoding="utf-8")
        return Pack.load("hainan-2019", tmp_path / "packs")

    return order


def test_a_duty_can_be_ordered_by_a_national_law(ordering: Callable[[str], Pack]) -> None:
    pack = ordering(A_NATIONAL_ONE)
    provision = pack.provision(duties.OPENING_APPLY)
    assert provision.law.id == "pipl"
    assert provision.text == "个人撤回同意；"
    assert provision.url == "/law/works/pipl/47/"
    assert provision.label("zh-hans") == "《个人信息保护法》第四十七条第一款第三项"
    assert provision.label("en") == "Personal Information Protection Law, Article 47(1), item (3)"
    assert [place.law.id for place in provision.places] == ["pipl", "dsl"]
    assert duties.OPENING_APPLY in pack.duties_of(47, "pipl")
    assert pack.duties_of(41, "dsl") == (duties.OPENING_APPLY,)
    assert duties.OPENING_APPLY not in pack.duties_of(47)


def test_a_duty_is_ordered_from_the_day_on_which_its_law_came_into_force(
    ordering: Callable[[str], Pack],
) -> None:
    pack = ordering(A_NATIONAL_ONE)
    assert not pack.orders(duties.OPENING_APPLY, on=date(2021, 10, 31))
    assert pack.orders(duties.OPENING_APPLY, on=date(2021, 11, 1))
    assert not pack.orders(duties.OPEN_DATA_FREE, on=date(2019, 10, 31))
    assert pack.orders(duties.OPEN_DATA_FREE, on=date(2019, 11, 1))


def test_what_another_law_orders_too_is_told_from_the_day_of_that_law(pack: Pack) -> None:
    def laws(day: date) -> list[str]:
        return [place.law.id for place in pack.provision(duties.GRADE, on=day).places]

    assert laws(date(2021, 8, 31)) == ["hainan-big-data"]
    assert laws(date(2021, 9, 1)) == ["hainan-big-data", "dsl"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('work = "pip"\nprovision = "47"', "no work pip"),
        ('work = "pipl"\nprovision = "47(6)"', "no provision"),
        ('work = "pipl"\nprovision = "12"', "no provision"),
        ('work = "pipl"\nprovision = "47"\neffective_from = 2021-01-01', "on 2021-01-01"),
        ('provision = "26.1"\nalso = ["pipl47"]', "names no provision"),
        ('provision = "26.1"\nalso = ["cybersecurity-law:21"]', "the days to come"),
    ],
)
def test_a_place_that_no_law_has_or_had_then_is_refused(
    ordering: Callable[[str], Pack], text: str, says: str
) -> None:
    with pytest.raises(PackFault, match=r"duties\.opening\.apply.*" + says):
        ordering(f'[[duties]]\nname = "opening.apply"\n{text}\n')


def test_what_a_law_that_has_ended_ordered_is_ordered_no_more(
    ordering: Callable[[str], Pack],
) -> None:
    text = '[[duties]]\nname = "opening.apply"\nwork = "cybersecurity-law"\nprovision = "21(3)"\n'
    pack = ordering(text)
    assert pack.orders(duties.OPENING_APPLY, on=date(2025, 12, 31))
    assert not pack.orders(duties.OPENING_APPLY, on=date(2026, 1, 1))
    assert not pack.orders(duties.OPENING_APPLY)


def test_an_article_is_read_as_it_was_on_the_day(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, {})
    file = tmp_path / "packs/hainan-2019/articles.toml"
    text = file.read_text(encoding="utf-8")
    at = text.index("[[articles]]\nnumber = 25\n")
    old = text[at : text.index("[[articles]]", at + 5)]
    new = old.replace("number = 25\n", "number = 25\neffective_from = 2026-01-01\n")
    new = new.replace("可以通过", "可以随时通过")
    old = old.replace("number = 25\n", "number = 25\neffective_to = 2025-12-31\n")
    file.write_text(text[:at] + old + new + text[text.index("[[articles]]", at + 5) :], "utf-8")
    pack = Pack.load("hainan-2019", tmp_path / "packs")
    before = pack.provision(duties.OPEN_DATA_FREE, on=date(2025, 12, 31))
    after = pack.provision(duties.OPEN_DATA_FREE, on=date(2026, 1, 1))
    assert "随时" not in before.text
    assert "随时" in after.text
    assert before.url == "/law/25/?on=2025-12-31"
    assert after.url == pack.provision(duties.OPEN_DATA_FREE).url == "/law/25/"
    assert len(pack.articles) == 57


def test_two_texts_of_one_article_may_not_hold_on_one_day(tmp_path: Path) -> None:
    again = '[[articles]]\nnumber = 14\nparagraphs = ["又"]\n'
    words = 'about_zh = "甲"\nabout_en = "A"\nplain_zh = "乙"\nplain_en = "B"\n'
    with pytest.raises(PackFault, match=r"cn/works/signature-law\.toml: articles\.14: two rows"):
        make_pack(tmp_path, {"cn/works/signature-law.toml": again + words})


def test_items_stand_where_the_law_puts_them(pack: Pack) -> None:
    found = pack.passage(Cite.parse("signature-law:13")).found
    lines = found.words().splitlines()
    assert [line[:3] for line in lines] == [
        "电子签",
        "（一）",
        "（二）",
        "（三）",
        "（四）",
        "当事人",
    ]


def test_national_texts_are_simplified_and_read_in_both_languages(pack: Pack) -> None:
    to_simplified = opencc.OpenCC("t2s")
    held = [article for work in pack.works for article in work.articles]
    assert len(held) > 70
    for article in held:
        text = article.words() + article.plain_zh + article.about_zh
        assert to_simplified.convert(text) == text
        assert not set(text) & set("():;,")
        assert article.plain_en.isascii()


def test_every_law_whose_words_are_held_says_when_they_hold(pack: Pack) -> None:
    for work in pack.works:
        assert not work.articles or (work.effective_from and work.issued and work.issued_by)
