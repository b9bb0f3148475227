"""Personal columns are told from others: a labelled, seeded set, counted column by column."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from prove.personal import told
from tests.thorough import some
from tests.warehouse.labelled import HELD_OUT, SPREADSHEETS, Maker, counted, labelled

from yelin.quality.detectors import Kind, Sureness, verdicts
from yelin.warehouse.engine import Engine, connect
from yelin.warehouse.measuring.personal import look
from yelin.warehouse.survey import Survey, table


def found_in(tmp_path, columns, types=None):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table(columns), path)
    with connect(memory_mb=128, roots=[tmp_path]) as engine:
        survey = Survey(table(path), len(next(iter(columns.values()))), engine)
        return look(survey, types or dict.fromkeys(columns, "C"))()


def test_personal_columns_are_told_from_those_that_only_look_like_them():
    # What docs/benchmarks.md says of many more values.
    told_apart = [(labelled(), 0.98), (labelled(HELD_OUT), 0.98), (labelled(SPREADSHEETS), 1)]
    for columns, recall in some(told_apart, 1):
        found = counted(columns, told(columns, 60)).values()
        assert all(each.precision == 1 for each in found)
        assert sum(each.right for each in found) >= recall * sum(each.there for each in found)


def test_numbers_given_in_turn_are_nobodys_phones_unless_they_are_called_so(tmp_path):
    turn = [str(13_900_000_000 + n) for n in range(200)]
    found = found_in(tmp_path, {"设备": turn, "手机号": turn, "备注": ["见13900000000号"] * 200})
    assert {(each.column, each.kind) for each in found} == {
        ("手机号", Kind.MOBILE),
        ("备注", Kind.IN_TEXT),
    }


def test_landlines_and_addresses_of_machines_are_of_persons_only_where_they_are_called_so(tmp_path):
    lines = [f"0898-6533{n:04d}" for n in range(50)]
    machines = [f"10.8.{n}.7" for n in range(40)] + [f"fe80::{n:x}:1" for n in range(10)]
    columns = {
        "联系电话": lines, "固定电话": lines, "住宅电话": lines, "家庭电话投诉热线": lines,
        "登录IP": machines, "服务器IP": machines, "来源": machines, "description": machines,
    }  # fmt: skip
    found = found_in(tmp_path, columns)
    assert {(each.column, each.kind) for each in found} == {
        ("住宅电话", Kind.LANDLINE),
        ("登录IP", Kind.IP),
    }
    assert all("*" in sample for each in found for sample in each.samples)
    assert not any(sample in lines + machines for each in found for sample in each.samples)


def test_a_digit_that_fits_by_chance_makes_no_card(tmp_path):
    made = Maker(3)
    cards = [made.bank_card() for _ in range(30)]
    orders = [made.order_of_a_card() for _ in range(270)]
    assert found_in(tmp_path, {"甲": orders}) == []
    (found,) = found_in(tmp_path, {"账号": cards + [f"无{n}" for n in range(200)]})
    assert found.kind == Kind.BANK_CARD


def test_one_number_among_thousands_of_remarks_is_found(tmp_path):
    remarks = ["准予许可"] * 5_000 + [f"联系 {Maker(1).resident_id()} 本人"]
    (found,) = found_in(tmp_path, {"备注": remarks})
    assert (found.kind, found.share, found.sureness) == (Kind.IN_TEXT, 1, Sureness.MEDIUM)


def test_numbers_in_a_column_of_numbers_are_found(tmp_path):
    made = Maker(4)
    data = {
        "甲": [Decimal(made.mobile()) for _ in range(200)],
        "乙": [float(made.mobile()) for _ in range(200)],
        "丙": [Decimal(made.amount()) for _ in range(200)],
        "丁": [float(made.amount()) for _ in range(200)],
    }
    types = {"甲": "N", "乙": "F", "丙": "N", "丁": "F"}
    assert {(each.column, each.kind) for each in found_in(tmp_path, data, types)} == {
        ("甲", Kind.MOBILE),
        ("乙", Kind.MOBILE),
    }


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


def test_samples_cost_a_few_values_of_each_column_found_and_no_pass(tmp_path, monkeypatch):
    asked = []
    rows = Engine.rows

    def noting(engine, sql, *more):
        asked.append(sql)
        return rows(engine, sql, *more)

    monkeypatch.setattr(Engine, "rows", noting)
    made = Maker(5)
    nobody = {f"数{n}": [f"{n}-{m}" for m in range(300)] for n in range(20)}
    assert found_in(tmp_path, nobody) == []
    assert not any("LIMIT 3" in sql for sql in asked)
    somebody = {
        "手机": [made.mobile() for _ in range(300)],
        "姓名": [made.name() for _ in range(300)],
    }
    found = found_in(tmp_path, nobody | somebody)
    assert len(found) == 2
    assert all(len(each.samples) == 3 for each in found)
    assert sum("LIMIT 3" in sql for sql in asked) == 2
