"""How surely two items are the same: the labelled pairs, and what they do not hold."""

import csv
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.collecting import names
from yelin.collecting.rules import LIKELY, Asked, Held, Why, match, needed, pairs

with (Path(__file__).parent / "cases" / "pairs.csv").open(encoding="utf-8") as file:
    PAIRS = list(csv.DictReader(file))


def measured(rows) -> tuple[float, float]:
    """Return precision and recall on ``rows``."""
    said = [
        (
            match(Asked(row["asked"], row["in"]), Held(row["held"], row["held_in"])).score
            >= LIKELY,
            row["same"] == "1",
        )
        for row in rows
    ]
    hits = sum(both == (True, True) for both in said)
    return hits / sum(found for found, _ in said), hits / sum(same for _, same in said)


@pytest.mark.duty("collection.once")
def test_what_is_pointed_out_is_right_and_little_is_missed():
    assert len(PAIRS) >= 300
    precision, recall = measured(PAIRS[1::2])
    assert precision >= 0.9
    assert recall >= 0.88


def test_the_same_data_element_is_the_same_whatever_it_is_called():
    element = uuid4()
    found = match(
        Asked("证照号", "年报表", element), Held("统一社会信用代码", "企业登记信息", element)
    )
    assert (found.score, found.why) == (1.0, Why.ELEMENT)


def test_an_element_that_anything_has_is_the_same_for_the_same_subject_only():
    element = uuid4()
    other = match(Asked("名称", "公厕登记表", element), Held("名称", "旅游景区名录", element))
    same = match(Asked("景区名称", "安全检查表", element), Held("名称", "旅游景区名录", element))
    assert other.score < LIKELY <= same.score


@pytest.mark.parametrize("name", ["备注", "序号", "填表日期", " 備註 "])
def test_what_describes_the_row_is_never_pointed_out(name):
    assert match(Asked(name, "企业年报表"), Held(name, "企业登记信息")).score == 0


@given(st.sampled_from(PAIRS), st.sampled_from(PAIRS))
def test_whatever_is_likely_the_same_has_one_of_the_needed_groups(one, other):
    asked, held = Asked(one["asked"], one["in"]), Held(other["held"], other["held_in"])
    found = match(asked, held)
    if found.why is Why.LIKE and found.score >= LIKELY:
        whole = names.whole(held.name, held.title)
        written_out = names.joined(names.subject(held.title), names.plain(held.name))
        tokens = {*pairs(whole), *pairs(written_out)}
        groups = needed(names.whole(asked.name, asked.title))
        assert any(set(group) <= tokens for group in groups)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_name_is_folded_without_a_fault(name, title):
    assert 0 <= match(Asked(name, title), Held(title, name)).score <= 1
