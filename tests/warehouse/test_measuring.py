import random
from datetime import date

import pyarrow as pa
import pytest
from tests.warehouse.tables import bring

from yelin.law import packs
from yelin.law.quality import Made
from yelin.quality.rules import Rule
from yelin.warehouse.engine import connect
from yelin.warehouse.measuring.conditions import ABOUT_A_VALUE, CREDIT_LETTERS
from yelin.warehouse.measuring.digits import credit_codes
from yelin.warehouse.measuring.passes import Standards

FIRMS = (
    "统一社会信用代码,名称,身份证号,成立日期,注销日期,资本,类别\n"
    "91460000MA5T00010D,甲公司,460105199003070017,2019-01-02,2020-01-02,10.50,01\n"
    "914603002012567821,乙公司,46010519900307001X,2019-01-02,2018-01-02,-3,01\n"
    "91460000MA5T00010E,丙公司,460105199013070017,1066-01-02,,7,02\n"
    "91350203M0001QAY9B,,4601**********0017,2021-03-04,2022-03-04,1,9x9\n"
    "91460100MA5TABCDXR,戊公司,,昨天,,1,01\n"
)
ITEMS = (
    "统一社会信用代码:C/18#",
    "名称:C!",
    "身份证号:C/18",
    "成立日期:D",
    "注销日期:D",
    "资本:N/10,2",
    "类别:C/2",
)


def rule(kind, *names, indicator="0104", **over):
    return Rule(":".join((kind, *names)), str(kind), indicator, names, 1, zh="", en="", **over)


def standards(*rules, **over):
    said = {
        "weights": {},
        "files": {},
        "in_time": True,
        "described": (3, 7),
        "today": date(2026, 1, 2),
        "legacy_codes": packs.active().legacy_codes,
        "places": (),
        "digest": "",
    }
    return Standards(rules=rules, scheme=packs.active().quality, **said | over)


def measured(tmp_path, text, specs, *rules, **over):
    outcome = bring(tmp_path, text, *specs, standards=standards(*rules, **over))
    return {
        each["code"]: (each["satisfying"], each["evaluated"])
        for each in outcome.prepared.quality["rules"]
    }


@pytest.mark.duty("quality.measure")
def test_every_made_rule_counts_what_meets_it_and_what_was_refused(tmp_path):
    named = "统一社会信用代码"
    found = measured(
        tmp_path,
        FIRMS,
        ITEMS,
        *(
            rule(kind, *names)
            for kind, *names in (
                (Made.CARRIED, "名称"),
                (Made.REQUIRED, "名称"),
                (Made.FILLED, "身份证号"),
                (Made.TYPED, "成立日期"),
                (Made.SIZED, "类别"),
                (Made.CREDIT_CODE, named),
                (Made.RESIDENT_ID, "身份证号"),
                (Made.DATED, "成立日期"),
                (Made.UNIQUE, named),
                (Made.KEPT,),
                (Made.READABLE,),
                (Made.DESCRIBED,),
                (Made.IN_TIME,),
                (Made.READ_BACK,),
                (Made.FILLED, "没有的项"),
            )
        ),
    )
    # One row lacks its name and has too long a class, one has no date: three of five stay.
    assert found == {
        "carried:名称": (1, 1),
        "required:名称": (3, 4),
        "filled:身份证号": (1, 1),
        "typed:成立日期": (3, 4),
        "sized:类别": (3, 4),
        f"credit_code:{named}": (2, 3),
        "resident_id:身份证号": (1, 3),
        "dated:成立日期": (2, 3),
        f"unique:{named}": (3, 3),
        "kept": (3, 5),
        "readable": (5, 5),
        "described": (3, 7),
        "in_time": (1, 1),
        "read_back": (3, 3),
    }


def test_written_conditions_count_only_rows_of_which_they_ask_something(tmp_path):
    asks = {
        "注销日期 >= 成立日期": (1, 2),
        "资本 >= 0 and length(名称) = 3": (2, 3),
        "类别 in ('01', '02')": (3, 3),
        "注销日期 is empty": (1, 3),
        "not (注销日期 is empty)": (2, 3),
        "名称 like '%公司' or 名称 matches '^甲'": (3, 3),
        "资本 * 1000000000000000000 * 100000000000000000000 * 资本 > 1": (0, 0),
        "注销日期 - 成立日期 = 365 and today() - 注销日期 > 1": (1, 2),
        "资本 / 0 > 1": (0, 0),
        "成立日期 + 99999999999 > today()": (0, 0),
        "year(成立日期) + 1 = year(注销日期)": (1, 2),
        "substr(统一社会信用代码, 1, 2) = '91'": (3, 3),
    }
    rules = [Rule(each, "holds", "0104", (), 1, "", "", expression=each) for each in asks]
    assert measured(tmp_path, FIRMS, ITEMS, *rules) == asks


def test_rows_that_are_there_twice_are_found_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("yelin.warehouse.staged.ROWS_AT_ONCE", 2)
    text = "甲,乙\n" + "1,2\n" * 3 + "1,3\n2,\n"
    found = measured(tmp_path, text, ("甲:C", "乙:C"), rule(Made.ONCE))
    assert found == {"once": (3, 5)}


def test_lines_that_cannot_be_read_are_dirt(tmp_path):
    found = measured(tmp_path, "甲,乙\n1,2\n1,2,3\n4,5\n", ("甲:C", "乙:C"), rule(Made.READABLE))
    assert found == {"readable": (2, 3)}


def mutated(many: int) -> list[str]:
    """Make codes of which some fit, most are wrong in one sign, and others are none."""
    draws = random.Random(20191101)  # noqa: S311 - a seeded table
    right = ["91460000MA5T00010D", "91350203M0001QAY9B", "4601", "", "中" * 6, "九" * 18]
    made = list(right)
    for _ in range(many):
        code, at = draws.choice(right), draws.randrange(19)
        sign = draws.choice(f"{CREDIT_LETTERS}IOSVZ*a x中")
        made.append(code[:at] + sign + code[at + draws.choice([1, 1, 1, 0]) :])
    return made


def test_many_codes_at_once_are_counted_as_one_by_one():
    codes = mutated(4_000)
    legacy = ["914603002012567821", *codes[10:200:10]]
    sql = ABOUT_A_VALUE[Made.CREDIT_CODE]("code", legacy)
    with connect(memory_mb=64) as engine:
        rows = engine.rows(f"SELECT {sql} FROM (SELECT unnest(?) AS code)", [[*codes, *legacy]])  # noqa: S608 - ours
    one_by_one = [fits for (fits,) in rows]
    found = [credit_codes([pa.array([code])], legacy) for code in (*codes, *legacy)]
    assert found == [(int(fits or 0), int(fits is not None)) for fits in one_by_one]
    at_once = credit_codes([pa.array(codes), pa.array(legacy)], legacy)
    assert at_once == (sum(held for held, _ in found), sum(of for _, of in found))
    assert 100 < at_once[0] < at_once[1] < len(codes)
