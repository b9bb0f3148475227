from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yelin.gate import Mask, Obligations, RowFilter
from yelin.gate.obligations import NONE

items = st.sampled_from(["姓名", "证件", "电话", "住址"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - given one next
    lambda moment: moment.replace(tzinfo=UTC)
)
burdens = st.builds(
    Obligations,
    shown_items=st.none() | st.frozensets(items),
    hidden_items=st.frozensets(items),
    masks=st.dictionaries(items, st.sampled_from(Mask)),
    row_filters=st.frozensets(
        st.builds(RowFilter, items, st.sampled_from(["eq", "in"]), st.just(("1", "2")))
    ),
    watermark=st.booleans(),
    thinned=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.02")]),
    until=st.none() | moments,
    rate_per_hour=st.none() | st.integers(0, 1000),
)


@given(one=burdens, other=burdens, third=burdens)
def test_two_burdens_make_the_strictest_in_whatever_order(one, other, third):
    assert one.with_(other) == other.with_(one)
    assert one.with_(other).with_(third) == one.with_(other.with_(third))
    assert one.with_(one) == one
    assert one.with_(NONE) == one


@given(one=burdens, other=burdens)
def test_a_further_burden_never_widens(one, other):
    both = one.with_(other)
    for item in ("姓名", "证件", "电话", "住址"):
        assert both.shows(item) <= one.shows(item)
        assert both.shows_whole(item) <= one.shows_whole(item)
        assert both.masks.get(item, 0) >= one.masks.get(item, 0)
    assert both.row_filters >= one.row_filters
    assert both.watermark >= one.watermark
    assert both.thinned >= one.thinned
    assert both.leaves_out >= one.leaves_out == bool(one.row_filters or one.thinned)
    assert one.until is None or both.until <= one.until
    assert one.rate_per_hour is None or both.rate_per_hour <= one.rate_per_hour


@given(one=burdens, item=items)
def test_all_of_an_item_is_had_where_neither_it_nor_a_row_of_it_is_hidden_or_masked(one, item):
    hidden = item in one.hidden_items or (
        one.shown_items is not None and item not in one.shown_items
    )
    assert one.shows(item) is not hidden
    assert one.shows_whole(item) is not (hidden or item in one.masks or one.leaves_out)


@given(one=burdens)
def test_who_has_all_of_it_is_under_no_burden_that_takes_away_or_marks(one):
    takes = {
        "shown_items": None, "hidden_items": set(), "masks": {}, "row_filters": set(), "thinned": 0,
    }  # fmt: skip
    assert one.is_whole == (
        all(getattr(one, name) == nothing for name, nothing in takes.items()) and not one.watermark
    )
