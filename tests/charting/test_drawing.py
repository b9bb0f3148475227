"""What is drawn can be read: nothing is squeezed, cut off, overlaid or left to be guessed."""

import re

import pytest

from yelin.charting import drawing, fitting, picturing
from yelin.charting.chart import Chart
from yelin.charting.drawing import Said, Shown

SAID = Said("类别", "行数", "（空）", "其余 22 项", "纬度", "myriad")


def svg(chart, shown):
    return picturing.picture(drawing.spec(chart, shown, SAID)).decode()


def texts(picture) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", picture)


def bars(sizes, rest=None, name="类"):
    rows = [{"类": f"{name}{n}", "count": size} for n, size in enumerate(sizes)]
    return drawing.spec(Chart("bar", "类"), Shown(rows, rest), SAID)


def test_a_rest_that_would_squeeze_all_bars_is_told_and_not_drawn():
    longs = [each["long"] for each in bars([23, 22, 21], rest=302.5)["data"]["values"]]
    assert longs == [23, 22, 21, 0]
    assert "302.5" in svg(Chart("bar", "类"), Shown([{"类": "甲", "count": 23}], rest=302.5))
    assert bars([23, 22], rest=40)["data"]["values"][-1]["long"] == 40


def test_figures_at_the_ends_of_bars_have_room_also_where_names_are_long():
    names = ("Married-civ-spouse", "Never-married-at-all")
    rows = [{"类": name, "count": size} for name, size in zip(names, (14_065, 9_726), strict=True)]
    spec = drawing.spec(Chart("bar", "类"), Shown(rows), SAID)
    low, high = spec["encoding"]["x"]["scale"]["domain"]
    plot = drawing.WIDTH - 24 - fitting.LONGEST
    assert low == 0
    assert (high - 14_065) / (high - low) * plot > 55


def test_sizes_below_nothing_have_their_figures_at_their_own_ends():
    rows = [{"类": "增", "count": 33}, {"类": "减", "count": -7.5}]
    spec = drawing.spec(Chart("bar", "类"), Shown(rows), SAID)
    low, high = spec["encoding"]["x"]["scale"]["domain"]
    assert low < -7.5 < 33 < high
    below = next(each for each in spec["layer"] if each["mark"].get("align") == "right")
    assert "datum.long < 0" in str(below["transform"])
    assert {"33", "−7.5"} <= set(texts(svg(Chart("bar", "类"), Shown(rows))))


def test_rows_are_counted_on_axes_by_whole_numbers():
    rows = [{"1:数": n, "count": 1 + n % 3} for n in range(10)]
    told = texts(svg(Chart("histogram", "1:数"), Shown(rows)))
    assert not any("." in each for each in told)


@pytest.mark.parametrize("years", [["2013年", "２０１４年", "合计"], [2013, 2014, None]])
def test_a_line_stands_along_years_however_they_are_written(years):
    rows = [{"年": year, "sum:额": n + 1.0} for n, year in enumerate(years)]
    spec = drawing.spec(Chart("line", "年", "sum:额"), Shown(rows), SAID)
    assert [each["x"] for each in spec["data"]["values"]] == ["2013-01-01", "2014-01-01"]


@pytest.mark.parametrize(
    ("span", "days", "whole"),
    [
        ("month", ["2020-11-01", "2021-02-01"], [1, 0, 0, 1]),
        ("quarter", ["2020-10-01", "2021-04-01"], [1, 0, 1]),
        ("year", ["2018-01-01", "2021-01-01"], [1, 0, 0, 1]),
        ("day", ["2020-02-28", "2020-03-02"], [1, 0, 0, 1]),
        ("day", ["1900-01-01", "2020-03-02"], [1, 1]),
    ],
)
def test_a_step_of_time_in_which_nothing_was_counted_is_nothing(span, days, whole):
    rows = [{f"{span}:日": day, "count": 1} for day in days]
    spec = drawing.spec(Chart("line", f"{span}:日"), Shown(rows), SAID)
    assert [each["y"] for each in spec["data"]["values"]] == whole
    amounts = [{f"{span}:日": day, "sum:额": 1} for day in days]
    spec = drawing.spec(Chart("line", f"{span}:日", "sum:额"), Shown(amounts), SAID)
    assert len(spec["data"]["values"]) == 2


def test_points_without_a_map_beneath_stand_along_axes():
    rows = [
        {"0.02:东": -71.1, "0.02:北": 42.28, "count": 1},
        {"0.02:东": -71.0, "0.02:北": 42.38, "count": 1},
    ]
    chart = Chart("points", "0.02:东", beside="0.02:北")
    spec = drawing.spec(chart, Shown(rows), SAID)
    assert {"类别", "纬度"} <= set(texts(svg(chart, Shown(rows))))
    # All of one size: there is nothing for a legend to tell.
    assert spec["encoding"]["size"]["legend"] is None
    rows[1]["count"] = 50
    assert drawing.spec(chart, Shown(rows), SAID)["encoding"]["size"]["legend"]["values"] == [1, 50]


def test_codes_before_names_that_do_not_fit_are_left_to_the_table():
    names = ["380160000A 【地政局及其所屬】", "380320000A 【消防局】"]
    assert list(fitting.apart(names).values()) == ["…【地政局及其所屬】", "…【消防局】"]
    assert fitting.apart(["海口市", "三亚市"]) == {}
    assert fitting.apart(["Microsoft中国分公司", "Apple贸易分公司公司"]) == {}
