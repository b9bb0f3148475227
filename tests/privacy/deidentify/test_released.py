import hashlib
import hmac
import math
import random
import statistics
from collections import Counter

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycanon import anonymity
from tests.privacy.deidentify import tables
from tests.thorough import many

from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.guards import Anonymity, Diversity
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.measured import measured
from yelin.privacy.deidentify.optimum import optimum
from yelin.privacy.deidentify.reread import reread
from yelin.privacy.deidentify.roles import Average, Bounded, Column, Nulls, Plan, Pseudonym, Role
from yelin.warehouse import engine


def made(here, source, plan, guards, to):
    sensitive = [guard.column for guard in guards if guard.column]
    table = coded(here, source, plan, sensitive=sensitive)
    found = optimum(table, plan, guards)
    return found, released.write(here, source, plan, table, found, to)


def both(here, path, quasi, sensitive=(), threshold=0.05):
    first = measured(
        here, f"read_parquet('{path}')", quasi, sensitive=sensitive, threshold=threshold
    )
    with path.open("rb") as file:
        second = reread(file, quasi, sensitive=sensitive, threshold=threshold)
    return first, second


@pytest.mark.parametrize("cap", [0.0, 0.05])
def test_released_bytes_are_what_was_found_by_us_by_others_and_by_pycanon(tmp_path, cap):
    plan = tables.adult_plan(cap=cap)
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tables.ADULT, tmp_path]) as here:
        source = tables.from_csv(tables.ADULT / "adult.csv")
        found, rows = made(here, source, plan, [Anonymity(5), Diversity(2, "salary-class")], to)
        first, second = both(here, to, tables.ADULT_QUASI, ["salary-class"], 0.2)
    assert first.differences(second) == []
    assert first.rows == rows == 1500 - found.left_out
    assert first.k >= 5
    assert first.above == 0
    assert first.told["salary-class"].distinct >= 2
    frame = pd.read_parquet(to)
    assert list(frame.columns) == [*tables.ADULT_QUASI, "salary-class"]
    quasi, sensitive = list(tables.ADULT_QUASI), ["salary-class"]
    assert anonymity.k_anonymity(frame, quasi) == first.k
    assert anonymity.l_diversity(frame, quasi, sensitive) == first.told["salary-class"].distinct
    assert anonymity.t_closeness(frame, quasi, sensitive) == pytest.approx(
        first.told["salary-class"].apart
    )
    assert anonymity.entropy_l_diversity(frame, quasi, sensitive) == int(
        first.told["salary-class"].entropy
    )


@settings(max_examples=many(40, 10), deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            *(st.sampled_from(["a", "b", None]) for _ in range(3)),
            st.sampled_from(["1", "2", "10", None]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_the_two_measurements_agree_on_any_rows(rows, tmp_path_factory):
    to = tmp_path_factory.mktemp("made") / "out.parquet"
    names = ["x", "y z", "年龄(岁)", "s"]
    with engine.connect(roots=[to.parent]) as here:
        here.rows(f"COPY {tables.laid(here, rows, names)} TO '{to}' (FORMAT parquet)")
        first, second = both(here, to, names[:3], ["s"])
    assert first.differences(second) == []
    alike = [sum(other[:3] == row[:3] for other in rows) for row in rows]
    anything = [
        sum(
            all(a == b or None in (a, b) for a, b in zip(row[:3], other[:3], strict=True))
            for other in rows
        )
        for row in rows
    ]
    assert first.k == min(alike)
    assert first.k_nulls_anything == min(anything)
    assert first.by(Nulls.NONE) == (1 if any(None in row[:3] for row in rows) else min(alike))
    assert first.unique == pytest.approx(alike.count(1) / len(rows))


def test_a_row_whose_value_is_missing_is_not_dropped_before_it_is_counted(tmp_path):
    """pyCANON drops such rows and so reports k=2 for these three."""
    to = tmp_path / "out.parquet"
    rows, quasi = [("x", "1"), ("x", "1"), (None, "1")], ["q", "r"]
    with engine.connect(roots=[tmp_path]) as here:
        here.rows(f"COPY {tables.laid(here, rows, quasi)} TO '{to}'")
        first, second = both(here, to, quasi)
    assert anonymity.k_anonymity(pd.read_parquet(to), quasi) == 2
    assert first.differences(second) == []
    assert [first.by(each) for each in (Nulls.EQUAL, Nulls.ALL, Nulls.NONE)] == [1, 3, 1]


@pytest.mark.drawn(1)
@pytest.mark.parametrize("nulls", Nulls)
def test_a_release_is_held_to_the_stricter_reading_of_nulls(tmp_path, nulls):
    tree = Hierarchy.made(["x", "y"])
    plan = Plan(
        (Column("q", Role.QUASI, tree), Column("r", Role.QUASI, tree)), nulls=nulls, cap=0.3
    )
    rows = [("x", "x")] * 4 + [("y", "x")] * 4 + [(None, "x")]
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tmp_path]) as here:
        _, count = made(here, tables.laid(here, rows, ["q", "r"]), plan, [Anonymity(2)], to)
        first, second = both(here, to, ["q", "r"])
    assert first.differences(second) == []
    assert count == 8
    assert first.by(nulls.binding) >= 2
    assert first.by(Nulls.ALL) >= 2


