from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import make_doubt
from tests.exchange.makers import make_request, make_shared
from tests.notices.makers import make_channel
from tests.outbound.makers import make_rule
from tests.parties.makers import make_body, make_person, make_seat
from tests.warehouse.makers import make_upload
from tests.web.makers import BACKEND, seated, sign_in, text_of

from yelin.acts import notices, tasks
from yelin.cases import acts as cases
from yelin.law.models import Clock
from yelin.notices.models import Channel, Delivery, Feed, Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Seat

pytestmark = pytest.mark.django_db(transaction=True)

INBOX = "/desk/notices/"
CHANNELS = "/desk/notices/channels/"
CALENDAR = "/desk/calendar.ics"


@pytest.mark.long
def test_an_official_reads_what_happened_and_goes_on_from_there(client: Client):
    officer = seated(client, agency(), "officer")
    entry = make_entry(state="awaiting", title="待确认的目录")
    page = client.get(INBOX)
    said = text_of(page)
    assert f"目录条目 {entry.code} 待您确认。" in said
    assert "待确认的目录" in said
    assert "1 条未读通知" in said
    notice = Notice.objects.get(to=officer.person_id)
    followed = client.get(f"{INBOX}{notice.pk}/")
    assert followed["Location"] == f"/desk/reviews/{entry.pk}/"
    assert client.get(followed["Location"]).status_code == 200
    assert "未读通知" not in text_of(client.get(INBOX + "?unread=1")).split("没有未读通知")[0]


def test_a_notice_of_a_file_leads_to_its_report(client: Client):
    body = make_body()
    steward = seated(client, body)
    upload = make_upload(make_entry(body, "registered"))
    notice = Notice.objects.get(to=steward.person_id, event="upload.ready")
    assert client.get(f"{INBOX}{notice.pk}/")["Location"] == f"/desk/uploads/{upload.pk}/"


def test_all_is_marked_as_read_at_once_and_only_ones_own(client: Client):
    body = make_body()
    steward, colleague = seated(client, body), make_seat(body)
    make_entry(body, "confirmed")
    assert client.post(INBOX).status_code == 302
    assert not Notice.objects.unread().filter(to=steward.person_id).exists()
    assert Notice.objects.unread().filter(to=colleague.person_id).exists()


def test_the_notice_of_another_is_as_missing_as_one_that_never_was(client: Client):
    make_entry(state="confirmed")
    seated(client)
    other = Notice.objects.latest("pk")
    hidden, missing = client.get(f"{INBOX}{other.pk}/"), client.get(f"{INBOX}999999999/")
    assert hidden.status_code == missing.status_code == 404
    assert "未读" not in text_of(client.get(INBOX)).split("全部")[0]


def test_a_title_that_may_not_be_seen_any_more_is_not_told(client: Client):
    body = make_body()
    steward = seated(client, body)
    make_entry(body, "returned", title="已收回的标题")
    assert "已收回的标题" in text_of(client.get(INBOX))
    Seat.objects.filter(pk=steward.pk).update(until="2026-01-01T00:00+08:00")
    page = client.get(INBOX)
    assert page.status_code == 200
    assert "已收回的标题" not in text_of(page)


def test_a_citizen_has_an_inbox_and_a_stranger_is_asked_to_sign_in(client: Client):
    for path in (INBOX, CHANNELS):
        assert client.get(path).status_code == 302
    client.force_login(make_person().user, backend=BACKEND)
    for path in (INBOX, CHANNELS):
        assert client.get(path).status_code == 200


