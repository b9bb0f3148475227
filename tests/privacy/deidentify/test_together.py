"""Several tables of one source, looked at as one: what the one hides the other may not tell."""

import numpy as np
import pytest

from yelin.privacy.deidentify.audited import audited
from yelin.privacy.deidentify.seen import NOT_TOLD
from yelin.privacy.deidentify.tallied import Dimension, Measure, Outside, tallied
from yelin.privacy.deidentify.together import NotTogether, Shown, together
from yelin.warehouse.engine import connect

COUNTIES = {"海口": "北", "文昌": "北", "三亚": "南", "乐东": "南"}
PLACE = Dimension("地", {each: each for each in COUNTIES}, tuple(COUNTIES), "无", is_declared=True)
SIDE = Dimension("地", COUNTIES, ("北", "南"), "无", is_declared=True)


def shown(dimension: Dimension, *counts: int) -> Shown:
    return Shown((dimension,), np.array(counts), 5)


def test_a_coarser_table_tells_what_a_finer_one_hides():
    fine = shown(PLACE, 20, NOT_TOLD, 30, NOT_TOLD, NOT_TOLD)
    truth = np.array([20, 2, 30, 12])
    order = [list(COUNTIES).index(label) for label in PLACE.labels]
    alone = together([fine], 100)
    assert audited(alone.tables, truth[order]).weak == ()
    both = together([fine, shown(SIDE, 22, 42, 64)], 100)
    parts = dict(zip(both.parts[0].labels, range(4), strict=True))
    found = np.zeros(4, dtype=np.int64)
    for place, county in enumerate(COUNTIES):
        found[parts[both.parts[0].of[county]]] = truth[place]
    weak = audited(both.tables, found).weak
    assert (0, 1) in weak


def test_tables_of_different_columns_share_parts_of_both():
    kind = Dimension("类", {"甲": "甲", "乙": "乙"}, ("甲", "乙"), "无", is_declared=True)
    both = together([shown(PLACE, 20, 30, 40, 50, 140), shown(kind, 60, 80, 140)], 100)
    assert [each.name for each in both.parts] == ["地", "类"]
    assert [table.lines.shape for table in both.tables] == [(5, 8), (3, 8)]
    crossed = Shown((kind, PLACE), np.full((3, 5), NOT_TOLD), 5)
    (own,) = together([shown(PLACE, 20, 30, 40, 50, 140), crossed], 100).tables[1:]
    parts = np.arange(1, 9)
    by_place = parts.reshape(4, 2)
    cells = (own.lines @ parts).reshape(3, 5)
    assert cells[:2, :4].tolist() == by_place.T.tolist()
    assert cells[2, 4] == parts.sum()
    with pytest.raises(NotTogether):
        together([shown(PLACE, 20, 30, 40, 50, 140), shown(kind, 60, 80, 140)], 7)


def test_rows_are_counted_with_all_totals_and_the_largest_parts():
    with connect(memory_mb=200, threads=1, roots=[]) as engine:
        engine.rows("CREATE TABLE rows (地 VARCHAR, 费 INTEGER)")
        engine.rows(
            "INSERT INTO rows VALUES ('海口', 10), ('海口', 20), ('文昌', 5), ('三亚', 90),"
            " ('三亚', 1), (NULL, 7)"
        )
        side = Dimension("地", COUNTIES, ("北", "南", "无"), "无")
        found = tallied(engine, "rows", [side], Measure("费", 0, 100, 1, 0.9))
        assert found.counts.tolist() == [3, 2, 1, 6]
        assert found.sums.tolist() == [35, 91, 7, 133]
        assert found.dominated.tolist() == [False, True, True, False]
        assert found.largest.tolist() == [20, 90, 7, 90]
        with pytest.raises(Outside) as outside:
            tallied(engine, "rows", [side], Measure("费", 0, 50, 1, 0.9))
        assert outside.value.rows == 1
