"""One leaf for many calls: each call is proved by itself, and no other by its receipt."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.ledger import batch, entry, tree
from yelin.ledger.entry import Receipt, State


def call(number):
    return {"act": "delivery.query", "no": number}, number.to_bytes(16, "big")


def hashes(count):
    return [entry.commit(*call(number)) for number in range(count)]


def leaf_of(facts, salt=bytes(16)):
    payload = {"act": "delivery.close", "facts": facts}
    h = entry.commit(payload, salt)
    return Receipt(h=h, state=State.PENDING, payload=payload, salt=salt)


def receipt_of(count, position):
    kept = hashes(count)
    payload, salt = call(position)
    return batch.CallReceipt(
        h=kept[position],
        position=position,
        proof=batch.prove(kept, position),
        leaf=leaf_of(batch.facts_of(kept)),
        payload=payload,
        salt=salt,
    )


@given(st.integers(1, 700), st.data())
def test_every_call_of_a_batch_is_proved(count, data):
    position = data.draw(st.integers(0, count - 1))
    receipt = batch.parse(receipt_of(count, position).to_json())
    assert batch.check(receipt, []).payload


@given(st.integers(2, 40), st.data())
def test_no_receipt_proves_another_place_or_another_call(count, data):
    position = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(0, count - 1).filter(lambda drawn: drawn != position))
    receipt = receipt_of(count, position)
    with pytest.raises(tree.ProofFailed):
        batch.check(replace(receipt, position=other), [])
    with pytest.raises(entry.PayloadDiffers):
        batch.check(replace(receipt, payload=call(other)[0]), [])
    with pytest.raises(tree.ProofFailed):
        batch.check(replace(receipt, h=hashes(count)[other], payload=None, salt=None), [])


def test_a_leaf_that_says_another_root_or_count_proves_no_call():
    receipt = receipt_of(5, 2)
    facts = batch.facts_of(hashes(6))
    with pytest.raises(tree.ProofFailed):
        batch.check(replace(receipt, leaf=leaf_of(facts)), [])
    for none in ({}, {"batch": {"root": "x" * 64, "count": 5}}, {"batch": {"root": "00"}}):
        with pytest.raises(entry.Malformed):
            batch.check(replace(receipt, leaf=leaf_of(none)), [])


def test_a_leaf_that_is_not_what_its_hash_commits_to_proves_no_call():
    receipt = receipt_of(5, 2)
    changed = replace(receipt.leaf, payload=receipt.leaf.payload | {"act": "another"})
    with pytest.raises(entry.PayloadDiffers):
        batch.check(replace(receipt, leaf=changed), [])


@pytest.mark.parametrize("kept", [[], [bytes(32), bytes(32)]])
def test_a_batch_has_calls_and_each_once(kept):
    with pytest.raises(ValueError, match="each with a hash of its own"):
        batch.facts_of(kept)


@pytest.mark.parametrize("gone", ["h", "position", "proof", "leaf", "kind", "v"])
def test_a_receipt_with_a_field_missing_is_refused(gone):
    document = entry.load(receipt_of(3, 1).to_json())
    del document[gone]
    with pytest.raises(entry.Malformed):
        batch.parse(entry.canonical(document))
    with pytest.raises(entry.Malformed):
        batch.parse(entry.canonical(entry.load(receipt_of(3, 1).to_json()) | {"more": 1}))
