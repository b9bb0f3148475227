from hypothesis import given
from hypothesis import strategies as st

from yelin.web.seal import petals

roots = st.binary(min_size=32, max_size=32)


@given(roots, st.integers(0, 31), st.integers(1, 255))
def test_changing_one_byte_changes_its_petal_and_no_other(root, position, change):
    other = bytearray(root)
    other[position] ^= change
    ours, theirs = petals(root).split("M")[1:], petals(bytes(other)).split("M")[1:]
    assert [at for at in range(32) if ours[at] != theirs[at]] == [position]


@given(roots)
def test_every_petal_lies_between_the_circles(root):
    path = petals(root)
    for sign in "MQZ":
        path = path.replace(sign, " ")
    numbers = [float(number) for number in path.split()]
    radii = [
        ((x - 50) ** 2 + (y - 50) ** 2) ** 0.5
        for x, y in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    assert min(radii) > 33
    assert max(radii) < 49
