"""People, seats, bodies and accounts over HTTP: what is offered, done, refused and shown once."""

import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency, make_entry
from tests.opening.makers import make_application, make_conditional, make_published
from tests.parties.makers import (
    PASSWORD,
    make_body,
    make_citizen,
    make_deputy,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
)
from tests.registers.makers import make_plan, make_project, make_system

from yelin.acts import proposals, registering, seats
from yelin.acts.models import Proposal
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person, Seat

pytestmark = pytest.mark.django_db


def sits(client, seat):
    assert client.login(username=seat.person.user.username, password=PASSWORD)
    client.post("/desk/seat/", {"seat": str(seat.pk)})
    return client


def offered(response):
    return [each.offer.name for each in response.context["offered"]]


def test_a_head_appoints_someone_by_login_and_a_slip_is_told_at_its_field(client):
    head, person = make_seat(role="head"), make_person()
    sits(client, head)
    assert offered(client.get("/desk/people/")) == ["parties.appoint", "enrol"]
    asked = {
        "do": "parties.appoint",
        "parties_appoint-person": "nobody",
        "parties_appoint-role": "steward",
    }
    told = client.post("/desk/people/", asked)
    assert told.status_code == 422
    assert "没有这个登录名" in told.content.decode()
    done = client.post(
        "/desk/people/", asked | {"parties_appoint-person": person.user.username.upper()}
    )
    assert done.status_code == 302
    assert Seat.objects.get(person=person).role == "steward"
    assert "YL1-" in client.get("/desk/people/").content.decode()


def test_a_new_colleague_gets_a_link_that_is_shown_once_and_opens_once(client):
    head = make_seat(role="head")
    sits(client, head)
    shown = client.post(
        "/desk/people/",
        {"do": "enrol", "enrol-name": "新同事", "enrol-username": "new", "enrol-role": "steward"},
    )
    path = re.search(r"http://[^/]+(/account/password/[^<]+)", shown.content.decode())[1]
    assert shown["Cache-Control"] == "no-store"
    assert path not in client.get("/desk/people/").content.decode()
    client.logout()
    form = client.get(path, follow=True)
    assert "/chosen/" in form.request["PATH_INFO"]
    sent = {"new_password1": "gut gewählt 9", "new_password2": "gut gewählt 9"}
    assert client.post(form.request["PATH_INFO"], sent).status_code == 302
    assert client.login(username="new", password="gut gewählt 9")
    client.logout()
    assert "链接已使用" in client.get(path, follow=True).content.decode()


def test_whoever_is_no_head_sees_colleagues_but_is_offered_nothing(client):
    steward = make_seat()
    colleague = make_seat(steward.body, "auditor")
    sits(client, steward)
    page = client.get("/desk/people/")
    assert str(colleague.person) in page.content.decode()
    assert offered(page) == []
    assert offered(client.get(f"/desk/people/{colleague.pk}/")) == []
    assert offered(client.get(f"/desk/people/{steward.pk}/")) == [
        "parties.hand_over",
        "parties.depute",
        "parties.leave",
    ]


def test_what_is_not_offered_is_refused_by_the_law_and_recorded(client):
    steward = make_seat()
    colleague = make_seat(steward.body, "auditor")
    sits(client, steward)
    refused = client.post(f"/desk/people/{colleague.pk}/", {"do": "parties.leave"})
    assert refused.status_code == 403
    assert Leaf.objects.get(act="parties.leave", refused=True).subject_id == colleague.pk
    colleague.refresh_from_db()
    assert colleague.until is None


def test_another_bodys_seat_is_not_there(client):
    sits(client, make_seat(role="head"))
    assert client.get(f"/desk/people/{make_seat().pk}/").status_code == 404


