import re

import pytest

from yelin.quality.expression import Unreadable, columns, read

ITEMS = {
    "名称": "C",
    "代码": "C",
    "金额": "N",
    "年份": "I",
    "开始日期": "D",
    "结束 日期": "D",
    "记录时间": "T",
    "有效": "L",
}


@pytest.mark.drawn(4)
@pytest.mark.parametrize(
    ("said", "of"),
    [
        ('"结束 日期" > 开始日期', ("结束 日期", "开始日期")),
        ('"结束 日期" - 开始日期 <= 365', ("结束 日期", "开始日期")),
        ("开始日期 between '2020-01-01' and today()", ("开始日期",)),
        ("代码 in ('01', '02') or 代码 is empty", ("代码",)),
        ("代码 not in ('01') and not 有效", ("代码", "有效")),
        ("名称 like '%公司' and length(名称) <= 40", ("名称",)),
        ("代码 matches '^[0-9]{3}$'", ("代码",)),
        ("金额 ＞＝ 0 and （金额 + 1） * 2 < 年份", ("金额", "年份")),
        ("left(代码, 2) = '46'", ("代码",)),
        ("记录时间 >= '2020-01-01' and date(记录时间) <= today()", ("记录时间",)),
        ("有效 = true", ("有效",)),
        ("-金额 < abs(金额)", ("金额",)),
    ],
)
def test_a_condition_says_of_which_items_it_speaks(said, of):
    assert columns(read(said, ITEMS)) == of


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("", "Write a condition"),
        ("价格 > 1", "no item called 价格"),
        ("金额 >", "breaks off"),
        ("金额 > 1; drop table x", "from “; drop table x” on"),
        ("(select 1) = 1", "from “1) = 1” on"),
        ("金额 + 1", "no condition"),
        ("金额 = '3'", "different kinds"),
        ("开始日期 > '昨天'", "“昨天” is no day"),
        ("名称 + 代码 = '1'", "has no meaning"),
        ("名称 and 有效", "has to be true or false"),
        ("length(金额) = 1", "has to be a text"),
        ("length(名称, 1) = 1", "takes 1 values"),
        ("system('ls') = 1", "no function system"),
        ("代码 matches '('", "pattern ( cannot be read"),
        ("有效 > true", "only equal or not"),
        ("not " * 60 + "有效", "nested too deeply"),
        ("- " * 450 + "金额 > 1", "nested too deeply"),
        ("金额 > 1" + " " * 1000, "at most 1000"),
    ],
)
def test_what_cannot_be_asked_is_turned_back_with_its_place(said, says):
    with pytest.raises(Unreadable, match=re.escape(says)) as error:
        read(said, ITEMS)
    assert error.value.says.format(**error.value.params) == str(error.value)
