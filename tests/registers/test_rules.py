import pytest

from yelin.law.refusals import Incomplete
from yelin.registers import rules
from yelin.registers.content import CodedValue


@pytest.mark.parametrize(
    "number", ["GB/T 2261.1-2003", "GB/T 2260—2007", "GB 11643-1999", "DB46/T 500-2020"]
)
def test_numbers_as_standards_bear_them_are_taken(number):
    assert not list(rules.standard_faults(number, "题", "源"))


@pytest.mark.parametrize("number", ["", "2261", "GB/T 2261.1", "gb/t 1-2003", "GB/T 2260-2007 "])
def test_a_number_without_mark_or_year_is_named_as_the_fault(number):
    assert [fault.place for fault in rules.standard_faults(number, "题", "源")] == ["number"]


def test_only_local_standards_are_made_together_here():
    assert rules.is_ours("DB46/T 500-2020")
    assert not rules.is_ours("GB/T 2260-2007")


def test_a_code_that_stands_twice_is_named():
    twice = [CodedValue(code="1", name="男"), CodedValue(code="1", name="女")]
    faults = list(rules.value_faults(twice))
    assert [fault.params for fault in faults] == [{"code": "1"}]


def test_all_faults_are_told_at_once():
    with pytest.raises(Incomplete) as told:
        rules.require_none(rules.element_faults(" ", " ", "?", "1,2,3"))
    assert [fault.place for fault in told.value.faults] == ["identifier", "name", "type", "length"]