def test_a_holder_names_a_deputy_and_hands_the_seat_over(client):
    seat = make_seat()
    colleague = make_seat(seat.body, "auditor").person
    sits(client, seat)
    here = f"/desk/people/{seat.pk}/"
    named = {
        "do": "parties.depute",
        "parties_depute-person": colleague.user.username,
        "parties_depute-since": "2026-01-01",
        "parties_depute-until": "2099-01-01",
    }
    assert client.post(here, named).status_code == 302
    deputy = seat.deputies.get()
    assert f"end-{deputy.pk}" in offered(client.get(here))
    heir = make_person()
    given = {"do": "parties.hand_over", "parties_hand_over-person": heir.user.username}
    assert client.post(here, given).url == "/account/"
    assert client.get(here).status_code in {403, 404}
    assert Seat.objects.live().get(body=seat.body, role=seat.role).person == heir


def test_a_deputy_chooses_the_seat_of_the_absent_and_the_page_says_for_whom(client):
    deputy = make_deputy()
    client.login(username=deputy.person.user.username, password=PASSWORD)
    client.post("/desk/seat/", {"seat": str(deputy.seat_id)})
    page = client.get("/desk/people/").content.decode()
    assert f"代{deputy.seat.person}" in page


def test_the_register_is_there_for_its_officers_alone(client):
    waiting = make_enterprise(verified_at=None)
    sits(client, make_seat(agency(), "officer"))
    listed = client.get("/desk/bodies/").context["bodies"]
    assert (listed[0].code, listed[0].state) == (waiting.credit_code, "unverified")
    assert len(client.get(f"/desk/bodies/?q={waiting.credit_code}").context["bodies"]) == 1
    here = f"/desk/bodies/{waiting.pk}/"
    assert offered(client.get(here))[0] == "parties.rename"
    sits(client, make_seat(role="officer"))
    assert list(client.get("/desk/bodies/").context["bodies"]) == []
    assert client.get(here).status_code == 404
    assert client.get("/desk/bodies/new/").status_code == 404


def test_an_officer_enters_a_body_renames_it_and_gives_it_its_first_head(client):
    sits(client, make_seat(agency(), "officer"))
    entered = {
        "name": "海南省海洋厅",
        "short_name": "省海洋厅",
        "kind": "department",
        "division": "460000",
        "credit_code": "114600000081700121",
    }
    wrong = client.post("/desk/bodies/new/", entered | {"credit_code": "1146"})
    assert wrong.status_code == 422
    here = client.post("/desk/bodies/new/", entered).url
    body = Body.objects.get(credit_code="114600000081700121")
    renamed = {
        "do": "parties.rename",
        "parties_rename-name": "海南省蓝海厅",
        "parties_rename-short_name": "省蓝海厅",
    }
    client.post(here, renamed)
    assert "海南省海洋厅" in client.get(here).content.decode()
    assert client.get("/desk/bodies/?q=海洋厅").context["bodies"][0].name == "海南省蓝海厅"
    first = make_person()
    given = {
        "do": "parties.recover",
        "parties_recover-person": first.user.username,
        "parties_recover-reason": "首任",
    }
    client.post(here, given)
    assert body.seats.live().get().role == "head"


@pytest.mark.long
def test_an_officer_ticks_what_passes_on_and_then_merges_the_rest(client):
    old, new = make_body(), make_body(credit_code="114600000081700121")
    going, staying = make_entry(old), make_entry(old)
    draft = make_entry(old, "draft", title="未公开的草稿")
    sits(client, make_seat(agency(), "officer"))
    here = f"/desk/bodies/{old.pk}/"
    shown = client.get(here)
    held = {thing.pk: thing.title for thing in shown.context["holdings"]}
    assert held == {going.pk: going.title, staying.pk: staying.title, draft.pk: ""}
    assert "未公开的草稿" not in shown.content.decode()
    split = {
        "do": "parties.split",
        "things": [str(going.pk), str(draft.pk)],
        "parties_split-successor": new.credit_code,
        "parties_split-reason": "琼编〔2026〕1号",
    }
    assert client.post(here, split | {"things": ["no id"]}).status_code == 404
    proposed = client.post(here, split)
    assert going.title in client.get(proposed.url).content.decode()
    approved(proposed)
    merge = {
        "do": "parties.merge",
        "parties_merge-successor": new.credit_code,
        "parties_merge-reason": "琼编〔2026〕2号",
    }
    approved(client.post(here, merge))
    assert set(new.entries.all()) == {going, staying, draft}
    page = client.get(here)
    assert offered(page) == []
    assert f"并入 {new.name}" in page.content.decode()


