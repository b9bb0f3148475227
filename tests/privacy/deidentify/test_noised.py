"""Statistics with noise: distribution, bound of each subject, declared domain, whole numbers.

Where chance decides, the limit is the one that true noise passes with a probability of less than
one in a thousand million; the computation stands beside it.
"""

import math
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.privacy.deidentify import noised
from yelin.privacy.deidentify.noised import Banded, Listed, Measure, Noise, Number
from yelin.privacy.deidentify.roles import BadPlan
from yelin.warehouse import engine

FALSE_ALARM = 1e-10
SEX = Listed("sex", {"m": "男", "f": "女"})
ONE = {Measure.ROWS: Decimal("0.5")}
ALL = dict.fromkeys(Measure, Decimal("0.5"))
PAY = Number("pay", Decimal(0), Decimal(100), Decimal("0.5"))
NAMES = ("who", "sex", "age", "pay")


def laid(here, rows, names=NAMES):
    columns = ", ".join(f"{name} VARCHAR" for name in names)
    here.rows("DROP TABLE IF EXISTS laid")
    here.rows(f"CREATE TEMP TABLE laid ({columns})")
    if rows:
        lists = ", ".join("unnest(?::VARCHAR[])" for _ in names)
        here.rows(
            f"INSERT INTO laid SELECT {lists}", [list(each) for each in zip(*rows, strict=True)]
        )
    return "laid"


def counted(rows, asked):
    with engine.connect() as here:
        return noised.counted(here, laid(here, rows), asked)


def by_label(asked, cells, measure=Measure.ROWS):
    places = np.ndindex(*asked.shape)
    labels = [each.labels for each in asked.dimensions]
    return {
        tuple(names[at] for names, at in zip(labels, place, strict=True)): int(
            cells[measure][place]
        )
        for place in places
    }


def within(scale, far):
    """The chance that discrete Laplace noise of this scale lies at ``far`` or below."""
    ratio = math.exp(-1 / scale)
    if far >= 0:
        return 1 - ratio ** (far + 1) / (1 + ratio)
    return ratio**-far / (1 + ratio)


@pytest.mark.drawn(1)
@pytest.mark.parametrize(("epsilon", "most"), [("0.5", 1), ("1", 3), ("0.1", 1), ("3", 1)])
def test_noise_is_distributed_as_it_must_be_for_its_epsilon(epsilon, most):
    domain = Listed("sex", {str(n): str(n) for n in range(50_000)})
    asked = Noise((domain,), {Measure.ROWS: Decimal(epsilon)}, subject="who", most=most)
    found = noised.drawn(asked, {Measure.ROWS: np.zeros(asked.shape, dtype=np.int64)})
    noise = np.sort(found[Measure.ROWS])
    scale = most / float(epsilon)
    # Dvoretzky, Kiefer, Wolfowitz, Massart: P(sup |F_n - F| > d) <= 2 exp(-2 n d^2).
    far = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * noise.size))
    values = range(int(noise[0]) - 1, int(noise[-1]) + 2)
    shares = np.searchsorted(noise, np.array(values), side="right") / noise.size
    off = max(
        abs(share - within(scale, value)) for share, value in zip(shares, values, strict=True)
    )
    assert off <= far
    # The same limit would not let pass what is a quarter narrower or wider.
    for wrong in (scale * 0.75, scale * 1.25):
        assert (
            max(abs(share - within(wrong, at)) for share, at in zip(shares, values, strict=True))
            > far
        )
    assert noised.scale(asked, Measure.ROWS) >= scale
    assert noised.scale(asked, Measure.ROWS) == pytest.approx(scale)


