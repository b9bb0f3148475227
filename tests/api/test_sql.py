"""One SELECT by REST and by CKAN's name for it, by whoever may read what it is about."""

import json
import time
from http.client import HTTPConnection

import pytest
from tests.api.ckan.asking import refused, result
from tests.delivery.makers import make_closed, make_taker
from tests.parties.makers import make_token
from tests.warehouse.makers import make_release

from yelin.api.ckan import shapes
from yelin.delivery.models import Delivery, Tally
from yelin.gate import Obligations
from yelin.parties.models import Person
from yelin.surface import presence
from yelin.warehouse import selected

pytestmark = pytest.mark.django_db


def about(sql, *names):
    """Return ``sql`` with these names for {}, each quoted."""
    return sql.format(*(f'"{name}"' for name in names))


def post(client, sql, token=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(
        "/api/v1/sql?lang=en",
        json.dumps({"sql": sql, **more}),
        content_type="application/json",
        headers=headers,
    )


def test_programs_have_rows_columns_and_what_they_are_from(client):
    entry = make_closed()
    taker, grant = make_taker(entry, bears=Obligations(watermark=True, rate_per_hour=9))
    token = make_token(person=Person.objects.get(pk=taker.person_id))
    sql = about("SELECT 代码, max(年份) AS 新 FROM {} GROUP BY ALL ORDER BY 代码", entry.slug)
    response = post(client, sql, token)
    assert response.status_code == 200, response.content.decode()
    told = response.json()
    assert told["items"][0] == {"代码": "007", "新": 2012}
    assert told["columns"] == [{"name": "代码", "type": "text"}, {"name": "新", "type": "int"}]
    assert told["truncated"] is False
    (source,) = told["sources"]
    delivery = Delivery.objects.get()
    assert source["receipt"].endswith(f"/api/v1/deliveries/{delivery.pk}/receipt")
    assert source | {"receipt": ""} == {
        "resource": entry.code,
        "release": 1,
        "receipt": "",
        "watermark": f"yelin:grant:{grant.pk}",
        "marks": [],
    }
    assert response["RateLimit"].startswith('"grant";r=8')
    file = post(client, sql, token, format="csv")
    assert file.content.decode() == "代码,新\n007,2012\n008,2013\n009,2014\n"
    assert file["X-Yelin-Watermark"] == source["watermark"]


@pytest.mark.long
def test_a_fault_says_line_column_and_mend(client, monkeypatch):
    entry = make_closed()
    for sql, says in (
        (
            about("SELECT 1\nFROM {} x,\n read_csv(1)", entry.code),
            "Line 3, column 2: There is no function",
        ),
        ('SELECT *\n FROM "307/000009"', "Line 2, column 7: There is no resource 307/000009, or"),
    ):
        response = post(client, sql)
        assert response.status_code == 422
        assert response.json()["detail"].startswith(says)
        assert {"line", "column"} < set(response.json())
    response = post(client, about("SELECT * FROM {}", entry.code))
    assert (response.status_code, "basis" in response.json()) == (403, True)
    monkeypatch.setattr(selected, "WAIT_SECONDS", 0)
    for _ in range(2):
        assert selected._turns.acquire(blocking=False)
    try:
        busy = post(client, about("SELECT * FROM {}", make_release().entry.code))
    finally:
        selected._turns.release(2)
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")


@pytest.mark.long
def test_clients_of_ckan_ask_by_the_id_of_a_resource(client):
    entry = make_release().entry
    table = shapes.resource_id(entry.pk, "csv")
    found = result(client, "datastore_search_sql", sql=about("SELECT 代码 FROM {} LIMIT 1", table))
    assert found["records"] == [{"代码": "007"}]
    assert found["fields"] == [{"id": "代码", "type": "text"}]
    error = refused(client, "datastore_search_sql", 409, sql=about("SELECT 无 FROM {}", table))
    assert set(error) == {"__type", "sql"}
    refused(client, "datastore_search_sql", 409, sql="")
    refused(client, "datastore_search_sql", 403, sql=about("SELECT * FROM {}", make_closed().slug))


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_statement_ends_with_the_line_of_whoever_asked(live_server, monkeypatch):
    entry = make_release().entry
    monkeypatch.setattr(presence, "EVERY_SECONDS", 0.1)
    endless = about(
        "WITH RECURSIVE r AS (SELECT 1 AS i FROM {} UNION ALL SELECT i + 1 FROM r)"
        " SELECT count(*) FROM r",
        entry.code,
    )
    began = time.monotonic()
    # From an address of its own: lines of other tests may be open still.
    line = HTTPConnection(
        live_server.thread.host,
        live_server.thread.port,
        timeout=1.5,
        source_address=("127.0.0.2", 0),
    )
    kind = {"Content-Type": "application/json"}
    line.request("POST", "/api/v1/sql", json.dumps({"sql": endless}), kind)
    with pytest.raises(TimeoutError):
        line.getresponse()
    line.close()
    # Both turns are free again long before the statement's own time is over.
    for _ in range(2):
        assert selected._turns.acquire(timeout=selected.SECONDS / 2)
    selected._turns.release(2)
    assert time.monotonic() - began < selected.SECONDS
    assert not Tally.objects.exists()
