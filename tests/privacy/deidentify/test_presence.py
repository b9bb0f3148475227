from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.deidentify import tables
from tests.thorough import many

from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.presence import Present, counted, present
from yelin.warehouse import engine

TREES = {"age": Hierarchy.made(["1", "2", "10"], ["1–9", "1–9", "10–19"]),
         "town": Hierarchy.made(["a", "b", "07"])}  # fmt: skip
VALUES = st.tuples(st.sampled_from(["1", "2", "10", None]), st.sampled_from(["a", "b", "07", None]))


def label(row, levels):
    made = []
    for value, name in zip(row, TREES, strict=True):
        tree = TREES[name]
        top = levels[name] == tree.height
        at = None if value is None else tree.levels[levels[name]][tree.place[value]]
        made.append("*" if top else at)
    return tuple(made)


@settings(max_examples=many(60, 15), deadline=None)
@given(
    whole=st.lists(VALUES, min_size=1, max_size=20),
    chosen=st.lists(st.integers(0, 19), max_size=12, unique=True),
    strangers=st.lists(VALUES, max_size=2),
    ages=st.integers(0, 2),
    towns=st.integers(0, 1),
)
def test_both_measurements_say_what_the_definition_says(
    whole, chosen, strangers, ages, towns, tmp_path_factory
):
    levels = {"age": ages, "town": towns}
    out = [whole[at] for at in chosen if at < len(whole)] + strangers
    made = [label(row, levels) for row in out]
    home = tmp_path_factory.mktemp("made")
    with engine.connect(roots=[home]) as here:
        for name, rows in (("whole", whole), ("out", made)):
            laid = tables.laid(here, rows, list(TREES))
            here.rows(f"COPY {laid} TO '{home / name}' (FORMAT parquet)")
        labels = tables.laid(here, [label(row, levels) for row in whole], list(TREES))
        first = present(here, labels, f"read_parquet('{home / 'out'}')", [(n, n) for n in TREES])
    with (home / "whole").open("rb") as population, (home / "out").open("rb") as file:
        second = counted(
            population, file, [(n, n) for n in TREES], {n: (TREES[n], levels[n]) for n in TREES}
        )
    assert first.agrees(second)
    all_of_them, released = Counter(label(row, levels) for row in whole), Counter(made)
    shares = [released[each] / n for each, n in all_of_them.items()]
    known = [n for each, n in all_of_them.items() if released[each]]
    assert first.agrees(
        Present(
            min(shares),
            max(shares),
            min(known, default=0),
            sum(n for each, n in released.items() if each not in all_of_them),
        )
    )