def test_two_draws_differ_and_cells_are_drawn_apart():
    domain = Listed("sex", {str(n): str(n) for n in range(1000)})
    asked = Noise((domain,), {Measure.ROWS: Decimal("0.5")})
    zero = {Measure.ROWS: np.zeros(asked.shape, dtype=np.int64)}
    first, second = (noised.drawn(asked, zero)[Measure.ROWS] for _ in range(2))
    # Two cells are equal with a chance of about 0.13; that 500 of 1000 are, with less than 1e-100.
    assert (first == second).sum() < 500
    assert (first[1:] == first[:-1]).sum() < 500
    assert first.min() < 0 < first.max()


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(["m", "f", "x", None]),
        st.sampled_from(["3", "15", "27", "99", "old", None]),
        st.sampled_from(["-7", "0", "12.5", "100", "1e9", "nan", "inf", "-inf", "?", None]),
    ),
    max_size=40,
)


@pytest.mark.long
@given(PEOPLE, st.lists(PEOPLE, max_size=1), st.integers(1, 4))
@settings(max_examples=many(400, 40), deadline=None)
def test_one_subject_more_changes_no_more_than_the_noise_is_made_for(others, own, most):
    few = Counter()
    kept = []
    for row in others:
        few[row[0]] += 1
        if few[row[0]] <= most:
            kept.append(row)
    mine = [("me", *row[1:]) for rows in own for row in rows]
    number = Number("pay", Decimal(-20), Decimal(100), Decimal("0.5"))
    dimensions = (Listed("sex", SEX.groups, other="?"), Banded("age", 10, 30, 10, other="?"))
    asked = Noise(dimensions, ALL, number, "who", most)
    with engine.connect() as here:
        without = noised.counted(here, laid(here, kept), asked)
        having = noised.counted(here, laid(here, kept + mine), asked)
    for measure in Measure:
        apart = np.abs(having[measure] - without[measure]).sum()
        assert apart <= asked.sensitivity(measure)
    assert (having[Measure.ROWS] - without[Measure.ROWS]).sum() == min(most, len(mine))


def test_which_rows_of_a_subject_count_is_left_to_chance_and_rows_of_nobody_do_not():
    rows = [(f"p{n}", sex, "1", "1") for n in range(40) for sex in ("m", "f")]
    asked = Noise((SEX,), ONE, subject="who")
    found = counted([*rows, (None, "m", "1", "1")], asked)
    men, women = found[Measure.ROWS]
    assert men + women == 40
    # That all 40 fall to one side: 2 * 2^-40.
    assert 0 < men < 40
    free = counted(rows, Noise((SEX,), ONE))[Measure.ROWS]
    assert list(free) == [40, 40]


def test_groups_come_from_what_was_declared_and_never_from_the_data():
    age = Banded("age", 0, 60, 20)
    rows = [
        ("a", "m", "5", "1"),
        ("b", "?", "5", "1"),
        ("c", None, "70", "1"),
        ("d", "m", "x", "1"),
    ]
    left = Noise((SEX, age), ONE)
    assert age.labels == ("<0", "0–19", "20–39", "40–59", "≥60")
    found = by_label(left, counted(rows, left))
    assert len(found) == 10
    assert {labels: n for labels, n in found.items() if n} == {("男", "0–19"): 1}
    told = Noise((Listed("sex", SEX.groups, "其他"), Banded("age", 0, 60, 20, "不详")), ONE)
    found = by_label(told, counted(rows, told))
    assert len(found) == 18
    assert {labels: n for labels, n in found.items() if n} == {
        ("男", "0–19"): 1,
        ("其他", "0–19"): 1,
        ("其他", "≥60"): 1,
        ("男", "不详"): 1,
    }
    # Nobody at all: the table has the same rows.
    empty = counted([], told)
    assert empty[Measure.ROWS].shape == (3, 6)
    with engine.connect() as here:
        drawn = noised.noised(here, laid(here, []), told)
    assert len(list(drawn.rows())) == 4 * 7


def test_a_sum_is_of_whole_steps_within_bounds():
    pays = ["-7", "12.74", "12.75", "1e9", "inf", "nan", "?", None]
    found = counted([("a", "m", "1", pay) for pay in pays], Noise((SEX,), ALL, PAY))
    assert list(found[Measure.ROWS]) == [8, 0]
    assert list(found[Measure.GIVEN]) == [5, 0]
    # 0, 25, 26 and twice the upper bound of 200 steps.
    assert list(found[Measure.SUM]) == [451, 0]


