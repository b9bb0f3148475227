"""The page of subscriptions, the feed of versions, and asking for them by the interface."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed
from tests.gate.makers import make_grant
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body, make_seat, make_token
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.delivery import acts
from yelin.delivery.models import DeadLetter, Subscription
from yelin.law import clock

pytestmark = pytest.mark.django_db(transaction=True)

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "https://hooks.example.com/told?secret=1"
AS_USUAL = {"do": "subscribe", "wants": "news", "begins": "now"}


def test_a_body_subscribes_on_its_page_and_ends_it(client: Client):
    entry, body = make_closed(), make_body()
    make_grant(body, entry)
    make_rule(body, purpose="delivery")
    seated(client, body)
    page = client.get(f"/desk/subscriptions/?code={entry.code}")
    assert f'value="{entry.code}"' in page.content.decode()
    sent = {"code": entry.code, "address": ADDRESS} | AS_USUAL
    assert client.post("/desk/subscriptions/", sent).status_code == 302
    told = text_of(client.get("/desk/subscriptions/"))
    for words in (entry.title, "https://hooks.example.com/told", "尚未推送过"):
        assert words in told
    twice = client.post("/desk/subscriptions/", sent)
    assert twice.status_code == 422
    (made,) = Subscription.objects.all()
    other = Client()
    seated(other)
    ending = {"do": "unsubscribe", "subscription": str(made.pk)}
    assert other.post("/desk/subscriptions/", ending).status_code == 404
    assert client.post("/desk/subscriptions/", ending).status_code == 302
    told = text_of(client.get("/desk/subscriptions/"))
    assert "已失效" in told
    assert "hooks.example.com" not in told


@pytest.mark.long
def test_what_stands_still_is_shown_with_its_failure_and_sent_again_by_a_button(client: Client):
    entry, body = make_closed(), make_body()
    make_grant(body, entry, purposes=["research", "teaching"])
    make_rule(body, purpose="delivery")
    seated(client, body)
    page = f"/desk/subscriptions/?code={entry.code}&purpose=teaching"
    assert 'value="teaching"' in client.get(page).content.decode()
    sent = {"code": entry.code, "address": ADDRESS} | AS_USUAL
    sent |= {"wants": "changes", "begins": "newest", "purpose": "teaching"}
    assert client.post("/desk/subscriptions/", sent).status_code == 302
    (made,) = Subscription.objects.all()
    assert (made.wants, made.purpose, made.told, made.redactions) == (
        "changes",
        "teaching",
        0,
        None,
    )
    now = clock.now()
    letter = {"number": "yelin-1", "release": 1, "failure": "time", "dead_at": now, "tried_at": now}
    DeadLetter.objects.create(subscription=made, **letter)
    Subscription.objects.update(failure="time", tries=8, answered_at=now)
    told = text_of(client.get("/desk/subscriptions/"))
    for words in ("已停住", "第 1 版于", "响应超时", "teaching"):
        assert words in told
    again = {"do": "replay", "subscription": str(made.pk)}
    for since, told in (
        ("7", "没有这个编号的版本"),
        ("x", "没有这个编号的版本"),
        ("0", "重新推送"),
    ):
        answer = client.post("/desk/subscriptions/", again | {"since": since}, follow=True)
        assert told in text_of(answer)
    made.refresh_from_db()
    assert (made.dead, made.tries) == (None, 0)
    assert client.post("/desk/subscriptions/", again).status_code == 302
    token = {"Authorization": f"Bearer {make_token(seat=made.seat)}"}
    one = client.get(f"/api/v1/subscriptions/{made.pk}", headers=token).json()
    assert (one["resource"], one["standing"], one["told"]) == (entry.code, "runs", 0)
    assert [each["failure"] for each in one["dead_letters"]] == ["time"]
    listed = client.get("/api/v1/subscriptions", headers=token).json()
    assert [each["id"] for each in listed["items"]] == [str(made.pk)]
    other = {"Authorization": f"Bearer {make_token(seat=make_seat())}"}
    assert client.get(f"/api/v1/subscriptions/{made.pk}", headers=other).status_code == 404
    assert client.get("/api/v1/subscriptions", headers=other).json()["items"] == []


def test_who_answers_for_a_resource_sees_who_subscribes_to_it(client: Client):
    entry, body = make_closed(), make_body()
    make_grant(body, entry)
    make_rule(body, purpose="delivery")
    acts.subscribe(actor=make_actor(body), entry=entry, address=ADDRESS)
    seated(client, entry.provider)
    told = text_of(client.get(f"/desk/entries/{entry.pk}/recipients/"))
    assert body.name in told
    assert "hooks.example.com" not in told


@pytest.mark.long
def test_a_resource_is_subscribed_to_from_its_page_by_those_who_may(client: Client):
    entry, body = make_closed(), make_body()
    address = f"/resources/{entry.slug}/"
    seated(client, body)
    assert "/desk/subscriptions/?code=" not in client.get(address).content.decode()
    make_grant(body, entry)
    assert "订阅：有新版本即推送给程序" in text_of(client.get(address))


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("over", "status"), [({"code": "307010001/999999"}, 422), ({"address": "ftp://x"}, 422)]
)
def test_what_cannot_be_subscribed_to_is_told_at_its_field(client: Client, over, status):
    entry, body = make_closed(), make_body()
    make_grant(body, entry)
    seated(client, body)
    sent = {"code": entry.code, "address": ADDRESS} | AS_USUAL | over
    assert client.post("/desk/subscriptions/", sent).status_code == status
    assert not Subscription.objects.exists()


def test_who_may_not_take_the_data_is_refused_with_its_article(client: Client):
    seated(client)
    sent = {"code": make_closed().code, "address": ADDRESS} | AS_USUAL
    assert client.post("/desk/subscriptions/", sent).status_code == 403


@pytest.mark.long
@pytest.mark.duty("quality.keep")
def test_a_feed_tells_everyone_of_the_versions_whose_description_is_open(client: Client):
    entry = make_release().entry
    make_release(entry)
    answer = client.get(f"/resources/{entry.slug}/releases.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    assert feed.findtext(f"{ATOM}title") == entry.title
    titles = [each.findtext(f"{ATOM}title") for each in feed.iter(f"{ATOM}entry")]
    assert titles == ["第 2 版", "第 1 版"]
    versions = client.get(f"/resources/{entry.slug}/versions/").content.decode()
    assert f'type="application/atom+xml" href="/resources/{entry.slug}/releases.atom"' in versions


def test_a_feed_of_what_is_not_open_is_as_closed_as_its_page(client: Client):
    shut = {"opening_type": "none", "sharing_type": "none", "sharing_basis": "《某法》第一条"}
    seen, hidden = make_entry(**shut), make_entry(state="awaiting")
    answers = [client.get(f"/resources/{each.slug}/releases.atom") for each in (seen, hidden)]
    assert [answer.status_code for answer in answers] == [403, 404]


@pytest.mark.long
def test_a_program_asks_for_what_it_does_not_know_yet(client: Client):
    entry = make_release().entry
    make_release(entry)
    make_release(entry)
    address = f"/api/v1/resources/{entry.slug}/releases"
    first = client.get(f"{address}?since=1").json()
    assert [each["number"] for each in first["items"]] == [2, 3]
    assert client.get(f"{address}?since={first['since']}").json() == {"items": [], "since": 3}
    assert client.get(f"{address}?since=-1").status_code == 422
