"""A connector takes what its contract gives: asked for once, by a key, through the one way out."""

import contextlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection
from django.test import Client
from tests.api.dataspace import shapes
from tests.api.dataspace.connector import Connector
from tests.api.dataspace.test_dataspace import fits
from tests.catalog.makers import make_social
from tests.delivery.streams import Slow, make_long_release, streams_beside, until
from tests.market.makers import make_listing, make_product
from tests.market.transfer.makers import again, fresh_name, make_running
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin.delivery.models import Delivery, Outcome, Ticket
from yelin.law import clock
from yelin.market.filing import acts as filings
from yelin.market.transfer import acts, tasks
from yelin.market.transfer.models import Transfer
from yelin.market.transfer.rules import State

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def connected(contract) -> Connector:
    return Connector(contract.consumer, pid=fresh_name())


def agreement(contract) -> str:
    return f"urn:yelin:contract:{contract.number}"


def begun(connector, contract, **over):
    """Ask for a transfer and let the platform start it; return its name and where its data is."""
    status, told = connector.ask(agreement(contract), **over)
    assert (status, told["state"]) == (201, "REQUESTED"), told
    fits(told, shapes.TRANSFER)
    pid = told["providerPid"]
    tasks.begin_transfer(of=str(Transfer.objects.get(number=pid).pk))
    status, told = connector.get(f"/dsp/transfers/{pid}")
    assert (status, fits(told, shapes.TRANSFER)["state"]) == (200, "STARTED")
    return pid, fits(told["dataAddress"], shapes.DATA_ADDRESS)


def take(address, more=""):
    where, key = Connector.key_in(address)
    return Client().get(urlsplit(where).path + more, headers=key)


def refused(answer, *places):
    status, told = answer
    fits(told, shapes.TRANSFER_ERROR)
    found = [fault["place"] for fault in told["reason"][0].get("faults", ())]
    assert (status, found) == (400, [*places]), told
    return told


def test_what_a_contract_gives_is_taken_by_the_key_that_is_told(tmp_path):
    contract = make_running(tmp_path)
    connector = connected(contract)
    pid, address = begun(connector, contract)
    answer = take(address)
    assert answer.status_code == 200, answer.content
    assert answer["X-Yelin-Watermark"]
    assert answer.content.decode().splitlines()[0].startswith("年份")
    [named] = Delivery.objects.all()
    assert named.grant.given_in_id == contract.pk
    assert named.outcome == Outcome.FINISHED
    assert take(address, "?format=json").json()
    assert take(address, "?resource=none").status_code == 404
    status, told = connector.move(pid, "completion")
    assert (status, told["state"]) == (200, "COMPLETED")
    assert take(address).status_code == 410
    assert "dataAddress" not in told


def test_the_key_opens_its_own_transfer_and_nothing_else(tmp_path, client):
    contract = make_running(tmp_path)
    connector = connected(contract)
    pid, address = begun(connector, contract)
    where, key = Connector.key_in(address)
    path = urlsplit(where).path
    other = Connector(contract.consumer, pid=fresh_name())
    second, _address = begun(other, contract)
    assert client.get(path.replace(pid, second), headers=key).status_code == 410
    assert client.get(path).status_code == 404
    entry = contract.negotiation.listing.product.sources.get().entry
    for rest in (f"/api/v1/resources/{entry.slug}/download?format=csv", "/api/v1/contracts"):
        assert client.get(rest, headers=key).status_code == 401
    by_token = {"Authorization": f"Bearer {connector.token}"}
    assert client.get(path, headers=by_token).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_several_tables_are_had_in_one_package_or_each_alone(tmp_path, monkeypatch):
    owner = make_enterprise()
    entries = [make_release(make_social(owner, handing_over="own")).entry for _ in range(2)]
    contract = make_running(tmp_path, make_listing(make_product(owner, *entries)))
    connector = connected(contract)
    with streams_beside(monkeypatch) as url:
        pid, address = begun(connector, contract)
        led = take(address)
        assert led.status_code == 307
        assert led["Location"].startswith(f"{url}/streams/batches/ylb_")
        package = zipfile.ZipFile(io.BytesIO(requests.get(led["Location"], timeout=60).content))
        tables = [name for name in package.namelist() if name.endswith(".csv")]
        assert len(tables) == 2
        until(lambda: Delivery.objects.filter(outcome=Outcome.FINISHED).count() == 2)
        alone = take(address, f"?resource={entries[1].code}")
        assert alone.status_code == 200
        assert alone["Content-Type"].startswith("text/csv")
        later = take(address)["Location"]
        connector.move(pid, "suspension")
        assert requests.get(later, timeout=20).status_code == 410


def test_what_is_sent_again_begins_nothing_anew(tmp_path):
    contract = make_running(tmp_path)
    connector = connected(contract)
    pid, _address = begun(connector, contract)
    status, told = connector.ask(agreement(contract))
    assert (status, told["providerPid"], told["state"]) == (201, pid, "STARTED")
    assert "dataAddress" in told
    refused(connector.ask(agreement(contract), format="HttpData-PUSH"), "format")
    assert Transfer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_many_times_at_once_it_is_one(tmp_path):
    contract = make_running(tmp_path)
    connector = connected(contract)

    def ask(_n):
        try:
            return connector.ask(agreement(contract))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        came = list(pool.map(ask, range(5)))
    assert {status for status, _told in came} == {201}, came
    assert {told["providerPid"] for _status, told in came} == {Transfer.objects.get().number}


