from hashlib import sha256

from django.utils.crypto import salted_hmac
from hypothesis import given
from hypothesis import strategies as st

from yelin.keys.digests import keyed, pads


@given(st.text(), st.binary() | st.text())
def test_a_digest_is_that_of_the_framework_so_what_was_known_by_one_is_known_again(purpose, said):
    assert keyed(purpose, said) == salted_hmac(purpose, said, algorithm="sha256").digest()


def test_another_purpose_or_another_secret_makes_another(settings):
    made = keyed("cursor", "x")
    assert keyed("tag", "x") != made
    settings.SECRET_KEY = "another"
    assert keyed("cursor", "x") != made


@given(st.text(min_size=1, max_size=90), st.binary(max_size=200))
def test_whoever_has_the_pads_makes_the_same_digest(purpose, said):
    inner, outer = pads(purpose)
    made = sha256(outer + sha256(inner + said).digest()).digest()
    assert made == keyed(purpose, said)
