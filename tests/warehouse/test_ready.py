import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.warehouse import ready
from yelin.warehouse.formats import Column

COLUMNS = (Column("号", "I"), Column("名", "C"), Column("价", "N"), Column("日", "D"))
HOLDS = {
    "eq": lambda a, b: a == b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
}  # fmt: skip


def written(path, values):
    day = dt.date(1969, 12, 31)
    rows = [(n, f"“{n}”\n", Decimal(n) / 4, day, value, 7 * n) for n, value in enumerate(values)]
    kinds = (
        pa.int64(), pa.string(), pa.decimal128(38, 2), pa.date32(), pa.decimal128(9, 2), pa.int64(),
    )  # fmt: skip
    arrays = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]
    whole = pa.RecordBatch.from_arrays(arrays, [*"号名价日", "value", "row"])
    # However they come, they lie evenly.
    parts = [whole.slice(at, 5) for at in range(0, len(rows), 5)]
    ready.write(parts, COLUMNS, path)
    return rows


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    for name, rows in (("BLOCK", 3), ("BATCH", 4), ("ROWS", 12)):
        monkeypatch.setattr(ready, name, rows)


def test_rows_lie_at_their_places_as_they_go_out(tmp_path):
    path = tmp_path / "one.rows"
    rows = written(path, [None] * 31)
    found = ready.read(path)
    for first, last in ((0, 0), (0, 1), (2, 4), (10, 26), (30, 31), (0, 31)):
        assert list(ready.Lines(found.lines(range(first, last)))) == [
            {"号": n, "名": f"“{n}”\n", "价": n / 4, "日": "1969-12-31"} for n in range(first, last)
        ]
    assert [each["号"] for each in ready.Lines(found.lines([1, 2, 17, 30]))] == [1, 2, 17, 30]
    assert found.rows(range(31)) == tuple(row[-1] for row in rows)
    assert b'"\xe4\xbb\xb7":1,' in found.lines([4])[0]


@given(
    st.lists(st.none() | st.decimals(-2, 2, places=2), max_size=30),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(sorted(HOLDS)), st.decimals(-3, 3, places=2)), max_size=2),
)
def test_a_span_holds_the_rows_that_meet_what_is_asked_and_no_others(
    tmp_path_factory, values, descending, asked
):
    known = sorted((each for each in values if each is not None), reverse=descending)
    values = known + [None] * (len(values) - len(known))
    path = tmp_path_factory.mktemp("ready") / "one.rows"
    written(path, values)
    found = ready.read(path)
    if not values:
        assert found is None
        return
    first, last = found.within(asked, ("价", descending))
    meet = [
        place
        for place, value in enumerate(values)
        if all(value is not None and HOLDS[operator](value, b) for operator, b in asked)
    ]
    assert list(range(first, last)) == meet
    assert [found.value(place) for place in range(len(values))] == values


def test_rows_are_found_by_their_number_too(tmp_path):
    written(tmp_path / "one.rows", [None] * 20)
    found = ready.read(tmp_path / "one.rows")
    assert found.within([("gt", 4), ("lte", Decimal("7.5"))], None) == (4, 7)
    assert found.within([("eq", 20)], None) == (19, 20)
    assert found.within([], None) == (0, 20)


def test_what_cannot_be_read_makes_way(tmp_path):
    path = tmp_path / "one.rows"
    path.write_bytes(b"torn")
    assert ready.read(path) is None
    assert not path.exists()
