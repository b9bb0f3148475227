from collections import Counter

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.deidentify import tables
from tests.privacy.deidentify.test_released import both
from tests.thorough import many

from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.guards import Anonymity, Closeness, Diversity
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.optimum import NothingFits, optimum
from yelin.privacy.deidentify.roles import Column, Nulls, Plan, Role
from yelin.privacy.deidentify.starred import starred
from yelin.warehouse import engine


def made(here, source, plan, guards, to):
    table = coded(here, source, plan, sensitive=[each.column for each in guards if each.column])
    whole = optimum(table, plan, guards)
    found = starred(table, plan, guards, whole)
    assert released.write(here, source, plan, table, found, to) == found.rows - found.left_out
    return table, whole, found


@pytest.mark.long
def test_the_same_k_of_adult_with_rows_that_were_left_out_before(tmp_path):
    plan, guards = tables.adult_plan(cap=0.05), [Anonymity(5), Diversity(2, "salary-class")]
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tables.ADULT, tmp_path]) as here:
        source = tables.from_csv(tables.ADULT / "adult.csv")
        _, whole, found = made(here, source, plan, guards, to)
        first, second = both(here, to, tables.ADULT_QUASI, ["salary-class"], 0.2)
    assert first.differences(second) == []
    assert first.k == found.smallest >= 5
    assert first.classes == found.kinds
    assert first.told["salary-class"].distinct >= 2
    # Half of the rows that would go whole stay, at the price of a cell or two each.
    assert whole.left_out - found.left_out == found.starred.rows > whole.left_out / 2
    assert found.starred.count < 2 * found.starred.rows
    stars = {
        name: sum(row[name] == "*" for row in pq.read_table(to).to_pylist())
        for name, level in found.levels.items()
        if level < len(plan[name].hierarchy.levels) - 1
    }
    assert sum(stars.values()) == found.starred.count


@settings(max_examples=many(40, 10), deadline=None)
@given(
    rows=st.lists(
        st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3, st.sampled_from("123")),
        min_size=4,
        max_size=40,
    ),
    nulls=st.sampled_from(list(Nulls)),
    k=st.integers(2, 4),
)  # fmt: skip
def test_whatever_stays_holds_to_its_guards(rows, nulls, k, tmp_path_factory):
    to = tmp_path_factory.mktemp("made") / "out.parquet"
    names, tree = ["x", "y z", "年龄(岁)", "s"], Hierarchy.made(["a", "b", "c"])
    quasi = [Column(name, Role.QUASI, tree, most=0) for name in names[:3]]
    plan = Plan((*quasi, Column("s", Role.SENSITIVE)), nulls=nulls, cap=0.9)
    with engine.connect(roots=[to.parent]) as here:
        source = tables.laid(here, rows, names)
        try:
            table, whole, found = made(here, source, plan, [Anonymity(k), Diversity(2, "s")], to)
        except NothingFits:
            return
        first, second = both(here, to, names[:3], ["s"])
        shown = released.shown(here, source, plan, table, found, 40)
    assert first.differences(second) == []
    assert first.by(nulls.binding) >= k
    assert first.k == found.smallest
    assert first.told["s"].distinct >= 2
    assert first.rows == len(rows) - found.left_out >= len(rows) - whole.left_out
    out = Counter(tuple(row.values()) for row in pq.read_table(to).to_pylist())
    assert Counter(each.after for each in shown if each.after) == out
    for each in shown:
        if each.after:
            pairs = zip(each.before, each.after, strict=True)
            assert all(after in (before, "*") for before, after in pairs)


def test_shares_are_not_held_to_by_stars():
    tree = Hierarchy.made(["x", "y"])
    plan = Plan((Column("q", Role.QUASI, tree), Column("s", Role.SENSITIVE)), cap=0.5)
    rows = [("x", "1"), ("x", "2"), ("y", "1"), ("y", "2"), ("y", "2")]
    guards = [Anonymity(2), Closeness(0.4, "s")]
    table = tables.table_of(rows, plan, ["s"])
    with pytest.raises(ValueError, match="shares"):
        starred(table, plan, guards, optimum(table, plan, guards))
