"""A connector elsewhere buys data from a real server: it is called back, signs, and takes it."""

import ipaddress
import os
import subprocess
import sys

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.api.dataspace import shapes
from tests.api.dataspace.consumer import Consumer, listening
from tests.api.dataspace.test_dataspace import fits, own, said, seller
from tests.keys.signers import PASSPHRASE, certificate_of, container
from tests.market.contract.makers import make_certificate, sign
from tests.market.makers import make_listing, make_member
from tests.market.transfer.makers import fresh_name, make_running
from tests.outbound.makers import make_rule
from tests.parties.makers import make_enterprise, make_representative, make_seat, make_token
from tests.serving import free_port, serving

from yelin.config import config
from yelin.market.contract import acts
from yelin.market.contract.models import Contract
from yelin.market.dataspace import tasks as calls
from yelin.market.filing import tasks as trades
from yelin.market.transfer import tasks as transfers
from yelin.market.transfer.models import Transfer
from yelin.notices.webhooks import public_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.duty("contract.whole")]
TERMS = "urn:yelin:market:terms"
DIGEST = "urn:yelin:market:digest"


@pytest.fixture
def listener(monkeypatch):
    networks = (ipaddress.ip_network("127.0.0.1/32"),)
    own = config.model_copy(update={"outbound_networks": networks})
    monkeypatch.setattr("yelin.outbound.sending.config", own)
    with listening() as heard:
        yield heard


def work():
    """Do what workers do with what was asked of them: begin transfers, then call connectors."""
    tasks = {"market.begin_transfer": transfers.begin_transfer, "market.call_back": calls.call_back}
    for name, task in tasks.items():
        for job in ProcrastinateJob.objects.filter(task_name=name).order_by("id"):
            task(**job.args)


def connected(site, listener, body=None) -> Consumer:
    body = body or make_enterprise()
    make_rule(body, host="127.0.0.1", port=listener.port, purpose="delivery")
    token = make_token(make_seat(body, "representative"))
    return Consumer(site, token, listener, pid=fresh_name())


def signed_at_home(folder, body, certificate, paper) -> str:
    """Sign a paper by the command that parties have at home, with a key that stays there."""
    key = container(folder, body.credit_code, certificate)
    command = [sys.executable, "-m", "yelin.cli", "sign", paper, "--pkcs12", key]
    env = os.environ | {"YELIN_SIGN_SECRET": PASSPHRASE}
    subprocess.run(command, check=True, env=env, timeout=120)
    return paper.with_name(paper.name + ".p7s").read_text(encoding="ascii")


def agree(us, listing, dataset):
    """Negotiate until both agree; return the negotiation's name and the agreement."""
    status, told = us.negotiate(dataset, {TERMS: said()})
    assert (status, told["state"]) == (201, "REQUESTED"), told
    assert told["urn:yelin:market:called"] is True
    pid = told["providerPid"]
    # The provider answers by another offer, of which the connector is told.
    changed = own(pid).stands.terms.model_copy(update={"territory": "海南省"})
    acts.offer(actor=seller(listing), negotiation=own(pid), terms=changed)
    work()
    offered = fits(us.listener.last("/offers"), shapes.OFFER_MESSAGE)
    assert us.listener.paths == [f"/callback/negotiations/{us.pid}/offers"]
    assert (offered["providerPid"], offered["consumerPid"]) == (pid, us.pid)
    accepts = {"eventType": "ACCEPTED", DIGEST: offered["offer"][DIGEST]}
    path, kind = "negotiations/{pid}/events", "ContractNegotiationEventMessage"
    status, told = us.about(path, pid, kind, **accepts)
    assert (status, told["state"]) == (200, "AGREED"), told
    work()
    return pid, fits(us.listener.last("/agreement"), shapes.AGREEMENT_MESSAGE)["agreement"]


