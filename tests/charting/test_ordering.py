"""Kinds that have an order of their own stand in it; all others in none."""

import pytest

from yelin.charting.ordering import natural


@pytest.mark.parametrize(
    "values",
    [
        ["1月", "2月", "10月", "11月"],
        ["一年级", "二年级", "九年级"],
        ["一月", "九月", "十月", "十一月", "十二月"],
        ["18-24岁", "25-34岁", "35-44岁", "100-120岁"],
        ["01", "02", "10", "14"],
        ["2", "10", "100"],
        ["2019年第1季度", "2019年第2季度", "2020年第1季度"],
        ["星期一", "星期二", "星期六", "星期日"],
        ["周五", "周六", "周天"],
        ["January", "Feb", "March", "december"],
        ["Mon", "Tuesday", "sun"],
        ["１月", "２月", "12月"],
    ],
)
def test_kinds_that_are_counted_stand_by_their_numbers(values):
    mixed = [*values[1::2], *values[::2]]
    keys = natural(mixed)
    ordered = sorted(zip(keys, mixed, strict=True))
    assert [value for _key, value in ordered] == values


@pytest.mark.parametrize(
    "values",
    [
        ["海口市", "三亚市", "一般"],
        ["三亚市", "五指山市"],
        ["White", "Other"],
        ["1月", "全年"],
        ["March", "Marble"],
        ["3"],
        [],
    ],
)
def test_names_have_no_order_of_their_own(values):
    assert natural(values) is None
