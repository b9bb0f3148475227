"""Confirming that it is you, second factors, and acts that take two people, on pages."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from tests.catalog.makers import agency, make_entry
from tests.gate.makers import make_hold
from tests.parties.makers import PASSWORD, make_person, make_seat
from tests.web.makers import prove, sign_in, text_of

from yelin.acts.frame import AwaitsSecond
from yelin.acts.gate import lift_hold
from yelin.acts.models import Proposal
from yelin.config import config
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Token

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=config.recent_login_minutes + 1)
ENGLISH = {"lang": "en"}


def code_for(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def test_who_signed_in_long_ago_confirms_first_and_comes_back(client: Client):
    seat = sign_in(client, make_seat())
    prove(client, seat.person, ago=LONG_AGO)
    page = client.get("/desk/tokens/", ENGLISH)
    assert "Confirm that it is you" in text_of(page)
    assert "Make a token" not in text_of(page)
    sent = client.post("/desk/tokens/", {"label": "x", "days": "90", "only_reads": "act"})
    assert sent["Location"] == "/accounts/reauthenticate/?next=%2Fdesk%2Ftokens%2F"
    assert not Token.objects.exists()
    wrong = client.post(sent["Location"], {"password": "wrong", "next": "/desk/tokens/"})
    assert wrong.status_code == 200
    right = client.post(sent["Location"], {"password": PASSWORD, "next": "/desk/tokens/"})
    assert right["Location"] == "/desk/tokens/"
    assert client.post("/desk/tokens/", {"label": "x", "days": "90", "only_reads": "act"}).context[
        "secret"
    ]


@pytest.mark.long
def test_a_second_factor_is_set_up_sealed_and_asked_for_from_then_on(client: Client, monkeypatch):
    # A code is good for half a minute, which ends between making and sending it at some moments.
    begun = time.time()
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: begun))
    seat = make_seat(person=make_person(username="zwei"))
    client.post("/accounts/login/", {"login": "zwei", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    codes = client.get(done["Location"]).context["unused_codes"]

    other = Client()
    step = other.post("/accounts/login/", {"login": "zwei", "password": PASSWORD})
    assert step["Location"] == "/accounts/2fa/authenticate/"
    assert other.get("/desk/").status_code == 302
    assert other.post(step["Location"], {"code": "000000"}).context["form"].errors
    other.post(step["Location"], {"code": codes[0]})
    assert other.get("/desk/").status_code == 200

    # From now on a password alone confirms nothing, whatever the session remembers of one.
    prove(other, seat.person, ago=LONG_AGO, by="mfa")
    again = other.post("/desk/tokens/", {"label": "x", "days": "90", "only_reads": "act"})
    assert again["Location"].startswith("/accounts/2fa/reauthenticate/")
    refused = other.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert refused["Location"].startswith("/accounts/2fa/reauthenticate/")
    other.post(again["Location"], {"code": codes[1], "next": "/desk/tokens/"})
    assert other.post("/desk/tokens/", {"label": "x", "days": "90", "only_reads": "act"}).context[
        "secret"
    ]


@pytest.mark.parametrize(
    "path", ["/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/2fa/recovery-codes/"]
)
def test_pages_of_the_account_are_for_whoever_is_signed_in(client: Client, path):
    assert "/accounts/login/" in client.get(path)["Location"]


def test_the_other_pages_of_accounts_stay_shut(client: Client):
    sign_in(client, make_seat())
    for path in ("/accounts/2fa/webauthn/", "/accounts/email/", "/accounts/2fa/trust/"):
        assert client.get(path).status_code == 404


def test_one_person_proposes_on_a_page_and_another_approves(client: Client):
    hold = make_hold(make_entry())
    first, second = make_seat(agency(), "officer"), make_seat(agency(), "officer")
    with pytest.raises(AwaitsSecond):
        lift_hold(actor=Actor.of(first), hold=hold)
    proposal = Proposal.objects.get()
    path = f"/desk/proposals/{proposal.pk}/"
    sign_in(client, first)
    own = client.get(path, ENGLISH)
    assert "Take it back" in text_of(own)
    assert client.post(path, {"approve": "1"}).status_code == 403
    other = Client()
    sign_in(other, second)
    assert "Approve: Hold lifted" in text_of(other.get("/desk/", ENGLISH))
    assert "Hold lifted" in text_of(other.get("/desk/proposals/", ENGLISH))
    assert other.post(path, {"approve": "1"})["Location"] == "/desk/proposals/"
    assert Leaf.objects.filter(act="gate.lift_hold", refused=False).count() == 1
    assert "Receipt: YL1-" in text_of(other.get("/desk/proposals/", ENGLISH))
    stranger = Client()
    sign_in(stranger, make_seat())
    assert stranger.get(path).status_code == 404


@pytest.mark.long
def test_everybody_reads_who_may_do_what(client: Client):
    page = text_of(client.get("/law/powers/"))
    assert "代表所涉单位" in page
    english = text_of(client.get("/law/powers/", ENGLISH))
    assert "catalog.confirm" in english
    assert "acts for a body that holds the power there" in english
