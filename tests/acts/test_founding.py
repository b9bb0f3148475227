"""The first login of an installation, and that nobody gets a second one from outside."""

import pytest
from django.test import Client

from yelin.cli import founding
from yelin.law import packs
from yelin.parties.models import Body, Person, Seat

pytestmark = pytest.mark.django_db


def test_the_first_head_chooses_a_password_by_the_printed_link_and_may_appoint(capsys):
    assert founding.found("first", "首任") == 0
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert Body.objects.count() == len(packs.active().bodies)
    client = Client()
    page = client.get(link.removeprefix(link.split("/account/")[0]), follow=True)
    sent = {"new_password1": "gut gewählt 9", "new_password2": "gut gewählt 9"}
    client.post(page.request["PATH_INFO"], sent)
    assert client.login(username="first", password="gut gewählt 9")
    done = client.post(
        "/desk/people/",
        {
            "do": "parties.appoint",
            "parties_appoint-person": "first",
            "parties_appoint-role": "officer",
        },
    )
    assert done.status_code == 302
    assert Seat.objects.get(role="officer").person.user.username == "first"


def test_where_the_agency_has_a_head_nobody_else_is_made_one(capsys):
    founding.found("first", "首任")
    assert founding.found("second", "次任") == 1
    assert "already" in capsys.readouterr().out
    assert not Person.objects.filter(user__username="second").exists()


def test_a_login_that_cannot_be_is_told(capsys):
    assert founding.found("no good!", "") == 1
    assert "username" in capsys.readouterr().err
