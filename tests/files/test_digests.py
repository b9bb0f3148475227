import hashlib

import pytest

from yelin.files.digests import Digesting, digests

# GB/T 32905-2016, appendix A.
SM3 = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


@pytest.mark.parametrize("content", SM3)
def test_both_digests_are_those_of_the_standards(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    found = digests(path)
    assert found.as_dict() == {"sha256": hashlib.sha256(content).hexdigest(), "sm3": SM3[content]}


def test_bytes_may_come_in_any_pieces():
    with Digesting() as digesting:
        for piece in (b"", b"a", b"bc", b""):
            digesting.update(piece)
        assert digesting.done().sm3 == SM3[b"abc"]
