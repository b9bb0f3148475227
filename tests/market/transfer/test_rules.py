"""Transfers move by the protocol's table and the contract's policy, and by nothing else."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.market.contract.makers import terms

from yelin.law.refusals import OutOfTurn
from yelin.market.contract import odrl
from yelin.market.contract.rules import Side
from yelin.market.transfer import rules
from yelin.market.transfer.rules import MOVES, PULL, PUSH, Move, State

pytestmark = pytest.mark.duty("contract.whole")

# As it is published, with the platform as its provider: from, by whom (C or P), to.
PUBLISHED = {
    ("REQUESTED", "P", "STARTED"),
    ("REQUESTED", "C", "TERMINATED"),
    ("REQUESTED", "P", "TERMINATED"),
    *{("STARTED", by, to) for by in "CP" for to in ("COMPLETED", "SUSPENDED", "TERMINATED")},
    *{("SUSPENDED", by, to) for by in "CP" for to in ("STARTED", "TERMINATED")},
}
DAY = date(2026, 6, 1)


def of(side: Side) -> str:
    return "C" if side is Side.CONSUMER else "P"


def test_the_table_is_the_protocols():
    assert {(a.name, of(side), b.name) for (a, _move, side), b in MOVES.items()} == PUBLISHED


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(Side)), max_size=12))
def test_what_the_table_has_not_is_an_error_and_what_is_over_stays_over(steps):
    state, last = State.REQUESTED, Side.CONSUMER
    for move, side in steps:
        led = MOVES.get((state, move, side))
        stopped = state is State.SUSPENDED and move is Move.START and side is not last
        if led is None or stopped:
            with pytest.raises(OutOfTurn):
                rules.moved(state, move, side, last)
            continue
        assert state not in {State.COMPLETED, State.TERMINATED}
        state, last = rules.moved(state, move, side, last), side


def agreed(**over):
    made = terms(since=DAY, **over)
    return odrl.policy_of(made, "urn:x"), made


def test_the_policy_allows_within_its_days_and_purposes_and_never_without_a_way_out():
    policy, made = agreed()
    until = made.period.until
    assert rules.allowed(policy, made, DAY)
    assert rules.allowed(policy, made, until, "内部研究")
    assert not rules.allowed(policy, made, DAY - timedelta(days=1))
    assert not rules.allowed(policy, made, until + timedelta(days=1))
    assert not rules.allowed(policy, made, DAY, "转售")
    assert not rules.allowed(policy, made, DAY, "别的")
    computed = agreed(delivery={"ways": ["compute"], "within_days": 3})
    assert not rules.allowed(*computed, DAY)


@pytest.mark.parametrize(
    "word",
    [
        lambda p: p["permission"][0]["constraint"].append(
            {"leftOperand": "moon", "operator": "eq", "rightOperand": "full"}
        ),
        lambda p: p["prohibition"].append({"action": "teleport"}),
        lambda p: p.update(profile="urn:x"),
        lambda p: p.pop("permission"),
    ],
)
def test_a_word_that_is_not_understood_allows_nothing(word):
    policy, made = agreed()
    word(policy)
    assert not rules.allowed(policy, made, DAY)
    [fault] = rules.faults(PULL, policy, made, DAY, "")
    assert fault.place == "agreementId"


@pytest.mark.parametrize(
    ("way", "purpose", "over", "place"),
    [
        (PUSH, "", {}, "format"),
        ("urn:yelin:delivery:file", "", {}, "format"),
        (PULL, "", {"delivery": {"ways": ["compute"], "within_days": 3}}, "format"),
        (PULL, "", {"delivery": {"ways": ["subscription"], "within_days": 3}}, "format"),
        (PULL, "别的", {}, "purpose"),
    ],
)
def test_each_refusal_names_its_place(way, purpose, over, place):
    policy, made = agreed(**over)
    assert [each.place for each in rules.faults(way, policy, made, DAY, purpose)] == [place]
    assert not [*rules.faults(PULL, *agreed(), DAY, "内部研究")]