def test_totals_are_added_from_noised_cells_and_told_with_their_own_width():
    asked = Noise((SEX, Banded("age", 0, 40, 20)), ONE)
    with engine.connect() as here:
        found = noised.noised(here, laid(here, [("a", "m", "1", "1")] * 9), asked)
    rows = {labels: (added, figures[Measure.ROWS]) for labels, added, figures in found.rows()}
    assert len(rows) == 3 * 5
    assert rows[None, None] == (8, int(found.cells[Measure.ROWS].sum()))
    assert rows["男", None] == (4, int(found.cells[Measure.ROWS][0].sum()))
    assert rows[None, "0–19"] == (2, int(found.cells[Measure.ROWS][:, 1].sum()))
    assert found.half_width(Measure.ROWS) < found.half_width(Measure.ROWS, 4)


@pytest.mark.parametrize("scale", [0.2, 1.0, 2.0, 7.5, 64.0, 200.0, 1e6, 3e11])
def test_the_width_told_is_that_of_opendp_and_holds(scale):
    from opendp.accuracy import discrete_laplacian_scale_to_accuracy  # noqa: PLC0415

    theirs = discrete_laplacian_scale_to_accuracy(scale, 0.05)
    ours = noised.half_width(scale)
    assert math.floor(theirs) <= ours <= math.floor(theirs) * 1.01 + 1
    # It holds for sums, too: the chance beyond it is Hoeffding-close to one in twenty.
    if scale <= 64:
        made = np.random.default_rng(1).geometric(1 - math.exp(-1 / scale), (2, 20_000, 9))
        far = np.abs((made[0] - made[1]).sum(axis=1)) > noised.half_width(scale, 9)
        assert far.mean() < 0.05 + math.sqrt(math.log(1 / FALSE_ALARM) / (2 * 20_000))


def test_epsilon_is_shared_out_exactly_and_never_above():
    parts = noised.shared_out(Decimal(1), list(Measure))
    assert set(parts.values()) == {Decimal("0.333333")}
    assert Noise((SEX,), parts, PAY).whole == Decimal("0.999999")
    for text, most in (("0.1", 1), ("0.3", 7), ("0.333333", 17), ("7", 1)):
        asked = Noise((SEX,), {Measure.ROWS: Decimal(text)}, subject="who", most=most)
        # OpenDP's own account, compared as fractions.
        laplace, _ = noised._mechanism(asked.size, most, Decimal(text))
        assert Decimal(laplace.map(most)) <= Decimal(text)


@pytest.mark.parametrize(
    "asked",
    [
        {"dimensions": ()},
        {"dimensions": (SEX, SEX)},
        {"dimensions": (Banded("age", 1, 30, 10),)},
        {"dimensions": (Listed("sex", {"m": "男"}, other="男"), Banded("age", 3, 3, 1))},
        {"dimensions": (Listed("sex", {str(n): str(n) for n in range(100_001)}),)},
        {"epsilon": {Measure.ROWS: Decimal(0)}},
        {"epsilon": {Measure.ROWS: Decimal("0.0000001")}},
        {"epsilon": ALL},
        {"epsilon": {Measure.SUM: Decimal(1)}, "number": PAY},
        {"most": 2},
        {"subject": "who", "most": 0},
        {"number": PAY},
        {"epsilon": ALL, "number": Number("pay", Decimal(0), Decimal("1.3"), Decimal("0.5"))},
        {"epsilon": ALL, "number": Number("pay", Decimal(0), Decimal(10**16), Decimal("0.01"))},
    ],
)
def test_what_cannot_be_drawn_soundly_is_refused(asked):
    with pytest.raises(BadPlan):
        Noise(**{"dimensions": (SEX,), "epsilon": ONE} | asked)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(BadPlan, match="height"):
        counted([], Noise((Banded("height", 0, 2, 1),), ONE))
