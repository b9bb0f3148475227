"""A lost password is replaced by whoever reads the mail, once; strangers learn nothing by it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.parties.makers import (
    PASSWORD,
    make_citizen,
    make_enterprise,
    make_person,
    make_seat,
)

from yelin.acts import accounts, logins, notices
from yelin.acts.tasks import send_link
from yelin.cli import founding
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Person

pytestmark = pytest.mark.django_db

LINK = re.compile(r"https?://\S+/account/lost/\S+")
FRESH = "another horse 8"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def with_mail(person: Person, address="li.demo@example.com") -> Person:
    actor = Actor.citizen(person)
    channel = notices.open_channel(
        actor=actor,
        person=person,
        kind="mail",
        address=address,
        language="zh-hans",
        scope="all",
    )
    notices.confirm_channel(actor=actor, channel=channel, code=channel.code)
    return person


def ask(client, username):
    """Ask for a link and let the worker do what that leads to."""
    before = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    answer = client.post("/account/lost/", {"username": username})
    for job in ProcrastinateJob.objects.exclude(pk__in=before):
        send_link.func(**job.args)
    return answer


def links():
    return [urlsplit(LINK.search(each.body)[0]).path for each in mail.outbox]


def choose(client, link):
    page = client.get(link, follow=True)
    data = {"new_password1": FRESH, "new_password2": FRESH}
    return client.post(page.redirect_chain[-1][0] if page.redirect_chain else link, data)


@pytest.mark.duty("collection.lawful")
def test_a_citizen_chooses_a_new_password_by_mail_once(client):
    person = with_mail(make_person())
    ask(client, person.user.username.upper())
    (link,) = links()
    assert mail.outbox[0].to == ["li.demo@example.com"]
    assert choose(client, link).url == "/accounts/login/"
    assert client.login(username=person.user.username, password=FRESH)
    client.logout()
    assert "new_password1" not in client.get(link, follow=True).content.decode()
    leaf = Leaf.objects.get(act="accounts.send_link")
    assert leaf.subject_id == person.pk


def test_a_link_by_mail_ends_after_half_an_hour(client, monkeypatch):
    person = with_mail(make_person())
    ask(client, person.user.username)
    (link,) = links()
    now = logins.MAILED._now()
    for minutes, opens in ((29, True), (31, False)):
        later = now + timedelta(minutes=minutes)
        monkeypatch.setattr(logins.Mailed, "_now", lambda _, at=later: at)
        page = client.get(link, follow=True).content.decode()
        assert ("new_password1" in page) is opens


def test_a_link_that_is_handed_over_does_not_pass_for_one_by_mail(client):
    uid, token = logins.one_time(make_person().user)
    page = client.get(f"/account/lost/{uid}/{token}/", follow=True)
    assert "new_password1" not in page.content.decode()


def test_the_answer_is_the_same_for_every_login_after_the_same_work(client):
    known = with_mail(make_person()).user.username
    official = with_mail(make_seat().person, "official@example.com").user.username
    unconfirmed = make_person().user.username
    answers = []
    for username in (known, official, unconfirmed, "nobody.at.all"):
        with CaptureQueriesContext(connection) as done:
            answer = client.post("/account/lost/", {"username": username})
        kinds = [query["sql"].split()[0] for query in done.captured_queries]
        answers.append((answer.status_code, answer.url, kinds))
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 302
    assert client.get(answers[0][1]).status_code == 200


def test_nothing_is_sent_to_officials_to_the_blocked_or_to_an_address_nobody_confirmed(client):
    official = with_mail(make_seat().person, "official@example.com")
    blocked = with_mail(make_person(), "blocked@example.com")
    blocked.user.is_active = False
    blocked.user.save()
    waiting = make_person()
    notices.open_channel(
        actor=Actor.citizen(waiting),
        person=waiting,
        kind="mail",
        address="waiting@example.com",
        language="en",
        scope="all",
    )
    for person in (official, blocked, waiting):
        ask(client, person.user.username)
    ask(client, "nobody.at.all")
    assert mail.outbox == []


def test_whoever_stands_for_an_enterprise_is_helped_by_mail(client):
    seat = make_seat(make_enterprise(), "representative")
    ask(client, with_mail(seat.person).user.username)
    assert len(mail.outbox) == 1


def test_asking_over_and_over_is_slowed_down_also_for_logins_that_nobody_has(client):
    for username in (make_person().user.username, "nobody.at.all"):
        answers = [
            client.post("/account/lost/", {"username": username}).status_code for _ in range(4)
        ]
        assert answers == [302, 302, 302, 429]


def test_no_person_does_these_acts_and_the_operator_hands_a_link_over(client, capsys):
    person = make_person()
    for act in (accounts.send_link, accounts.give_link):
        with pytest.raises(Exception, match="accounts"):
            act(actor=make_citizen(), person=person)
    assert founding.give_password("nobody.at.all") == 1
    assert founding.give_password(person.user.username.upper()) == 0
    link = re.search(r"/account/password/\S+", capsys.readouterr().out)[0]
    assert choose(client, link).status_code == 302
    assert not client.login(username=person.user.username, password=PASSWORD)
    assert client.login(username=person.user.username, password=FRESH)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_pages_of_it_are_there_in_both_languages(client, lang):
    for path in ("/account/lost/", "/account/lost/?asked", "/account/lost/eA/bad-token/"):
        assert client.get(path, {"lang": lang}).status_code == 200
