"""Invoices and payments are recorded once by their key, exactly, and pay nothing."""

from decimal import Decimal

import pytest
from tests.catalog.makers import agency
from tests.market.contract.makers import make_contract, make_sides, make_signed, record
from tests.parties.makers import make_actor, make_enterprise

from yelin import gate
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.contract import reads
from yelin.market.contract.settlement import Settlement

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def places(told) -> set[str]:
    return {fault.place for fault in told.value.faults}


def test_what_is_recorded_again_under_its_key_is_the_same_record(tmp_path):
    sides = _provider, _consumer, sells, buys = make_sides()
    contract = make_signed(tmp_path, sides)
    first = record(contract, sells)
    assert record(contract, sells) == first
    assert record(contract, sells, amount="12800") == first
    with pytest.raises(Incomplete) as told:
        record(contract, sells, amount="12800.01")
    assert places(told) == {"key"}
    # The other side has keys of its own.
    paid = record(contract, buys, what="payment", amount="10000.10", tax="0", document="回单1")
    record(contract, sells, what="credit", key="2", amount="0.01", tax="0")
    record(contract, sells, what="refund", key="3", amount="0.10", tax="0")
    assert paid != first
    assert Settlement.objects.count() == 4
    for actor in (sells, buys, make_actor(agency(), "officer")):
        assert reads.sums(actor, contract) == {
            "invoiced": Decimal("12799.99"),
            "paid": Decimal("10000.00"),
            "due": Decimal("2799.99"),
        }
    stranger = make_actor(make_enterprise(), "representative")
    assert not reads.settlements(stranger, contract).exists()
    with pytest.raises(gate.Refused):
        record(contract, stranger)


def test_many_small_amounts_add_up_to_the_last_fen(tmp_path):
    sides = make_sides()
    contract = make_signed(tmp_path, sides)
    for number in range(30):
        record(contract, sides[2], key=str(number), amount="0.10", tax="0.01")
    assert reads.sums(sides[2], contract)["due"] == Decimal("3.00")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "0.001", "tax": "0"}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"tax": "99999"}, "tax"),
        ({"document": " "}, "document"),
        ({"what": "payment"}, "what"),
    ],
)
def test_what_cannot_be_is_not_recorded(tmp_path, wrong, place):
    sides = make_sides()
    contract = make_signed(tmp_path, sides)
    with pytest.raises(Incomplete) as told:
        record(contract, sides[2], **wrong)
    assert place in places(told)
    assert not Settlement.objects.exists()


def test_nothing_is_settled_before_both_have_signed():
    sides = make_sides()
    with pytest.raises(OutOfTurn):
        record(make_contract(sides), sides[2])
