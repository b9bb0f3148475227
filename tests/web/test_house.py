import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.house.test_documents import addresses
from tests.parties.makers import make_body, make_person, make_seat
from tests.talking.makers import make_comment
from tests.thorough import many, some
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, seated, text_of

from yelin.acts import frame
from yelin.catalog import reads
from yelin.ledger import sequencer
from yelin.parties.models import User
from yelin.web import telling
from yelin.web.middleware import CONTENT_POLICY

TEMPLATES = sorted((Path(telling.__file__).parent / "templates").rglob("*.html"))

PUBLIC = [
    "/",
    "/resources/",
    "/ledger/",
    "/verify/",
    "/law/",
    "/law/26/",
    "/developers/",
    "/sql/",
    "/about/",
    "/api/v1/docs",
    "/accounts/login/",
    "/nowhere/",
]


def test_no_template_holds_inline_script_or_style():
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle\s*=", text), path
        assert "<style" not in text, path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert "javascript:" not in text, path
        assert not re.search(r"(src|href)=\"https?:", text), path


@pytest.mark.drawn(8)
@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_carries_the_content_policy_and_its_language(client: Client, path, language):
    response = client.get(path, {"lang": language})
    assert response["Content-Security-Policy"] == CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert response["X-Frame-Options"] == "DENY"
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode().replace("zh-Hant", "zh-hant")


@pytest.mark.django_db
def test_what_nobody_foresaw_is_a_plain_page_with_the_policy(client: Client, monkeypatch):
    def broken(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(reads, "sizes", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "出错了" in response.content.decode()
    assert response["Content-Security-Policy"] == CONTENT_POLICY


@override_settings(ALLOWED_HOSTS=["data.example"])
@pytest.mark.django_db
def test_a_wrong_host_is_not_understood_and_told_so(client: Client):
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response.templates[0].name == "400.html"


@pytest.mark.django_db
def test_a_form_without_its_token_does_nothing_and_says_why():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/verify/", {"receipt": "x"})
    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"


def test_every_act_has_its_words():
    assert set(telling.ACTS) == {*frame.registered(), frame.PROPOSED}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_lists_cost_the_same_however_long_they_are(client: Client, django_assert_max_num_queries):
    body = make_body()
    release = make_release(make_entry(body))
    for _ in range(20):
        make_entry(body)
    make_entry(body, sharing_type="none", opening_type="none", sharing_basis="《某法》第一条")
    sequencer.settle()
    # The first look of all counts the figures for everyone; the first search reads what is kept.
    client.get("/")
    client.get("/resources/")
    with django_assert_max_num_queries(15):
        client.get("/")
    with django_assert_max_num_queries(14):
        assert len(client.get("/resources/").context["cards"]) == 20
    # The first look of an hour opens its tally.
    client.get(f"/resources/{release.entry.slug}/")
    with django_assert_max_num_queries(16):
        client.get(f"/resources/{release.entry.slug}/")
    with django_assert_max_num_queries(9):
        client.get("/ledger/")
    seated(client, body)
    with django_assert_max_num_queries(20):
        client.get("/desk/")
    with django_assert_max_num_queries(12):
        client.get("/desk/entries/")


# What one page asks the database at most, whoever looks at it and however much there is.
MOST_QUERIES = 25
NO_PAGES = re.compile(r"/(api|accounts|static|streams|ledger/tile|services)/|\^|/healthz|/readyz")


def filling(entry):
    """What fills addresses that need more than a resource, by what they begin with."""
    return {
        "/classification/{code}/": {"code": "3"},
        "/desk/bodies/{pk}/": {"pk": entry.provider_id},
        "/desk/entries/{pk}/": {"pk": entry.pk},
        "/feeds/group/{code}.atom": {"code": "transport"},
        "/feeds/organization/{code}.atom": {"code": entry.provider.credit_code},
        "/feeds/tag/{word}.atom": {"word": "港口"},
        "/law/{number}/": {"number": 25},
        "/law/works/{work}/": {"work": "pipl", "number": 13},
        "/licences/{name}/": {"name": entry.licence},
        "/resources/{slug}/latest.{kind}": {"kind": "csv"},
        "/resources/{slug}/versions/{number}.{kind}": {"number": 1, "kind": "csv"},
        "/sitemaps/{number}.xml": {"number": 1},
    }


def pages(entry):
    """Every address that needs nothing but a resource or what it has, with those of ``entry``."""
    for address in sorted(set(addresses())):
        filled = address.replace("{slug}", entry.slug)
        for begins, values in filling(entry).items():
            if address.startswith(begins):
                for name, value in values.items():
                    filled = filled.replace(f"{{{name}}}", str(value))
        if "{" not in filled and not NO_PAGES.search(filled):
            yield address, filled


def costs(client, path):
    """How often the database is asked for a page that was looked at before."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return len(asked)


@pytest.mark.django_db
def test_no_page_asks_the_database_more_than_it_may():
    body = make_body()
    entry = make_release(make_entry(body)).entry
    for n in range(3):
        make_comment(entry, shown=True, text=f"第{n}条")
        make_entry(body)
    stranger, reader, steward = Client(), Client(), Client()
    reader.force_login(make_person(username="reader").user, backend=BACKEND)
    seated(steward, body)
    cost = {
        (address, who): costs(client, path)
        for address, path in some([*pages(entry)], part=20)
        for who, client in (("stranger", stranger), ("citizen", reader), ("steward", steward))
        if who == "steward" or not path.startswith("/desk/")
    }
    asked_of = {address for address, _path in pages(entry)}
    assert all(any(each.startswith(begins) for each in asked_of) for begins in filling(entry))
    assert len(cost) > many(170, 25)
    assert {each: n for each, n in cost.items() if n > MOST_QUERIES} == {}


@pytest.mark.django_db
def test_signing_in_by_the_page_leads_to_the_desk(client: Client):
    make_seat(person=make_person(username="steward1"))
    wrong = client.post("/accounts/login/", {"login": "steward1", "password": "no"})
    assert wrong.status_code == 200
    assert wrong.context["form"].errors
    response = client.post("/accounts/login/", {"login": "steward1", "password": "correct horse 7"})
    assert response["Location"] == "/desk/"
    assert "王演示" in text_of(client.get("/desk/"))


def change(client, **fields):
    return client.post(
        "/accounts/password/change/",
        {
            "oldpassword": "correct horse 7",
            "password1": "blue mango 92",
            "password2": "blue mango 92",
        }
        | fields,
    )


@pytest.mark.long
@pytest.mark.django_db
def test_a_password_is_changed_by_whoever_has_it_and_no_other(client: Client):
    assert change(client)["Location"].startswith("/accounts/login/")
    user = make_seat(person=make_person(username="steward1")).person.user
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(user, backend=BACKEND)
    shown = client.get("/accounts/password/change/")
    assert "/accounts/password/change/" in client.get("/account/").content.decode()
    assert 'autocomplete="new-password"' in shown.content.decode()
    for wrong in ({"oldpassword": "no"}, {"password2": "blue mango 93"}, {"password1": "12345678"}):
        assert change(client, **wrong).context["form"].errors
    assert change(client)["Location"] == "/desk/"
    user.refresh_from_db()
    assert user.check_password("blue mango 92")
    assert client.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client):
    fields = {"username": "me", "password1": "correct horse 7", "password2": "correct horse 7"}
    client.post("/accounts/signup/", fields)
    assert not User.objects.exists()
