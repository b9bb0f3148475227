"""Batches as rows: closed in an act, proved under the signed root, silent once shredded."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor

from yelin.law import duties
from yelin.ledger import batch, batches, entry, log, sequencer
from yelin.ledger.append import append, pending
from yelin.ledger.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)


def close(count):
    about = make_entry()
    calls = [
        ({"act": "delivery.query", "no": number}, bytes([number]) * 16) for number in range(count)
    ]
    kept = [entry.commit(*call) for call in calls]
    facts = batches.close(about, kept)
    actor = make_actor(about.provider)
    append(
        pending(
            act="delivery.close", duty=duties.TRACE, actor=actor, subject=about.thing, facts=facts
        )
    )
    return about, calls, kept


@pytest.mark.duty("trace.whole")
def test_every_call_has_a_receipt_that_leads_to_the_signed_root():
    about, calls, kept = close(9)
    sequencer.settle()
    for (payload, salt), h in zip(calls, kept, strict=True):
        receipt = batches.receipt(about, h, payload=payload, salt=salt)
        checked = batch.check(batch.parse(receipt.to_json()), [log.verifier_key()])
        assert checked.payload
        assert checked.checkpoint.size == log.published_size()


def test_a_call_costs_no_more_than_its_hash():
    about, _, kept = close(100)
    assert len(Batch.objects.get(about=about.pk).hashes) == 32 * len(kept)


def test_a_call_that_is_not_in_the_batch_has_no_receipt():
    about, calls, _ = close(3)
    payload, salt = calls[0]
    with pytest.raises(ValueError, match="not in list"):
        batches.receipt(about, bytes(32), payload=payload, salt=salt)
    with pytest.raises(Batch.DoesNotExist):
        batches.receipt(make_entry(), bytes(32), payload=payload, salt=salt)
