import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yelin.ledger import note, tree

ROOT = bytes(range(32))


def private(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def signer(name, seed=1):
    key = note.VerifierKey(name, private(seed).public_key().public_bytes_raw())
    return note.Signer(key, private(seed).sign)


LOG = signer("yelin.example/ledger")
HEAD = note.Checkpoint("yelin.example/ledger", 5, ROOT)
SIGNED = note.sign(str(HEAD), LOG)


def test_checkpoints_of_another_log_open(cases):
    key = note.parse_key((cases / "tessera-log.vkey").read_text().strip())
    assert str(key) == (cases / "tessera-log.vkey").read_text().strip()
    for size in range(16):
        signed = (cases / "tessera-log" / f"checkpoint.{size}").read_bytes()
        head = note.open_checkpoint(signed, [key])
        assert (head.origin, head.size) == ("example.com/log/testdata", size)
    assert note.open_checkpoint(
        (cases / "tessera-log" / "checkpoint.0").read_text(), [key]
    ).root == (tree.EMPTY_ROOT)


def test_what_was_signed_opens_again():
    assert note.open_checkpoint(SIGNED, [LOG.key]) == HEAD
    assert note.open_checkpoint(SIGNED.encode(), [LOG.key]) == HEAD


def test_extension_lines_are_kept():
    """B-59: with extension lines as without."""
    head = note.Checkpoint("yelin.example/ledger", 5, ROOT, ("first", "second line"))
    assert note.open_checkpoint(note.sign(str(head), LOG), [LOG.key]) == head


def test_sixteen_unknown_signatures_before_the_known_one_are_passed_over():
    """B-59."""
    strangers = [signer(f"witness{number}.example", number + 10) for number in range(16)]
    signed = note.sign(str(HEAD), *strangers, LOG)
    opened = note.open_note(signed, [LOG.key])
    assert opened.signed_by == (LOG.key,)
    assert note.open_checkpoint(signed, [LOG.key]) == HEAD


def test_a_witness_signs_beside_the_log():
    witness = signer("witness.example", 7)
    signed = note.sign(str(HEAD), LOG, witness)
    assert note.open_note(signed, [witness.key, LOG.key]).signed_by == (LOG.key, witness.key)


def test_a_witness_alone_does_not_vouch_for_whose_log_it_is():
    witness = signer("witness.example", 7)
    signed = note.sign(str(HEAD), LOG, witness)
    with pytest.raises(note.Unverified, match=r"not of witness\.example"):
        note.open_checkpoint(signed, [witness.key])
    assert note.open_checkpoint(signed, [witness.key], origin=HEAD.origin) == HEAD


def test_a_note_that_no_known_key_signed_is_refused():
    """B-59."""
    with pytest.raises(note.Unverified, match="no known key"):
        note.open_note(SIGNED, [signer("other.example", 2).key])
    with pytest.raises(note.Unverified, match="no known key"):
        note.open_note(SIGNED, [])


def test_the_same_name_with_another_key_is_unknown():
    with pytest.raises(note.Unverified, match="no known key"):
        note.open_note(SIGNED, [signer("yelin.example/ledger", 2).key])


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note():
    other = signer("other.example", 2)
    signed = note.sign(str(HEAD), LOG, other)
    changed = signed.splitlines(keepends=True)
    blob = bytearray(base64.b64decode(changed[-1].split(" ")[2]))
    blob[-1] ^= 1
    changed[-1] = f"— other.example {base64.b64encode(blob).decode()}\n"
    assert note.open_note("".join(changed), [LOG.key]).signed_by == (LOG.key,)
    with pytest.raises(note.Unverified, match=r"signature of other\.example"):
        note.open_note("".join(changed), [LOG.key, other.key])


def test_a_forged_root_or_size_is_not_believed():
    for old, new in (("\n5\n", "\n6\n"), (base64.b64encode(ROOT).decode()[:8], "AAAAAAAA")):
        assert old in SIGNED
        with pytest.raises(note.Unverified):
            note.open_checkpoint(SIGNED.replace(old, new), [LOG.key])


def test_a_checkpoint_of_another_log_is_refused():
    stray = note.sign(str(note.Checkpoint("elsewhere.example", 5, ROOT)), LOG)
    with pytest.raises(note.Unverified, match=r"is of elsewhere\.example"):
        note.open_checkpoint(stray, [LOG.key])


SIGNATURE = SIGNED.split("\n\n")[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        f"text\n{SIGNATURE}",
        SIGNED[:-1],
        SIGNED + "\n",
        SIGNED + "— \n",
        SIGNED + "— name\n",
        SIGNED + "- yelin.example/ledger AAAAAAA=\n",
        SIGNED + "— na+me AAAAAAA=\n",
        SIGNED + "— na\u3000me AAAAAAA=\n",
        SIGNED + "— name AAAAAA==\n",
        SIGNED + "— name AAAAAAB=\n",
        SIGNED + "— name AAAAAAA\n",
        SIGNED + "— name  AAAAAAA=\n",
        SIGNED + "— name AAAAAAA= \n",
        SIGNED.replace("\n5\n", "\n5\r\n"),
        "\t" + SIGNED,
        "\0" + SIGNED,
        SIGNED + SIGNATURE * 100,
        "x" * (1 << 20) + SIGNED,
        "\ud800" + SIGNED,
        b"\xff" + SIGNED.encode(),
    ],
)
def test_what_is_no_note_is_refused_as_malformed(text):
    with pytest.raises(note.Malformed):
        note.open_note(text, [LOG.key])