@pytest.mark.long
def test_what_stands_with_a_body_costs_its_page_the_same_however_many_kinds_it_is_of(client):
    nothing, much = make_body(), make_body()
    make_seat(nothing)
    make_seat(much)
    sits(client, make_seat(agency(), "officer"))

    def cost(body):
        here = f"/desk/bodies/{body.pk}/"
        client.get(here)
        with CaptureQueriesContext(connection) as asked:
            held = client.get(here).context["holdings"]
        return {thing.kind for thing in held}, len(asked)

    entry = make_entry(much)
    (kinds, of_entries), (none, of_nothing) = cost(much), cost(nothing)
    assert (kinds, none) == ({"entry"}, set())
    make_application(make_conditional(much), make_citizen())
    make_entry(much, "draft")
    make_plan(much)
    make_project(much)
    make_system(much)
    make_published(entry)
    kinds, of_much = cost(much)
    assert len(kinds) > 5
    # What of it may be known of, and what that is called.
    assert of_nothing + 2 == of_entries == of_much


def approved(proposed):
    """Let a second officer approve what the page proposed."""
    assert proposed.url.startswith("/desk/proposals/")
    second = Actor.of(make_seat(agency(), "officer"))
    proposals.approve(actor=second, proposal=Proposal.objects.get(pk=proposed.url.split("/")[-2]))


SIGN_UP = {"name": "李四", "username": "lisi", "password": PASSWORD, "again": PASSWORD}


def signs_up(client):
    """Come by the link of a mail."""
    asked = registering.begin("lisi.demo@example.com", "zh-hans")
    return client.get(f"/account/new/{asked.pk}/{asked.secret}/")


@pytest.fixture
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_fresh_limits")
def test_a_citizen_signs_up_registers_an_enterprise_and_invites_a_second_representative(client):
    signs_up(client)
    assert client.post("/account/new/own/", SIGN_UP | {"again": "x"}).status_code == 422
    assert client.post("/account/new/own/", SIGN_UP).url == "/account/"
    assert client.get("/account/new/").status_code == 302
    assert client.get("/account/new/own/").status_code == 302
    firm = {
        "name": "海南某公司",
        "kind": "enterprise",
        "division": "460100",
        "credit_code": "91460000MA5T00010D",
    }
    assert client.post("/account/enterprises/new/", firm | {"kind": "agency"}).status_code == 422
    made = client.post("/account/enterprises/new/", firm).url
    assert made.startswith("/account/identity/")
    body = Body.objects.get(credit_code="91460000MA5T00010D")
    assert "待核验" in client.get("/account/").content.decode()
    second = make_person()
    invited = {"do": "parties.invite", "parties_invite-person": second.user.username}
    assert client.post("/desk/people/", invited).status_code == 302
    client.logout()
    client.login(username=second.user.username, password=PASSWORD)
    name = next(each for each in offered(client.get("/account/")) if each.startswith("accept"))
    client.post("/account/", {"do": name})
    assert body.seats.live().count() == 2


