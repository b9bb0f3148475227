import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.deidentify import tables
from tests.thorough import many

from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.costs import Measure
from yelin.privacy.deidentify.guards import (
    Anonymity,
    Closeness,
    Diversity,
    EntropyDiversity,
    RecursiveDiversity,
)
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.optimum import Budget, NothingFits, Progress, TooManyChoices, optimum
from yelin.privacy.deidentify.roles import Column, Nulls, Plan, Role, Unclassified
from yelin.warehouse import engine

LEAVES = ("a", "b", "c", "d", "e")


@st.composite
def trees(draw):
    """A hierarchy over the five leaves: each level throws labels of the one below together."""
    levels, below = [], list(LEAVES)
    for number in range(draw(st.integers(0, 2))):
        labels = sorted(set(below))
        into = {label: draw(st.sampled_from(labels)) + str(number) for label in labels}
        below = [into[label] for label in below]
        levels.append(below)
    return Hierarchy.made(LEAVES, *levels)


@st.composite
def plans(draw):
    quasi = [Column(f"q{n}", Role.QUASI, draw(trees())) for n in range(draw(st.integers(1, 3)))]
    columns = (*quasi, Column("s", Role.SENSITIVE))
    plan = Plan(
        columns,
        nulls=draw(st.sampled_from(list(Nulls))),
        cap=draw(st.sampled_from([0.0, 0.1, 0.3, 0.6])),
    )
    value = st.sampled_from([*LEAVES, None])
    row = st.tuples(*(value for _ in quasi), st.sampled_from(["x", "y", "z"]))
    return plan, draw(st.lists(row, min_size=2, max_size=25))


def held(row):
    return [value for (value,) in row]


def entropy(values):
    return -sum(n / len(values) * math.log(n / len(values)) for n in Counter(values).values())


def is_recursive(values, c, least):
    counts = sorted(Counter(values).values(), reverse=True)
    return counts[0] < c * sum(counts[least - 1 :])


MODELS = {
    "k": ([], lambda _: True),
    "distinct": ([Diversity(2, "s")], lambda values: len(set(values)) >= 2),
    "entropy": (
        [EntropyDiversity(1.8, "s")],
        lambda values: entropy(values) >= math.log(1.8) - 1e-9,
    ),
    "recursive": ([RecursiveDiversity(2, 2, "s")], lambda values: is_recursive(values, 2, 2)),
}


@pytest.mark.drawn(1)
@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=many(40, 10), deadline=None)
@given(made=plans(), k=st.integers(2, 4))
def test_the_optimum_is_what_looking_at_every_choice_finds(model, made, k):
    plan, rows = made
    guards, sound = MODELS[model]
    least = tables.exhaustive(rows, plan, lambda values: len(values) >= k and sound(held(values)))
    table = tables.table_of(rows, plan, ["s"] if guards else [])
    try:
        found = optimum(table, plan, [Anonymity(k), *guards])
    except NothingFits:
        # A choice that says nothing is not offered, though it fits.
        assert least == math.inf or least == pytest.approx(_whole(rows, plan))
        return
    assert found.loss == pytest.approx(least, abs=1e-9)
    assert found.is_proven


def _whole(rows, plan):
    """What is lost when nothing is left: a column that tells no rows apart has nothing to lose."""
    telling = [len({row[place] for row in rows}) > 1 for place in range(len(plan.coarsened))]
    return sum(telling) / len(telling)


def test_the_textbook_table_has_its_known_optimum():
    home = tables.CASES / "textbook"
    plan = Plan(
        tuple(
            Column(name, Role.QUASI, tables.hierarchy(name, home, "test"))
            for name in ("age", "gender", "zipcode")
        )
    )
    with engine.connect(roots=[home]) as here:
        table = coded(here, tables.from_csv(home / "test.csv"), plan)
    found = optimum(table, plan, [Anonymity(2)], measure=Measure.SPAN)
    rows = [tuple(row) for row in tables.read_rows(home / "test.csv")[1:]]
    # As the ARX project shows it: ages in two halves, the gender gone, the code to its district.
    classes = Counter(tables.coarsened(rows, plan, found.levels))
    assert min(classes.values()) >= 2
    assert found.left_out == 0
    assert found.is_proven