@pytest.mark.parametrize(
    "text",
    [
        "yelin.example/ledger\n5\n",
        "yelin.example/ledger\n05\n{root}\n",
        "yelin.example/ledger\n-5\n{root}\n",
        "yelin.example/ledger\n+5\n{root}\n",
        "yelin.example/ledger\n٥\n{root}\n",
        "yelin.example/ledger\n9223372036854775808\n{root}\n",
        "yelin.example/ledger\n5\n{root}=\n",
        "yelin.example/ledger\n5\nAAAA\n",
        "yelin.example/ledger\n5\n{root}\n\nextension\n",
        "\n5\n{root}\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    signed = note.sign(text.replace("{root}", base64.b64encode(ROOT).decode()), LOG)
    with pytest.raises(note.Malformed):
        note.open_checkpoint(signed, [LOG.key], origin="yelin.example/ledger")


def test_the_text_of_a_note_may_have_empty_lines():
    text = "one\n\ntwo\n\n\nthree\n"
    assert note.open_note(note.sign(text, LOG), [LOG.key]).text == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_any_text_is_signed_and_opened(text):
    assert note.open_note(note.sign(f"{text}\n", LOG), [LOG.key]).text == f"{text}\n"


@pytest.mark.parametrize("text", ["", "no end of line", "tab\t\n", "\ud800\n"])
def test_what_would_not_open_is_not_signed(text):
    with pytest.raises(note.Malformed):
        note.sign(text, LOG)


def test_a_note_without_a_signer_is_refused():
    with pytest.raises(note.Malformed):
        note.sign("text\n")


def test_a_signer_that_answers_nonsense_is_found_out():
    broken = note.Signer(LOG.key, lambda _: bytes(64))
    with pytest.raises(note.Unverified, match="not its signature"):
        note.sign("text\n", broken)


VKEY = str(LOG.key)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        VKEY.replace("+", "+0", 1),
        VKEY.upper(),
        VKEY + "\n",
        VKEY[:-4],
        "na me" + VKEY[VKEY.index("+") :],
        VKEY[VKEY.index("+") :],
        f"name+00000000+{base64.b64encode(b'x02' + bytes(32)).decode()}",
        f"name+00000000+{base64.b64encode(bytes([1]) + bytes(32)).decode()}",
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey):
    with pytest.raises(note.Malformed):
        note.parse_key(vkey)


@pytest.mark.parametrize(
    "bad",
    [
        ("", 5, ROOT, ()),
        ("a\nb", 5, ROOT, ()),
        ("a", -1, ROOT, ()),
        ("a", 1 << 63, ROOT, ()),
        ("a", 5, ROOT[:-1], ()),
        ("a", 5, ROOT, ("",)),
    ],
)
def test_a_checkpoint_that_could_not_be_written_is_refused(bad):
    with pytest.raises(note.Malformed):
        note.Checkpoint(*bad)