def take(us, agreement):
    """Take what was bought, where the start message says that it is, and say that it is there."""
    status, told = us.transfer(agreement)
    assert (status, told["state"]) == (201, "REQUESTED"), told
    work()
    began = fits(us.listener.last("/start"), shapes.TRANSFER_START)
    assert us.listener.paths[-1] == f"/callback/transfers/{us.pid}/start"
    data = us.fetch(began["dataAddress"])
    assert data.status_code == 200, data.content
    assert data.headers["X-Yelin-Watermark"]
    assert data.text.startswith("年份")
    path, kind = "transfers/{pid}/completion", "TransferCompletionMessage"
    status, told = us.about(path, began["providerPid"], kind)
    assert (status, told["state"]) == (200, "COMPLETED")
    assert us.fetch(began["dataAddress"]).status_code == 410


def test_a_connector_discovers_negotiates_signs_and_takes_what_it_bought(tmp_path, listener):
    listing, body = make_listing(), make_enterprise()
    make_member(listing.platform, body, "buyer")
    certificate = certificate_of(body.credit_code)
    make_certificate(body, make_representative(body), certificate)
    port = free_port()
    with serving(port):
        us = connected(f"http://127.0.0.1:{port}", listener, body)
        [dataset] = us.discover()
        assert "HttpData-PULL" in {each["format"] for each in dataset["distribution"]}
        pid, agreed = agree(us, listing, dataset)
        assert agreed["target"] == dataset["@id"]
        paper = us.paper(agreed, tmp_path)
        words = {"urn:yelin:market:signature": signed_at_home(tmp_path, body, certificate, paper)}
        path = "negotiations/{pid}/agreement/verification"
        status, told = us.about(path, pid, "ContractAgreementVerificationMessage", **words)
        assert (status, told.get("state")) == (200, "VERIFIED"), told
        contract = Contract.objects.select_related(*Contract.ALONG).get(negotiation=own(pid))
        sign(tmp_path, contract, listing.product.owner, seller(listing))
        work()
        assert fits(listener.last("/events"), shapes.EVENT_MESSAGE)["eventType"] == "FINALIZED"
        # Signed by both, it has no effect before it is on file.
        status, told = us.transfer(agreed["@id"])
        assert status == 400
        fits(told, shapes.TRANSFER_ERROR)
        trades.file_trades()
        take(us, agreed["@id"])
        work()
        listener.verify(public_key())
        assert len(listener.heard) == 4


@pytest.mark.long
def test_a_connector_is_refused_what_it_may_not_and_nothing_comes_of_it(tmp_path, listener):
    contract = make_running(tmp_path)
    listing = contract.negotiation.listing
    named = f"urn:yelin:contract:{contract.number}"
    port = free_port()
    with serving(port):
        site = f"http://127.0.0.1:{port}"
        us, other = connected(site, listener, contract.consumer), connected(site, listener)
        [dataset] = us.discover()
        other.discover()
        # An offer that was altered, and a word that nobody knows.
        for altered in (
            {"@id": f"urn:yelin:offer:{listing.registration}:{'0' * 64}", TERMS: said()},
            {"permission": [{"action": "sell"}], TERMS: said()},
            {"prohibition": [{"action": "teleport"}], TERMS: said()},
            {"profile": "urn:x", TERMS: said()},
            {},
        ):
            status, told = other.negotiate(dataset, altered)
            assert status == 400, told
            fits(told, shapes.NEGOTIATION_ERROR)
        assert other.transfer(named)[0] == 404
        assert us.transfer(named, format="HttpData-PUSH")[0] == 400
        status, told = us.transfer(named)
        assert status == 201
        pid = told["providerPid"]
        for path, kind in (
            ("transfers/{pid}/completion", "TransferCompletionMessage"),
            ("transfers/{pid}/suspension", "TransferSuspensionMessage"),
            ("transfers/{pid}/start", "TransferStartMessage"),
        ):
            status, told = us.about(path, pid, kind)
            assert status == 400, told
            assert us.see(f"transfers/{pid}")[1]["state"] == "REQUESTED"
        work()
        began = listener.last("/start")
        assert us.fetch(began["dataAddress"]).status_code == 200
        Contract.objects.filter(pk=contract.pk).update(standing="ended")
        assert us.fetch(began["dataAddress"]).status_code == 410
        transfers.watch_transfers()
        work()
        ended = fits(listener.last("/termination"), shapes.TRANSFER_TERMINATION)
        assert ended["reason"] == ["This contract is not in force."]
        assert us.transfer(named, consumerPid=fresh_name())[0] == 400
        assert Transfer.objects.count() == 1
