"""Tokens of citizens: what one may oneself, a program may, and a token that only reads no act."""

from datetime import timedelta

import pytest
import requests
from django.test import Client
from tests.cases.makers import do, make_parties
from tests.cli.test_acting import run  # noqa: F401 - a fixture
from tests.gate.makers import make_grant
from tests.opening.makers import make_conditional
from tests.parties.makers import (
    make_body,
    make_enterprise,
    make_person,
    make_seat,
    make_token,
)
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, prove, text_of

from yelin.acts import accounts
from yelin.cases.models import Case
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Token
from yelin.surface import actor as asking

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {
    "purpose": "研究港口与道路拥堵",
    "scenario": "硕士论文，单机分析",
    "until": "2099-12-31",
    "safeguards": "加密保存，用后删除",
}


def issue(client, person, **over) -> str:
    client.force_login(person.user, backend=BACKEND)
    prove(client, person)
    said = {"label": "我的脚本", "days": "30", "only_reads": "act"} | over
    return client.post("/desk/tokens/", said).context["secret"]


@pytest.mark.duty("opening.apply")
def test_a_citizens_program_applies_follows_and_takes_what_was_given(live_server):
    entry = make_release(make_conditional(make_body())).entry
    person = make_person("符海棠")
    browser = Client()
    secret = issue(browser, person)
    assert secret.startswith("yln_")
    assert "我的脚本" in text_of(browser.get("/desk/tokens/"))
    at = f"{live_server.url}/api/v1"
    mine = requests.Session()
    mine.headers["Authorization"] = f"Bearer {secret}"
    rows = f"{at}/resources/{entry.slug}/rows"
    assert mine.get(rows).status_code == 403
    applied = mine.post(f"{at}/acts/opening.apply", json={"entry": entry.code, **ASKED})
    assert applied.status_code == 200, applied.text
    case = Case.objects.get()
    assert case.applicant_id == person.pk
    (line,) = mine.get(f"{at}/cases").json()["items"]
    assert line["number"] == case.number
    assert line["about"] == entry.code
    whole = mine.get(f"{at}/cases/{case.number}").json()
    assert whole["asked"] == ASKED
    assert whole["due"] is not None
    make_grant(person, entry)
    assert mine.get(rows).json()["total"] > 0
    assert requests.get(f"{at}/cases/{case.number}", timeout=30).status_code == 404
    assert requests.get(f"{at}/cases", timeout=30).json() == {"items": [], "total": 0}
    revoked = browser.post("/desk/tokens/", {"revoke": str(Token.objects.get().pk)})
    assert revoked.status_code == 302
    assert mine.get(f"{at}/cases").status_code == 401


def test_a_token_that_only_reads_does_no_act_and_the_refusal_is_recorded(client):
    parties = make_parties()
    person = Person.objects.get(pk=parties.by["applicant"].person_id)
    headers = {"Authorization": f"Bearer {make_token(person=person, only_reads=True)}"}
    assert client.get("/api/v1/cases", headers=headers).json()["total"] == 1
    refused = client.post(
        "/api/v1/acts/cases.withdraw",
        {"case": parties.case.number},
        content_type="application/json",
        headers=headers,
    )
    assert refused.status_code == 403
    assert Leaf.objects.get(act="cases.withdraw").refused
    do("withdraw", parties, "applicant")


def test_the_terminal_takes_a_citizens_token(run):  # noqa: F811 - the fixture
    entry = make_conditional(make_body())
    person = make_person("符海棠")
    words = ["opening.apply", "--entry", entry.code]
    words += [word for name, said in ASKED.items() for word in (f"--{name}", said)]
    done = run(*words, token=make_token(person=person))
    assert done.exit_code == 0, done.output
    assert Case.objects.get().applicant_id == person.pk


def test_a_representative_acts_by_token_for_the_enterprise_and_not_as_a_citizen(client):
    seat = make_seat(make_enterprise(), "representative")
    secret = issue(client, seat.person)
    assert asking.of_token(secret).actor.party_id == seat.body_id
    client.post("/desk/seat/", {"seat": "myself"})
    assert "我的脚本" not in text_of(client.get("/desk/tokens/"))
    assert client.post("/desk/tokens/", {"revoke": str(Token.objects.get().pk)}).status_code == 404


def test_tokens_have_their_limits(client, monkeypatch):
    monkeypatch.setattr("yelin.acts.parties.MOST_TOKENS", 1)
    person = make_person("符海棠")
    issue(client, person)
    token = Token.objects.get()
    assert token.expires_at - clock.now() <= timedelta(days=30)
    for said in ({"label": "又一个", "days": "30", "only_reads": "act"}, {"days": "999"}):
        assert client.post("/desk/tokens/", said).status_code == 422
    assert Token.objects.count() == 1


def test_a_blocked_or_deleted_persons_token_is_not_known(client):
    person = make_person("符海棠")
    secret = make_token(person=person)
    person.user.is_active = False
    person.user.save()
    with pytest.raises(asking.TokenUnknown):
        asking.of_token(secret)
    person.user.is_active = True
    person.user.save()
    accounts.delete(actor=Actor.citizen(person), person=person)
    with pytest.raises(asking.TokenUnknown):
        asking.of_token(secret)
    assert Token.objects.get().label == ""
