"""What may not be known of is as missing as what never was: in words, in headers, in work done."""

import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.warehouse.makers import make_upload
from tests.web.makers import sign_in

from yelin.ledger.sequencer import settle

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["", "about/", "fields/", "use/", "versions/", "trace/"]
REST = ["", "/rows", "/rows?sort=-年份", "/rows?filter[无][eq]=1", "/download?format=xlsx"]
# What differs from answer to answer whatever is asked.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
PASSING_HEADERS = {"Content-Length", "X-Request-ID"}


def answer(client, address, names, **asked):
    """The whole answer, the names of things made the same, and how many queries it took."""
    with CaptureQueriesContext(connection) as done:
        response = client.generic(asked.pop("method", "GET"), address, **asked)
    body = PASSING.sub(b"", response.content)
    for name in names:
        body = body.replace(name.encode(), b"NAME")
    body = body.replace(response["X-Request-ID"].encode(), b"ID")
    headers = {name: value for name, value in response.items() if name not in PASSING_HEADERS}
    return response.status_code, headers, body, len(done)


def alike(client, address, hidden, missing, **asked):
    names = (hidden, missing)
    # Once before, so that neither answer pays for what is kept from then on.
    answer(client, address.format(missing), names, **asked)
    at_hidden = answer(client, address.format(hidden), names, **asked)
    at_missing = answer(client, address.format(missing), names, **asked)
    assert at_hidden == at_missing, address
    assert at_hidden[0] == 404, address


@pytest.fixture
def hidden():
    return make_entry(state="awaiting")


@pytest.mark.parametrize("who", ["anyone", "department"])
def test_a_hidden_entry_is_as_missing_as_none_on_its_pages(client, hidden, who):
    if who == "department":
        sign_in(client, make_seat(make_body(), "officer"))
    for page in PAGES:
        alike(client, f"/resources/{{}}/{page}", hidden.slug, "307010001-999999")


@pytest.mark.parametrize("who", ["anyone", "department"])
def test_a_hidden_entry_is_as_missing_as_none_to_programs(client, hidden, who):
    token = {"HTTP_AUTHORIZATION": f"Bearer {make_token()}"} if who == "department" else {}
    for rest in REST:
        address = f"/api/v1/resources/{{}}{rest}"
        alike(client, address, hidden.slug, "307010001-999999", **token)
    if token:
        address = "/api/v1/resources/{}/releases"
        alike(client, address, hidden.slug, "307010001-999999", method="POST", data=b"a", **token)


def test_drafts_and_files_of_others_are_as_missing_as_none_at_the_desk(client):
    upload = make_upload()
    draft = make_entry(state="draft")
    sign_in(client, make_seat(make_body()))
    for page in ("", "edit/", "items/", "upload/"):
        alike(client, f"/desk/entries/{{}}/{page}", str(draft.pk), str(uuid4()))
    alike(client, "/desk/reviews/{}/", str(draft.pk), str(uuid4()))
    alike(client, "/desk/uploads/{}/", str(upload.pk), str(uuid4()))
    alike(client, "/api/v1/uploads/{}", str(upload.pk), str(uuid4()))
    alike(client, "/api/v1/uploads/{}/rejected", str(upload.pk), str(uuid4()))


def test_a_tile_that_is_not_published_is_as_missing_as_one_that_never_will_be(client, hidden):
    settle()
    make_entry(state="draft")
    for kind in ("0", "entries"):
        alike(client, f"/ledger/tile/{kind}/000.p/{{}}", "200", "201")
        alike(client, f"/ledger/tile/{kind}/{{}}", "001", "900")


@pytest.mark.parametrize(
    "address", ["/resources/?q={}", "/api/v1/resources?q={}", "/suggestions?q={}"]
)
def test_what_is_found_by_words_betrays_nothing_hidden(client, address):
    hidden = make_entry(state="awaiting", title="沿海港口鼗鼙")
    seen = make_entry()
    # Rare signs, both of one word, which no other text holds.
    names = [name for word in ("鼗鼙", "鼛鼖") for name in (word, quote(word), quote(quote(word)))]
    answer(client, address.format(quote("鼛鼖")), names)
    at_hidden = answer(client, address.format(quote("鼗鼙")), names)
    at_nothing = answer(client, address.format(quote("鼛鼖")), names)
    assert at_hidden == at_nothing
    assert at_hidden[0] == 200
    assert hidden.slug.encode() not in at_hidden[2]
    assert seen.slug.encode() in client.get("/resources/").content


def test_what_is_known_to_exist_is_refused_with_its_article(client):
    entry = make_entry(opening_type="none")
    for address in (f"/api/v1/resources/{entry.slug}", f"/api/v1/resources/{entry.slug}/rows"):
        response = client.get(address)
        assert response.status_code == 403
        assert response.json()["basis"]["provision"]
