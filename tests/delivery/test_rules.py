"""Whom a file names: hardly ever anybody innocent, whatever of the copies it was made of."""

from decimal import Decimal
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yelin.delivery.rules import FALSE, Copy, weigh

SHARE = Decimal("0.02")


def copies(*lacked, share=SHARE):
    return [Copy(UUID(int=number), share, each) for number, each in enumerate(lacked)]


def named(evidence):
    return {whose.int for each in evidence if each.names for whose in each.whose}


def test_a_sample_of_a_thousand_rows_names_who_lacks_none_of_them():
    said = weigh(1_000, copies(0, *[20] * 49), {})
    assert named(said) == {0}
    assert said[0].corrected < 1e-6
    assert said[0].expected == 20
    assert {each.corrected for each in said[1:]} == {1.0}


def test_a_few_rows_altered_into_others_accuse_nobody_and_hide_nobody():
    assert named(weigh(1_000, copies(2, *[20] * 49), {})) == {0}
    assert named(weigh(1_000, copies(8, *[20] * 49), {})) == set()


def test_of_too_few_rows_nobody_is_named():
    assert named(weigh(300, copies(0, *[6] * 49), {})) == set()
    assert named(weigh(0, copies(0, 0), {})) == set()


def test_more_recipients_need_more_rows():
    enough = [
        next(n for n in range(0, 3_000, 50) if named(weigh(n, copies(0, *[n] * (many - 1)), {})))
        for many in (2, 50, 400)
    ]
    assert enough == sorted(enough)
    assert enough[1] < 1_000


def test_two_who_put_their_copies_together_are_named_as_a_pair():
    rows, expected = 99_960, 2_000
    pairs = {
        frozenset({one.whose, other.whose}): 40
        for at, one in enumerate(copies(*[expected] * 6))
        for other in copies(*[expected] * 6)[:at]
    }
    del pairs[frozenset({UUID(int=1), UUID(int=4)})]
    said = weigh(rows, copies(*[expected] * 6), pairs)
    assert [each.whose for each in said if each.names] == [(UUID(int=1), UUID(int=4))]


def test_who_is_named_alone_makes_no_pairs():
    innocent = {frozenset({UUID(int=1), UUID(int=2)}): 40}
    said = weigh(98_000, copies(0, 1_960, 1_960), innocent)
    assert [each.whose for each in said if each.names] == [(UUID(int=0),)]


@given(more=st.integers(0, 5_000), lacked=st.lists(st.integers(0, 200), min_size=1, max_size=20))
def test_who_lacks_more_is_never_named_before_who_lacks_less(more, lacked):
    rows = max(lacked) + more
    said = [each for each in weigh(rows, copies(*lacked), {}) if len(each.whose) == 1]
    assert [each.lacked for each in said] == sorted(lacked)
    assert all(0 <= each.chance <= each.corrected <= 1 for each in said)


def test_by_chance_alone_hardly_anybody_is_named():
    chance = np.random.default_rng(20261129)
    wrong = 0
    for _ in range(2_000):
        drawn = chance.binomial(1_000, float(SHARE), 50)
        wrong += bool(named(each for each in weigh(1_000, copies(*map(int, drawn)), ALL_PAIRS)))
    # By the bound two or more have a chance of one in fifty, and it is not reached.
    assert wrong <= 1 + 2_000 * FALSE


# As many of the rows as two of them lack by chance, so that no pair is named.
ALL_PAIRS = {
    frozenset({UUID(int=one), UUID(int=other)}): 1 for one in range(50) for other in range(one)
}
