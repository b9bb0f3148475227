"""Trades are filed before they have effect; what a contract gives stops when it must."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.market.filing.makers import make_filed, make_trade
from tests.market.makers import (
    make_arrangement,
    make_listing,
    make_member,
    make_product,
    supervisor,
)
from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.gate.giving import hold
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market import acts as arrangements
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.filing import acts, reads, tasks
from yelin.market.filing.models import Filing
from yelin.market.listing import acts as listings
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.file")]


def entry_of(contract: Contract):
    return contract.negotiation.listing.product.sources.get().entry


def has(contract: Contract) -> bool:
    actor = make_actor(contract.consumer, "representative")
    return gate.decide(actor, "resource.read", entry_of(contract)).allowed


def test_a_signed_trade_is_filed_and_only_then_gives_what_it_says(tmp_path, still):
    contract = make_trade(tmp_path)
    assert not has(contract)
    tasks.file_trades()
    filing = Filing.objects.get()
    contract.refresh_from_db()
    assert filing.number.startswith("BA-")
    assert contract.standing == Standing.IN_FORCE
    assert has(contract)
    grant = Grant.objects.get(given_in=contract.pk)
    assert (grant.watermark, grant.thinned) == (True, Decimal("0.02"))
    stranger = make_actor(make_enterprise(), "representative")
    assert not gate.decide(stranger, "resource.read", entry_of(contract)).allowed
    with pytest.raises(OutOfTurn):
        acts.file(actor=tasks.CLOCK, contract=contract)
    assert reads.on_file(Actor.anyone()).get() == filing
    assert contract.consumer.credit_code not in str(filing.told)
    with clock.standing_at(clock.end_of(contract.until)):
        assert not has(contract)
        tasks.watch_trades()
    contract.refresh_from_db()
    assert contract.standing == Standing.ENDED


def test_what_lacks_something_has_no_effect_until_it_is_mended(tmp_path, still):
    contract = make_trade(tmp_path, buys=False)
    tasks.file_trades()
    filing = Filing.objects.get()
    assert (filing.state, filing.number) == ("lacking", None)
    assert [each["place"] for each in filing.lacks] == ["consumer"]
    assert not has(contract)
    assert not reads.on_file(Actor.anyone()).exists()
    assert not reads.lacking(Actor.anyone()).exists()
    for knows in (supervisor(), make_representative(contract.provider)):
        assert reads.lacking(knows).get() == filing
    make_member(contract.negotiation.listing.platform, contract.consumer, "buyer")
    tasks.file_trades()
    filing.refresh_from_db()
    assert filing.state == "lacking"
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        tasks.file_trades()
        filing.refresh_from_db()
        assert (filing.state, filing.lacks) == ("filed", [])
        assert has(contract)


@pytest.mark.duty("trade.lawful")
def test_what_may_not_be_traded_any_more_stops_and_goes_on_once_it_may(tmp_path):
    filing = make_filed(tmp_path)
    contract, listing = filing.contract, filing.contract.negotiation.listing
    runs = make_representative(listing.platform.operator)
    listings.suspend(actor=runs, listing=listing, reason="来源存疑")
    tasks.watch_trades()
    assert not has(contract)
    with pytest.raises(OutOfTurn):
        acts.let_go(actor=tasks.CLOCK, contract=Contract.objects.get(pk=contract.pk))
    listings.resume(actor=runs, listing=listing)
    tasks.watch_trades()
    assert has(contract)
    barred = hold(contract.provider, duty=duties.GOVERN, reason="列入限制名单")
    tasks.watch_trades()
    assert not has(contract)
    type(barred).objects.filter(pk=barred.pk).update(lifted_at=clock.now())
    tasks.watch_trades()
    assert has(contract)


def test_what_stays_as_it_was_is_no_act_however_many_contracts_are_watched(tmp_path):
    filing = make_filed(tmp_path)
    before = Leaf.objects.count()
    with CaptureQueriesContext(connection) as asked:
        tasks.watch_trades()
    assert Leaf.objects.count() == before
    listing = filing.contract.negotiation.listing
    make_filed(tmp_path, listing)
    make_filed(tmp_path, listing)
    with CaptureQueriesContext(connection) as asked_of_three:
        tasks.watch_trades()
    # Whether it is lawful is asked once of the listing, and each contract costs nothing.
    assert len(asked_of_three) <= len(asked)


@pytest.mark.duty("trade.lawful")
def test_nobody_sells_on_beyond_its_own_grant(tmp_path):
    firm, entry = make_enterprise(), make_release(make_conditional()).entry
    arranged = make_arrangement(entry, operator=firm, trades=True)
    contract = make_filed(tmp_path, make_listing(make_product(firm, entry))).contract
    assert has(contract)
    arrangements.end(actor=supervisor(), arrangement=arranged, reason="超出约定")
    tasks.watch_trades()
    assert not has(contract)


def test_either_side_ends_it_early_with_a_reason_and_nobody_else(tmp_path):
    contract = make_filed(tmp_path).contract
    with pytest.raises(gate.Refused):
        acts.end(actor=make_representative(), contract=contract, reason="不要了")
    buyer = make_representative(contract.consumer)
    with pytest.raises(Incomplete):
        acts.end(actor=buyer, contract=contract, reason=" ")
    acts.end(actor=buyer, contract=contract, reason="项目结束")
    assert (contract.standing, has(contract)) == (Standing.ENDED, False)
    with pytest.raises(OutOfTurn):
        acts.end(actor=buyer, contract=contract, reason="再次")


def test_trades_are_told_on_a_page_and_to_programs_without_the_buyer(client, tmp_path):
    filing = make_filed(tmp_path)
    page = client.get("/market/trades/").content.decode()
    assert filing.number in page
    assert filing.contract.provider.name in page
    assert filing.contract.consumer.name not in page
    [told] = client.get("/api/v1/market/trades").json()["items"]
    assert (told["number"], told["delivery"]) == (filing.number, ["file"])
    assert told["digest"] == filing.contract.digest_text
    assert filing.contract.consumer.credit_code not in str(told)


@pytest.mark.duty("trace.whole")
def test_who_sold_it_may_say_whose_copy_leaked_and_nobody_who_bought_it(tmp_path):
    contract = make_filed(tmp_path).contract
    sells, buys = (make_representative(b) for b in (contract.provider, contract.consumer))
    entry = entry_of(contract)
    assert gate.decide(sells, "delivery.attribute", entry).allowed
    assert not gate.decide(buys, "delivery.attribute", entry).allowed
