import pytest

from yelin.charting import choosing
from yelin.charting.choosing import Known


def column(name, type_, distinct, low="", high="", filled=1_000, *, is_key=False):
    return Known(name, type_, filled, distinct, low, high, is_key)


def first(*columns, rows=1_000):
    return [(chart.kind, chart.x, chart.y) for chart in choosing.first(columns, rows)]


def test_rows_with_a_date_a_kind_and_an_amount_are_counted_by_each():
    columns = (
        column("许可证号", "C", 1_000, is_key=True),
        column("发证日期", "D", 700, "2019-01-03", "2023-11-30"),
        column("市县", "C", 19),
        column("注册资本", "N", 640, "1.5", "98000"),
        column("行业代码", "C", 20),
    )
    assert first(*columns) == [
        ("line", "month:发证日期", "count"),
        ("bar", "市县", "count"),
        ("bar", "行业代码", "count"),
        ("histogram", "5000:注册资本", "count"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "行政区划代码",
        "序号",
        "联系电话",
        "邮编",
        "id",
        "user_id",
        "经度",
        "排序",
        "案件编号",
        "zip",
    ],
)
def test_no_code_is_drawn_as_a_number(name):
    assert first(column(name, "I", 400, "1", "99999")) == []


def test_a_number_for_each_row_is_no_size_whatever_it_is_called():
    assert first(column("数", "I", 1_003, "1", "1000")) == []
    assert first(column("数", "I", 700, "1", "90000")) == [("histogram", "5000:数", "count")]


def test_a_series_shows_its_amounts_and_does_not_count_its_rows():
    year = column("年份", "I", 37, "1978", "2014", 37)
    ports = column("海口港", "N", 37, "50", "8915", 37)
    assert first(year, ports, rows=37) == [("line", "年份", "sum:海口港")]
    year, region = column("年份", "I", 10, "2010", "2019", 190), column("市县", "C", 19, filled=190)
    output = column("产量", "F", 180, "0.5", "77", 190)
    assert first(year, region, output, rows=190) == [
        ("line", "年份", "sum:产量"),
        ("bar", "市县", "sum:产量"),
    ]


def test_few_named_rows_are_bars_of_their_amount():
    name = column("单位", "C", 12, filled=12)
    amount = column("经费", "N", 12, "3", "900", 12)
    assert first(name, amount, rows=12)[0] == ("bar", "单位", "sum:经费")


def test_what_has_a_value_for_each_row_or_but_one_is_no_kind():
    assert first(column("名称", "C", 900)) == []
    assert first(column("省", "C", 1)) == []
    assert first(column("备注", "C", 30, filled=100)) == []


def test_a_column_that_names_what_another_has_in_short_stands_for_both():
    assert first(column("章", "C", 8), column("章名", "C", 8)) == [("bar", "章名", "count")]
    assert first(column("行业代码", "C", 20), column("行业", "C", 20)) == [("bar", "行业", "count")]


@pytest.mark.parametrize(
    ("low", "high", "span"),
    [
        ("2024-01-01", "2024-02-01", "day"),
        ("2020-01-01", "2024-02-01", "month"),
        ("1990-01-01", "2024-02-01T08:00:00", "year"),
    ],
)
def test_a_time_is_put_together_by_what_leaves_some_tens_of_marks(low, high, span):
    assert choosing.span(column("日期", "T", 300, low, high)) == f"{span}:日期"


@pytest.mark.parametrize(
    ("type_", "low", "high", "width"),
    [("I", "0", "19", "1"), ("I", "0", "100", "5"), ("N", "0", "1", "0.05"),
     ("F", "-3", "999990", "50000"),
     ("N", "5", "5", ""), ("F", "x", "9", ""), ("F", "0", "inf", "")],
)  # fmt: skip
def test_sizes_fall_into_some_twenty_round_steps(type_, low, high, width):
    assert choosing.step(column("数", type_, 30, low, high)) == width


