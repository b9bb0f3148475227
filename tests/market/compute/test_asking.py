"""Bought data is asked where it lies: only answers leave that tell of nobody."""

import pytest
from tests.market.compute.makers import ask, buyer_of, entry_of, make_bought

from yelin import gate
from yelin.delivery.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def lines(found) -> dict:
    return {
        tuple(each["group"]) if each["group"] is not None else None: (
            each["rows"],
            *each["figures"],
        )
        for each in found.answer["lines"]
    }


def test_a_filed_contract_lets_its_buyer_ask_and_never_read(tmp_path):
    contract = make_bought(tmp_path)
    buyer, entry = buyer_of(contract), entry_of(contract)
    assert gate.decide(buyer, "resource.ask", entry).allowed
    for action in ("resource.read", "resource.verify", "resource.trade"):
        assert not gate.decide(buyer, action, entry).allowed
    found = ask(contract, ["市县"], ["sum:金额", "avg:金额"])
    assert found.state == "answered", found.says
    assert lines(found) == {
        ("三亚",): (20, "2600", "130"),
        ("儋州",): (20, "2620", "131"),
        ("海口",): (20, "2580", "129"),
    }
    delivery = Delivery.objects.get()
    assert (delivery.pk, delivery.channel, delivery.rows) == (found.receipt, "compute", 3)
    assert delivery.grant_id
    again = ask(contract, ["市县"], ["avg:金额", "sum:金额"])
    assert (again.pk, Delivery.objects.count()) == (found.pk, 1)
