"""What the table of doors does not ask: sending files, tiles of the log, what a refusal cites."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.parties.makers import make_token

from yelin.ledger.sequencer import settle

pytestmark = pytest.mark.django_db(transaction=True)


def answer(client, address, name, **asked):
    """The answer without the address that was asked, and how many queries it took."""
    asked["headers"] = {"X-Request-ID": "0" * 32} | asked.get("headers", {})
    asked_at = address.format(name)
    with CaptureQueriesContext(connection) as done:
        response = client.generic(asked.pop("method", "GET"), asked_at, **asked)
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    # The whole address: a name of three digits may stand in the root of the footer too.
    body = response.content.replace(asked_at.encode(), b"")
    return response.status_code, headers, body, len(done)


def alike(client, address, hidden, missing, **asked):
    # Once before, so that neither answer pays for what is kept from then on.
    answer(client, address, missing, **asked)
    at_hidden = answer(client, address, hidden, **asked)
    assert at_hidden == answer(client, address, missing, **asked), address
    assert at_hidden[0] == 404, address


def test_a_hidden_entry_takes_a_file_as_one_that_is_missing(client):
    asked = {"method": "POST", "data": b"a", "headers": {"Authorization": f"Bearer {make_token()}"}}
    hidden = make_entry(state="awaiting")
    alike(client, "/api/v1/resources/{}/releases", hidden.slug, "307010001-999999", **asked)


@pytest.mark.long
def test_a_tile_that_is_not_published_is_as_missing_as_one_that_never_will_be(client):
    make_entry(state="awaiting")
    settle()
    make_entry(state="draft")
    for kind in ("0", "entries"):
        alike(client, f"/ledger/tile/{kind}/000.p/{{}}", "200", "201")
        alike(client, f"/ledger/tile/{kind}/{{}}", "001", "900")


def test_what_is_known_to_exist_is_refused_with_its_article(client):
    entry = make_entry(opening_type="none")
    for address in (f"/api/v1/resources/{entry.slug}", f"/api/v1/resources/{entry.slug}/rows"):
        response = client.get(address)
        assert response.status_code == 403
        assert response.json()["basis"]["provision"]
