"""SM3 is the same by whatever code it is made."""

import ctypes
import hashlib

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from tests.thorough import chance, many

from yelin.files import sm3
from yelin.files.digests import digests_of

# GB/T 32905-2016, appendix A.
VECTORS = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


@pytest.fixture
def anew():
    sm3.fast.cache_clear()
    yield
    sm3.fast.cache_clear()


@pytest.fixture
def library() -> ctypes.CDLL:
    if (found := sm3.fast()) is None:
        pytest.skip("libgcrypt is not on this machine")
    return found


@pytest.mark.parametrize("content", VECTORS)
def test_the_standards_own_examples_hold(library, content):
    digest = sm3.ByGcrypt(library)
    digest.update(content)
    assert digest.finalize().hex() == VECTORS[content]


def test_any_bytes_in_any_pieces_have_the_digest_that_openssl_makes(library):
    draws = chance("sm3")
    for _ in range(many(2_000, 200)):
        content = draws.randbytes(draws.choice((0, 1, 55, 56, 63, 64, 65, 200, 5_000)))
        ours, theirs, at = sm3.ByGcrypt(library), Hash(SM3()), 0
        while at < len(content):
            piece = content[at : at + draws.randint(0, 130)]
            ours.update(piece)
            at += len(piece)
        theirs.update(content)
        assert ours.finalize() == theirs.finalize()


def test_where_libgcrypt_is_not_installed_openssl_makes_it(anew, monkeypatch):
    monkeypatch.setattr(sm3, "_NAME", "libgcrypt.so.none")
    assert sm3.fast() is None
    assert digests_of([b"a", b"bc"]).sm3 == VECTORS[b"abc"]


def test_a_libgcrypt_that_errs_is_not_used(anew, library, monkeypatch):
    sm3.fast.cache_clear()
    monkeypatch.setattr(sm3, "_KNOWN", (b"abc", hashlib.sha256(b"abc").hexdigest()))
    assert sm3.fast() is None


def test_an_older_libgcrypt_is_not_used(anew, library, monkeypatch):
    sm3.fast.cache_clear()
    monkeypatch.setattr(sm3, "_SINCE", b"99.0.0")
    assert sm3.fast() is None
