from dataclasses import replace

import pytest

from yelin.law.packs import Pack
from yelin.privacy.deidentify.assessed import Disagreement, Effect, assessed
from yelin.privacy.deidentify.measured import Measured
from yelin.privacy.deidentify.roles import Nulls

TWENTY = Measured(rows=40, classes=2, k=20, k_nulls_alone=1, k_nulls_anything=20, unique=0, above=0)


def risk_of(code):
    return next(each.risk for each in Pack.load("hainan-2019").sharing if each.code == code)


@pytest.mark.parametrize(("code", "k"), [("public", 20), ("controlled", 5), ("enclave", 3)])
def test_each_way_of_sharing_asks_for_so_many_rows_that_look_alike(code, k):
    enough, few = replace(TWENTY, k=k), replace(TWENTY, k=k - 1)
    asked = {"threshold": risk_of(code), "nulls": Nulls.EQUAL}
    assert assessed(enough, enough, **asked) is Effect.ACCEPTABLE
    assert assessed(few, few, **asked) is Effect.RISKY


def test_the_reading_of_nulls_that_was_chosen_binds():
    asked = {"threshold": 0.05}
    assert assessed(TWENTY, TWENTY, nulls=Nulls.ALL, **asked) is Effect.ACCEPTABLE
    assert assessed(TWENTY, TWENTY, nulls=Nulls.NONE, **asked) is Effect.RISKY


def test_a_direct_identifier_outweighs_any_k():
    found = assessed(TWENTY, TWENTY, threshold=0.05, nulls=Nulls.EQUAL, has_direct=True)
    assert found is Effect.DIRECT


def test_nothing_is_said_of_bytes_that_are_measured_differently():
    with pytest.raises(Disagreement, match="classes, k"):
        assessed(TWENTY, replace(TWENTY, classes=3, k=19), threshold=0.05, nulls=Nulls.EQUAL)


def test_rows_that_are_not_there_are_not_acceptable():
    none = replace(TWENTY, rows=0, classes=0, k=0)
    assert assessed(none, none, threshold=0.05, nulls=Nulls.EQUAL) is Effect.RISKY
