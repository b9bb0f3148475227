"""Signed messages: the example of RFC 9421, what is ours, and what does not hold."""

from datetime import UTC, datetime, timedelta

import pytest

from yelin.keys import messages
from yelin.keys.messages import Answer, Fields, NotSigned, Request, Wish

# RFC 9421, B.1.4 and B.2.6.
PEM = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----"""
COVERED = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
SIGNATURE = (
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
)
MADE = datetime.fromtimestamp(1618884473, UTC)


def request(params=';created=1618884473;keyid="test-key-ed25519"', **over):
    fields = {
        "Host": "example.com",
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type": "application/json",
        "Content-Length": "18",
        "Signature-Input": f"sig-b26={COVERED}{params}",
        "Signature": f"sig-b26=:{SIGNATURE}:",
    } | over
    url = "https://example.com/foo?param=Value&Pet=dog"
    return Request("POST", url, Fields(fields.items()))


def find(name):
    return messages.public_key_in(PEM) if name == "test-key-ed25519" else None


def verify(sent, at=MADE, required=("@method",)):
    return messages.verify(sent, find, required=required, at=at)


@pytest.mark.duty("signature.use")
def test_the_example_of_the_rfc_verifies():
    assert verify(request()).key_id == "test-key-ed25519"
    assert verify(request(), MADE + messages.WINDOW)
    assert verify(request(), None)


@pytest.mark.parametrize(
    "sent",
    [
        request(**{"Content-Type": "text/plain"}),
        request(Date="Tue, 20 Apr 2021 02:07:56 GMT"),
        request(params=';created=1618884473;keyid="another"'),
        request(params=';created=1618884474;keyid="test-key-ed25519"'),
        request(params=';keyid="test-key-ed25519"'),
        request(params=';created=1618884473;keyid="test-key-ed25519";alg="hmac-sha256"'),
        request(Signature="sig-b26=:AAAA:"),
        request(Signature="other=:AAAA:"),
        request(Signature=""),
        request(**{"Signature-Input": "((("}),
    ],
)
def test_what_was_changed_does_not_verify(sent):
    with pytest.raises(NotSigned):
        verify(sent)


def test_what_is_too_old_or_to_come_or_covers_too_little_does_not_verify():
    for at in (MADE + messages.WINDOW + timedelta(seconds=1), MADE - timedelta(seconds=61)):
        with pytest.raises(NotSigned):
            verify(request(), at)
    with pytest.raises(NotSigned):
        verify(request(), required=("@target-uri",))


@pytest.mark.parametrize(
    ("sent", "at", "says"),
    [
        (request(**{"Content-Type": "text/plain"}), MADE, "It is of another message, or by"),
        (request(params=';created=1618884473;keyid="another"'), MADE, "No key that counts here"),
        (request(params=';keyid="test-key-ed25519"'), MADE, "does not say when"),
        (request(), MADE + messages.WINDOW + timedelta(seconds=1), "is too old"),
        (request(), MADE - timedelta(seconds=61), "in the future"),
        (request(**{"Signature-Input": "((("}), MADE, "is not as RFC 9421 has it: "),
        (Request("GET", "https://example.com/"), MADE, "There is no signature."),
    ],
)
def test_what_does_not_verify_says_why_in_words_that_are_translated(sent, at, says):
    with pytest.raises(NotSigned, match=says) as told:
        verify(sent, at)
    assert "{" not in str(told.value)
    with pytest.raises(NotSigned) as told:
        verify(request(), required=("@target-uri",))
    assert told.value.params == {"component": '"@target-uri"'}


def test_an_answer_is_signed_with_what_it_answers_and_as_it_was_wished():
    asked = Request("GET", "https://a.cn/x?y=1", Fields([("Signature", "sig1=:AAAA:")]))
    fields = Fields([("Content-Digest", messages.digest_field(bytes(32))), ("ETag", "1")])
    wish = Wish.read('own=("@status");created;nonce="a\\"b";tag="t"')
    signed = messages.sign(Answer(200, fields, asked), MADE, wish)
    own = messages.own_key()

    def verified(status=200, asked=asked):
        came = Answer(status, Fields([*fields, *signed]), asked)
        needed = ("@status", "content-digest", '"@method";req', '"signature";req')
        keys = {messages.key_id(own): own}
        return messages.verify(came, keys.get, required=needed, at=None)

    assert verified().key_id == messages.key_id(own)
    for other in ({"status": 201}, {"asked": Request("PUT", asked.url, asked.headers)}):
        with pytest.raises(NotSigned):
            verified(**other)


def test_a_digest_is_read_back_and_another_kind_is_none():
    assert messages.digest_in(messages.digest_field(b"d" * 32)) == b"d" * 32
    for wrong in ("sha-512=:AAAA:", "sha-256=:AAAA:", "sha-256", "", "((("):
        with pytest.raises(NotSigned):
            messages.digest_in(wrong)


def test_a_key_is_known_by_the_thumbprint_of_its_standard():
    # RFC 8037, A.3: the key of A.2.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert messages.key_id(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert messages.keys_in(messages.key_set([public])) == {messages.key_id(public): public}
