"""However much was delivered under a contract, no more of it is in memory at once."""

import tracemalloc

import pytest
from tests.delivery.makers import close
from tests.market.dispute.test_pack import dispute

from yelin.delivery.calls import Delivery, Outcome, fresh_salt
from yelin.ledger import sequencer
from yelin.market.dispute import packing

__all__ = ["dispute"]
pytestmark = [pytest.mark.django_db, pytest.mark.duty("dispute.mediate")]
CALLS = 300


def more_calls(of: Delivery) -> None:
    """Make as many more as stand in one minute, each with a receipt of its own."""
    made = []
    for _ in range(CALLS):
        call = Delivery(
            **{
                each.attname: getattr(of, each.attname)
                for each in Delivery._meta.concrete_fields
                if each.attname not in {"id", "docket_id", "h", "payload", "salt", "outcome"}
            },
            salt=fresh_salt(),
        )
        call.conclude(Outcome.FINISHED, size=10)
        made.append(call)
    Delivery.objects.bulk_create(made)
    close()


def peak_of(made) -> tuple[int, int]:
    """Return the most bytes that packing held, and how many it gave out."""
    tracemalloc.start()
    size = sum(len(piece) for piece in packing.pieces(made, packing.made_at()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, size


def test_memory_does_not_grow_with_what_was_delivered(dispute):
    (first, *_rest) = Delivery.objects.filter(grant__given_in=dispute.contract_id)
    more_calls(first)
    sequencer.settle()
    peak_of(dispute)
    few, small = peak_of(dispute)
    for _ in range(9):
        more_calls(first)
    sequencer.settle()
    many, large = peak_of(dispute)
    assert large > small + 9 * CALLS * 100
    assert many < 1.5 * few
