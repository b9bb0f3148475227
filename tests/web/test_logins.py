"""Logins on their pages: found by name alone, blocked with a reason, told to whoever signs in."""

import pytest
from tests.catalog.makers import agency
from tests.parties.makers import PASSWORD, make_body, make_person, make_seat
from tests.web.makers import BACKEND, seated, text_of

from yelin.gate.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "账号疑似被盗用，核实期间停用"


def signs_in(client):
    return client.post("/accounts/login/", {"login": "steward1", "password": PASSWORD})


@pytest.mark.long
def test_a_login_is_found_blocked_and_unblocked_and_its_name_stands_in_no_address(client):
    person = make_seat(person=make_person("符海棠", "steward1")).person
    seated(client, agency(), "officer")
    assert client.post("/desk/logins/", {"person": "nobody"}).status_code == 422
    page = client.post("/desk/logins/", {"person": "Steward1"})["Location"]
    assert page == f"/desk/logins/{person.pk}/"
    assert client.post(page, {"do": "accounts.block"}).status_code == 422
    sent = {"do": "accounts.block", "accounts_block-reason": WHY}
    assert client.post(page, sent).status_code == 302
    shown = text_of(client.get(page))
    assert WHY in shown
    assert "第五条" in shown
    browser = type(client)()
    told = signs_in(browser)
    assert told.status_code == 403
    assert WHY in text_of(told)
    assert browser.get("/desk/").status_code == 302
    wrong = browser.post("/accounts/login/", {"login": "steward1", "password": "no"})
    assert WHY not in text_of(wrong)
    assert client.post(page, {"do": "accounts.unblock"}).status_code == 302
    assert signs_in(browser)["Location"] == "/desk/"


def test_a_person_is_stopped_by_whoever_supervises_the_province(client):
    person = make_person("符海棠", "steward1")
    seated(client, agency(), "officer")
    page = f"/desk/logins/{person.pk}/"
    sent = {
        "do": "gate.place_hold",
        "gate_place_hold-duty": "security.protect",
        "gate_place_hold-reason": WHY,
    }
    assert client.post(page, sent).status_code == 302
    assert Hold.objects.get().on_id == person.pk
    assert WHY in text_of(client.get(page))


def test_nobody_else_looks_logins_up(client):
    person = make_person("符海棠", "steward1")
    seated(client, make_body(), "officer")
    refused = client.post("/desk/logins/", {"person": "steward1"})
    assert refused.status_code == 403
    assert client.get(f"/desk/logins/{person.pk}/").status_code == 404


def test_people_are_named_as_the_language_of_the_page_writes_them(client):
    person = make_person("符海棠")
    client.force_login(person.user, backend=BACKEND)
    form = "accounts_amend"
    said = {"do": "accounts.amend", f"{form}-name": "符海棠", f"{form}-name_en": "Fu Haitang"}
    assert client.post("/account/", said).status_code == 302
    assert "Fu Haitang" in text_of(client.get("/account/?lang=en"))
    assert "符海棠" in text_of(client.get("/account/?lang=zh-hans"))