@pytest.mark.long
def test_a_mail_address_is_opened_confirmed_limited_and_closed(client: Client):
    seated(client)
    form = {"do": "open", "kind": "mail", "address": "wang@example.com", "scope": "all"}
    assert client.post(CHANNELS, form).status_code == 302
    channel = Channel.objects.get()
    tasks.deliver(delivery=Delivery.objects.get().pk)
    code = mail.outbox[0].body.rpartition("：")[2]
    assert "待验证" in text_of(client.get(CHANNELS))
    wrong = client.post(CHANNELS, {"do": "confirm", "channel": channel.pk, "code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "验证码与发送到该地址的不一致。" in text_of(wrong)
    client.post(CHANNELS, {"do": "confirm", "channel": channel.pk, "code": code})
    client.post(CHANNELS, {"do": "limit", "channel": channel.pk, "scope": "urgent"})
    channel.refresh_from_db()
    assert channel.confirmed_at
    assert channel.scope == "urgent"
    assert "wang@example.com" in text_of(client.get(CHANNELS))
    client.post(CHANNELS, {"do": "close", "channel": channel.pk})
    assert "wang@example.com" not in text_of(client.get(CHANNELS))


def test_a_webhook_is_refused_without_a_way_out_and_the_page_says_what_to_do(client: Client):
    seat = seated(client)
    form = {
        "do": "open",
        "kind": "webhook",
        "address": "https://hooks.example.com/yelin",
        "scope": "all",
    }
    refused = client.post(CHANNELS, form)
    assert refused.status_code == 422
    assert "本单位没有通往该主机的出站许可" in text_of(refused)
    make_rule(seat.body)
    assert client.post(CHANNELS, form).status_code == 302


def test_a_delivery_that_failed_is_shown_with_its_reason(client: Client):
    seat = seated(client)
    make_channel(seat)
    Delivery.objects.update(state="dead", failure="unreachable", tries=8)
    said = text_of(client.get(CHANNELS))
    assert "已停止发送" in said
    assert "无法连接到主机。 已尝试 8 次。" in said


@pytest.mark.parametrize("do", ["confirm", "limit", "close", "end"])
def test_nobody_reaches_the_channel_or_feed_of_another(client: Client, do):
    channel = make_channel(make_seat())
    seated(client)
    form = {"do": do, "channel": channel.pk, "feed": "no-id", "code": channel.code}
    assert client.post(CHANNELS, form).status_code == 404


def feed_of(seat) -> str:
    secret = Feed.fresh()
    notices.issue_feed(actor=Actor.of(seat), person=seat.person, secret=secret)
    return secret


@pytest.mark.long
def test_a_calendar_holds_the_terms_of_its_person_until_it_is_ended(client: Client):
    body = make_body()
    steward = seated(client, body)
    mine = make_entry(body, update_cycle="monthly", title="每月的，含逗号；和分号")
    make_entry(update_cycle="monthly", title="别人的")
    shown = client.post(CHANNELS, {"do": "feed"})
    address = shown.context["calendar"]
    assert address.partition("?token=")[2] not in client.get(CHANNELS).content.decode()
    stranger = Client()
    path = CALENDAR + "?" + address.partition("?")[2]
    answer = stranger.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    (event,) = Calendar.from_ical(answer.content).events
    due = Clock.objects.running().get(thing=mine.pk).due
    assert event.start == due
    assert event.end == due + timedelta(days=1)
    assert "每月的，含逗号；和分号" in event["SUMMARY"]
    assert event["UID"] == f"{mine.pk}.bring-in@127.0.0.1"
    assert "第十六条" in event["DESCRIPTION"]
    feed = Feed.objects.get(person=steward.person_id)
    assert client.post(CHANNELS, {"do": "end", "feed": feed.pk}).status_code == 302
    assert stranger.get(path).status_code == 404


@pytest.mark.long
def test_a_calendar_has_what_is_due_in_cases_and_what_ends(client: Client, today):
    today("2026-09-28")
    entry = make_shared()
    asks, gives, runs = make_seat(), make_seat(entry.provider), make_seat(agency(), "officer")
    request, doubt = make_request(entry, Actor.of(asks)), make_doubt(make_entry(entry.provider))

    def due(seat):
        answer = client.get(f"{CALENDAR}?token={feed_of(seat)}")
        events = Calendar.from_ical(answer.content).events
        assert len({event["UID"] for event in events}) == len(events)
        found = {
            str(event["SUMMARY"]).rpartition(" ")[2]: event.start.isoformat() for event in events
        }
        return {name: found.get(name) for name in (request.number, doubt.number)}

    assert due(runs) == {request.number: "2026-09-30", doubt.number: None}
    cases.accept(actor=Actor.of(runs), case=request)
    cases.accept(actor=Actor.of(gives), case=doubt)
    # Saturday 10 October is worked, 1 to 7 October are not.
    assert due(gives) == {request.number: "2026-10-16", doubt.number: "2026-10-16"}
    grounds = {"reason": "与职责无关", "legal_basis": "第十五条"}
    cases.decide(actor=Actor.of(gives), case=request, approve=False, **grounds)
    cases.appeal(actor=Actor.of(asks), case=request, grounds="依法有权取得")
    assert due(runs)[request.number] == "2026-10-16"


@pytest.mark.parametrize("query", ["", "?token=", "?token=ylc_nothing"])
def test_a_calendar_without_its_secret_is_none(client: Client, query):
    assert client.get(CALENDAR + query).status_code == 404


def test_a_calendar_ends_with_the_login_and_empties_with_the_seat(client: Client):
    body = make_body()
    seat = make_seat(body)
    make_entry(body, update_cycle="monthly")
    path = f"{CALENDAR}?token={feed_of(seat)}"
    assert len(Calendar.from_ical(client.get(path).content).events) == 1
    Seat.objects.filter(pk=seat.pk).update(until="2026-01-01T00:00+08:00")
    assert not Calendar.from_ical(client.get(path).content).events
    seat.person.user.is_active = False
    seat.person.user.save()
    assert client.get(path).status_code == 404


def test_the_header_counts_what_is_unread(client: Client):
    body = make_body()
    sign_in(client, make_seat(body))
    assert client.get("/").context["shell"].unread == 0
    make_entry(body, "returned")
    assert client.get("/").context["shell"].unread == 1
    assert Client().get("/").context["shell"].unread is None
