from dataclasses import replace
from math import exp, lgamma, log
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalog.makers import make_entry, make_many
from tests.gate.makers import make_hold
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import make_element
from tests.thorough import many

from yelin import gate
from yelin.catalog import counting, finding, reads, words
from yelin.catalog.content import ItemContent
from yelin.catalog.findable import SAMPLE
from yelin.catalog.listing import Listing
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def titles(actor, words, **chosen):
    return [entry.title for entry in reads.find(actor, reads.Search(words, chosen))]


@pytest.fixture(scope="module")
def shelf(kept):
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
        licence="ODbL-1.0",
    )
    make_entry(provider, "awaiting", title="尚未确认的港口数据")
    return provider


@pytest.mark.parametrize(
    "words",
    [
        "港口",
        "港口 货物",
        "港口 吞吐量",
        "gkhw",
        "hwttl",
        "gangkou",
        "gangkouhuow",
        "港口 tuntuliang",
        "“港口货物”",
        "000001",
        "交通运输厅 吞吐",
        "307010001/000001",
        "307010001-000001",
        "港口吞吐量"[:2],
    ],
)
def test_a_resource_is_found_in_peoples_own_words(shelf, words):
    assert titles(Actor.anyone(), words) == ["沿海主要港口货物吞吐量"]


@pytest.mark.parametrize("words", ["港口吞吐", "请问哪里有港口的吞吐量数据"])
def test_what_nothing_holds_as_written_is_looked_for_by_its_words(shelf, words):
    found = reads.find(Actor.anyone(), reads.Search(words))
    assert found.loosened
    assert [entry.title for entry in found] == ["沿海主要港口货物吞吐量"]


@pytest.mark.parametrize("words", ["“港口吞吐”", "货口", "gkgk", "港口 登记"])
def test_what_nothing_holds_in_any_way_is_not_found(shelf, words):
    assert titles(Actor.anyone(), words) == []


def test_a_word_of_the_same_meaning_finds(shelf):
    make_entry(shelf, title="公共汽车线路")
    assert titles(Actor.anyone(), "公交线路") == ["公共汽车线路"]


def test_an_items_data_element_finds(shelf):
    element = make_element("COUNT")
    item = ItemContent(name="合计", element_id=element.pk, type="I", length="9")
    make_entry(shelf, title="从业者", items=(item,))
    assert titles(Actor.anyone(), "人数") == ["从业者"]


def test_other_words_are_offered_where_nothing_is_found(shelf):
    actor = Actor.anyone()
    assert reads.other_words(actor, reads.Search("吞土量")) == ["吞吐量"]
    assert reads.other_words(actor, reads.Search("气象 登月")) == ["气象"]
    # Of the same sound as what is hidden.
    assert reads.other_words(actor, reads.Search("上卫确认")) == []


def test_titles_that_are_the_words_come_first_then_those_that_begin_with_them(shelf):
    for title in ("各县人口统计", "人口", "人口统计年鉴", "常住人口"):
        make_entry(shelf, title=title, summary="户籍")
    make_entry(shelf, title="户籍管理", summary="人口")
    found = titles(Actor.anyone(), "人口")
    assert found[:2] == ["人口", "人口统计年鉴"]
    assert found[-1] == "户籍管理"


@pytest.fixture
def real_titles(shelf):
    """Titles of a real catalog, half of them open."""
    path = Path(__file__).with_name("cases") / "titles.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return make_many(shelf, [line for line in lines if line and not line.startswith("#")])


@settings(max_examples=many(60, 15))
@given(pick=st.data())
def test_every_piece_of_two_to_eight_signs_finds_its_title(real_titles, pick):
    entry = pick.draw(st.sampled_from(real_titles))
    length = pick.draw(st.integers(2, min(8, len(entry.title))))
    start = pick.draw(st.integers(0, len(entry.title) - length))
    piece = entry.title[start : start + length]
    if words.fold(piece):
        found = reads.find(Actor.anyone(), reads.Search(piece))
        assert not found.loosened
        assert entry in list(found)