@pytest.mark.usefixtures("_fresh_limits")
def test_signing_up_over_and_over_is_slowed_down(client):
    signs_up(client)
    answers = [
        client.post("/account/new/own/", SIGN_UP | {"again": "x"}).status_code for _ in range(25)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_an_account_is_corrected_taken_along_and_deleted_by_its_own_person_only(client):
    assert client.get("/account/").url == "/accounts/login/?next=/account/"
    first = make_representative()
    guest = make_person()
    body = Seat.objects.get(pk=first.seat_id).body
    seat = seats.accept(
        actor=Actor.citizen(guest),
        invitation=seats.invite(actor=first, body=body, person=guest),
    )
    sits(client, seat)
    client.post("/account/", {"do": "accounts.amend", "accounts_amend-name": "新名字"})
    copy = client.get("/account/copy/")
    kept = json.loads(copy.content)
    assert copy["Content-Disposition"].startswith("attachment")
    assert "no-store" in copy["Cache-Control"]
    assert (kept["name"], kept["seats"][0]["credit_code"]) == ("新名字", body.credit_code)
    acts = {leaf["act"]: leaf for leaf in kept["leaves"]}
    assert "payload" in acts["parties.accept"]
    assert set(acts) >= {"parties.accept", "accounts.amend"}
    deleting = {"do": "accounts.delete", "accounts_delete-sure": "slip"}
    assert client.post("/account/delete/", deleting).status_code == 422
    login = guest.user.username
    deleting["accounts_delete-sure"] = login
    assert client.post("/account/delete/", deleting).url == "/"
    assert not client.login(username=login, password=PASSWORD)
    assert Person.objects.get(pk=guest.pk).name == ""


def test_what_was_done_in_a_seat_is_told_by_its_receipt_and_opened_by_the_body_alone(client):
    seat = make_seat(agency(), "officer")
    sits(client, seat)
    body, name = make_enterprise(verified_at=None), "parties_rename-"
    renamed = {f"{name}name": "海南新数据有限公司", f"{name}short_name": "新数据"}
    client.post(f"/desk/bodies/{body.pk}/", {"do": "parties.rename", **renamed})
    told = json.loads(client.get("/account/copy/").content)["leaves"]
    leaf = next(each for each in told if each["act"] == "parties.rename")
    assert set(leaf) == {"act", "at", "refused", "receipt"}


def test_the_last_representative_is_told_why_the_account_stays(client):
    seat = make_seat(make_enterprise(), "representative")
    sits(client, seat)
    told = client.post(
        "/account/delete/",
        {"do": "accounts.delete", "accounts_delete-sure": seat.person.user.username},
    )
    assert told.status_code == 422
    assert "最后一个管理岗位" in told.content.decode()


def test_signing_in_leads_a_citizen_to_the_account_and_an_official_to_the_desk(client):
    for person, home in ((make_person(), "/account/"), (make_seat().person, "/desk/")):
        entered = {"login": person.user.username, "password": PASSWORD}
        assert client.post("/accounts/login/", entered)["Location"] == home
        client.logout()


def test_a_password_is_changed_by_whoever_knows_the_old_one(client):
    seat = make_seat()
    sits(client, seat)
    changed = {"oldpassword": "wrong", "password1": "ganz neu 77", "password2": "ganz neu 77"}
    assert client.post("/accounts/password/change/", changed).status_code == 200
    client.post("/accounts/password/change/", changed | {"oldpassword": PASSWORD})
    client.logout()
    assert client.login(username=seat.person.user.username, password="ganz neu 77")


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_each_page_speaks_both_languages(client, lang):
    body = make_body()
    seat = make_seat(agency(), "officer")
    sits(client, seat)
    for path in (
        "/account/",
        "/account/delete/",
        "/account/enterprises/new/",
        "/desk/people/",
        f"/desk/people/{seat.pk}/",
        "/desk/bodies/",
        "/desk/bodies/new/",
        f"/desk/bodies/{body.pk}/",
        "/accounts/password/change/",
    ):
        page = client.get(path, {"lang": lang})
        assert page.status_code == 200, path
    client.logout()
    for path in ("/account/new/", "/account/password/eA/bad-token/"):
        assert client.get(path, {"lang": lang}).status_code == 200
