import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.ledger import entry, note, tree
from yelin.ledger.entry import Receipt, State

SALT = bytes(range(16))
PAYLOAD = {"act": "opening.decide", "行为": "答复", "n": 3, "open": True, "why": None, "to": ["a"]}
H = entry.commit(PAYLOAD, SALT)

integers = st.integers(-(2**53) + 1, 2**53 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
payloads = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | integers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def test_the_hash_is_of_salt_and_canonical_payload():
    written = (
        '{"act":"opening.decide","n":3,"open":true,"to":["a"],"why":null,"行为":"答复"}'.encode()
    )
    assert entry.canonical(PAYLOAD) == written
    assert sha256(SALT + written).digest() == H


def test_names_are_sorted_by_utf16_units_not_by_code_points():
    assert entry.canonical({"\ufb33": 1, "😀": 2}) == '{"😀":2,"\ufb33":1}'.encode()


@given(payloads)
def test_order_of_names_does_not_matter_and_json_carries_the_payload(payload):
    reversed_order = dict(reversed(payload.items()))
    carried = json.loads(json.dumps(payload))
    assert entry.canonical(reversed_order) == entry.canonical(carried) == entry.canonical(payload)
    assert json.loads(entry.canonical(payload)) == payload


@given(payloads, st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_without_its_salt_a_payload_cannot_be_recognised(payload, one, other):
    assert (entry.commit(payload, one) == entry.commit(payload, other)) == (one == other)


@pytest.mark.parametrize(
    "payload",
    [
        {"a": 1.0},
        {"a": [float("nan")]},
        {"a": 2**53},
        {"a": {"b": -(2**53)}},
        {"a": "\ud800"},
        {"\udfff": 1},
        {1: "a"},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"a": json.loads("[" * 70 + "]" * 70)},
    ],
)
def test_what_other_readers_would_write_otherwise_is_refused(payload):
    with pytest.raises(entry.Malformed):
        entry.commit(payload, SALT)


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(17)])
def test_a_salt_of_another_size_is_refused(salt):
    with pytest.raises(entry.Malformed, match="16 bytes"):
        entry.commit(PAYLOAD, salt)


def test_an_entry_tells_only_its_hash():
    written = entry.entry_bytes(H)
    assert json.loads(written) == {"v": 1, "h": base64.b64encode(H).decode()}
    assert written == b'{"h":"%s","v":1}' % base64.b64encode(H)
    assert entry.read_entry(written) == H
    assert entry.leaf_hash(H) == tree.hash_leaf(written)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"1", b"2"),
        lambda text: text + b"\n",
        lambda text: b" " + text,
        lambda text: text.replace(b'"v":1', b'"v":1,"w":2'),
        lambda text: text.replace(b"=", b""),
        lambda text: text[:-9] + bytes([text[-9] + 1]) + text[-8:],
        lambda _: b"",
    ],
)
def test_any_other_bytes_are_no_entry(change):
    with pytest.raises(entry.Malformed):
        entry.read_entry(change(entry.entry_bytes(bytes(32))))


def test_a_hash_of_another_size_makes_no_entry():
    with pytest.raises(entry.Malformed):
        entry.entry_bytes(bytes(31))
    with pytest.raises(entry.Malformed):
        entry.short(bytes(31))


SHORT = entry.short(H)


@pytest.mark.parametrize(
    "typed",
    [
        SHORT,
        SHORT.lower(),
        SHORT.upper(),
        f"  {SHORT}\r\n",
        f"{SHORT[:20]}\n    {SHORT[20:40]} {SHORT[40:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in SHORT),
        SHORT.replace("-", "－"),
        SHORT.replace("-", "—"),
        SHORT.replace("-", "–"),
        f"\ufeff{SHORT[:9]}\u200b{SHORT[9:]}\u3000",
    ],
)
def test_a_short_receipt_is_read_however_it_was_typed(typed):
    assert entry.parse_short(typed) == H


@given(st.binary(min_size=32, max_size=32))
def test_every_short_receipt_is_read_again(h):
    assert entry.parse_short(entry.short(h)) == h


@pytest.mark.parametrize(
    "typed",
    ["", "YL1-", SHORT[:-1], SHORT + "0", SHORT.replace("YL1", "YL2"), SHORT[4:], SHORT[:-1] + "g"],
)
def test_anything_else_is_no_short_receipt(typed):
    with pytest.raises(entry.Malformed):
        entry.parse_short(typed)


def receipt_in(log, number=3, payload=None, salt=None):
    """Make the receipt of entry ``number`` of a log."""
    size = len(log.entries)
    return Receipt(
        h=entry.read_entry(log.entries[number]),
        state=State.PUBLISHED,
        payload=payload,
        salt=salt,
        index=number,
        size=size,
        proof=tuple(tree.inclusion(log.tiles, number, size)),
        checkpoint=log.checkpoints[-1],
    )