@pytest.mark.long
def test_a_walk_through_very_many_gives_what_sorting_all_gives(real_titles):
    assert real_titles
    actor = make_actor(make_body())
    for asked in ("", "臺北市", "資訊", "臺北市 統計", "taibei", "海南省"):
        for sort in ("", "updated", "used", "title"):
            with pytest.MonkeyPatch.context() as patch:
                _walk(actor, reads.Search(asked, sort=sort), patch)


def _walk(actor, search, patch):
    found = reads.find(actor, search)
    whole = list(found)
    assert whole
    # Those that the first look tells, and those that are asked for after.
    assert found.best(0, 20) + found.best(20, 1_000) == whole
    patch.setattr(finding, "MOST", 3)
    patch.setattr(finding, "_STRIDE", 31)
    found = reads.find(actor, search)
    assert (found.total, found.is_exact) == (min(3, len(whole)), len(whole) <= 3)
    assert found.count() == len(whole)
    assert bool(found.facets()) is found.is_exact
    assert found.facets(whole=True)["opening"]
    patch.setattr(finding, "MOST", 1_000)
    found._look = replace(found._look, many=10**6)
    walked = [entry for first in range(0, len(whole), 20) for entry in found.best(first, 20)]
    assert sorted(walked, key=str) == sorted(whole, key=str)
    if found.has_places:
        assert walked == whole
        on, place = [], found.place_of(whole[4])
        while part := found.after(place, 50):
            on += part
            place = found.place_of(part[-1])
        assert on == whole[5:]


@pytest.mark.parametrize("sought", [{"words": "港口"}, {"words": "统计"}, {"words": "省交通"}, {}])
def test_up_to_so_many_hits_are_counted_and_of_more_it_is_said(shelf, monkeypatch, sought):
    make_many(shelf, [f"港口{n}" for n in range(6)])
    hits = reads.find(Actor.anyone(), reads.Search(**sought)).count()
    for most in (hits - 1, hits):
        monkeypatch.setattr(finding, "MOST", most)
        found = reads.find(Actor.anyone(), reads.Search(**sought))
        assert (found.total, found.is_exact) == (most, most == hits)
        assert found.count() == hits


def test_a_sample_proves_nothing_of_what_is_to_be_counted():
    most, part = finding.MOST, 1 / SAMPLE
    ways = (
        lgamma(most + 1) - lgamma(many + 1) - lgamma(most - many + 1)
        + many * log(part) + (most - many) * log(1 - part)
        for many in range(finding.PROOF, most + 1)
    )  # fmt: skip
    assert sum(map(exp, ways)) < 1e-12


@pytest.mark.long
def test_the_sample_tells_of_those_hits_alone_that_the_asker_may_know_of(real_titles, shelf):
    hidden = [entry.pk for entry in real_titles if in_sample(entry.pk)][::2]
    assert hidden
    Entry.objects.filter(pk__in=hidden).update(state="awaiting", sent_at=clock.now())
    searches = (
        reads.Search("统计"), reads.Search("省交通厅 统计"), reads.Search("tongji"), reads.Search(),
        reads.Search(chosen={"opening": ["none"]}), reads.Search("統計", {"grade": ["1"]}),
    )  # fmt: skip
    for actor in (Actor.anyone(), make_actor(make_body()), make_actor(shelf)):
        for search in searches:
            found = reads.find(actor, search)
            hits = [entry for entry in found if in_sample(entry.pk)]
            assert Listing(actor).sampled(found._sought, 10**6) == len(hits)
            assert Listing(actor).sampled(found._sought, 1) == min(1, len(hits))


def in_sample(pk):
    """Whether an id is one of the sixteenth that begins with a nought."""
    return pk.hex[0] == "0"


