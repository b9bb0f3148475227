"""Attacks succeed on a release that hides nobody, and gain nothing on one that does."""

import pytest
from tests.privacy.deidentify import tables

from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.attacked import TRIES, Rate, Risk, attacked
from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.guards import Anonymity
from yelin.privacy.deidentify.optimum import optimum
from yelin.warehouse import engine

CERTIFIED = 0.2
NAMES = [(name, name) for name in tables.ADULT_QUASI]
SENSITIVE = [("salary-class", "salary-class")]


def of_adult(tmp_path, k, **more):
    to = tmp_path / f"{k}.parquet"
    with engine.connect(roots=[tables.ADULT, tmp_path]) as here:
        source = tables.from_csv(tables.ADULT / "adult.csv")
        plan = tables.adult_plan(**more)
        table = coded(here, source, plan)
        found = optimum(table, plan, [Anonymity(k)])
        released.write(here, source, plan, table, found, to)
        known = released.labelled(here, source, table, found)
        done = attacked(here, known, f"read_parquet('{to}')", NAMES, sensitive=SENSITIVE)
    assert done.reached == 1
    return {each.risk: each for each in done.attacks}


@pytest.mark.long
def test_attacks_succeed_on_a_release_that_hides_nobody_and_not_where_five_look_alike(tmp_path):
    weak, sound = of_adult(tmp_path, 1), of_adult(tmp_path, 5, cap=0.05)
    assert set(weak) == set(sound) == set(Risk)
    for risk in (Risk.SINGLING, Risk.INFERENCE):
        assert weak[risk].found.interval[0] - weak[risk].guess.share > CERTIFIED / 2
    assert weak[Risk.LINKING].gain > 10 * sound[Risk.LINKING].gain
    assert weak[Risk.SINGLING].gain > CERTIFIED
    assert sound[Risk.SINGLING].found.hits == 0
    assert all(each.gain <= CERTIFIED for each in sound.values())
    assert of_adult(tmp_path, 5, cap=0.05) == sound


ROWS = [
    ("甲", "a", "x"), ("甲", "a", "x"), ("甲", "a", "y"), ("甲", "b", "z"),
    ("乙", "b", "x"), ("乙", "b", None), (None, "c", "w"),
]  # fmt: skip


def test_what_is_attacked_by_hand_is_attacked_so(tmp_path):
    """Of the seven each attack finds those that can be told by reading them."""
    with engine.connect() as here:
        source = tables.laid(here, ROWS, ["p", "q", "v"])
        done = attacked(here, source, source, [("p", "p"), ("q", "q")])
        singled, linked = done.attacks
        told = attacked(here, source, source, [("p", "p"), ("q", "q")], sensitive=[("v", "v")])
    inferred = told.attacks[2]
    assert (done.reached, singled.found.tries, linked.found.tries) == (1, TRIES, TRIES)
    # 甲b and the one without p are alone; 乙b are two, of whom one held out leaves one.
    assert singled.found.share == pytest.approx(2 / 7, abs=0.04)
    assert singled.control.share == pytest.approx(2 / 7, abs=0.04)
    # By p a row is found, by its q somebody of that q: ¾·⅓ for three, ¼·⅓, 1·⅓ for two, 1·1.
    assert linked.found.share == pytest.approx((3 / 4 + 1 / 12 + 2 / 3 + 1) / 7, abs=0.04)
    assert linked.guess.share == pytest.approx(1 / 7, abs=0.04)
    # x of the first three, z, the missing one of two (it comes first), w; x is commonest of all.
    assert inferred.found.share == pytest.approx(5 / 7, abs=0.04)
    assert inferred.guess.share == pytest.approx(3 / 7, abs=0.04)
    # Held out, x and y are equally common, and nobody else looks so.
    assert inferred.control.hits == 0


def test_released_columns_that_are_typed_fit_the_labels_they_are_written_from():
    labels = [("true", "2020-01-02", "1.50"), (None, "2020-01-03", "7")]
    typed = (
        "(SELECT true AS a, DATE '2020-01-02' AS b, 1.5::DOUBLE AS c"
        " UNION ALL SELECT NULL, DATE '2020-01-03', 7)"
    )
    with engine.connect() as here:
        known = tables.laid(here, labels, ["a", "b", "c"])
        done = attacked(here, known, typed, [(each, each) for each in "abc"])
    assert done.reached == 1
    assert done.attacks[0].found.share == 1


def test_the_interval_is_wilsons():
    assert Rate(0, 100).interval == pytest.approx((0, 0.0370), abs=1e-4)
    assert Rate(50, 100).interval == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert Rate(0, 0).interval == (0, 1)


def test_a_release_without_rows_is_not_attacked():
    with engine.connect() as here:
        source = tables.laid(here, [], ["p", "q"])
        assert attacked(here, source, source, [("p", "p"), ("q", "q")]).attacks == ()
