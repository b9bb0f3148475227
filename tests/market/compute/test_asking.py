"""Bought data is asked where it lies: only answers leave that tell of nobody."""

from decimal import Decimal

import pytest
from tests.delivery.makers import close
from tests.market.compute.makers import ask, buyer_of, entry_of, make_bought, rows, written
from tests.parties.makers import make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery.models import Delivery
from yelin.delivery.tracing import reads as tracing
from yelin.law.refusals import OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.compute import acts, reads

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


@pytest.mark.duty("trace.whole")
def test_what_left_is_in_the_ledger_by_commitments_alone_and_on_the_way(tmp_path):
    contract = make_bought(tmp_path)
    found = ask(contract, ["行业"], ["sum:金额"], [("市县", "in", "海口", "三亚")])
    leaves = list(Leaf.objects.filter(subject=found.pk).order_by("at"))
    assert [each.payload["act"] for each in leaves] == ["compute.ask", "compute.conclude"]
    facts = leaves[-1].payload["facts"]
    assert facts["question"] == found.commitment(found.asked)
    assert facts["answer"] == found.commitment(found.answer)
    assert facts["receipt"] == str(found.receipt)
    told = str([each.payload for each in leaves])
    for word in ("海口", "金额", "零售", *(each["figures"][0] for each in found.answer["lines"])):
        assert word not in told
    close()
    assert Delivery.objects.get().docket is not None
    seller = make_representative(contract.provider)
    way = tracing.of(seller, entry_of(contract))
    assert contract.consumer.name in str([each.title for each in way.nodes])


def test_answers_are_counted_for_a_price_per_call(tmp_path):
    contract = make_bought(tmp_path, price={"mode": "per_call", "amount": "12.50", "unit": "次"})
    assert reads.owed(contract) == 0
    for group in ("市县", "行业", "市县"):
        ask(contract, [group])
    assert ask(contract, [], [], [("金额", "gt", "150")]).state == "withheld"
    assert (reads.calls(contract), reads.owed(contract)) == (2, Decimal("25.00"))


def test_two_contracts_of_a_buyer_stand_on_one_ground_and_one_version(tmp_path):
    contract = make_bought(tmp_path)
    first = ask(contract, ["市县"])
    entry = entry_of(contract)
    make_release(entry, written(rows(61)))
    later = ask(contract, ["行业"])
    assert later.ground_id == first.ground_id
    assert later.ground.release.number == 1
    assert sum(each["rows"] for each in later.answer["lines"]) == 60


def test_as_many_questions_as_may_be_and_no_more(tmp_path, monkeypatch):
    contract = make_bought(tmp_path)
    monkeypatch.setattr(acts, "MOST_ANSWERS", 1)
    first = ask(contract, ["市县"])
    with pytest.raises(OutOfTurn):
        ask(contract, ["行业"])
    # What was answered is answered still.
    assert ask(contract, ["市县"]).pk == first.pk
    monkeypatch.setattr(acts, "MOST_QUESTIONS", 1)
    with pytest.raises(OutOfTurn):
        ask(contract, ["行业"])
