"""Questions as public reports tell of them: swollen, odd, or while the database is away."""

import json

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_body, make_token
from tests.warehouse.makers import make_release
from tests.web.makers import entry_form, seated

from yelin.catalog.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
NESTED = "[" * 100_000 + "]" * 100_000
SECRET = "host=db.intern user=yelin password=s3cr3t"


def test_swollen_forms_and_bodies_are_refused_at_every_door_and_nothing_is_done(client):
    """B-34: numbers within keys, a hundred thousand fields, brackets and a key without end."""
    body = make_body()
    seated(client, body)
    form = entry_form(make_content())
    swollen = [
        {"extras__999999999__key": "x", "items-TOTAL_FORMS": "999999999"},
        {f"k{n}": "x" for n in range(20_000)},
        {"k" * 5_000_000: "x"},
    ]
    for more in swollen:
        answer = client.post("/desk/entries/new/", form | more)
        assert answer.status_code < 500
    token = {"Authorization": f"Bearer {make_token()}"}
    doors = ("/api/3/action/package_create", "/api/3/action/datastore_search", "/mcp",
             "/api/v1/sql", "/api/v1/acts/catalog.draft")  # fmt: skip
    for path in doors:
        for text in (NESTED, json.dumps({"k" * 10_000_000: 1}), '{"id": ' + NESTED + "}"):
            answer = client.post(path, text, content_type="application/json", headers=token)
            assert 400 <= answer.status_code < 500, path
            assert len(answer.content) < 20_000, path
    assert Entry.objects.count() <= 1


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/resources/?q=港",
        "/api/v1/resources?q=港",
        "/api/3/action/package_search?q=港",
        "/catalog.ttl",
        "/feeds/dataset.atom",
    ],
)
def test_without_the_database_no_answer_tells_how_it_is_reached(client, monkeypatch, path):
    """B-37: what the engine behind a search says of itself stays within."""
    make_entry()

    def lost(*_args, **_options):
        raise OperationalError(f"connection failed: {SECRET}")

    monkeypatch.setattr(CursorWrapper, "execute", lost)
    client.raise_request_exception = False
    answer = client.get(path)
    assert answer.status_code >= 500
    for word in (*SECRET.split(), "Traceback", "OperationalError", "psycopg"):
        assert word not in answer.content.decode(), word


def test_words_of_chinese_lists_are_tags_and_files_keep_their_names(client):
    """B-44: signs that people write into key words pass by page, REST, CKAN and DCAT alike."""
    words = ("教育、医疗", "港口（沿海）", "C++", "a b")
    entry = make_release(make_entry(title="企业名单", keywords=words)).entry
    told = client.get(f"/api/v1/resources/{entry.slug}").json()
    assert set(told["keywords"]) == set(words)
    package = client.get(f"/api/3/action/package_show?id={entry.slug}").json()["result"]
    assert {tag["name"] for tag in package["tags"]} == set(words)
    for word in words:
        asked = {"fq": f'tags:"{word}"'}
        found = client.get("/api/3/action/package_search", asked).json()["result"]
        assert found["count"] == 1, word
    feed = client.get(f"/resources/{entry.slug}.ttl").content.decode()
    assert all(word in feed for word in words)
    sent = client.get(f"/api/v1/resources/{entry.slug}/download", follow=True)
    assert "%E4%BC%81%E4%B8%9A%E5%90%8D%E5%8D%95" in sent["Content-Disposition"]
