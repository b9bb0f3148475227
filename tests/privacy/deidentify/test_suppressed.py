"""Cells that are not told: none can be computed, by the auditor or by an attacker of its own."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from yelin.privacy.deidentify import seen
from yelin.privacy.deidentify.audited import Summed, audited, sums_known
from yelin.privacy.deidentify.seen import NOT_TOLD, Seen
from yelin.privacy.deidentify.suppressed import Asked, Unprotected, Why, suppressed


def asked(inner, threshold=5, *, declared=False, fixed=None, **more) -> Asked:
    inner = np.array(inner)
    shape = tuple(each + 1 for each in inner.shape)
    totals = [
        sum(at == size - 1 for at, size in zip(where, shape, strict=True))
        for where in np.ndindex(*shape)
    ]
    return Asked(
        lines=seen.lines([seen.axis(each) for each in inner.shape]),
        parts=inner.ravel(),
        fixed=np.zeros(inner.size, dtype=bool) if fixed is None else np.array(fixed).ravel(),
        least=seen.listed(shape, [declared] * inner.ndim).ravel(),
        totals=np.array(totals),
        threshold=threshold,
        **more,
    )


def published(table: Asked, why) -> Seen:
    told = np.asarray(why) == Why.TOLD
    counts = np.where(told, table.lines @ table.parts, NOT_TOLD)
    return Seen(table.lines, counts, told, table.least, table.threshold)


def choose(table: Asked, seed=1):
    return suppressed(table, random.Random(seed))  # noqa: S311 - a choice that comes again


def determined(own: Seen) -> list[int]:
    """Cells that follow from the told ones by lines alone: by exact fractions, no solver."""
    rows = [list(map(Fraction, line)) for line in own.lines.toarray()[own.told].tolist()]
    basis: list[list[Fraction]] = []
    for row in rows:
        if any(reduced := reduce_by(row, basis)):
            basis.append(reduced)
    hidden = np.flatnonzero(~own.told).tolist()
    lines = own.lines.toarray()
    return [
        cell
        for cell in hidden
        if not any(reduce_by(list(map(Fraction, lines[cell].tolist())), basis))
    ]


def reduce_by(row, basis):
    for each in basis:
        lead = next(n for n, value in enumerate(each) if value)
        if row[lead]:
            times = row[lead] / each[lead]
            row = [value - times * other for value, other in zip(row, each, strict=True)]
    return row


def every_table(own: Seen, most: int):
    """Each table of small whole numbers that agrees with what is told, one by one."""
    lines = own.lines.toarray()
    for parts in itertools.product(range(most + 1), repeat=lines.shape[1]):
        cells = lines @ np.array(parts)
        if (cells[own.told] == own.counts[own.told]).all() and (cells >= own.least).all():
            yield cells


def test_one_small_cell_hides_three_others_and_leaves_ten_numbers_open():
    table = asked([[1, 9], [9, 9]])
    found = choose(table)
    assert np.array(found.why).reshape(3, 3).tolist() == [[1, 3, 0], [3, 3, 0], [0, 0, 0]]
    assert (found.audit.hidden, found.audit.width, found.audit.weak) == (4, 10, ())


def test_a_blank_alone_in_its_line_is_found_to_be_computed():
    table = asked([[1, 9], [9, 9]])
    own = published(table, [1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert audited([own], table.parts).weak == ((0, 0),)
    assert determined(own) == [0]


def test_blanks_that_the_lines_leave_open_may_still_be_known_within_too_little():
    # The row makes 3 and both its blanks are of it: nothing above 3 is possible.
    table = asked([[1, 2, 40], [9, 9, 30]])
    own = published(table, [1, 1, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0])
    assert determined(own) == []
    assert {cell for _, cell in audited([own], table.parts).weak} == {0, 1, 4, 5}


def test_a_zero_is_a_blank_unless_nobody_could_be_there():
    inner = [[0, 20, 30], [12, 9, 9], [11, 14, 25]]
    found = choose(asked(inner))
    assert found.why.reshape(4, 4)[0, 0] == Why.SMALL
    fixed = np.zeros((3, 3), dtype=bool)
    fixed[0, 0] = True
    assert not choose(asked(inner, fixed=fixed)).why.any()


def test_a_label_that_occurs_is_known_to_have_somebody():
    # Declared, the second label may be nobody's; listed since it occurs, it may not.
    for declared, lowest in ((True, 0), (False, 1)):
        table = asked([30, 1, 2, 40], declared=declared)
        own = published(table, choose(table).why)
        assert own.least[1] == lowest
        assert not own.told[1]


def test_a_table_of_one_cell_is_refused():
    with pytest.raises(Unprotected):
        choose(asked([2]))


def test_what_is_published_must_be_what_was_counted():
    table = asked([[1, 9], [9, 9]])
    own = published(table, choose(table).why)
    with pytest.raises(ValueError, match="counted"):
        audited([own], table.parts + 1)


def test_a_sum_that_one_makes_is_hidden_and_left_open_on_both_sides():
    inner = np.array([[20, 20], [20, 20]])
    sums = np.array([1000.0, 500, 480, 510])
    # Of the first cell one part makes nearly all.
    dominated = np.zeros(9, dtype=bool)
    dominated[0] = True
    apart = np.array([95.0, 4, 4, 4, 4, 4, 4, 4, 4])
    summed = Summed(sums, 0, 2000, apart)
    table = asked(inner, dominated=dominated, summed=summed)
    found = choose(table)
    assert found.why[0] == Why.DOMINATED
    assert (found.why != Why.TOLD).sum() >= 4
    own = published(table, found.why)
    assert sums_known(own, table.parts, summed) == ()
    alone = published(table, [2, 0, 0, 0, 0, 0, 0, 0, 0])
    assert sums_known(alone, table.parts, summed) == (0,)


def test_sums_that_are_told_with_narrow_bounds_tell_counts_too():
    # Each value is 1 and no more, so that a sum is a count: what is left of the line is known.
    table = asked([[1, 9], [9, 9]])
    why = [1, 3, 0, 3, 3, 0, 0, 0, 0]
    wide = Summed(table.parts * 1.0, 0, 100, np.zeros(9))
    assert audited([published(table, why)], table.parts, wide).weak == ()
    narrow = Summed(np.array([1.0, 18, 18, 18]), 1, 2, np.zeros(9))
    # Of ten in the first line three at least are in the second cell, and so on.
    found = audited([published(table, why)], table.parts, narrow)
    assert found.width < audited([published(table, why)], table.parts).width


TABLES = st.one_of(
    st.lists(st.integers(0, 40), min_size=3, max_size=6).map(np.array),
    st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
        lambda shape: st.lists(
            st.integers(0, 40), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
        ).map(lambda many: np.array(many).reshape(shape))
    ),
    st.lists(st.integers(0, 30), min_size=12, max_size=12).map(
        lambda many: np.array(many).reshape(2, 3, 2)
    ),
)
CALM = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@CALM
@given(TABLES, st.integers(0, 3))
def test_nothing_that_is_not_told_is_ever_computed(inner, seed):
    assume(all((inner.sum(axis=axis) >= 0).all() for axis in range(inner.ndim)))
    table = asked(inner, declared=True)
    try:
        found = choose(table, seed)
    except Unprotected:
        return
    own = published(table, found.why)
    assert determined(own) == []
    again = audited([own], table.parts)
    assert again.weak == ()
    assert not again.hidden or again.width >= 5
    counts = table.lines @ table.parts
    assert (counts[own.told] >= 5).all()


@pytest.mark.long
@CALM
@given(st.lists(st.integers(0, 6), min_size=4, max_size=4), st.integers(0, 3))
def test_whoever_tries_each_table_that_fits_finds_several_for_each_blank(many, seed):
    table = asked(np.array(many).reshape(2, 2), 3, declared=True)
    try:
        own = published(table, choose(table, seed).why)
    except Unprotected:
        return
    hidden = np.flatnonzero(~own.told)
    # Whoever knows the rule leaves out tables in which nothing would be small.
    tables = [cells for cells in every_table(own, 12) if (cells[hidden] < 3).any()]
    for cell in hidden.tolist():
        assert len({int(cells[cell]) for cells in tables}) > 3
