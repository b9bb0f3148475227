import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from yelin.law import packs
from yelin.parties.rules import Standing, read_credit_code

TABLE = Path(__file__).parent / "cases/credit_codes.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
LEGACY = packs.active().legacy_codes
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_credit_code_stands_as_the_table_says(case):
    read = read_credit_code(case["code"], LEGACY)
    assert read.standing == case["standing"]
    assert read.inner_fits is (case["inner_fits"] == "yes")
    assert read.may_be_used is (case["standing"] != "invalid")


def checked(code: str) -> str:
    return next(code + last for last in ALPHABET if uscc.is_valid(code + last))


def test_a_sole_traders_inner_part_may_fail_and_anothers_may_not():
    trader, enterprise = checked("92460000MA5T00020"), checked("91460000MA5T00020")
    assert read_credit_code(trader, ()).standing is Standing.VALID
    assert not read_credit_code(trader, ()).inner_fits
    assert read_credit_code(enterprise, ()).standing is Standing.INVALID


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text):
    assert read_credit_code(text, LEGACY).standing in Standing


@given(
    st.sampled_from([row["code"] for row in CASES if row["standing"] == "valid"]),
    st.integers(0, 17),
    st.sampled_from(ALPHABET),
)
def test_one_wrong_letter_is_always_found(code, place, letter):
    code = "".join(code.split()).upper()
    wrong = code[:place] + letter + code[place + 1 :]
    assert read_credit_code(wrong, ()).may_be_used is (wrong == code)