def test_points_are_offered_where_one_column_says_east_and_one_north():
    east, north = column("经度", "N", 500, "108.6", "111"), column("纬度", "N", 500, "18.2", "20.1")
    chart = choosing.places([east, north])
    assert (chart.x, chart.beside) == ("0.1:经度", "0.1:纬度")
    assert choosing.places([east]) is None
    assert choosing.places([east, north, column("终点经度", "N", 500, "108", "111")]) is None
    assert choosing.places([column("经度", "N", 500, "108600", "111000"), north]) is None


def test_of_one_row_for_each_day_nothing_is_counted_by_year():
    day = column("日期", "D", 2_920, "2019-01-01", "2026-12-31", filled=2_922)
    kind = column("星期", "C", 7, filled=2_922)
    assert first(day, kind, rows=2_922) == [("bar", "星期", "count")]
    # Once a day there is an amount to be shown, it is.
    taken = column("客流", "I", 900, "0", "5000", filled=2_922)
    assert first(day, taken, rows=2_922)[0] == ("line", "year:日期", "sum:客流")


def test_years_written_as_text_are_a_time_and_a_size_beside_them_is_a_series():
    year = column("列1", "C", 37, "1978年", "2014年", 37, is_key=True)
    spent = column("财政支出", "N", 37, "1122.09", "151785.56", 37)
    rate = column("财政支出增长速度", "N", 37, "-7.5", "33", 37)
    assert first(year, rate, spent, rows=37) == [
        ("line", "列1", "sum:财政支出"),
        ("line", "列1", "avg:财政支出增长速度"),
    ]
    # Half of them in figures of full width, and a note behind the last.
    mixed = column("年 份", "C", 38, "1978年", "注：不含港口", 38)
    assert first(mixed, spent, rows=38) == [("line", "年 份", "sum:财政支出")]
    # Without a word of years they are codes.
    coded = column("列1", "C", 37, "1001", "2999", 37)
    assert first(coded, column("额", "N", 30, "1", "9", 37), rows=37)[0][0] == "bar"


def test_a_series_shows_what_is_the_whole_of_others_first_also_where_early_years_lack_it():
    year = column("年份", "C", 37, "1978年", "2014年", 37)
    asia = column("亚洲入境游客", "N", 11, "90", "1662", 11)
    all_of_them = column("入境游客", "N", 11, "180", "2719", 11)
    few = column("洲际入境游客", "N", 4, "1", "9", 4)
    assert first(year, asia, all_of_them, few, rows=37) == [
        ("line", "年份", "sum:入境游客"),
        ("line", "年份", "sum:亚洲入境游客"),
    ]


def test_moments_of_one_day_or_two_make_no_line():
    moment = column("open_dt", "T", 8, "2017-07-06T23:38:43", "2017-07-06T23:59:50", 8)
    ward = column("Fire_district", "I", 4, "1", "12", 8)
    assert first(moment, ward, rows=8) == [("bar", "Fire_district", "count")]


def test_whole_numbers_that_name_something_are_kinds_behind_those_with_words():
    province, race = column("province", "I", 31, "11", "65"), column("race", "C", 5, "A", "White")
    assert first(province, race) == [("bar", "race", "count"), ("bar", "province", "count")]
    assert first(column("code", "I", 900, "110101", "659011")) == []


def test_days_that_nothing_has_read_name_no_rows():
    day = column("NU_ANO", "C", 10, "01/01/1996 12:00:00 AM", "01/01/2005 12:00:00 AM", 10)
    schools = column("SCHOOLS_NU", "I", 7, "80", "128", 10)
    assert first(day, schools, rows=10) == []
    assert first(column("更新", "I", 300, "20150101", "20171024")) == []


def test_coordinates_called_x_and_y_are_places_where_they_can_be_degrees():
    x, y = column("X坐標", "N", 200, "120.03", "120.6"), column("Y坐標", "N", 200, "22.9", "23.4")
    assert first(x, y) == [("points", "0.02:X坐標", "count")]
    metres = column("X坐標", "N", 200, "241265.7", "290059.16")
    assert first(metres, column("Y坐標", "N", 200, "2450000", "2517127.71")) == []
    assert (
        choosing.places([column("x", "N", 200, "0", "1"), column("y", "N", 200, "0", "1")]) is None
    )
