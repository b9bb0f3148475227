import json

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.notices.makers import make_channel
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_person, make_seat

from yelin import gate
from yelin.acts import notices, tasks
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Channel, Delivery, Feed, Notice
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def place_of(refused) -> list[str]:
    return [fault.place for fault in refused.value.faults]


def test_an_address_is_used_once_its_reader_has_shown_the_code():
    seat = make_seat()
    channel = make_channel(seat, confirmed=False)
    tasks.deliver(delivery=Delivery.objects.get().pk)
    assert mail.outbox[0].to == ["wang@example.com"]
    assert channel.code in mail.outbox[0].body
    assert channel not in Channel.objects.live()
    with pytest.raises(Incomplete) as refused:
        notices.confirm_channel(actor=Actor.of(seat), channel=channel, code="AAAA-AAAA")
    assert place_of(refused) == ["code"]
    notices.confirm_channel(actor=Actor.of(seat), channel=channel, code=channel.code.lower())
    assert channel in Channel.objects.live()


def test_the_code_stands_nowhere_but_in_what_is_sent():
    channel = make_channel(make_seat(), confirmed=False)
    stored = [
        *(str(vars(row)) for row in (*Notice.objects.all(), *Delivery.objects.all(), channel)),
        *(json.dumps(job.args) for job in ProcrastinateJob.objects.all()),
        *(json.dumps(leaf.payload) for leaf in Leaf.objects.all()),
    ]
    assert not [text for text in stored if channel.code in text]


def test_no_address_stands_in_a_leaf_or_a_job():
    seat = make_seat()
    make_rule(seat.body)
    for kind in ("mail", "sms", "webhook"):
        make_channel(seat, kind)
    told = " ".join(
        [
            *(json.dumps(job.args) for job in ProcrastinateJob.objects.all()),
            *(json.dumps(leaf.payload) for leaf in Leaf.objects.exclude(act__startswith="out")),
        ]
    )
    for address in Channel.objects.values_list("address", flat=True):
        assert address not in told
    assert "hooks.example.com" not in told


@pytest.mark.parametrize(
    ("kind", "over", "place"),
    [
        ("mail", {"address": "nobody"}, "address"),
        ("mail", {"address": "a@example.com\nbcc: b@example.com"}, "address"),
        ("mail", {"scope": "some"}, "scope"),
        ("sms", {"address": "12345"}, "address"),
        ("sms", {"address": "12800138000"}, "address"),
        ("webhook", {}, "address"),
        ("webhook", {"address": "https://user:word@hooks.example.com/"}, "address"),
        ("webhook", {"address": "ftp://hooks.example.com/"}, "address"),
    ],
)
def test_what_is_no_address_is_refused_in_its_place(kind, over, place):
    with pytest.raises(Incomplete) as refused:
        make_channel(make_seat(), kind, **over)
    assert place_of(refused) == [place]
    assert not Channel.objects.exists()


def test_a_citizen_has_no_body_for_whom_a_webhook_would_go_out():
    person = make_person()
    with pytest.raises(Incomplete) as refused:
        notices.open_channel(
            actor=Actor.citizen(person),
            person=person,
            kind="webhook",
            address="https://hooks.example.com/",
            language="en",
            scope="all",
        )
    assert place_of(refused) == ["kind"]


def test_one_address_is_opened_once_at_a_time():
    seat = make_seat()
    channel = make_channel(seat)
    with pytest.raises(Incomplete):
        make_channel(seat)
    notices.close_channel(actor=Actor.of(seat), channel=channel)
    make_channel(seat)


def test_nobody_touches_the_channels_and_feeds_of_another():
    seat = make_seat()
    channel = make_channel(seat)
    feed = notices.issue_feed(actor=Actor.of(seat), person=seat.person, secret=Feed.fresh())
    stranger = make_actor()
    with pytest.raises(gate.Refused):
        notices.close_channel(actor=stranger, channel=channel)
    with pytest.raises(gate.Refused):
        notices.limit_channel(actor=stranger, channel=channel, scope="urgent")
    with pytest.raises(gate.Refused):
        notices.revoke_feed(actor=stranger, feed=feed)
    with pytest.raises(gate.Refused):
        notices.issue_feed(actor=stranger, person=seat.person, secret=Feed.fresh())
    with pytest.raises(gate.Refused):
        notices.open_channel(
            actor=stranger,
            person=seat.person,
            kind="mail",
            address="a@example.com",
            language="en",
            scope="all",
        )


def test_a_closed_channel_is_forgotten():
    seat = make_seat()
    channel = make_channel(seat)
    notices.close_channel(actor=Actor.of(seat), channel=channel)
    channel.refresh_from_db()
    assert channel.address == ""
    with pytest.raises(OutOfTurn):
        notices.close_channel(actor=Actor.of(seat), channel=channel)
    with pytest.raises(OutOfTurn):
        notices.limit_channel(actor=Actor.of(seat), channel=channel, scope="all")


def test_a_feed_is_ended_once():
    seat = make_seat()
    secret = Feed.fresh()
    feed = notices.issue_feed(actor=Actor.of(seat), person=seat.person, secret=secret)
    assert secret not in str(vars(feed))
    notices.revoke_feed(actor=Actor.of(seat), feed=feed)
    with pytest.raises(OutOfTurn):
        notices.revoke_feed(actor=Actor.of(seat), feed=feed)
