"""A page of rows by REST: how few steps lead to it, and where its next one is."""

import io
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release

from yelin.api import schemas
from yelin.surface.bodies import at_once, in_utf8, whole
from yelin.warehouse import serving

pytestmark = pytest.mark.django_db(transaction=True)

# Some 700, and 75 of what looks on in tests, with a little room (decision 0067).
MOST_STEPS = 820
_TESTS = str(Path(__file__).parents[1])


@pytest.fixture
def entry(monkeypatch):
    """A resource whose rows lie ready to leave, in their own order and in that of a code."""
    monkeypatch.setattr(serving, "ROWS", 1)
    lines = "".join(f"{2000 + n},{n},{n:03}\n" for n in range(600))
    release = make_release(make_entry(), f"年份,海口港,代码\n{lines}")
    for item in (None, 2):
        serving.lay(release, item, descending=False)
    return release.entry


@pytest.fixture
def ask(monkeypatch):
    """What asks as the server does, over one line to the database, and returns status and body."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    application = at_once(in_utf8(whole(WSGIHandler())))

    def asked(path, query):
        told = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        body = b"".join(application(environ, lambda *said: told.append(said[0])))
        return told[0], body

    yield asked
    connection.close()


@pytest.mark.long
def test_few_steps_lead_to_a_small_answer(entry, ask):
    path = f"/api/v1/resources/{entry.slug}/rows"
    code = quote("filter[代码]")
    questions = {"a deep page": "page_size=100&page={}", "a look-up": f"{code}=00{{}}"}
    steps = {}
    for what, question in questions.items():
        # What is prepared, opened and decided once is so by then.
        for n in (1, 2, 3):
            assert ask(path, question.format(n))[0] == "200 OK"
        seen = Counter()

        def count(frame, event, _, seen=seen):
            if event == "call" and not frame.f_code.co_filename.startswith(_TESTS):
                seen[frame.f_code.co_qualname] += 1

        sys.setprofile(count)
        try:
            status, body = ask(path, question.format(4))
        finally:
            sys.setprofile(None)
        assert (status, body[:11]) == ("200 OK", b'{"items":[{')
        steps[what] = seen
    for what, seen in steps.items():
        assert seen.total() <= MOST_STEPS, (what, seen.total(), seen.most_common(20))


def test_the_answer_is_of_the_shape_that_is_described(client, entry):
    answer = client.get(f"/api/v1/resources/{entry.slug}/rows?page_size=2").json()
    assert list(answer) == list(schemas.RowPage.model_fields)
    assert schemas.RowPage(**answer).model_dump(mode="json") == answer


def test_the_next_page_is_asked_for_as_this_one_was(client, entry):
    question = "&".join(
        (
            f"{quote('filter[代码][in]')}=007,008,009",
            f"{quote('filter[代码]')}[in]=008,009",
            "p%61ge=1",
            "page_size=1",
            "",
            "sort=" + quote("-年份"),
            "lang=en",
            "release=1",
        )
    )
    answer = client.get(f"/api/v1/resources/{entry.slug}/rows", QUERY_STRING=question).json()
    parts = urlsplit(answer["next"])
    assert parts.path == f"/api/v1/resources/{entry.slug}/rows"
    turned, before = parse_qs(parts.query), parse_qs(question)
    assert turned.pop("cursor") == [answer["cursor"]]
    assert turned == {name: said for name, said in before.items() if name != "page"}
    following = client.get(parts.path, QUERY_STRING=parts.query).json()
    assert [each["代码"] for each in answer["items"] + following["items"]] == ["009", "008"]
    assert following["next"] is None


def test_what_is_not_written_as_an_address_is_in_the_next_one(client, entry):
    said = 'page_size=1&x="年"&[]'.encode().decode("latin-1")
    answer = client.get(f"/api/v1/resources/{entry.slug}/rows", QUERY_STRING=said).json()
    query = urlsplit(answer["next"]).query
    assert query.startswith("page_size=1&x=%22%E5%B9%B4%22&%5B%5D&cursor=")
