"""What leaves never tells of fewer than the limit: checked by code that shares nothing with it."""

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many, some

from yelin.market.compute.boxes import Box
from yelin.market.compute.rules import (
    OTHERS,
    OUTSIDE,
    Check,
    Earlier,
    Limits,
    Part,
    Summed,
    Withheld,
    by_chance,
    told_apart,
)

LEAST = 3
LIMITS = Limits(LEAST, 1, Decimal("0.9"))
# A row is what it says in two columns, and an amount.
TABLES = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("pqr"), st.integers(-4, 9)),
    min_size=4,
    max_size=13,
)
FILTERS = st.lists(
    st.tuples(st.integers(0, 1), st.sets(st.sampled_from("xyzpqr"), min_size=1, max_size=4)),
    max_size=2,
)
QUESTIONS = st.lists(
    st.tuples(st.sets(st.integers(0, 1)), st.booleans(), FILTERS), min_size=1, max_size=5
)


class House:
    """Asks one table as the platform does, with a plain loop in the engine's place."""

    def __init__(self, table, limits=LIMITS, many=None, choose=min) -> None:
        """Each row of the table stands for as ``many`` as are said of it, or for itself."""
        self.choose = choose
        self.table = table
        self.many = many or [1] * len(table)
        self.limits = limits
        self.earlier: list[Earlier] = []
        self.labels: list[list[int]] = []
        self.left: list[dict] = []

    def hides(self, _subjects, _least) -> bool:
        return bool(self.choose((0, 1)))

    def ask(self, groups, sums, filters):
        """Return what left, as sets of rows by group, or None."""
        chosen = [all(row[at] in wanted for at, wanted in filters) for row in self.table]
        said = [tuple(row[at] for at in sorted(groups)) for row in self.table]
        box = Box.of((str(at), "in", tuple(sorted(wanted))) for at, wanted in filters)
        check = Check(self.limits, box, self.earlier, self.choose, self.hides)
        labels: dict = {}
        for inside, label in zip(chosen, said, strict=True):
            if inside and groups:
                labels.setdefault(label, len(labels) + 1)
        raw = [
            (labels[label] if groups else 1) if inside else OUTSIDE
            for inside, label in zip(chosen, said, strict=True)
        ]

        def numbered(named):
            number = {label: place for place, label in enumerate(named, 1)}
            return [
                (number.get(label, OTHERS) if groups else 1) if inside else OUTSIDE
                for inside, label in zip(chosen, said, strict=True)
            ]

        try:
            named, parts = told_apart(
                check,
                self.parts(raw, sums=sums),
                labels,
                lambda named: self.parts(numbered(named), sums=sums),
            )
        except Withheld:
            return None
        mine = numbered(named)
        self.earlier.append(Earlier(box, frozenset(["n"] if sums else [])))
        self.labels.append(mine)
        told = defaultdict(set)
        for place, label in enumerate(mine):
            if label != OUTSIDE:
                told[named[label - 1] if groups and label != OTHERS else label].add(place)
        self.left.append({"groups": dict(told), "sums": sums})
        assert {each.label for each in parts} == {*mine}
        return dict(told)

    def parts(self, labels, *, sums) -> list[Part]:
        found = defaultdict(list)
        for place, label in enumerate(labels):
            found[(tuple(each[place] for each in self.labels), label)].append(place)
        return [
            Part(before, label, self.size(rows), self.size(rows), self.sums(rows) if sums else {})
            for (before, label), rows in found.items()
        ]

    def size(self, rows) -> int:
        return sum(self.many[place] for place in rows)

    def sums(self, rows) -> dict[str, Summed]:
        amounts = [Decimal(self.table[place][2]) for place in rows]
        sizes = sorted(map(abs, amounts), reverse=True)
        largest = sum(sizes[: self.limits.greatest])
        return {"n": Summed(sum(amounts), sum(sizes), largest)}


