"""Programs without a cookie are told what all are told, and no session is looked for."""

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.warehouse.makers import make_release

from yelin.web.middleware import CONTENT_POLICY

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = {
    "rows": "/api/v1/resources/{slug}/rows",
    "rows, asked wrongly in English": "/api/v1/resources/{slug}/rows?filter[无]=1&lang=en",
    "no such resource": "/api/v1/resources/307010001-999999/rows",
    "no address": "/api/v1/nothing",
    "what holds a NUL": "/api/v1/resources?q=%00",
    "another language": "/api/v1/resources/307010001-999999?lang=zh-hant",
    "CKAN": "/api/3/action/datastore_search?resource_id={slug}",
    "no action": "/api/3/action/nothing",
    "a page for a fault": "/datastore/dump/nothing",
    "DCAT": "/catalog.ttl?page=999",
    "the ledger": "/ledger/tile/9/x999/x999/999",
    "a page": "/resources/{slug}/",
}


@pytest.fixture
def entry():
    return make_release(make_entry()).entry


def told(client, address, **more):
    answer = client.get(
        address, headers={"X-Request-ID": "4bf92f3577b34da6a3ce929d0e0e4736"} | more
    )
    headers = {name: value for name, value in answer.items() if name != "RateLimit"}
    # What the framework says of a page holds words that are drawn anew.
    body = b"" if answer["Content-Type"].startswith("text/html") else answer.content
    return answer.status_code, headers, body


@pytest.mark.drawn(2)
@pytest.mark.parametrize("what", ADDRESSES)
def test_the_answer_is_the_same_with_a_cookie_and_without(client, entry, what):
    address = ADDRESSES[what].format(slug=entry.slug)
    without = told(client, address)
    client.cookies.clear()
    assert without == told(client, address, Cookie="of=another")
    assert without[1]["Content-Security-Policy"] == CONTENT_POLICY
    assert "Cookie" in without[1]["Vary"]


def test_programs_without_a_cookie_pass_by_sessions(client, entry, monkeypatch):
    asked, begun = [], SessionMiddleware.process_request

    def begin(middleware, request):
        asked.append(request.path)
        return begun(middleware, request)

    monkeypatch.setattr(SessionMiddleware, "process_request", begin)
    rows = f"/api/v1/resources/{entry.slug}/rows"
    token = {"Authorization": f"Bearer {make_token(make_seat(make_body()))}"}
    for headers in ({}, token):
        assert client.get(rows, headers=headers).status_code == 200
    assert client.post(f"{rows}/query", {}, content_type="application/json").status_code == 200
    assert asked == []
    client.get("/healthz")
    assert asked == ["/healthz"]


def test_whoever_has_a_session_is_known_to_the_interface(client):
    seat = make_seat(make_body())
    entry = make_release(make_entry(seat.body, opening_type="none")).entry
    rows = f"/api/v1/resources/{entry.slug}/rows"
    assert client.get(rows).status_code == 403
    client.force_login(seat.person.user)
    assert client.get(rows).status_code == 200
