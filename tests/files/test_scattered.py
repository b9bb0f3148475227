import os
import random

from hypothesis import given
from hypothesis import strategies as st

from yelin.files.scattered import BLOCK, HELD, Scattered

PLACES = st.integers(0, 3 * BLOCK)


@given(st.lists(st.tuples(PLACES, st.binary(max_size=400), st.booleans()), max_size=12))
def test_what_is_written_here_and_there_reads_as_in_memory(tmp_path_factory, steps):
    file, same = Scattered(tmp_path_factory.getbasetemp()), bytearray()
    for at, part, cuts in steps:
        if cuts and at <= len(same):
            file.truncate(at)
            del same[at:]
            continue
        if not part:
            continue
        same.extend(bytes(max(0, at - len(same))))
        same[at : at + len(part)] = part
        file.write_at(at, part)
        assert file.read_at(max(0, at - 5), 999) == same[max(0, at - 5) :][:999]
    assert (file.size, b"".join(file.pieces())) == (len(same), bytes(same))


def test_more_than_it_holds_lies_on_the_disk_as_noise_without_a_name(tmp_path):
    file = Scattered(tmp_path)
    blocks = list(range(3 * HELD))
    random.Random(1).shuffle(blocks)  # noqa: S311 - of no secret
    for number in blocks:
        file.write_at(number * BLOCK, b"marker" + bytes([number]) * (BLOCK - 6))
    assert list(tmp_path.iterdir()) == []
    lies = os.pread(file._file.fileno(), 1 << 30, 0)
    assert len(lies) > HELD * BLOCK
    assert b"marker" not in lies
    for number in blocks:
        assert file.read_at(number * BLOCK, 8) == b"marker" + bytes([number]) * 2