def test_where_the_sample_is_enough_no_hit_is_counted(real_titles, monkeypatch):
    search, actor = reads.Search("统计"), Actor.anyone()
    counted = reads.find(actor, search)
    exact = list(counted)
    sampled = sum(in_sample(entry.pk) for entry in exact)
    assert sampled
    monkeypatch.setattr(finding, "PROOF", sampled + 1)
    assert reads.find(actor, search).total == len(exact)
    monkeypatch.setattr(finding, "PROOF", sampled)
    monkeypatch.setattr(counting, "look", None)
    many = reads.find(actor, search)
    assert (many.total, many.is_exact, many.facets()) == (finding.MOST, False, {})
    assert many.count() == len(exact)
    assert set(many.best(0, 20)) <= set(exact)


def test_what_the_sample_finds_it_finds_by_indexes_of_its_own(real_titles):
    assert real_titles
    own = {"catalog_some_open", "catalog_some_seen", "catalog_some_other"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Of few rows the least are found by their ids, or by any other index.
        cursor.execute("ALTER TABLE catalog_findable DROP CONSTRAINT catalog_findable_pkey CASCADE")
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'catalog_findable'")
        for (name,) in cursor.fetchall():
            if name not in own:
                cursor.execute(f'DROP INDEX "{name}"')
    for actor in (Actor.anyone(), make_actor(make_body())):
        sought = reads.find(actor, reads.Search("统计"))._sought.sampled()
        asked = Listing(actor).all_of(sought)
        plan = "\n".join(line for (line,) in replace(asked, sql=f"EXPLAIN {asked.sql}").rows())
        names = {name for name in own if f" {name} " in plan}
        other = "catalog_some_seen" if actor.party_id is None else "catalog_some_other"
        assert names == {"catalog_some_open", other}, plan


@pytest.mark.parametrize("place", ["", "x", "W10", "bnVsbA", "WyJ0aXRsZSIsICJhIl0"])
def test_what_is_no_place_in_a_list_is_refused(shelf, place):
    with pytest.raises(ValueError, match="place"):
        reads.find(Actor.anyone(), reads.Search(sort="used")).after(place, 10)


def test_suggestions_are_of_what_the_asker_may_see(shelf):
    stranger, own = Actor.anyone(), make_actor(shelf)
    for typed in ("港口", "gang", "gangk", "尚未"):
        seen = [entry.title for entry in reads.suggest(stranger, typed, 5)]
        assert "尚未确认的港口数据" not in seen
        assert "尚未确认的港口数据" in [entry.title for entry in reads.suggest(own, typed, 5)]
    assert reads.themes_called(stranger, "气", {"weather": "气象", "credit": "气信"}, 5) == [
        "weather"
    ]
    hidden = make_entry(make_body(name="海南省交通工程局"), "awaiting").provider
    assert reads.providers_called(stranger, "交通", 5) == [shelf]
    assert set(reads.providers_called(make_actor(hidden), "交通", 5)) == {shelf, hidden}


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
    stranger = reads.find(Actor.anyone(), reads.Search()).facets()
    assert dict(stranger["opening"]) == {"unconditional": 2, "none": 1}
    assert dict(stranger["theme"]) == {"transport": 1, "weather": 1}
    official = reads.find(make_actor(make_body()), reads.Search()).facets()
    assert dict(official["theme"]) == {"transport": 2, "weather": 1}


def test_a_licence_is_counted_and_chosen_for_those_alone_who_read_it(shelf):
    search = reads.Search(chosen={"licence": ["hainan-open"]})
    for actor, readable in ((Actor.anyone(), 1), (make_actor(make_body()), 2)):
        licences = reads.find(actor, reads.Search()).facets()["licence"]
        assert dict(licences) == {"hainan-open": readable, "ODbL-1.0": 1}
        assert reads.find(actor, search).total == readable


def test_a_facet_counts_what_its_choice_would_give(shelf):
    actor = Actor.anyone()
    for chosen in ({}, {"opening": ["unconditional"]}):
        search = reads.Search("海南省", chosen)
        for name, options in reads.find(actor, search).facets().items():
            assert options
            for value, count in options:
                narrowed = reads.Search("海南省", chosen | {name: [value]})
                assert reads.find(actor, narrowed).total == count


@pytest.mark.parametrize(
    ("chosen", "many"),
    [
        ({"opening": ["unconditional"]}, 2),
        ({"opening": ["unconditional", "none"]}, 3),
        ({"opening": ["unconditional"], "theme": ["transport", "health"]}, 1),
        ({"theme": ["transport"], "grade": ["1", "9"], "social": ["false"]}, 1),
        ({"classification": ["3"]}, 2),
        ({"classification": ["30"]}, 2),
        ({"classification": ["307", "308"]}, 2),
        ({"classification": ["30701000"]}, 2),
        ({"classification": ["308"]}, 0),
        ({"provider": ["nobody"]}, 0),
        ({"format": ["csv"], "cycle": ["monthly", "yearly"]}, 2),
        ({"licence": ["hainan-open"]}, 1),
        ({"licence": ["ODbL-1.0", ""]}, 1),
    ],
)
def test_what_is_chosen_is_found_alike_by_the_index_and_row_by_row(shelf, chosen, many):
    found = reads.find(Actor.anyone(), reads.Search(chosen=chosen))
    by_index = list(found)
    assert len(by_index) == found.total == many
    found._look = replace(found._look, many=10**6)
    assert found.best(0, 3) == by_index


def test_what_was_withdrawn_is_in_no_list_not_in_its_own_bodys_either(shelf):
    gone = make_entry(shelf, "withdrawn", title="已经撤出的港口数据")
    own = make_actor(shelf)
    assert gone.title not in titles(own, "港口")
    assert gone not in reads.seen_by(own)
    assert gone not in reads.suggest(own, "已经撤出", 9)
    body = make_body(name="只剩撤出数据的机构")
    kept = make_entry(shelf, title="还在登记的数据")
    make_entry(body, "withdrawn", related_codes=(kept.code,), themes=("education",))
    theirs, themes = make_actor(body), {"education": "教育"}
    assert [reads.related(actor, kept) for actor in (own, theirs)] == [[], []]
    assert reads.codes_seen(own, {gone.code, kept.code}) == {kept.code}
    assert reads.providers_called(theirs, "只剩撤出", 9) == []
    assert reads.themes_called(theirs, "教育", themes, 9) == []
    with pytest.raises(reads.Withdrawn):
        reads.get(own, code=gone.code)


def test_missing_and_hidden_look_the_same(shelf):
    hidden = Entry.objects.get(title="尚未确认的港口数据")
    for which in ({"code": "307010001/999999"}, {"code": hidden.code}, {"pk": hidden.pk}):
        with pytest.raises(gate.Unseen):
            reads.get(Actor.anyone(), **which)


@pytest.mark.parametrize(
    "words", ["%", "_", "'", '"', "\\", ":*", "a&b|c", "\x00"[:0], "()", "港口' OR 1=1 --"]
)
def test_odd_words_find_nothing_and_break_nothing(shelf, words):
    assert isinstance(titles(Actor.anyone(), words), list)


def test_how_much_there_is_is_counted_as_the_asker_may_know(shelf):
    stranger, official = reads.sizes(Actor.anyone()), reads.sizes(make_actor(make_body()))
    assert (stranger.seen, stranger.open_to_all) == (3, 2)
    assert stranger.by_theme == {"transport": 1, "weather": 1}
    assert (official.seen, official.open_to_all) == (3, 2)
    assert official.by_theme == {"transport": 2, "weather": 1}
    # What awaits confirmation is counted for nobody, its own body neither.
    assert reads.sizes(make_actor(shelf)).seen == 3


def test_what_is_read_in_lists_is_what_the_gate_lets_read_now(shelf):
    confirmed = Entry.objects.filter(state="confirmed")
    make_hold(confirmed.get(title="国家级气象站点信息"), "entry.read")
    for actor in (Actor.anyone(), make_actor(make_body()), make_actor(shelf)):
        expected = gate.visible_to(actor, "entry.read", confirmed)
        assert set(reads.readable(actor)) == set(expected)
        assert expected.count() in {1, 2}
