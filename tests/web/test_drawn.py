"""Charts say what is true: sums are called sums, wholes are no parts, what is left out is told."""

import pytest
from django.utils import translation

from yelin.charting.chart import Chart
from yelin.warehouse.paging import Page
from yelin.web.portal import drawn


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def draw(chart, rows, *, whole=None, total=None, of_all=0):
    def ask(question):
        if question.groups:
            return Page(rows, total or len(rows), ())
        return Page([{chart.measure.name: whole}], 1, ())

    return drawn.draw(chart, ask, {}, "", of_all)


def test_where_each_group_is_one_row_nothing_is_called_a_sum():
    rows = [{"年": f"{year}年", "sum:额": year} for year in (1978, 1979, 1980)]
    chart = Chart("line", "年", "sum:额")
    assert draw(chart, rows, of_all=3).title == "额，按年"
    assert draw(chart, rows, of_all=40).title == "额合计，按年"
    assert [label for label, _value in draw(chart, rows).figures] == ["1978年", "1979年", "1980年"]


def test_what_is_the_sum_of_the_others_does_not_stand_among_them():
    rows = [{"市": name, "sum:额": n} for name, n in (("合 计", 60), ("海口", 40), ("三亚", 20))]
    found = draw(Chart("bar", "市", "sum:额"), rows, whole=120)
    assert [label for label, _value in found.figures] == ["海口", "三亚"]
    assert found.finding == "海口最多：40，占全部的 67%"
    assert "“合 计”" in found.beyond
    # A count has no such row, and of two that are left one alone would say nothing.
    assert len(draw(Chart("bar", "市", "sum:额"), rows[:2], whole=100).figures) == 2


def test_kinds_with_an_order_stand_in_it_where_all_are_drawn():
    rows = [{"月": f"{n}月", "count": 20 - n} for n in (10, 2, 1, 11)]
    chart = Chart("bar", "月")
    assert [row for row, _n in draw(chart, rows, whole=60).figures] == [
        "1月",
        "2月",
        "10月",
        "11月",
    ]
    cut = draw(chart, rows, whole=99, total=30)
    assert [row for row, _n in cut.figures] == ["10月", "2月", "1月", "11月", "其余 26 项"]


def test_averages_beyond_the_bars_are_told_of():
    rows = [{"市": name, "avg:率": n} for name, n in (("海口", 4), ("三亚", 2))]
    assert draw(Chart("bar", "市", "avg:率"), rows, total=12).beyond == "另有 10 项没有画"


def test_a_step_that_holds_nearly_all_is_looked_into_until_it_tells_something():
    rows = [{"1:次": float(n), "count": 60 if n < 5 else 50} for n in range(20)]
    rows.append({"1:次": 1_900_000.0, "count": 1})
    coarse = [{"100000:次": 0.0, "count": 1050}, {"100000:次": 1_900_000.0, "count": 1}]

    def ask(question):
        name = question.groups[0]
        width = float(name.partition(":")[0])
        bounds = {each.operator: float(each.value) for each in question.filters[-2:]}
        steps = {}
        for row in rows:
            if not bounds or bounds["gte"] <= row["1:次"] < bounds["lt"]:
                at = row["1:次"] // width * width
                steps[at] = steps.get(at, 0) + row["count"]
        return Page([{name: at, "count": n} for at, n in sorted(steps.items())], len(steps), ())

    assert ask(Chart("histogram", "100000:次").question).rows == coarse
    found = drawn.draw(Chart("histogram", "100000:次"), ask, {}, "")
    assert len(found.figures) > 3
    # The share is of all rows, and not of those that are drawn.
    assert found.finding == "0 至 5 最多：300，占全部的 29%"
    assert found.beyond == "只画 0 至 50 之间；另有 1 行在此之外"
    assert all(".5" not in label for label, _value in found.figures)


def test_steps_are_written_as_exactly_as_they_are_wide():
    rows = [{"0.05:东": 120.15 + n / 20, "count": 9 - n} for n in range(4)]
    found = draw(Chart("histogram", "0.05:东"), rows)
    assert [label for label, _value in found.figures][:2] == [
        "120.15 至 120.20",
        "120.20 至 120.25",
    ]
    assert "120.20 最多" in found.finding


def test_of_several_that_are_alike_none_is_said_to_have_the_most():
    def finding(*sizes):
        rows = [{"市": f"{n}市", "count": size} for n, size in zip("甲乙丙", sizes, strict=True)]
        return draw(Chart("bar", "市"), rows, whole=sum(sizes)).finding

    assert finding(5, 5, 5) == "各项相同，都是 5"
    assert finding(5, 5, 2) == "甲市和另外 1 项并列最多：各 5"
    assert finding(5, 4, 2) == "甲市最多：5，占全部的 45%"
