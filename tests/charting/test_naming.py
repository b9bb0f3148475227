"""What a column is by its name: in Chinese of both scripts, and as programs write English."""

import pytest

from yelin.charting import naming


@pytest.mark.parametrize(
    "name",
    [
        "行政区划代码", "編號", "景點之管理權責單位代碼", "連絡電話", "手机号码", "邮政编码",
        "X坐標", "Y坐标", "x", "經度", "Fire_district", "city_council_district", "ward",
        "LOCATION_ZIPCODE", "PollLocID", "CASE_ENQUIRY_ID", "numeric", "level", "OBJECTID",
        "等级", "排名", "province", "联系方式",
    ],
)  # fmt: skip
def test_a_number_that_names_or_places_something_is_no_size(name):
    assert naming.names_things(name)


@pytest.mark.parametrize(
    "name",
    [
        "财政支出", "收容人數", "資料量", "瀏覽次數", "city population", "SCHOOLS_NU",
        "number paid", "指标（一）/八所港口货物吞吐量", "型号", "house_area", "面积",
    ],
)  # fmt: skip
def test_a_size_is_taken_for_nothing_else(name):
    assert not naming.names_things(name)


@pytest.mark.parametrize(
    ("name", "unit", "is_rate"),
    [
        ("人口出生率", "", True), ("财政收入增长速度", "", True), ("每万人口床位数", "", True),
        ("average_grades", "", True), ("age", "", True), ("占地", "%", True),
        ("产量", "千克/公顷", True), ("產量", "", False), ("percentage", "", True),
        ("海口港", "万吨", False), ("stage", "", False), ("usage", "", False),
    ],
)  # fmt: skip
def test_what_is_of_each_row_is_averaged_and_not_added_up(name, unit, is_rate):
    assert naming.is_rate(name, unit) is is_rate


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1978年", 1978), ("２０１４年", 2014), (" 2011 ", 2011), ("2014年度", 2014), (2014, 2014),
        ("合计", None), ("2014年6月", None), ("20145", None), ("0999", None), (None, None),
    ],
)  # fmt: skip
def test_a_year_is_read_as_statistics_write_it(text, year):
    assert naming.year_of(text) == year


@pytest.mark.parametrize(
    ("number", "is_written"),
    [
        ("20171024", True), ("19491001", True), ("20171399", False), ("13876543210", True),
        ("12345678", False), ("99999999", False), ("2017102", False),
    ],
)  # fmt: skip
def test_days_without_strokes_and_phones_are_no_sizes(number, is_written):
    assert naming.is_written_number(number) is is_written
