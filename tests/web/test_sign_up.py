"""An account is opened by mail, and nobody learns who has one; all sessions can be ended."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.parties.makers import PASSWORD, make_person
from tests.personal import personal

from yelin.acts import registering
from yelin.acts.tasks import welcome
from yelin.ledger.models import Leaf
from yelin.notices.models import Channel, SignUp
from yelin.parties.models import Person, User
from yelin.web.portal import reads

pytestmark = pytest.mark.django_db

ADDRESS = personal("lisi.demo@example.com")
LINK = re.compile(r"https?://\S+/account/new/\S+")
SIGN_UP = {"name": "李四演示", "username": "lisi", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def ask(client, address=ADDRESS):
    """Ask for an account and let the worker do what that leads to."""
    before = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    answer = client.post("/account/new/", {"mail": address})
    for job in ProcrastinateJob.objects.exclude(pk__in=before):
        assert address not in str(job.args)
        welcome.func(**job.args)
    return answer


def link() -> str:
    return urlsplit(LINK.search(mail.outbox[-1].body)[0]).path


def sign_up(client, address=ADDRESS) -> Person:
    ask(client, address)
    assert client.get(link()).url == "/account/new/own/"
    assert client.post("/account/new/own/", SIGN_UP).url == "/account/"
    return Person.objects.get(user__username="lisi")


@pytest.mark.duty("collection.lawful")
def test_an_account_is_opened_by_the_link_of_a_mail_once(client):
    person = sign_up(client)
    channel = Channel.objects.get(person=person.pk)
    assert (channel.address, channel.confirmed_at is not None) == (ADDRESS, True)
    assert reads.has_mail(person)
    assert not SignUp.objects.exists()
    leaf = Leaf.objects.get(act="accounts.register")
    assert ADDRESS not in str(leaf.payload)
    browser = Client()
    browser.get(link())
    assert "password" not in browser.get("/account/new/own/").content.decode()
    assert browser.post("/account/new/own/", SIGN_UP | {"username": "other"}).status_code == 200
    assert not User.objects.filter(username="other").exists()


def test_a_known_address_has_the_same_answer_and_a_mail_that_says_who_it_is(client):
    sign_up(client)
    stranger = Client()
    known = stranger.post("/account/new/", {"mail": ADDRESS.upper()}, follow=True)
    unknown = stranger.post("/account/new/", {"mail": "nobody@example.com"}, follow=True)
    plain = [re.sub(r'value="[^"]+"', "", one.content.decode()) for one in (known, unknown)]
    assert plain[0] == plain[1]
    assert known.redirect_chain == unknown.redirect_chain
    ask(stranger)
    assert "lisi" in mail.outbox[-1].body
    assert LINK.search(mail.outbox[-1].body) is None


def test_a_link_ends_after_an_hour_and_what_was_asked_is_forgotten_after_a_day(client):
    ask(client)
    (asked,) = SignUp.objects.all()
    client.get(link())
    asked.asked_at -= timedelta(minutes=61)
    asked.save()
    assert 'name="password"' not in client.get("/account/new/own/").content.decode()
    registering.forget()
    assert SignUp.objects.exists()
    asked.asked_at -= timedelta(days=1)
    asked.save()
    registering.forget()
    assert not SignUp.objects.exists()


def test_a_guessed_link_opens_nothing(client):
    ask(client)
    (asked,) = SignUp.objects.all()
    client.get(f"/account/new/{asked.pk}/{'A' * 43}/")
    assert client.post("/account/new/own/", SIGN_UP).status_code == 200
    assert not User.objects.exists()


def test_what_is_wrong_is_said_and_the_link_stays(client):
    ask(client)
    client.get(link())
    make_person(username="lisi")
    assert client.post("/account/new/own/", SIGN_UP).status_code == 422
    assert client.post("/account/new/own/", SIGN_UP | {"again": "x"}).status_code == 422
    assert client.post("/account/new/own/", SIGN_UP | {"username": "lisi2"}).status_code == 302


def test_an_address_is_written_to_five_times_an_hour(client):
    answers = [client.post("/account/new/", {"mail": ADDRESS}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert client.post("/account/new/", {"mail": "x"}).status_code == 422


def test_whoever_signs_out_everywhere_is_out_on_every_computer(client):
    person = make_person(username="lisi")
    browsers = [client, Client()]
    for each in browsers:
        each.post("/accounts/login/", {"login": "lisi", "password": PASSWORD})
        assert each.get("/account/").status_code == 200
    assert client.post("/account/", {"do": "accounts.sign_out_all"}).status_code == 302
    for each in browsers:
        assert each.get("/account/").url.startswith("/accounts/login/")
    assert client.login(username="lisi", password=PASSWORD)
    assert client.get("/account/").status_code == 200
    assert Leaf.objects.get(act="accounts.sign_out_all").subject_id == person.pk
