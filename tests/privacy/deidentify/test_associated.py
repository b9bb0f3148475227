"""What goes together is told as much as it does, and less once it is made coarser."""

import numpy as np
import pytest
from tests.privacy.deidentify import tables

from yelin.privacy.deidentify.associated import associated, strength
from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.guards import Anonymity, Diversity
from yelin.privacy.deidentify.optimum import optimum
from yelin.warehouse import engine


def of(*lines):
    one, other, counts = zip(*lines, strict=True)
    return strength(np.array(one), np.array(other), np.array(counts))


def test_columns_that_say_the_same_go_together_wholly_and_others_not_at_all():
    assert of((1, 1, 50), (2, 2, 50)) == pytest.approx(1, abs=0.01)
    assert of((1, 1, 25), (1, 2, 25), (2, 1, 25), (2, 2, 25)) == 0
    assert of((1, 1, 100)) == 0
    # 100 values, each once, against 100 others: chance, which V without its correction calls 1.
    assert of(*((n, n, 1) for n in range(100))) == 0


def test_strength_is_bergsmas():
    # Chi-squared is 16 of 100, so V is 0.4; less 1 / 99, by 1 - 1 / 99 as often as there are two.
    assert of((1, 1, 35), (1, 2, 15), (2, 1, 15), (2, 2, 35)) == pytest.approx(
        ((0.16 - 1 / 99) / (1 - 1 / 99)) ** 0.5
    )


def test_of_adult_what_goes_together_is_told_before_and_after():
    with engine.connect(roots=[tables.ADULT]) as here:
        source = tables.from_csv(tables.ADULT / "adult.csv")
        plan = tables.adult_plan(cap=0.05)
        table = coded(here, source, plan, sensitive=["salary-class"])
        found = optimum(table, plan, [Anonymity(5), Diversity(2, "salary-class")])
        pairs = associated(table, found, 8)
        rows = here.rows(f'SELECT sex, "marital-status" FROM {source}')  # noqa: S608 - a name of ours
    assert len(pairs) == 8
    assert [each.before for each in pairs] == sorted((each.before for each in pairs), reverse=True)
    assert all(0 <= each.after <= 1 for each in pairs)
    told = {(each.one, each.other): each for each in pairs}
    codes = [
        {value: n for n, value in enumerate(sorted({row[at] for row in rows}))} for at in (0, 1)
    ]
    by_hand = of(*((codes[0][one], codes[1][other], 1) for one, other in rows))
    assert told["sex", "marital-status"].before == pytest.approx(by_hand)
    suppressed = {
        name for name, level in found.levels.items() if level == plan[name].hierarchy.height
    }
    assert suppressed
    for each in associated(table, found, 100):
        if suppressed & {each.one, each.other}:
            assert each.after == 0
