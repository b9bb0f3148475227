"""Every kind of chart is drawn, by the process that draws, and says what it shows."""

import os
import re
import signal

import pytest

from yelin.charting import drawing, picturing, placing
from yelin.charting.chart import Chart
from yelin.charting.drawing import Said, Shown
from yelin.charting.picturing import Undrawn

SAID = Said("市县", "企业数", "（空）", "其余 3 项", "纬度", "myriad")
HOSTILE = "<script>alert(1)</script>"
SPECS = {
    "bar": (
        Chart("bar", "市县"),
        Shown([{"市县": "海口市", "count": 123_456}, {"市县": None, "count": 7}], rest=12.0),
        ["海口市", "12.35万", "（空）", "其余 3 项"],
    ),
    "line": (
        Chart("line", "month:日期"),
        Shown([{"month:日期": f"2020-{m:02}-01", "count": m * 5_000} for m in range(1, 13)]),
        ["2020-01", "2万"],
    ),
    "histogram": (
        Chart("histogram", "0.5:率"),
        Shown([{"0.5:率": n / 2, "count": n} for n in range(9)]),
        ["市县", "4"],
    ),
    "map": (
        Chart("map", "市县"),
        Shown(
            [
                {"id": "460100", "name": "海口市", "count": 9},
                {"id": "460200", "name": "三亚市", "count": 3},
            ],
            map=placing.outlines(),
        ),
        ["企业数"],
    ),
    "points": (
        Chart("points", "0.1:经度", beside="0.1:纬度"),
        Shown([{"0.1:经度": 110.1, "0.1:纬度": 19.5, "count": 4}], map=placing.outlines()),
        ["企业数"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPECS)
def test_a_chart_is_drawn_with_its_words(kind):
    chart, shown, words = SPECS[kind]
    spec = drawing.spec(chart, shown, SAID)
    svg = picturing.picture(spec).decode()
    assert svg.startswith("<svg")
    for word in words:
        assert word in svg
    # A point or a bar of some size for each row.
    assert len(re.findall(r"<path|<rect|<circle", svg)) > len(shown.rows)
    assert picturing.picture(spec, "png").startswith(b"\x89PNG")


def test_what_stands_in_a_table_is_no_part_of_a_program():
    rows = [
        {"市县": HOSTILE, "count": 3},
        {"市县": "' + alert(1) + '", "count": 2},
        {"市县": "datum.y", "count": 1},
    ]
    spec = drawing.spec(Chart("bar", "市县"), Shown(rows), SAID)
    svg = picturing.picture(spec).decode()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert "' + alert(1) + '" in svg
    assert "datum.y" in svg


def test_nothing_is_fetched_for_a_picture():
    spec = {
        "data": {"url": "http://127.0.0.1:9/a.json"},
        "mark": "bar",
        "encoding": {"x": {"field": "a"}},
    }
    with pytest.raises(Undrawn):
        picturing.picture(spec)


def test_a_process_that_died_is_followed_by_another():
    chart, shown, _ = SPECS["bar"]
    picturing.picture(drawing.spec(chart, shown, SAID))
    child = picturing._drawer._child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    other = drawing.spec(chart, Shown([{"市县": "儋州市", "count": 1}]), SAID)
    assert "儋州市" in picturing.picture(other).decode()


def test_what_is_no_chart_is_said_to_be_none_and_the_next_is_drawn():
    with pytest.raises(Undrawn):
        picturing.picture({"mark": "unheard of"})
    chart, shown, _ = SPECS["line"]
    assert picturing.picture(drawing.spec(chart, shown, SAID))


def test_names_that_all_begin_alike_are_told_apart_where_the_axis_cuts_them():
    law = "《中华人民共和国行政处罚法》第九条"
    names = [f"{law}第一项", f"{law}第二项"]
    rows = [{"依据": name, "count": 3} for name in names]
    spec = drawing.spec(Chart("bar", "依据"), Shown(rows, rest=1.0), SAID)
    shown = [each["x"] for each in spec["data"]["values"]]
    assert shown == ["…一项", "…二项", SAID.rest]
    assert [each["name"] for each in spec["data"]["values"][:2]] == names
    # Names that differ early stand as they are, and so does one alone.
    for names in (["海口市秀英区", "海口市龙华区"], [law]):
        rows = [{"依据": name, "count": 3} for name in names]
        spec = drawing.spec(Chart("bar", "依据"), Shown(rows), SAID)
        assert [each["x"] for each in spec["data"]["values"]] == names
