import pytest

from yelin.charting import placing
from yelin.law import packs

PLACES = ["海口市", "三亚", "460400", "Wanning", "琼中县", "469030000000", "龙华区", "海南省文昌市"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("海口市", "460100"), ("三亚", "460200"), (" 儋州市 ", "460400"), ("460003", "460400"),
        ("460105", "460100"), ("龙华区", "460100"), ("海南省文昌市", "469005"),
        ("469030000000", "469030"), ("琼中黎族苗族自治县", "469030"), ("琼中", "469030"),
        ("Wanning", "469006"), ("三沙市", "460300"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_code_and_name_old_and_in_short(value, code):
    assert packs.active().outlines.division_of(value).code == code


@pytest.mark.parametrize("value", ["", "北京市", "110000", "海南省", 12, "外省"])
def test_what_is_nowhere_on_the_map_is_no_place(value):
    assert packs.active().outlines.division_of(value) is None


def test_the_map_has_every_city_and_county_once():
    drawn = [each["id"] for each in placing.outlines()["features"] if each.get("id")]
    divisions = packs.active().divisions.values()
    there = {d.code for d in divisions if d.level in {"prefecture", "county"} and not d.local}
    assert len(drawn) == len(set(drawn)) == 19
    assert set(drawn) == there


def test_districts_are_added_up_into_their_city_and_what_is_nowhere_is_left_out():
    rows = [
        {"区": "龙华区", "n": 2}, {"区": "460108", "n": 3}, {"区": "三亚市", "n": 9},
        {"区": "外省", "n": 99}, {"区": None, "n": 5},
    ]  # fmt: skip
    told = [(place.zh, int(many)) for place, many in placing.placed(rows, "区", "n")]
    assert told == [("三亚市", 9), ("海口市", 5)]


def test_a_map_is_offered_for_places_and_for_nothing_else():
    assert placing.is_of_places(PLACES)
    assert not placing.is_of_places(["海口市", "海口市", "龙华区", "三亚市"])
    assert not placing.is_of_places([*PLACES, "甲", "乙", "丙"])
    assert not placing.is_of_places(["年报", "月报"])


def test_points_elsewhere_are_not_put_on_the_map_of_the_province():
    here = [{"e": 110.3, "n": 20.0}, {"e": 109.5, "n": 18.2}]
    assert placing.around(here, "e", "n") is placing.outlines()
    assert placing.around([{"e": 116.4, "n": 39.9}], "e", "n") is None
