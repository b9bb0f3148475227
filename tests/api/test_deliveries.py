"""What a program is told beside the data: its receipt, its limit, its mark."""

import io
import zipfile

import pyarrow.parquet as pq
import pytest
from tests.api.test_v1 import body_of
from tests.delivery.makers import close, make_closed
from tests.gate.makers import make_grant
from tests.parties.makers import make_enterprise, make_seat, make_token
from tests.warehouse.makers import make_release

from yelin.cli import judging
from yelin.config import config
from yelin.delivery.models import Delivery, Pace
from yelin.gate import Obligations
from yelin.ledger import log, sequencer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entry():
    return make_closed()


def asker(entry, **over):
    """The header of a program to whose body the rows of ``entry`` were granted, and the grant."""
    firm = make_enterprise()
    grant = make_grant(firm, entry, **over)
    token = make_token(make_seat(firm, "representative"))
    return {"headers": {"Authorization": f"Bearer {token}"}}, grant


def rows(entry):
    return f"/api/v1/resources/{entry.slug}/rows"


def path_of(url):
    return url.removeprefix(config.url)


@pytest.mark.duty("trace.whole")
def test_each_answer_by_a_grant_names_its_receipt_which_is_verified_offline(
    client, entry, tmp_path, capsys
):
    by, _ = asker(entry)
    taken = client.get(rows(entry), **by)
    file = client.get(f"/api/v1/resources/{entry.slug}/download?format=csv", **by)
    size = len(body_of(file))
    addresses = [path_of(answer["X-Yelin-Receipt"]) for answer in (taken, file)]
    early = client.get(addresses[0], **by)
    assert (early.status_code, early["Retry-After"]) == (202, "60")
    close()
    sequencer.settle()
    for address in addresses:
        receipt = client.get(address, **by)
        assert receipt.status_code == 200
        assert judging.judge(receipt.content, str(log.verifier_key())) == 0
        assert "its words are" in capsys.readouterr().out
    said = client.get(addresses[1], **by).json()["payload"]
    assert (said["act"], said["rows"], said["bytes"]) == ("delivery.download", 3, size)
    forged = client.get(addresses[1], **by).content.replace(b'"rows":3', b'"rows":2')
    assert judging.judge(forged, str(log.verifier_key())) == 1


@pytest.mark.long
def test_a_receipt_of_others_is_as_missing_as_one_that_never_was(client, entry):
    by, _ = asker(entry)
    other, _ = asker(make_closed())
    address = path_of(client.get(rows(entry), **by)["X-Yelin-Receipt"])
    never = f"/api/v1/deliveries/{'0' * 8}-0000-4000-8000-{'0' * 12}/receipt"
    answers = [client.get(url, **who) for url in (address, never) for who in (other, {})]
    assert {answer.status_code for answer in answers} == {404}
    told = [answer.json() | {"request_id": ""} for answer in answers]
    assert told == told[:1] * 4


@pytest.mark.long
def test_a_grants_rate_is_told_and_then_kept(client, entry):
    by, _ = asker(entry, bears=Obligations(rate_per_hour=2))
    answers = [client.get(rows(entry), **by) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == [
        '"grant";r=1', '"grant";r=0', '"grant";r=0',
    ]  # fmt: skip
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"grant";q=2;w=3600'}
    late = answers[-1]
    assert late["Retry-After"] == late["RateLimit"].rpartition("=")[2]
    assert late["Content-Type"] == "application/problem+json"
    assert late.json()["violated-policies"] == ["grant"]
    page = client.get(f"/resources/{entry.slug}/")
    assert page.status_code == 200


@pytest.mark.long
def test_open_data_tells_its_fair_limit_and_keeps_no_address(client, monkeypatch):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 1)
    entry = make_release().entry
    first, second = (client.get(rows(entry), REMOTE_ADDR="203.0.113.7") for _ in range(2))
    assert first["RateLimit-Policy"] == '"fair-use";q=1;w=3600'
    assert "X-Yelin-Receipt" not in first
    assert second.status_code == 429
    page = client.get(f"/resources/{entry.slug}/", REMOTE_ADDR="203.0.113.7")
    assert (page.status_code, page["RateLimit"][:14]) == (429, '"fair-use";r=0')
    assert client.get(rows(entry), REMOTE_ADDR="203.0.113.8").status_code == 200
    kept = [str(bytes(of)) for of in Pace.objects.values_list("of", flat=True)]
    assert not [of for of in kept if "203" in of]


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client, monkeypatch):
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 1)
    monkeypatch.setitem(vars(config), "public_url", "https://data.example.cn")
    entry = make_release().entry
    sent = ["203.0.113.7", "198.51.100.1, 203.0.113.8", "10.0.0.1, 203.0.113.7"]
    answers = [client.get(rows(entry), headers={"X-Forwarded-For": via}) for via in sent]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.long
def test_a_marked_grant_marks_what_it_hands_out_beside_the_rows(client, entry):
    by, grant = asker(entry, bears=Obligations(watermark=True))
    mark = f"yelin:grant:{grant.pk}"
    page = client.get(rows(entry), **by)
    assert page["X-Yelin-Watermark"] == page.json()["watermark"] == mark
    plain, _ = asker(entry)
    assert client.get(rows(entry), **plain).json()["items"] == page.json()["items"]
    assert client.get(rows(entry), **plain).json()["watermark"] is None
    files = {}
    for format_ in ("csv", "json", "ndjson", "parquet", "xlsx"):
        url = f"/api/v1/resources/{entry.slug}/download?format={format_}"
        marked, unmarked = client.get(url, **by), client.get(url, **plain)
        assert marked["X-Yelin-Watermark"] == mark
        assert "X-Yelin-Watermark" not in unmarked
        files[format_] = body_of(marked), body_of(unmarked)
    for format_ in ("csv", "json", "ndjson"):
        assert files[format_][0] == files[format_][1]
    tables = [pq.read_table(io.BytesIO(file)) for file in files["parquet"]]
    assert tables[0].to_pylist() == tables[1].to_pylist()
    assert tables[0].schema.metadata[b"yelin.watermark"] == mark.encode()
    with zipfile.ZipFile(io.BytesIO(files["xlsx"][0])) as book:
        assert mark in book.read("docProps/core.xml").decode()


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?purpose=research", 200), ("?purpose=news", 403), ("?purpose=王某的贷款", 422)],
)
def test_a_grant_of_several_purposes_wants_one_of_them_named(client, entry, query, status):
    by, _ = asker(entry, purposes=["research", "teaching"])
    answer = client.get(rows(entry) + query, **by)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["purposes"] == ["research", "teaching"]


@pytest.mark.long
def test_who_provides_the_data_has_the_receipts_too(client, entry):
    by, _ = asker(entry)
    client.get(rows(entry), **by)
    close()
    steward = make_token(make_seat(entry.provider))
    (made,) = Delivery.objects.all()
    address = f"/api/v1/deliveries/{made.pk}/receipt"
    answer = client.get(address, headers={"Authorization": f"Bearer {steward}"})
    assert answer.json()["payload"]["rows"] == 3
