"""Personal columns are told from others: a labelled, seeded set, counted column by column."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from yelin.quality.detectors import Kind, Sureness, verdicts
from yelin.warehouse.engine import connect
from yelin.warehouse.measuring.personal import look
from yelin.warehouse.survey import Survey, table

SEED = 20190927
ROWS = 400
SURNAMES, GIVEN = "王李张刘陈杨黄符林吴", "小明海燕秀英建国丽华强伟芳娜"


class Maker:
    """Makes values of each kind, and of what only looks like it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a seeded table

    def digits(self, many: int) -> str:
        return "".join(self.random.choices("0123456789", k=many))

    def resident_id(self) -> str:
        day = f"{self.random.randint(1950, 2009)}{self.random.randint(1, 12):02}"
        number = f"4601{self.random.choice('0567')}5{day}{self.random.randint(1, 28):02}"
        number += self.digits(3)
        return number + ric.calc_check_digit(f"{number}0")

    def mobile(self) -> str:
        return f"1{self.random.choice('3578')}{self.digits(9)}"

    def bank_card(self) -> str:
        number = f"622848{self.digits(12)}"
        return number + luhn.calc_check_digit(number)

    def email(self) -> str:
        return f"user{self.digits(4)}@example.cn"

    def plate(self) -> str:
        return f"琼{self.random.choice('ABCDE')}{self.digits(5)}"

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=2))

    def address(self) -> str:
        return f"海口市美兰区海府路{self.random.randint(1, 99)}号"

    def credit_code(self) -> str:
        number = f"91460000MA5{self.digits(5)}{self.random.choice('ABCDE')}"
        return number + uscc.calc_check_digit(number)

    def firm(self) -> str:
        return f"海南{''.join(self.random.choices(GIVEN, k=2))}科技有限公司"

    def remark(self) -> str:
        about = f"经核实当事人身份证号{self.resident_id()}，已补正"
        return about if self.random.random() < 0.02 else "材料齐全，准予许可"


# The name of the column, how its values come about, and what it holds, if anything personal.
LABELLED = [
    ("身份证号", "resident_id", Kind.RESIDENT_ID),
    ("字段1", "resident_id", Kind.RESIDENT_ID),
    ("手机号码", "mobile", Kind.MOBILE),
    ("字段2", "mobile", Kind.MOBILE),
    ("银行卡号", "bank_card", Kind.BANK_CARD),
    ("字段3", "bank_card", Kind.BANK_CARD),
    ("电子邮箱", "email", Kind.EMAIL),
    ("字段4", "email", Kind.EMAIL),
    ("车牌号", "plate", Kind.PLATE),
    ("字段5", "plate", Kind.PLATE),
    ("法定代表人", "name", Kind.NAME),
    ("家庭住址", "address", Kind.ADDRESS),
    ("备注", "remark", Kind.IN_TEXT),
    ("字段6", "name", None),
    ("统一社会信用代码", "credit_code", None),
    ("企业名称", "firm", None),
]
NOT_PERSONAL = [
    ("订单号", lambda made: made.digits(18)),
    ("流水号", lambda made: f"62{made.digits(17)}"),
    ("年份", lambda made: str(made.random.randint(1990, 2026))),
    ("许可证编号", lambda made: f"JY1460{made.digits(10)}"),
    ("坐标", lambda made: f"110.{made.digits(6)},20.{made.digits(6)}"),
    ("登记时间", lambda made: f"2026-01-{made.random.randint(10, 28)} 08:30:00"),
    ("固定电话", lambda made: f"0898-6{made.digits(7)}"),
    ("金额", lambda made: f"{made.digits(5)}.{made.digits(2)}"),
    ("文号", lambda made: f"琼府〔2026〕{made.random.randint(1, 99)}号"),
]


def found_in(tmp_path, columns):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(columns), path)
    with connect(memory_mb=128, roots=[tmp_path]) as engine:
        survey = Survey(table(path), len(next(iter(columns.values()))), engine)
        return look(survey, dict.fromkeys(columns, "C"))()


def test_personal_columns_are_told_from_those_that_only_look_like_them(tmp_path):
    made = Maker(SEED)
    columns = {name: [getattr(made, how)() for _ in range(ROWS)] for name, how, _ in LABELLED}
    columns |= {name: [how(made) for _ in range(ROWS)] for name, how in NOT_PERSONAL}
    truth = {(name, kind) for name, _, kind in LABELLED if kind}
    told = {(found.column, found.kind) for found in found_in(tmp_path, columns)}
    hits = len(told & truth)
    # What docs/benchmarks.md says; a name without a speaking column is not looked for.
    assert (hits / len(told), hits / len(truth)) == (1.0, 1.0)


def test_one_number_among_thousands_of_remarks_is_found(tmp_path):
    remarks = ["准予许可"] * 5_000 + [f"联系 {Maker(1).resident_id()} 本人"]
    (found,) = found_in(tmp_path, {"备注": remarks})
    assert (found.kind, found.share, found.sureness) == (Kind.IN_TEXT, 1, Sureness.MEDIUM)


def test_wide_digits_and_blanks_do_not_hide_a_number(tmp_path):
    number = Maker(2).resident_id()
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    (found,) = found_in(tmp_path, {"甲": [wide, spaced, number]})
    assert (found.kind, found.share) == (Kind.RESIDENT_ID, 10_000)


def test_what_is_veiled_already_is_not_personal_any_more(tmp_path):
    assert found_in(tmp_path, {"身份证号": ["460105********0017"], "手机": ["138****8000"]}) == []


def test_a_credit_code_that_passes_both_check_digits_is_no_identity_number(tmp_path):
    assert found_in(tmp_path, {"代码": ["914603002012567821"] * 3}) == []


@given(st.dictionaries(st.sampled_from(Kind), st.integers(0, 50)), st.integers(0, 50))
def test_a_verdict_never_says_more_than_was_counted(counted, present):
    for found in verdicts("身份证号", present, {k: min(n, present) for k, n in counted.items()}):
        assert 0 <= found.share <= 10_000
        assert counted[found.kind] > 0
