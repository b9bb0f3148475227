from collections.abc import Iterator
from datetime import date

import pytest
from tests.law.makers import make_pack

from yelin import gate
from yelin.law import duties
from yelin.law.packs import HOME, Pack
from yelin.law.statute import PackFault

PROVINCES = sorted(path.name for path in HOME.iterdir() if path.name != "cn")


@pytest.fixture(scope="module")
def shanghai() -> Pack:
    return Pack.load("shanghai-2021")


def test_there_are_two_provinces() -> None:
    assert PROVINCES == ["hainan-2019", "shanghai-2021"]


def test_another_province_has_its_own_articles_divisions_and_words(shanghai: Pack) -> None:
    assert list(shanghai.articles) == list(range(1, 92))
    assert len(shanghai.divisions) == 17
    assert shanghai.division("310108").zh == "静安区"
    assert shanghai.area("310000") == frozenset(shanghai.divisions)
    assert shanghai.list("opening_type")["none"].zh == "非开放"
    assert not any(theme.priority for theme in shanghai.themes)


def test_what_the_nation_orders_and_lists_is_the_same_in_both() -> None:
    both = [Pack.load(name) for name in PROVINCES]
    assert len({pack.list("update_cycle") for pack in both}) == 1
    assert len({pack.notices for pack in both}) == 1
    assert len({pack.provision(duties.COUNT_TERMS).url for pack in both}) == 1


def test_a_duty_that_a_province_does_not_order_is_not_ordered_there(shanghai: Pack) -> None:
    assert {duty.name for duty in duties.ALL if not shanghai.orders(duty)} == shanghai.lacking
    assert shanghai.ordering(duties.OPEN_PRIORITY) is None
    assert not shanghai.orders(duties.OPEN_DATA_FREE, on=date(2021, 12, 31))


def test_the_same_duty_is_cited_by_each_province_from_its_own_text(shanghai: Pack) -> None:
    cited = shanghai.provision(duties.OPENING_APPLY)
    assert cited.label("zh-hans") == "第四十一条第三款"
    assert "数据开放请求" in cited.text
    assert shanghai.provision(duties.SIGN).label("zh-hans") == "《电子签名法》第十四条"


def test_nothing_that_rests_on_no_text_is_shown_as_confirmed(shanghai: Pack) -> None:
    assert all(term.unconfirmed and term.note for term in shanghai.terms)
    assert all(held.note for power in shanghai.powers for held in power.held if held.unconfirmed)


@pytest.mark.parametrize("name", PROVINCES)
def test_every_power_that_the_program_asks_for_is_named_in_every_province(name: str) -> None:
    named = {power.name for power in Pack.load(name).powers}
    assert {"catalog.confirm", "parties.register", "security.organize"} <= named


def test_a_list_of_the_province_takes_the_place_of_the_nations(tmp_path) -> None:
    own = '[[lists]]\nname = "grade"\nzh = "级"\nen = "Grade"\n'
    own += 'values = [{ key = "9", zh = "九", en = "9" }]\n'
    pack = make_pack(tmp_path, {"shanghai-2021/lists.toml": own}, "shanghai-2021")
    assert pack.list("grade").keys == ("9",)


def test_an_article_that_nobody_has_examined_says_so_and_needs_no_plain_words(tmp_path) -> None:
    more = '[[articles]]\nnumber = 92\nchapter = 10\nparagraphs = ["甲"]\nmatter = "unread"\n'
    make_pack(tmp_path / "a", {"shanghai-2021/articles.toml": more}, "shanghai-2021")
    asks = more.replace('"unread"', '"system"\nasks = "A"')
    with pytest.raises(PackFault, match="plain words are missing"):
        make_pack(tmp_path / "b", {"shanghai-2021/articles.toml": asks}, "shanghai-2021")


def test_every_power_that_an_offered_arm_asks_for_is_given_to_somebody(shanghai: Pack) -> None:
    for pack in (shanghai, Pack.load("hainan-2019")):
        given = {power.name for power in pack.powers}
        asked = {
            power for arm in gate.arms() if pack.orders(arm.duty) for power in _powers_in(arm.when)
        }
        assert asked - given == set()


def _powers_in(condition: gate.Predicate) -> Iterator[str]:
    for value in vars(condition).values():
        match value:
            case tuple():
                for part in value:
                    if isinstance(part, gate.Predicate):
                        yield from _powers_in(part)
            case gate.Predicate():
                yield from _powers_in(value)
    if isinstance(condition, gate.HoldsPower | gate.HoldsPowerOverAll):
        yield condition._power
