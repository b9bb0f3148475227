from collections import Counter, defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.deidentify.test_released import both
from tests.thorough import many

from yelin.privacy.deidentify import grouped, released
from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.guards import Anonymity
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.optimum import optimum
from yelin.privacy.deidentify.roles import BadPlan, Column, Grouped, Plan, Role
from yelin.warehouse import engine


@settings(max_examples=many(60, 15), deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    size=st.integers(2, 6),
    seed=st.integers(0, 1000),
)
def test_every_group_is_of_one_class_and_large_enough(sizes, size, seed):
    of = np.repeat(np.arange(len(sizes)), sizes)
    numbers = np.random.default_rng(seed).integers(0, 9, (len(of), 2)).astype(float)
    numbers[::5, 0] = np.nan
    found = grouped.grouped(of, numbers, size)
    for group in np.unique(found):
        (of_one,) = set(of[found == group])
        assert min(size, sizes[of_one]) <= (found == group).sum() < 2 * size


def test_many_rows_are_halved_before_and_groups_stay_near():
    chance = np.random.default_rng(1)
    numbers = chance.normal(size=(5_000, 2)) * [1, 1000]
    found = grouped.grouped(np.zeros(5_000, np.int64), numbers, 5)
    counts = Counter(found.tolist())
    assert set(counts.values()) <= set(range(5, 10))
    scaled = numbers / numbers.std(axis=0)
    within = sum(((scaled[found == g] - scaled[found == g].mean(0)) ** 2).sum() for g in counts)
    # Groups of five neighbours of 5,000 points in the plane lose little; by chance they lose 80 %.
    assert within / (scaled**2).sum() < 0.01


def plan_of(*also, size=3):
    towns = Hierarchy.made(["甲", "乙"])
    return Plan((Column("town", Role.QUASI, towns), *also), cap=0.1), [Anonymity(size)]


def wrote(tmp_path, plan, guards, many=64):
    """Rows of two towns, and one that is alone; each with an age, hours and a pay."""
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tmp_path]) as here:
        here.rows(
            "CREATE TEMP TABLE t AS SELECT CASE WHEN i = ? THEN NULL WHEN i % 2 THEN '甲' ELSE '乙'"
            " END AS town, CASE WHEN i <> 0 THEN 20 + i * 7 % 50 END AS age, i * 13 % 60 AS hours,"
            " CASE WHEN i <> 5 THEN i * 100 END AS pay FROM range(?) r(i)",
            [many, many + 1],
        )
        names = [each.name for each in plan.columns]
        source = f"(SELECT {', '.join(names)} FROM t)"  # noqa: S608 - names of ours
        table = coded(here, source, plan)
        found = optimum(table, plan, guards)
        released.write(here, source, plan, table, found, to)
        lost = released.scattered(here, source, plan, table, found)
        shown = released.shown(here, source, plan, table, found, 30)
        quasi = list(plan.named(Role.QUASI))
        first, second = both(here, to, quasi)
        written = {tuple(row) for row in here.rows(f"SELECT COLUMNS(*)::VARCHAR FROM '{to}'")}  # noqa: S608 - ours
    assert first.differences(second) == []
    assert found.left_out == 1
    for each in shown:
        # Ties fall to either of two groups.
        assert each.after is None or len(each.after) == len(next(iter(written)))
    return pq.read_table(to).to_pylist(), first, lost


@pytest.mark.parametrize("names", [["age"], ["age", "hours"]])
def test_numbers_of_quasi_identifiers_are_those_of_as_many_rows_as_must_look_alike(tmp_path, names):
    plan, guards = plan_of(*(Column(name, Role.QUASI, method=Grouped(3)) for name in names))
    rows, measured, lost = wrote(tmp_path, plan, guards)
    assert len(rows) == 64
    assert 3 <= measured.k <= 5
    # One mean for a whole class would say nothing of either.
    assert len({tuple(row[name] for name in names) for row in rows}) > 15
    for name in names:
        share, before, after = lost[name]
        assert 0 < share < (0.02 if len(names) == 1 else 0.2)
        assert after < before
    # A missing number is hidden among others, and no number is made larger or smaller in sum.
    assert all(row["age"] is not None for row in rows)


def test_other_numbers_are_grouped_among_all_rows_and_gaps_stay(tmp_path):
    plan, guards = plan_of(Column("pay", Role.OTHER, method=Grouped(3)))
    rows, _, lost = wrote(tmp_path, plan, guards)
    pays = Counter(row["pay"] for row in rows)
    assert pays.pop(None) == 1
    assert set(pays.values()) == {3}
    assert lost["pay"][0] < 0.01
    by_town = defaultdict(set)
    for row in rows:
        by_town[row["pay"]].add(row["town"])
    assert any(len(towns) == 2 for towns in by_town.values())
    # The row that is left out is in no mean.
    assert max(pays) == 6200


@pytest.mark.long
def test_more_rows_than_memory_holds_are_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(grouped, "MOST_ROWS", 10)
    plan, guards = plan_of(
        *(Column(name, Role.QUASI, method=Grouped(3)) for name in ("age", "hours"))
    )
    with pytest.raises(BadPlan, match="age"):
        wrote(tmp_path, plan, guards)
    plan, guards = plan_of(Column("age", Role.QUASI, method=Grouped(3)))
    assert len(wrote(tmp_path, plan, guards)[0]) == 64