@pytest.mark.long
def test_methods_do_what_they_say(tmp_path, monkeypatch):
    keys = []

    def bits(size):
        keys.append(bytes(range(size)))
        return keys[-1]

    monkeypatch.setattr(released.secrets, "token_bytes", bits)
    tree = Hierarchy.made(["x", "y"])
    plan = Plan(
        (
            Column("name", Role.DIRECT),
            Column("id", Role.DIRECT, method=Pseudonym()),
            Column("q", Role.QUASI, tree),
            Column("pay", Role.OTHER, method=Bounded(10, 50)),
            Column("mean", Role.OTHER, method=Average.MEAN),
            Column("median", Role.QUASI, method=Average.MEDIAN),
            Column("mode", Role.OTHER, method=Average.MODE),
        )
    )
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tmp_path]) as here:
        here.rows(
            "CREATE TEMP TABLE t AS SELECT * FROM (VALUES ('王', '甲1', 'x', 5, 1, 7, 3),"
            " ('李', '乙', 'x', 99, 2, 9, 3), ('张', '丙', 'x', NULL, 6, 30, 1),"
            " ('赵', NULL, 'y', 20, 4, 1, 2), ('钱', '丁', 'y', 20, 4, 2, 1))"
            " v(name, id, q, pay, mean, median, mode)"
        )
        made(here, "t", plan, [Anonymity(2)], to)
        first, second = both(here, to, ["q", "median"])
    out = {row["id"]: row for row in pq.read_table(to).to_pylist()}
    assert list(out[None]) == ["id", "q", "pay", "mean", "median", "mode"]
    mac = hmac.new(
        next(key for key in keys if len(key) == 64), "甲1".encode(), hashlib.sha256
    ).hexdigest()
    assert (out[mac]["q"], out[mac]["pay"], out[mac]["mean"]) == (
        "x",
        10,
        statistics.mean([1, 2, 6]),
    )
    assert (out[mac]["median"], out[mac]["mode"]) == (9, 3)
    assert sorted(str(row["pay"]) for row in out.values()) == ["10", "20", "20", "50", "None"]
    # Equally common: the least, each time.
    assert out[None]["mode"] == 1
    assert first.differences(second) == []
    assert first.k == 2