def rank(vectors) -> int:
    """The rank of some vectors, by exact elimination."""
    rows = [list(map(Fraction, each)) for each in vectors]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((each for each in rows[found:] if each[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows = [
            [a - b * each[column] / pivot[column] for a, b in zip(each, pivot, strict=True)]
            for each in rows
        ]
        rows.insert(0, pivot)
        rows[0], rows[found] = rows[found], rows[0]
        found += 1
    return found


def determined(vectors, size, most):
    """Yield the sets of at most so many rows of which some weighted sum can be computed."""
    whole = rank(vectors)
    for number in range(1, most + 1):
        for few in combinations(range(size), number):
            others = [place for place in range(size) if place not in few]
            if rank([[each[place] for place in others] for each in vectors]) < whole:
                yield few


def vectors_of(house, *, sums=False):
    size = range(len(house.table))
    return [
        [int(place in rows) for place in size]
        for left in house.left
        if left["sums"] or not sums
        for rows in left["groups"].values()
    ]


@settings(max_examples=many(3_000, 120))
@given(TABLES, QUESTIONS)
def test_no_arithmetic_on_all_that_left_tells_of_fewer_rows_than_the_limit(table, questions):
    house = House(table)
    for asked in questions:
        house.ask(*asked)
    vectors = vectors_of(house)
    assert not vectors or not list(determined(vectors, len(table), LEAST - 1))


@settings(max_examples=many(3_000, 80))
@given(TABLES, QUESTIONS)
def test_no_sum_that_can_be_computed_is_nearly_all_one_rows(table, questions):
    house = House(table)
    for asked in questions:
        house.ask(*asked)
    # The finest sums of which all others are made: rows that no answer with sums tells apart.
    with_sums = [labels for labels, left in zip(house.labels, house.left, strict=True)
                 if left["sums"]]  # fmt: skip
    found = defaultdict(list)
    for place in range(len(table)):
        found[tuple(each[place] for each in with_sums)].append(abs(table[place][2]))
    for key, sizes in found.items():
        if any(label != OUTSIDE for label in key):
            assert max(sizes) <= Decimal("0.9") * sum(sizes) or not any(sizes)


def test_the_check_above_finds_what_the_rule_forbids():
    house = House([("x", "p", 1)] * 5 + [("y", "p", 1)] * 4)
    everyone = set(range(9))
    house.left = [
        {"groups": {1: everyone}, "sums": False},
        {"groups": {1: everyone - {8}}, "sums": False},
    ]
    assert next(determined(vectors_of(house), 9, 2)) == (8,)
    house.left = [{"groups": {1: everyone}, "sums": False},
                  {"groups": {1: everyone - {7, 8}}, "sums": False}]  # fmt: skip
    assert list(determined(vectors_of(house), 9, 2)) == [(7, 8)]
    assert rank([[1, 1, 0], [0, 1, 1], [1, 2, 1]]) == 2


def test_who_knows_the_rule_and_tries_all_tables_pins_down_no_small_group():
    """For all tables of four cells: what is told of each leaves a small cell more than one size."""
    menu = [
        ({0}, False, []),
        ({1}, False, []),
        ({0, 1}, False, []),
        (set(), False, []),
        (set(), False, [(0, {"x"})]),
        ({1}, False, [(0, {"x"})]),
        ({0}, False, [(1, {"q"})]),
        (set(), False, [(0, {"x"}), (1, {"q"})]),
    ]
    orders = some([*permutations(range(len(menu)), 2)], 2)
    cells = [*product("xy", "pq")]
    # Wide enough that no table is missing that a small one could be taken for.
    worlds = [*product(range(7), repeat=4)]
    for order in orders:
        same = defaultdict(list)
        for counts in worlds:
            for told in transcripts(counts, cells, [menu[each] for each in order]):
                same[told].append(counts)
        for alike in same.values():
            for cell in range(4):
                sizes = {counts[cell] for counts in alike}
                if any(max(counts) < 4 for counts in alike):
                    assert len(sizes) > 1 or not 0 < min(sizes) < LEAST, (order, alike[0], cell)


def transcripts(counts, cells, asked):
    """Return all that may be told of a table, however what is drawn by chance falls."""
    found, open_ = set(), [[]]
    while open_:
        taken, seen = open_.pop(), []

        def choose(labels, taken=taken, seen=seen):
            place = taken[len(seen)] if len(seen) < len(taken) else 0
            if len(seen) >= len(taken):
                open_.extend([*seen, other] for other in range(1, len(labels)))
            seen.append(place)
            return labels[place]

        found.add(transcript(counts, cells, asked, choose))
    return found


def transcript(counts, cells, asked, choose):
    there = [(*cell, 1) for cell, number in zip(cells, counts, strict=True) if number]
    house = House(there, many=[number for number in counts if number], choose=choose)
    told = []
    for each in asked:
        found = house.ask(*each)
        told.append(found and frozenset((key, house.size(rows)) for key, rows in found.items()))
    return tuple(told)


@pytest.mark.parametrize("there", [True, False])
def test_a_refusal_is_the_same_whether_somebody_is_there(there):
    """Filters on one who is there and one who is not; alone, left out, and added to others."""
    table = [("x", "p", 1)] * 6 + [("y", "q", 1)] * 6 + [("z", "p", 1)] * there
    assert House(table).ask(set(), False, [(0, {"z"})]) is None
    assert House(table).ask(set(), False, [(0, {"x", "y"})]) is None
    house = House(table)
    assert house.ask(set(), False, [(0, {"x"})])
    assert house.ask(set(), False, [(0, {"x", "z"})]) is None


def test_small_groups_are_put_together_and_never_told_by_what_is_left():
    table = [("x", "p", 1)] * 6 + [("y", "p", 1)] * 2 + [("z", "p", 1)] * 2
    told = House(table).ask({0}, False, [])
    assert Counter({key: len(rows) for key, rows in told.items()}) == {("x",): 6, OTHERS: 4}
    # One small group alone takes another one with it.
    table = [("x", "p", 1)] * 6 + [("y", "p", 1)] * 2 + [("z", "p", 1)] * 4
    last = House(table, choose=lambda some: 0 if some == (0, 1) else max(some))
    told = last.ask({0}, False, [])
    assert {key: len(rows) for key, rows in told.items()} == {("x",): 6, OTHERS: 6}


def test_a_large_group_is_seldom_hidden_and_never_surely_shown():
    hidden = {size: sum(by_chance(size, 5) for _ in range(4_000)) / 4_000 for size in (5, 10, 60)}
    assert 0.44 < hidden[5] < 0.56
    assert 0.2 < hidden[10] < 0.3
    assert hidden[60] < 0.01
    table = [("x", "p", 1)] * 8
    assert House(table).ask(set(), False, [])
    assert House(table, choose=max).ask(set(), False, []) is None


def test_a_sum_that_one_row_makes_is_not_told_and_the_count_is():
    table = [("x", "p", 1)] * 5 + [("x", "p", 1000)] + [("y", "p", 1)] * 5
    assert House(table).ask({0}, True, []) is None
    assert len(House(table).ask({0}, False, [])) == 2
