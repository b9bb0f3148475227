"""Signing in by a provider elsewhere: there and back by its own pages, and what may go wrong."""

import ipaddress
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from django.core.cache import cache
from django.test import Client
from tests.parties.makers import PASSWORD, make_person
from tests.personal import personal
from tests.web.makers import BACKEND, prove
from tests.web.provider import Provider, providing

from yelin.acts import accounts
from yelin.config import config
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import OutsideLogin, Person, User

pytestmark = pytest.mark.django_db

WHO = personal("citizen-4600001")
SIGN_UP = {"name": "李四演示", "username": "lisi"}
BACK = "/account/outside/back/"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with providing(tmp_path_factory.mktemp("provider")) as found:
        yield found


@pytest.fixture
def provider(running: Provider, monkeypatch) -> Provider:
    cache.clear()
    told = {
        "oidc_issuer": running.url,
        "oidc_client_id": "yelin",
        "oidc_client_secret": "a secret of ours",
        "oidc_name": "海南省统一身份认证",
        "oidc_certificate": running.authority,
        "outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),),
    }
    for name, value in told.items():
        monkeypatch.setitem(config.__dict__, name, value)
    return running


def led(client, address="/account/outside/") -> str:
    return client.get(address)["Location"]


def come_back(client, location: str, **over: str):
    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    return client.get(BACK, query | over)


def sign_in(client, provider, who=WHO, address="/account/outside/"):
    return come_back(client, provider.signed_in(led(client, address), who))


def registered(client, provider, who=WHO) -> Person:
    assert sign_in(client, provider, who).url == "/account/outside/new/"
    assert client.post("/account/outside/new/", SIGN_UP).url == "/account/"
    return Person.objects.get(user__username="lisi")


@pytest.mark.duty("collection.lawful")
def test_whoever_the_provider_knows_opens_an_account_and_comes_again(client, provider):
    assert "海南省统一身份认证" in client.get("/accounts/login/").content.decode()
    person = registered(client, provider)
    assert not person.user.has_usable_password()
    assert person.outside_logins.get().issuer == provider.url
    client.logout()
    assert sign_in(client, provider, address="/account/outside/?next=/account/kept/").url == (
        "/account/kept/"
    )
    assert client.session["_auth_user_id"] == str(person.user_id)
    # Neither the log nor the rows know what the provider calls the person.
    leaf = Leaf.objects.get(act="accounts.register_outside")
    assert WHO not in str(leaf.payload)
    assert WHO.encode() not in bytes(OutsideLogin.objects.get().digest)


def test_an_account_is_linked_only_by_whoever_is_signed_in_to_it_and_says_so(client, provider):
    person = make_person("王五演示", "wangwu")
    assert sign_in(client, provider).url == "/account/outside/new/"
    page = "/account/outside/link/"
    assert client.get(page).url.startswith("/accounts/login/")
    signed = client.post("/accounts/login/", {"login": "wangwu", "password": PASSWORD})
    assert signed.status_code == 302
    # Being signed in alone links nothing.
    assert not OutsideLogin.objects.exists()
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    sign_in(client, provider)
    asked_again = client.post(page, {"do": "accounts.link"})
    assert asked_again.url.startswith("/accounts/reauthenticate/")
    assert not OutsideLogin.objects.exists()
    prove(client, person)
    assert client.post(page, {"do": "accounts.link"}).url == "/account/"
    assert OutsideLogin.objects.get().person == person
    client.logout()
    sign_in(client, provider)
    assert client.session["_auth_user_id"] == str(person.user_id)


def test_nobody_is_linked_with_whom_another_account_is(client, provider):
    registered(client, provider)
    other = make_person("王五演示", "wangwu")
    browser = Client()
    browser.force_login(other.user, backend=BACKEND)
    prove(browser, other)
    assert sign_in(browser, provider).url == "/account/outside/link/"
    answer = browser.post("/account/outside/link/", {"do": "accounts.link"})
    assert answer.status_code == 422
    assert OutsideLogin.objects.count() == 1


@pytest.mark.parametrize("over", [{"state": "another"}, {"code": "another"}, {"iss": "https://x"}])
def test_what_does_not_fit_what_was_asked_signs_nobody_in(client, provider, over):
    answer = come_back(client, provider.signed_in(led(client), WHO), **over)
    assert answer.status_code == 502
    assert "_auth_user_id" not in client.session
    assert "outside_pending" not in client.session


def test_an_answer_is_taken_once_and_by_nobody_else(client, provider):
    back = provider.signed_in(led(client), WHO)
    assert come_back(Client(), back).status_code == 502
    assert come_back(client, back).status_code == 302
    assert come_back(client, back).status_code == 502
    assert come_back(client, provider.denied(led(client))).status_code == 502


def test_a_code_asked_for_elsewhere_is_of_no_use(client, provider):
    """The code of another browser comes with another verifier and another nonce."""
    stolen = parse_qs(urlsplit(provider.signed_in(led(Client()), WHO)).query)["code"][0]
    mine = parse_qs(urlsplit(led(client)).query)["state"][0]
    answer = client.get(BACK, {"code": stolen, "state": mine})
    assert answer.status_code == 502


def test_a_token_of_another_nonce_is_not_believed(client, provider):
    where = urlsplit(led(client))
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    changed = urlunsplit(where._replace(query=urlencode(asked | {"nonce": "of somebody else"})))
    assert come_back(client, provider.signed_in(changed, WHO)).status_code == 502


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    "over",
    [
        # The machine's own addresses are shut unless the operator names them.
        {"outbound_networks": ()},
        # Whoever answers there says another name of itself.
        {"oidc_issuer": "https://127.0.0.1:1"},
        {"oidc_certificate": None},
    ],
)
def test_a_provider_elsewhere_than_named_is_not_asked(client, provider, monkeypatch, over):
    for name, value in over.items():
        monkeypatch.setitem(config.__dict__, name, value)
    answer = client.get("/account/outside/")
    assert answer.status_code == 502
    assert "outside_asked" not in client.session


def test_without_a_provider_there_are_no_such_pages(client):
    assert client.get("/account/outside/").status_code == 404
    assert client.get(BACK).status_code == 404
    assert client.get("/account/outside/new/").url == "/accounts/login/"


def test_onward_leads_nowhere_else(client, provider):
    registered(client, provider)
    client.logout()
    answer = sign_in(client, provider, address="/account/outside/?next=https://evil.example/")
    assert answer.url == "/account/"


@pytest.mark.long
def test_a_blocked_account_stays_shut(client, provider):
    person = registered(client, provider)
    client.logout()
    User.objects.filter(pk=person.user_id).update(is_active=False)
    assert sign_in(client, provider).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_link_ends_and_goes_with_the_account_but_never_as_the_only_way_in(client, provider):
    person = registered(client, provider)
    link = person.outside_logins.get()
    answer = client.post("/account/", {"do": f"unlink-{link.pk}"})
    assert answer.status_code == 422
    person.user.set_password(PASSWORD)
    person.user.save()
    client.force_login(person.user, backend=BACKEND)
    assert client.post("/account/", {"do": f"unlink-{link.pk}"}).status_code == 302
    assert not OutsideLogin.objects.exists()
    client.logout()
    accounts.link(
        actor=Actor.citizen(person).proved(clock.now()),
        person=person,
        issuer=provider.url,
        digest=b"0" * 32,
    )
    accounts.delete(actor=Actor.citizen(person), person=Person.objects.get(pk=person.pk))
    assert not OutsideLogin.objects.exists()
