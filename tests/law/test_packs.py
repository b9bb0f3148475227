import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.law import duties, packs, soundness
from yelin.law.packs import Pack
from yelin.law.statute import PackFault, chinese_number

CASES = Path(__file__).with_name("cases")
PUNCTUATION = str.maketrans({"，": ",", "；": ";", "：": ":", "（": "(", "）": ")"})


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load("hainan-2019")


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Copy the packs and change one place in one file."""

    def spoil(file: str, old: str, new: str) -> Path:
        home = tmp_path / "packs"
        shutil.copytree(packs.HOME, home)
        text = (home / file).read_text(encoding="utf-8")
        assert old in text
        (home / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return home

    return spoil


def test_the_regulation_is_here_word_for_word(pack: Pack) -> None:
    printed = (CASES / "regulation-traditional.txt").read_text(encoding="utf-8")
    # No word differs in its Traditional form, so turning the print back must give our text.
    lines = opencc.OpenCC("t2s").convert(printed).splitlines()[2:]
    said = [line.strip() for line in lines if line.strip() and not line.startswith(CHAPTERS)]
    ours: list[str] = []
    for article in pack.law.articles:
        first, *more = article.words().splitlines()
        ours += [f"第{chinese_number(article.number)}条 {first}", *more]
    assert [line.translate(PUNCTUATION) for line in ours] == said


CHAPTERS = tuple(f"第{chinese_number(n)}章" for n in range(1, 7))


def test_our_text_is_simplified_throughout(pack: Pack) -> None:
    to_simplified = opencc.OpenCC("t2s")
    for article in pack.law.articles:
        text = article.words() + article.plain_zh + article.about_zh
        assert to_simplified.convert(text) == text, article.number
        assert unicodedata.normalize("NFC", text) == text


def test_there_are_57_articles_in_six_chapters_and_four_items_twice(pack: Pack) -> None:
    assert list(pack.articles) == list(range(1, 58))
    assert [chapter.zh for chapter in pack.chapters] == [
        "总则", "大数据开发与共享", "大数据应用与产业促进", "数据安全与保护", "法律责任", "附则",
    ]  # fmt: skip
    assert {n: len(a.items) for n, a in pack.articles.items() if a.items} == {44: 4, 53: 4}
    assert pack.effective_from == date(2019, 11, 1)


def test_every_duty_of_the_code_is_ordered_by_a_provision_with_words(pack: Pack) -> None:
    for duty in duties.ALL:
        for place in pack.provision(duty).places:
            home = f"/law/works/{place.law.id}" if place.national else "/law"
            assert place.text
            assert place.url == f"{home}/{place.article}/"
            assert place.plain("zh-hans") != place.plain("en")
            work = place.law.id if place.national else ""
            assert duty in pack.duties_of(place.article, work)


@pytest.mark.duty("aggregation.bring_in")
def test_a_provision_shows_what_people_cite(pack: Pack) -> None:
    provision = pack.provision(duties.BRING_IN)
    assert (provision.ref, provision.article) == ("16.1", 16)
    assert provision.label("zh-hans") == "第十六条第一款"
    assert provision.label("en") == "Article 16(1)"
    assert provision.text.startswith("政务部门应当按照采集数据类型")


def test_a_duty_that_was_not_yet_ordered_is_not_offered(pack: Pack) -> None:
    assert pack.orders(duties.OPEN_DATA_FREE)
    unknown = duties.Duty("a.stranger", "Nobody orders this")
    assert not pack.orders(unknown)
    with pytest.raises(KeyError, match=r"does not order a\.stranger"):
        pack.provision(unknown)


@pytest.mark.duty("catalog.confirm")
@pytest.mark.parametrize(
    ("kind", "division", "over", "held"),
    [
        ("agency", "460000", "460000", True),
        ("agency", "460000", "460100", False),
        ("agency", "460100", "460100", False),
        ("informatization", "460000", "460000", False),
        ("informatization", "460100", "460100", True),
        ("informatization", "460100", "460106", True),
        ("informatization", "460106", "460106", False),
        ("informatization", "460100", "460200", False),
        ("informatization", "469023", "469023", True),
        ("informatization", "46YP00", "46YP00", True),
        ("informatization", "460400", "46YP00", False),
        ("department", "460000", "460000", False),
        ("agency", "", "", False),
        ("agency", "999999", "999999", False),
    ],
)
def test_the_catalog_is_confirmed_by_the_agency_and_in_its_area_by_each_city_and_county(
    pack: Pack, kind: str, division: str, over: str, held: bool
) -> None:
    assert pack.holds("catalog.confirm", kind, division, over) is held
    assert (over in pack.powers_of(kind, division).get("catalog.confirm", ())) is held


def test_a_mistyped_power_is_no_power_that_nobody_holds(pack: Pack) -> None:
    with pytest.raises(KeyError):
        pack.holds("catalog.confrim", "agency", "460000", "460000")


def test_every_part_of_the_province_has_one_body_that_confirms(pack: Pack) -> None:
    for code in pack.divisions:
        able = [
            body.zh
            for body in pack.bodies
            if pack.holds("catalog.confirm", body.kind, body.division, code)
        ]
        assert len(able) == 1, (code, able)


def test_no_power_was_held_before_the_regulation(pack: Pack) -> None:
    day = date(2019, 10, 31)
    assert not pack.holds("catalog.confirm", "agency", "460000", "460000", on=day)
    day = date(2019, 11, 1)
    assert pack.holds("catalog.confirm", "agency", "460000", "460000", on=day)


def test_there_are_19_cities_and_counties_and_a_zone_of_our_own_code(pack: Pack) -> None:
    levels = [d.level for d in pack.divisions.values() if not d.local]
    assert levels.count("prefecture") == 4
    assert levels.count("county") == 15
    assert [d.zh for d in pack.divisions.values() if d.local] == ["洋浦经济开发区"]
    assert pack.area("460000") == frozenset(pack.divisions)
    assert pack.area("460200") == {"460200", "460202", "460203", "460204", "460205"}


def test_a_code_of_the_past_leads_to_what_it_became(pack: Pack) -> None:
    assert pack.division("469003").zh == "儋州市"
    assert pack.division("460032").zh == "东方市"
    assert pack.division("469030").zh == "琼中黎族苗族自治县"
    with pytest.raises(KeyError):
        pack.division("440100")


def test_a_term_is_found_by_name_and_by_duty(pack: Pack) -> None:
    term = pack.term("aggregation.bring_in")
    assert term is pack.term_of(duties.BRING_IN)
    assert term.unconfirmed
    with pytest.raises(KeyError):
        pack.term("aggregation.bring_in", on=date(2019, 10, 31))
    with pytest.raises(KeyError):
        pack.term_of(duties.TRACE)


def test_the_nine_priority_fields_are_those_of_article_27(pack: Pack) -> None:
    fields = [theme.zh for theme in pack.themes if theme.priority]
    assert "、".join(fields) in pack.articles[27].paragraphs[1]
    assert len(fields) == 9
    assert pack.theme("weather").label("en") == "Weather"


def test_lists_give_values_by_key_and_in_order(pack: Pack) -> None:
    cycles = pack.list("update_cycle")
    assert cycles.keys == (
        "realtime", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly",
        "irregular", "never",
    )  # fmt: skip
    assert [value.code for value in cycles.values] == list("123456789")
    assert "monthly" in cycles
    assert "fortnightly" not in cycles
    with pytest.raises(KeyError):
        cycles["fortnightly"]
    with pytest.raises(KeyError):
        pack.list("colours")
    assert pack.licence("CC-BY-4.0").url.startswith("https://")
    assert pack.work("civil-code").label("zh-hans") == "中华人民共和国民法典"


def test_item_types_and_grades_are_those_of_the_national_guide(pack: Pack) -> None:
    assert pack.list("item_type").keys == tuple("CNYDTLMGBIF")
    assert pack.list("grade").keys == tuple("1234")


def test_the_pack_of_the_installation_is_read_once() -> None:
    assert packs.active() is packs.active()


def test_a_pack_that_is_not_there_is_named() -> None:
    with pytest.raises(PackFault, match="atlantis: there is no such pack"):
        Pack.load("atlantis")


H = "hainan-2019"


@pytest.mark.drawn(10)
@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says"),
    [
        (f"{H}/articles.toml", "number = 26\n", "number = 58\n", "articles.26", "missing"),
        (f"{H}/articles.toml", 'matter = "system"', 'matter = ""', "articles.4.matter", "none?"),
        (f"{H}/articles.toml", "[law]", "[low]", "law.", "required"),
        (f"{H}/duties.toml", '"opening.free"', '"opening.fee"', "duties.opening.fee", "no code"),
        (f"{H}/duties.toml", '"27.2"', '"27.4"', "duties.opening.priority", "no provision 27.4"),
        (f"{H}/duties.toml", '"27.2"', '"27,2"', "duties.opening.priority", "names no provision"),
        (f"{H}/duties.toml", '"opening.type"', '"opening.free"', "duties.opening.free", "two rows"),
        (f"{H}/terms.toml", 'duty = "agg', 'duty = "egg', "terms.aggregation.bring_in.duty", "no "),
        (f"{H}/terms.toml", "length = 5", 'length = "5"', "bring_in.length", "valid integer"),
        (f"{H}/terms.toml", "length = 5", "lenght = 5", "terms.aggregation.bring_in", ""),
        (f"{H}/terms.toml", 'basis = "16.1"', 'basis = "16.9"', "bring_in.basis", "neither"),
        (f"{H}/powers.toml", '"agency"', '"agent"', "agent.province.kind", "no kind of body"),
        (f"{H}/powers.toml", '"county"', '"prefecture"', "informatization.prefecture", "two rows"),
        (f"{H}/divisions.toml", 'parent = "460100"', 'parent = "460900"', "460105", "no division"),
        (f"{H}/divisions.toml", 'parent = "460100"', 'parent = "460106"', "460105", "higher level"),
        (f"{H}/divisions.toml", '"460106"', '"460105"', "divisions.460105", "twice"),
        (
            f"{H}/divisions.toml",
            'became = "469001"',
            'became = "1"',
            "460001.became",
            "no division",
        ),
        (f"{H}/divisions.toml", "until = 2001", "until = 2002", "historic.460001", "two meanings"),
        (f"{H}/divisions.toml", "until = 2001", "until = 1901", "historic.460001", "before"),
        (
            f"{H}/divisions.toml",
            'level = "province"',
            'level = "county"',
            "divisions",
            "exactly one",
        ),
        (f"{H}/bodies.toml", "11460000YL000001", "11460000YL000002", "credit_code", "GB 32100"),
        (f"{H}/bodies.toml", '"460000"', '"470000"', "海南省大数据管理局.division", "no division"),
        (f"{H}/bodies.toml", '"agency"', '"agent"', "海南省大数据管理局.kind", "no kind"),
        (f"{H}/lists.toml", '"sharing_type"', '"opening_type"', "lists.opening_type", "twice"),
        ("cn/lists.toml", '"sharing_mode"', '"grade"', "lists.grade", "twice"),
        (
            "cn/lists.toml",
            'key = "daily"',
            'key = "weekly"',
            "update_cycle.values.weekly",
            "twice",
        ),
        ("cn/lists.toml", '"update_cycle"', '"cycle"', "lists.update_cycle", "needs this list"),
        ("cn/themes.toml", '"economy"', '"finance"', "themes.finance", "twice"),
        (f"{H}/themes.toml", '"transport"', '"transit"', "priority", "no theme transit"),
        ("cn/calendar.toml", "year = 2020", "year = 2019", "notices.2019", "twice"),
        ("cn/calendar.toml", "2019-02-02", "2019-02-01", "notices.2019", "no weekend day"),
        (f"{H}/powers.toml", "[[powers]]", "[[powers", "", "Expected"),
    ],
)
def test_a_spoilt_pack_is_refused_by_file_and_key(
    spoilt: Callable[[str, str, str], Path], file: str, old: str, new: str, key: str, says: str
) -> None:
    home = spoilt(file, old, new)
    with pytest.raises(PackFault) as fault:
        Pack.load(H, home)
    assert fault.value.file == file
    assert key in fault.value.key
    assert says in fault.value.says


@given(
    ends=st.dates(date(2019, 11, 1), date(2024, 1, 1)),
    begins=st.dates(date(2019, 11, 1), date(2024, 1, 1)),
)
def test_two_terms_of_one_name_or_duty_never_hold_on_one_day(
    pack: Pack, ends: date, begins: date
) -> None:
    first = pack.term_of(duties.BRING_IN)
    old = first.model_copy(update={"effective_to": ends})
    for name in (first.name, "by.another.name"):
        new = first.model_copy(update={"effective_from": begins, "name": name})
        changed = replace(pack, terms=(new, old))
        if begins <= ends:
            with pytest.raises(PackFault, match="two rows hold"):
                soundness.check(changed)
        else:
            soundness.check(changed)
            assert changed.term_of(duties.BRING_IN, on=ends) is old
            assert changed.term_of(duties.BRING_IN, on=begins) is new
            assert changed.term_of(duties.BRING_IN) is new


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    home = tmp_path / "packs"
    shutil.copytree(packs.HOME, home)
    (home / H / "terms.toml").unlink()
    with pytest.raises(PackFault, match=r"hainan-2019/terms\.toml: the file is missing"):
        Pack.load(H, home)