@pytest.mark.long
def test_a_key_of_pseudonyms_is_never_the_same_again(tmp_path):
    plan = Plan(
        (
            Column("id", Role.DIRECT, method=Pseudonym()),
            Column("q", Role.QUASI, Hierarchy.made(["x", "y"])),
        )
    )
    seen = set()
    with engine.connect(roots=[tmp_path]) as here:
        source = tables.laid(here, [("1", "x"), ("1", "x"), ("2", "y"), ("2", "y")], ["id", "q"])
        for number in range(2):
            to = tmp_path / f"{number}.parquet"
            made(here, source, plan, [Anonymity(2)], to)
            seen |= set(pq.read_table(to).column("id").to_pylist())
    assert len(seen) == 4


@pytest.mark.long
def test_whoever_knows_a_tenth_of_the_people_finds_no_more_of_them_than_was_certified(tmp_path):
    names = [*tables.ADULT_QUASI, "salary-class"]
    rows = [
        (*row, str(n)) for n, row in enumerate(tables.read_rows(tables.ADULT / "adult.csv")[1:])
    ]
    plan = tables.adult_plan(cap=0.05)
    plan = Plan((*plan.columns, Column("who", Role.OTHER)), cap=0.05)
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tmp_path]) as here:
        found, _ = made(here, tables.laid(here, rows, [*names, "who"]), plan, [Anonymity(5)], to)
        first, second = both(here, to, tables.ADULT_QUASI)
    assert first.differences(second) == []
    out = {}
    for row in pq.read_table(to).to_pylist():
        out.setdefault(tuple(row[name] for name in tables.ADULT_QUASI), []).append(row["who"])
    known = tables.coarsened(rows, plan, found.levels)
    shares = []
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - an attacker's guesses, by seed
        targets = chance.sample(range(len(rows)), len(rows) // 10)
        hits = sum(chance.choice(out.get(known[n], [""])) == rows[n][-1] for n in targets)
        shares.append(hits / len(targets))
    bound = statistics.mean(shares) + 1.729 * statistics.stdev(shares) / math.sqrt(len(shares))
    assert 0 < bound <= first.prosecutor == 1 / first.k <= 0.2


@pytest.mark.long
def test_rows_are_shown_as_they_are_written_beside_what_they_were(tmp_path):
    names = ["name", "age", "town", "pay", "hours"]
    rows = [
        (f"n{i}", str(20 + i % 7), "甲" if i % 9 else "乙", str(i), str(i % 50)) for i in range(90)
    ]
    towns = Hierarchy.made(["甲", "乙"])
    ages = Hierarchy.made([str(20 + i) for i in range(7)], ["20"] * 4 + ["24"] * 3)
    plan = Plan(
        (
            Column("name", Role.DIRECT),
            Column("age", Role.QUASI, ages, most=1),
            Column("town", Role.QUASI, towns, most=0),
            Column("pay", Role.SENSITIVE, method=Average.MEAN),
            Column("hours", Role.OTHER, method=Bounded(10, 40)),
        ),
        cap=0.2,
    )
    to = tmp_path / "out.parquet"
    with engine.connect(roots=[tmp_path]) as here:
        laid = tables.laid(here, rows, names)
        source = (
            f"(SELECT name, age, town, pay::INTEGER AS pay, hours::INTEGER AS hours FROM {laid})"  # noqa: S608 - a name of ours
        )
        table = coded(here, source, plan)
        found = optimum(table, plan, [Anonymity(6)])
        shown = released.shown(here, source, plan, table, found, 40)
        released.write(here, source, plan, table, found, to)
        written = {
            tuple(row)
            for row in here.rows("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(to)])
        }
    assert found.left_out
    assert len({each.before for each in shown}) == 40
    assert {each.before for each in shown} <= set(rows)
    assert {each.after for each in shown if each.after} <= written
    by_hand = Counter(
        (ages.levels[found.levels["age"]][ages.place[age]], town) for _, age, town, *_ in rows
    )
    for each in shown:
        _, age, town, _, hours = each.before
        label = ages.levels[found.levels["age"]][ages.place[age]]
        if by_hand[label, town] < 6:
            assert each.after is None
        else:
            assert each.after is not None
            assert each.after[:2] == (label, town)
            assert each.after[3] == str(min(max(int(hours), 10), 40))
