import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.warehouse import fences
from yelin.warehouse.fences import Fences

MEETS = {
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}


@pytest.fixture(scope="module", autouse=True)
def _near_one_another():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fences, "EVERY", 3)
        yield


@given(
    st.lists(st.integers(0, 6), max_size=20),
    st.integers(0, 7),
    st.sampled_from([*MEETS, "ne", "in", "isnull"]),
    st.integers(-1, 7),
)
def test_whatever_meets_a_comparison_lies_within(values, missing, operator, operand):
    rows = sorted(values) + [None] * missing
    first, last = Fences(rows[::3]).within(operator, operand)
    meets = MEETS.get(operator, lambda *_: True)
    found = [
        place
        for place, value in enumerate(rows)
        if (operator not in MEETS) or (value is not None and meets(value, operand))
    ]
    assert all(first <= place and (last is None or place < last) for place in found)


def test_one_value_of_many_is_looked_for_in_one_place():
    found = Fences([f"C{n:017}" for n in range(0, 300, 3)])
    assert found.within("eq", f"C{200:017}") == (198, 201)
    assert found.within("eq", f"C{0:017}") == (0, 3)
    assert found.within("eq", f"C{299:017}") == (297, None)