@pytest.mark.long
@pytest.mark.parametrize("cap", [0.0, 0.05])
@pytest.mark.parametrize("measure", Measure)
def test_adult_is_solved_and_a_class_is_never_too_small(cap, measure):
    plan = tables.adult_plan(cap=cap)
    with engine.connect(roots=[tables.ADULT]) as here:
        table = coded(here, tables.from_csv(tables.ADULT / "adult.csv"), plan)
    found = optimum(table, plan, [Anonymity(5)], measure=measure)
    rows = [tuple(row) for row in tables.read_rows(tables.ADULT / "adult.csv")[1:]]
    classes = Counter(tables.coarsened(rows, plan, found.levels))
    assert sum(n for n in classes.values() if n < 5) == found.left_out <= cap * len(rows)
    assert found.is_proven
    assert found.looked_at < found.choices / 4
    if measure is Measure.ENTROPY:
        made = tables.coarsened(rows, plan, found.levels)
        gone = [classes[label] < 5 for label in made]
        assert found.loss == pytest.approx(tables.entropy_loss(rows, plan, found.levels, gone))


@pytest.mark.parametrize("is_ordered", [False, True])
def test_classes_are_close_to_all_that_is_left(is_ordered):
    plan = tables.adult_plan(("sex", "age", "race"), ("education",), cap=0.1)
    with engine.connect(roots=[tables.ADULT]) as here:
        table = coded(
            here, tables.from_csv(tables.ADULT / "adult.csv"), plan, sensitive=["education"]
        )
    found = optimum(table, plan, [Anonymity(3), Closeness(0.25, "education", ordered=is_ordered)])
    assert found.left_out <= 150
    held_ = found.classes.held("education")
    kept = Counter()
    for of, value, count in zip(held_.classes, held_.values, held_.counts, strict=True):
        if not found.gone[of]:
            kept[int(value)] += int(count)
    values = sorted(kept)
    for number in range(len(found.classes)):
        if found.gone[number]:
            continue
        mine = Counter()
        for of, value, count in zip(held_.classes, held_.values, held_.counts, strict=True):
            if of == number:
                mine[int(value)] += int(count)
        gaps = [mine[v] / mine.total() - kept[v] / kept.total() for v in values]
        if is_ordered:
            running = [abs(sum(gaps[: n + 1])) for n in range(len(gaps))]
            assert sum(running) / (len(values) - 1) <= 0.25 + 1e-9
        else:
            assert sum(map(abs, gaps)) / 2 <= 0.25 + 1e-9


def test_a_column_without_a_role_is_named_and_nothing_is_made():
    plan = Plan((Column("q", Role.QUASI, Hierarchy.made(LEAVES)),))
    with engine.connect() as here, pytest.raises(Unclassified) as refused:
        coded(here, tables.laid(here, [("a", "1")], ["q", "电话"]), plan)
    assert refused.value.columns == ("电话",)


@pytest.mark.long
def test_where_everything_would_go_the_release_is_refused_and_told_why():
    tree = Hierarchy.made([str(n) for n in range(30)])
    plan = Plan((Column("many", Role.QUASI, tree), Column("two", Role.QUASI, tree)), cap=0.1)
    rows = [(str(n), str(n % 2)) for n in range(30)]
    plan = Plan(
        (Column("many", Role.QUASI, tree, most=0), Column("two", Role.QUASI, tree)), cap=0.1
    )
    with pytest.raises(NothingFits) as refused:
        optimum(tables.table_of(rows, plan), plan, [Anonymity(2)])
    assert refused.value.share == 1
    assert refused.value.splits[0] == ("many", 30)


def test_a_search_without_time_still_answers_and_says_what_it_does_not_know():
    plan = tables.adult_plan(cap=0.02)
    seen: list[Progress] = []
    with engine.connect(roots=[tables.ADULT]) as here:
        table = coded(here, tables.from_csv(tables.ADULT / "adult.csv"), plan)
    short = optimum(table, plan, [Anonymity(5)], budget=Budget(choices=20), report=seen.append)
    whole = optimum(table, plan, [Anonymity(5)])
    assert short.looked_at == 20
    assert 0 < len(seen) <= 20
    assert not short.is_proven
    assert short.least <= whole.loss <= short.loss


def test_whoever_watches_may_end_the_search():
    plan = tables.adult_plan()
    with engine.connect(roots=[tables.ADULT]) as here:
        table = coded(here, tables.from_csv(tables.ADULT / "adult.csv"), plan)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimum(table, plan, [Anonymity(5)], report=stop)


def test_too_many_choices_are_told_before_anything_is_looked_at():
    tree = Hierarchy.made(LEAVES, ["v"] * 5, ["w"] * 5, ["x"] * 5)
    plan = Plan(tuple(Column(f"q{n}", Role.QUASI, tree) for n in range(12)))
    table = tables.table_of([("a",) * 12, ("b",) * 12], plan)
    with pytest.raises(TooManyChoices):
        optimum(table, plan, [Anonymity(2)])