@pytest.mark.parametrize(
    ("over", "places"),
    [
        ({"format": "HttpData-PUSH"}, ["format"]),
        ({"format": "AmazonS3-PUSH"}, ["format"]),
        ({"callbackAddress": "there"}, ["callbackAddress"]),
        ({"callbackAddress": None}, ["callbackAddress"]),
        ({"urn:yelin:market:purpose": "别的"}, ["purpose"]),
        ({"@type": "TransferStartMessage"}, ["@type"]),
        ({"@context": ["https://w3id.org/dspace/2024/1/context.json"]}, ["@context"]),
        ({"consumerPid": ""}, ["consumerPid"]),
    ],
)
def test_what_cannot_be_begun_is_refused_with_its_place(tmp_path, over, places):
    contract = make_running(tmp_path)
    refused(connected(contract).ask(agreement(contract), **over), *places)
    assert not Transfer.objects.exists()


def test_another_ones_contract_is_no_contract(tmp_path):
    contract = make_running(tmp_path)
    pid, _address = begun(connected(contract), contract)
    for other in (Connector(pid=fresh_name()), Connector(contract.provider, pid=fresh_name())):
        for status, told in (
            other.ask(agreement(contract)),
            other.get(f"/dsp/transfers/{pid}"),
            other.move(pid, "termination"),
            other.move(pid, "start"),
        ):
            assert status == 404
            fits(told, shapes.TRANSFER_ERROR)
    assert connected(contract).ask("urn:yelin:contract:HT-0")[0] == 404


def test_an_expired_contract_gives_nothing(tmp_path):
    contract = make_running(tmp_path)
    connector = connected(contract)
    _pid, address = begun(connector, contract)
    with clock.standing_at(clock.end_of(contract.until)):
        assert take(address).status_code == 410
        late = Connector(contract.consumer, pid=fresh_name())
        refused(late.ask(agreement(contract)))


# By the protocol's state machine, of the consumer's messages.
LEGAL = {
    ("STARTED", "completion"): "COMPLETED",
    ("STARTED", "suspension"): "SUSPENDED",
    ("SUSPENDED", "start"): "STARTED",
    **{(state, "termination"): "TERMINATED" for state in ("REQUESTED", "STARTED", "SUSPENDED")},
}


def test_every_message_in_every_state_does_what_the_protocol_says_or_nothing(tmp_path):
    contract = make_running(tmp_path)
    for state, path in product(State, ("start", "completion", "suspension", "termination")):
        connector = connected(contract)
        _status, told = connector.ask(agreement(contract))
        pid = told["providerPid"]
        Transfer.objects.filter(number=pid).update(state=state)
        status, told = connector.move(pid, path, code="99", reason=["no"])
        then = LEGAL.get((state.name, path))
        stands = Transfer.objects.get(number=pid)
        said = (state, path, told)
        assert (status, stands.state.upper()) == (200 if then else 400, then or state.name), said
        fits(told, shapes.TRANSFER if then else shapes.TRANSFER_ERROR)
        if path in {"suspension", "termination"} and then:
            assert stands.because == "99; no"


def test_a_message_names_the_transfer_as_both_sides_do(tmp_path):
    contract = make_running(tmp_path)
    connector = connected(contract)
    pid, _address = begun(connector, contract)
    refused(connector.move(pid, "completion", consumerPid="urn:other"), "consumerPid")
    refused(connector.move(pid, "completion", providerPid="CD-0"), "consumerPid")


@contextlib.contextmanager
def stopped(how, contract, transfer):
    """Let something stop what a transfer gives, for the block at least."""
    sells, buys = (make_representative(b) for b in (contract.provider, contract.consumer))
    if how == "suspended":
        acts.suspend(actor=sells, transfer=transfer, reason="停")
    elif how == "terminated":
        acts.terminate(actor=buys, transfer=transfer, reason="停")
    elif how == "contract ended":
        filings.end(actor=buys, contract=contract, reason="项目结束")
    else:
        with clock.standing_at(clock.end_of(contract.until)):
            yield
        return
    yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "how",
    [
        "suspended",
        pytest.param("terminated", marks=pytest.mark.long),
        pytest.param("contract ended", marks=pytest.mark.long),
        pytest.param("contract expired", marks=pytest.mark.long),
    ],
)
def test_what_is_on_its_way_is_cut_off_once_it_may_not_be_taken(tmp_path, monkeypatch, how):
    owner = make_enterprise()
    entry = make_long_release(make_social(owner, handing_over="own"), 200_000).entry
    contract = make_running(tmp_path, make_listing(make_product(owner, entry)))
    connector = connected(contract)
    with streams_beside(monkeypatch) as url:
        pid, address = begun(connector, contract)
        led = take(address)
        assert led.status_code == 307
        assert led["Location"].startswith(f"{url}/streams/yls_")
        with Slow(led["Location"]) as slow:
            assert (slow.status, len(slow.take(100_000)) >= 100_000) == (200, True)
            transfer = again(Transfer.objects.get(number=pid))
            with stopped(how, contract, transfer):
                until(lambda: Ticket.objects.get().ended_at is not None)
                size = int(dict(_headers(slow.head))["content-length"])
                with contextlib.suppress(ConnectionError):
                    slow.take(size)
                assert len(slow.body) < size
                assert requests.get(led["Location"], timeout=20).status_code in {403, 410}
                until(lambda: Delivery.objects.get().outcome == Outcome.CUT)
                assert take(address).status_code in {403, 410}


def _headers(head):
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()
