"""Grants and holds on their pages: given, seen, ended, stopped and let go on."""

from datetime import timedelta

import pytest
from tests.catalog.makers import agency, make_entry
from tests.exchange.makers import CONDITIONS
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_body, make_enterprise, make_person, make_seat
from tests.web.makers import BACKEND, seated, sign_in, text_of

from yelin import gate
from yelin.acts.models import Proposal
from yelin.gate.models import Grant, Hold
from yelin.law import clock
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)

ON_CONDITIONS = {"opening_type": "conditional", "opening_condition": "说明用途"}


def shares(client, entry, to, **over):
    form = "catalog_share"
    said = {
        "to": to.credit_code,
        "until": (clock.today() + timedelta(days=30)).isoformat(),
        "rate_per_hour": "60",
        **{f"item-{n}": "whole" for n in range(entry.items.count())},
    } | over
    sent = {f"{form}-{name}": value for name, value in said.items()}
    return client.post(f"/desk/entries/{entry.pk}/rights/", {"do": "catalog.share"} | sent)


def stops(client, address, key="gate_place_hold", **over):
    said = {"duty": "security.protect", "reason": "疑似泄露，核查期间中止"} | over
    sent = {f"{key}-{name}": value for name, value in said.items()}
    return client.post(address, {"do": "gate.place_hold"} | sent)


@pytest.mark.long
def test_a_provider_gives_its_rows_to_another_department_and_ends_it_with_a_reason(client):
    entry, other = make_entry(opening_type="none", **CONDITIONS), make_body()
    seated(client, entry.provider)
    answer = shares(client, entry, other, **{"item-0": "partial"})
    assert answer.status_code == 302, text_of(answer)
    grant = Grant.objects.get()
    first = entry.items.order_by("position").first().name
    assert grant.masks == {first: "partial"}
    assert grant.rate_per_hour == 60
    taker = Actor.of(make_seat(other))
    assert gate.decide(taker, "resource.read", entry).obligations.rate_per_hour == 60
    assert other.name in text_of(client.get(f"/desk/entries/{entry.pk}/rights/"))
    page = f"/desk/rights/grants/{grant.pk}/"
    shown = text_of(client.get(page))
    assert "部分脱敏" in shown
    assert "第十五条" in shown
    assert client.post(page, {"do": "gate.revoke"}).status_code == 422
    ended = client.post(page, {"do": "gate.revoke", "gate_revoke-reason": "用途已完成"})
    assert ended.status_code == 302
    assert "用途已完成" in text_of(client.get(page))
    assert not gate.decide(taker, "resource.read", entry).allowed
    assert other.name not in text_of(client.get("/desk/rights/"))
    assert other.name in text_of(client.get("/desk/rights/?ended=1"))


@pytest.mark.long
def test_what_cannot_be_given_is_said_at_its_field(client):
    entry = make_entry()
    seated(client, entry.provider)
    nobody = shares(client, entry, entry.provider)
    firm = shares(client, entry, make_enterprise())
    nothing = shares(client, entry, make_body(), **{f"item-{n}": "none" for n in range(99)})
    past = shares(client, entry, make_body(), until="2020-01-01")
    for answer in (nobody, firm, nothing, past):
        assert answer.status_code == 422
    assert "第十五条" in text_of(past)
    assert not Grant.objects.exists()


def test_only_the_provider_gives_and_the_refusal_cites_the_article(client):
    entry = make_entry()
    seated(client, make_body())
    answer = shares(client, entry, make_body())
    assert answer.status_code == 403
    assert "第十五条" in text_of(answer)


def test_whoever_has_a_grant_sees_it_and_no_stranger_does(client):
    entry = make_entry(**ON_CONDITIONS)
    person = make_person("符海棠")
    grant = make_grant(person, entry)
    client.force_login(person.user, backend=BACKEND)
    assert entry.title in text_of(client.get("/desk/rights/"))
    page = f"/desk/rights/grants/{grant.pk}/"
    assert "放弃授权" in text_of(client.get(page))
    seated(client, entry.provider)
    assert person.name not in text_of(client.get(page))
    seated(client, make_body())
    assert client.get(page).status_code == 404
    assert entry.title not in text_of(client.get("/desk/rights/"))


def test_a_hold_is_placed_told_and_lifted_by_two(client):
    entry = make_entry()
    first = seated(client, agency(), "officer")
    address = f"/desk/entries/{entry.pk}/rights/"
    assert stops(client, address, reason=" ").status_code == 422
    answer = stops(client, address, actions=["resource.read"])
    assert answer.status_code == 302, text_of(answer)
    hold = Hold.objects.get()
    assert hold.actions == ["resource.read"]
    seated(client, entry.provider)
    shown = text_of(client.get(f"/desk/entries/{entry.pk}/"))
    assert "疑似泄露" in shown
    assert "第四十六条" in shown
    page = f"/desk/rights/holds/{hold.pk}/"
    assert client.post(page, {"do": "gate.lift_hold"}).status_code == 403
    sign_in(client, first)
    proposed = client.post(page, {"do": "gate.lift_hold"})
    proposal = Proposal.objects.get()
    assert proposed["Location"] == f"/desk/proposals/{proposal.pk}/"
    seated(client, first.body, "officer")
    assert client.post(proposed["Location"], {"approve": "1"}).status_code == 302
    hold.refresh_from_db()
    assert hold.lifted_at is not None
    assert "已恢复" in text_of(client.get(page))


def test_supervision_stops_a_body_by_its_credit_code_and_the_body_is_told(client):
    body = make_body(division="469002")
    supervisor = make_body(kind="informatization", division="469002")
    seated(client, supervisor, "officer")
    answer = stops(client, "/desk/rights/", on=body.credit_code)
    hold = Hold.objects.get()
    assert answer["Location"] == f"/desk/rights/holds/{hold.pk}/"
    seated(client, body)
    assert body.name in text_of(client.get("/desk/rights/"))
    assert client.get(f"/desk/rights/holds/{hold.pk}/").status_code == 200
    seated(client, make_body())
    assert client.get(f"/desk/rights/holds/{hold.pk}/").status_code == 404


def test_a_stopped_grant_says_why_to_its_party_and_its_provider(client):
    entry, other = make_entry(), make_body()
    grant = make_grant(other, entry)
    hold = make_hold(grant)
    for body in (other, entry.provider):
        seated(client, body)
        assert "数据安全事件处置中" in text_of(client.get(f"/desk/rights/grants/{grant.pk}/"))
        assert client.get(f"/desk/rights/holds/{hold.pk}/").status_code == 200


@pytest.mark.long
def test_bodies_and_seats_are_stopped_on_their_own_pages_and_stay_in_the_register(client):
    seat = make_seat(make_body(division="469002"))
    keeper = seated(client, agency(), "officer")
    for page in (f"/desk/bodies/{seat.body_id}/", f"/desk/people/{seat.pk}/"):
        assert stops(client, page).status_code == 302
        assert "疑似泄露" in text_of(client.get(page))
    assert seat.body.name in text_of(client.get("/desk/bodies/"))
    renamed = {
        "do": "parties.rename",
        "parties_rename-name": "新名",
        "parties_rename-short_name": "新",
    }
    refused = client.post(f"/desk/bodies/{seat.body_id}/", renamed)
    assert refused.status_code == 403
    assert "疑似泄露" in text_of(refused)
    sign_in(client, seat)
    told = client.post("/desk/entries/new/")
    assert told.status_code == 403
    assert "疑似泄露" in text_of(told)
    assert keeper.body.name in text_of(client.get("/desk/rights/"))
