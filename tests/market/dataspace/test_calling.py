"""Connectors are told by calls that a way out of their body leads to, and no act waits for them."""

import ipaddress
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.api.dataspace import shapes
from tests.api.dataspace.consumer import listening
from tests.api.dataspace.test_dataspace import fits
from tests.market.contract.makers import make_sides, terms
from tests.market.transfer.makers import again, ask, make_running, program
from tests.outbound.makers import make_rule
from tests.parties.makers import make_representative

from yelin.config import config
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.market.contract import acts as contracts
from yelin.market.contract.callbacks import Callback
from yelin.market.contract.rules import Side
from yelin.market.contract.tasks import lapse
from yelin.market.dataspace import calling, tasks
from yelin.market.transfer import acts
from yelin.market.transfer import tasks as transfers
from yelin.market.transfer.models import TransferKey
from yelin.notices.models import WAITS, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


@pytest.fixture
def listener(monkeypatch):
    networks = (ipaddress.ip_network("127.0.0.1/32"),)
    own = config.model_copy(update={"outbound_networks": networks})
    monkeypatch.setattr("yelin.outbound.sending.config", own)
    with listening() as heard:
        yield heard


def begun(folder, listener, *, led=True, **over):
    contract = make_running(folder)
    if led:
        make_rule(contract.consumer, host="127.0.0.1", port=listener.port, purpose="delivery")
    asked = ask(contract, callback=listener.address, **over)
    transfers.begin_transfer(of=str(asked.pk))
    return again(asked)


def called(of) -> Callback:
    tasks.call_back(of=str(of.pk))
    return Callback.objects.get(of=of.pk)


def test_without_a_way_out_of_its_body_nobody_is_called(tmp_path, listener):
    transfer = begun(tmp_path, listener, led=False)
    assert not called(transfer).is_led
    assert listener.heard == []
    make_rule(transfer.consumer, host="127.0.0.1", port=listener.port, purpose="delivery")
    assert called(transfer).is_led
    assert listener.paths == [f"/callback/transfers/{transfer.known_as}/start"]


def test_each_state_is_told_once_and_the_consumers_own_moves_are_not(tmp_path, listener):
    transfer = begun(tmp_path, listener)
    sells = program(transfer.contract.provider)
    buys = program(transfer.consumer)
    for _ in range(2):
        called(transfer)
    fits(listener.last("/start"), shapes.TRANSFER_START)
    acts.suspend(actor=buys, transfer=again(transfer), reason="稍后")
    acts.start(actor=buys, transfer=again(transfer))
    called(transfer)
    assert len(listener.heard) == 1
    acts.suspend(actor=sells, transfer=again(transfer), reason="维护")
    called(transfer)
    told = fits(listener.last("/suspension"), shapes.TRANSFER_SUSPENSION)
    assert (told["code"], told["reason"]) == ("provider", ["维护"])
    acts.start(actor=sells, transfer=again(transfer))
    called(transfer)
    acts.complete(actor=sells, transfer=again(transfer))
    called(transfer)
    fits(listener.last("/completion"), shapes.TRANSFER_COMPLETION)
    ends = [path.rpartition("/")[2] for path in listener.paths]
    assert ends == ["start", "suspension", "start", "completion"]
    assert len({each["webhook-id"] for each in listener.headers}) == 4


def test_a_negotiation_is_told_of_until_it_ends(listener):
    sides = provider, consumer, sells, buys = make_sides()
    make_rule(consumer, host="127.0.0.1", port=listener.port, purpose="delivery")
    begins = {
        "body": consumer,
        "other": provider,
        "side": Side.CONSUMER,
        "terms": terms(*sides[:2]),
    }
    named = {"known_as": "urn:n:1", "callback": listener.address}
    made = contracts.propose(actor=buys, **begins, **named)
    called(made)
    assert listener.heard == []
    other = terms(provider, consumer, territory="海南省")
    contracts.offer(actor=sells, negotiation=made, terms=other, until=clock.today())
    assert ProcrastinateJob.objects.filter(task_name="market.call_back").exists()
    called(made)
    fits(listener.last("/offers"), shapes.OFFER_MESSAGE)
    with clock.standing_at(clock.now() + timedelta(days=2)):
        lapse()
        called(made)
    told = fits(listener.last("/termination"), shapes.NEGOTIATION_TERMINATION)
    assert told["code"] == "platform"
    nameless = {"callback": listener.address}
    with pytest.raises(Incomplete):
        contracts.propose(actor=buys, **begins, **nameless)


def test_what_is_not_taken_is_tried_again_and_then_the_consumers_people_are_told(
    tmp_path, listener
):
    listener.status = 503
    transfer = begun(tmp_path, listener)
    for n, wait in enumerate(WAITS, 1):
        assert calling.call_next(transfer.pk) == wait
        assert Callback.objects.get().tries == n
    assert not Notice.objects.filter(event="connector.unreached").exists()
    dead = called(transfer)
    assert (dead.failure, dead.dead_at is not None) == ("refused", True)
    notice = Notice.objects.filter(event="connector.unreached").first()
    assert notice.params == {"code": transfer.number}
    # Each try held a key of its own, and the transfer runs all the same.
    assert len({message["dataAddress"]["endpointProperties"][0]["value"]
                for _path, message in listener.heard}) == len(WAITS) + 1  # fmt: skip
    assert TransferKey.objects.filter(transfer=transfer).count() == len(WAITS) + 1
    assert again(transfer).state == "started"
    listener.status = 200
    acts.terminate(actor=make_representative(transfer.contract.provider), transfer=transfer)
    assert called(transfer).failure == ""
    assert listener.paths[-1].endswith("/termination")


@pytest.mark.parametrize("name", ["../../admin", "a/b?c=d#e", "%2e%2e/x", "..", "a\r\nX-Y: z"])
def test_a_consumers_own_name_never_leads_to_another_address(tmp_path, listener, name):
    transfer = begun(tmp_path, listener, known_as=name)
    called(transfer)
    [path] = listener.paths
    assert path.startswith("/callback/transfers/")
    assert path.endswith("/start")
    assert path.count("/") == 4
    assert ".." not in path
    assert listener.heard[0][1]["consumerPid"] == name