def altered(receipt, **changes):
    document = json.loads(receipt.to_json()) | changes
    return entry.parse_receipt(json.dumps(document))


def test_a_published_receipt_is_checked_with_nothing_but_the_key(make_log):
    log = make_log(300)
    payload, salt = {"act": "catalog.register", "no": 3}, bytes(16)
    receipt = entry.parse_receipt(receipt_in(log, 3, payload, salt).to_json())
    checked = entry.check(receipt, [log.key])
    assert checked.payload is True
    assert checked.checkpoint is not None
    assert checked.checkpoint.size == 300


def test_a_receipt_whose_salt_was_shredded_still_proves_its_entry(make_log):
    """B-58: proofs that were handed out hold on."""
    log = make_log(300)
    checked = entry.check(receipt_in(log), [log.key])
    assert checked.payload is None
    assert checked.checkpoint is not None


def test_only_the_signed_root_and_size_count(make_log):
    """B-59: copies of root and size beside the note are not believed."""
    log, forged = make_log(300), make_log(299, seed=2)
    receipt = receipt_in(log)
    with pytest.raises(tree.ProofFailed, match="speaks of 299 leaves"):
        entry.check(altered(receipt, size=299), [log.key])
    with pytest.raises(tree.ProofFailed):
        entry.check(altered(receipt, index=4), [log.key])
    with pytest.raises(tree.ProofFailed):
        entry.check(altered(receipt, h=base64.b64encode(H).decode()), [log.key])
    with pytest.raises(note.Unverified):
        entry.check(receipt_in(forged), [log.key])


def test_a_changed_payload_is_found(make_log):
    log = make_log(5)
    receipt = receipt_in(log, 3, {"act": "catalog.register", "no": 4}, bytes(16))
    with pytest.raises(entry.PayloadDiffers):
        entry.check(receipt, [log.key])


def test_a_pending_receipt_proves_only_its_payload():
    receipt = Receipt(h=H, state=State.PENDING, payload=PAYLOAD, salt=SALT)
    assert entry.check(receipt, []) == entry.Checked(payload=True, checkpoint=None)
    integrated = Receipt(h=H, state=State.INTEGRATED, index=7)
    assert entry.check(integrated, []) == entry.Checked(payload=None, checkpoint=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.PENDING, "index": 1},
        {"state": State.INTEGRATED},
        {"state": State.INTEGRATED, "index": 1, "size": 2},
        {"state": State.PUBLISHED, "index": 1},
        {"state": State.PENDING, "payload": PAYLOAD},
        {"state": State.PENDING, "salt": SALT},
        {"state": State.PENDING, "shredded": "2026-11-26"},
        {
            "state": State.INTEGRATED,
            "index": 1,
            "shredded": "2026-11-26",
            "payload": PAYLOAD,
            "salt": SALT,
        },
    ],
)
def test_a_receipt_says_what_its_state_lets_it_say(fields):
    with pytest.raises(entry.Malformed):
        Receipt(h=H, **fields)
    with pytest.raises(entry.Malformed):
        Receipt(h=H[:-1], state=State.PENDING)


GOOD = json.loads(Receipt(h=H, state=State.INTEGRATED, index=7).to_json())


def test_a_receipt_of_the_wrong_state_is_told_what_it_should_have_and_has():
    with pytest.raises(entry.Malformed, match=r"is pending has no index; this one has index$"):
        Receipt(h=H, state=State.PENDING, index=3)
    with pytest.raises(entry.Malformed, match=r"is integrated has index; this one has none$"):
        Receipt(h=H, state=State.INTEGRATED)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"kind": "receipt"},
        {"state": "done"},
        {"state": None},
        {"state": ["pending"]},
        {"h": "AAAA"},
        {"h": None},
        {"h": base64.b64encode(H[:-1]).decode()},
        # The same bytes, written with bits that stand for nothing.
        {"h": GOOD["h"][:-2] + chr(ord(GOOD["h"][-2]) + 1) + "="},
        {"index": -1},
        {"index": True},
        {"index": 7.0},
        {"index": "7"},
        {"more": 1},
        {"payload": []},
        {"payload": {"a": 1.5}, "salt": base64.b64encode(SALT).decode()},
        {"salt": 5},
        {"proof": ["AAAA"]},
        {"proof": [5]},
        {"proof": "x"},
        {"checkpoint": 5},
    ],
)
def test_a_receipt_with_anything_wrong_is_refused(changes):
    assert entry.parse_receipt(json.dumps(GOOD)).index == 7
    with pytest.raises(entry.Malformed):
        entry.parse_receipt(json.dumps(GOOD | changes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{",
        b"\xff",
        json.dumps(GOOD)[:-1] + ', "index": 8}',
        json.dumps(GOOD | {"index": float("nan")}),
        "[" * 100_000,
    ],
)
def test_what_is_no_receipt_document_is_refused(text):
    with pytest.raises(entry.Malformed):
        entry.parse_receipt(text)
