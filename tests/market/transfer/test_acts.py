"""Transfers begin once, move by whom the protocol lets, and give while their contract does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from tests.market.makers import supervisor
from tests.market.transfer.makers import again, ask, fresh_name, make_running, make_started, program
from tests.parties.makers import make_enterprise, make_representative

from yelin import gate
from yelin.delivery.tickets import Passed
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.market.contract.callbacks import Callback
from yelin.market.filing import acts as filings
from yelin.market.filing import tasks as trades
from yelin.market.listing import acts as listings
from yelin.market.transfer import acts, reads, tasks
from yelin.market.transfer.models import Transfer, TransferKey

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def moves(transfer):
    return list(
        Leaf.objects.filter(subject=transfer.pk).order_by("pk").values_list("act", flat=True)
    )


def test_what_is_asked_for_is_started_by_the_platform_and_leaves_its_leaves(tmp_path):
    asked = ask(make_running(tmp_path))
    assert (asked.state, asked.number[:3]) == ("requested", "CD-")
    tasks.begin_transfer(of=str(asked.pk))
    started = again(asked)
    assert (started.state, started.by, started.begun) == ("started", "platform", 1)
    assert moves(asked) == ["transfer.request", "transfer.start"]
    tasks.begin_transfer(of=str(asked.pk))
    tasks.watch_transfers()
    assert again(asked).begun == 1


def test_only_the_buyer_asks_and_nobody_else_learns_of_it(tmp_path):
    contract = make_running(tmp_path)
    for other in (contract.provider, make_enterprise()):
        with pytest.raises(gate.Refused):
            ask(contract, program(other))
    asked = ask(contract)
    for actor, knows in (
        (make_representative(contract.provider), True),
        (make_representative(contract.consumer), True),
        (supervisor(), True),
        (make_representative(), False),
    ):
        assert reads.of(actor, contract).filter(pk=asked.pk).exists() is knows
    with pytest.raises(gate.Refused):
        acts.terminate(actor=make_representative(), transfer=asked)


def test_nothing_is_taken_under_a_contract_that_is_not_in_force(tmp_path):
    contract = make_running(tmp_path)
    with clock.standing_at(clock.end_of(contract.until)), pytest.raises(OutOfTurn):
        ask(contract)
    filings.end(actor=make_representative(contract.provider), contract=contract, reason="不再合作")
    with pytest.raises(OutOfTurn):
        ask(contract)
    assert not Transfer.objects.exists()


def test_a_contract_by_which_no_data_leaves_is_not_fetched(tmp_path):
    contract = make_running(tmp_path, delivery={"ways": ["subscription"], "within_days": 3})
    with pytest.raises(Incomplete) as refused:
        ask(contract)
    assert [each.place for each in refused.value.faults] == ["format"]


def test_one_name_stands_for_one_transfer(tmp_path):
    contract, name = make_running(tmp_path), fresh_name()
    ask(contract, known_as=name)
    with pytest.raises(Incomplete) as refused:
        ask(contract, known_as=name)
    assert [each.place for each in refused.value.faults] == ["known_as"]
    assert Transfer.objects.count() == 1


def test_whoever_suspends_starts_again_and_keys_go_with_it(tmp_path):
    contract = make_running(tmp_path)
    sells, buys = (program(b) for b in (contract.provider, contract.consumer))
    transfer = make_started(contract)
    secret, _key = TransferKey.fresh(transfer)
    assert reads.opened_by(secret) == transfer
    acts.suspend(actor=sells, transfer=again(transfer), reason="维护")
    with pytest.raises(Passed):
        reads.opened_by(secret)
    for other in (buys, tasks.CLOCK):
        with pytest.raises(OutOfTurn):
            acts.start(actor=other, transfer=again(transfer))
    tasks.watch_transfers()
    assert again(transfer).state == "suspended"
    acts.start(actor=sells, transfer=again(transfer))
    assert (again(transfer).state, again(transfer).begun) == ("started", 2)
    with pytest.raises(Passed):
        reads.opened_by(secret)
    acts.complete(actor=buys, transfer=again(transfer))
    for move in (acts.start, acts.suspend, acts.complete, acts.terminate):
        with pytest.raises(OutOfTurn):
            move(actor=buys, transfer=again(transfer))


def test_a_key_opens_for_a_short_while_and_is_stored_nowhere(tmp_path):
    transfer = make_started(make_running(tmp_path))
    secret, key = TransferKey.fresh(transfer)
    assert secret.encode() not in bytes(key.digest)
    with clock.standing_at(key.until - timedelta(seconds=1)):
        assert reads.opened_by(secret) == transfer
    with clock.standing_at(key.until):
        with pytest.raises(Passed):
            reads.opened_by(secret)
        tasks.watch_transfers()
    assert not TransferKey.objects.exists()
    with pytest.raises(Passed):
        reads.opened_by("yld_" + "x" * 43)


@pytest.mark.duty("trade.lawful")
def test_what_may_not_be_traded_rests_and_goes_on_once_it_may(tmp_path):
    contract = make_running(tmp_path)
    transfer, listing = make_started(contract), contract.negotiation.listing
    runs = make_representative(listing.platform.operator)
    listings.suspend(actor=runs, listing=listing, reason="来源存疑")
    trades.watch_trades()
    tasks.watch_transfers()
    rests = again(transfer)
    assert (rests.state, rests.by) == ("suspended", "platform")
    with pytest.raises(OutOfTurn):
        acts.start(actor=make_representative(contract.consumer), transfer=rests)
    with pytest.raises(OutOfTurn):
        ask(contract)
    listings.resume(actor=runs, listing=listing)
    trades.watch_trades()
    tasks.watch_transfers()
    assert (again(transfer).state, again(transfer).begun) == ("started", 2)


@pytest.mark.parametrize("ends", ["early", "by its day"])
def test_transfers_end_with_their_contract(tmp_path, ends):
    contract = make_running(tmp_path)
    running, rests = make_started(contract), make_started(contract)
    buys = make_representative(contract.consumer)
    acts.suspend(actor=buys, transfer=again(rests), reason="")
    secret, _key = TransferKey.fresh(running)
    if ends == "early":
        filings.end(actor=buys, contract=contract, reason="项目结束")
        with pytest.raises(Passed):
            reads.opened_by(secret)
        tasks.watch_transfers()
    else:
        with clock.standing_at(clock.end_of(contract.until)):
            assert not reads.is_allowed(again(running))
            tasks.watch_transfers()
    assert {again(each).state for each in (running, rests)} == {"terminated"}


def test_an_address_that_is_none_is_refused_and_one_is_kept(tmp_path):
    contract = make_running(tmp_path)
    for bad in ("ftp://x.example", "https://user:pw@x.example", "https://x.example/#a", "there"):
        with pytest.raises(Incomplete):
            ask(contract, callback=bad)
    asked = ask(contract, callback="https://there.example/dsp")
    assert Callback.objects.get(of=asked.pk).address == "https://there.example/dsp"


@pytest.mark.django_db(transaction=True)
def test_asked_for_many_times_at_once_it_begins_once(tmp_path):
    contract, name = make_running(tmp_path), fresh_name()
    actor = program(contract.consumer)

    def one(_n):
        try:
            return ask(make_again(contract), actor, known_as=name).number
        except Incomplete as refused:
            return refused.faults[0].place
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(one, range(6)))
    assert found.count("known_as") == 5
    assert [Transfer.objects.get().number] == [each for each in found if each != "known_as"]


def make_again(contract):
    return type(contract).objects.select_related("thing", *contract.ALONG).get(pk=contract.pk)
