import pytest
from tests.notices.makers import make_channel
from tests.parties.makers import make_seat

from yelin.law import clock
from yelin.notices import events
from yelin.notices.events import Event
from yelin.notices.models import Channel, Delivery, Notice
from yelin.notices.telling import tell

pytestmark = pytest.mark.django_db

LATE = Event("test.late", "Late.", urgent=True)
FINE = Event("test.fine", "Fine.")


def told(event, seat, **over):
    tell(event, to=[seat.person_id], about=seat, at=clock.now(), **over)


def by_channel():
    return Delivery.objects.exclude(notice__event="channel.code_sent")


def test_everyone_is_told_on_the_page_whatever_their_channels():
    seat = make_seat()
    told(FINE, seat)
    assert Notice.objects.unread().get().to_id == seat.person_id
    assert not by_channel().exists()


def test_a_notice_travels_by_each_channel_that_carries_its_event():
    seat = make_seat()
    make_channel(seat, "mail")
    make_channel(seat, "sms", scope="urgent")
    make_channel(make_seat(), "mail")
    told(FINE, seat)
    assert [d.channel.kind for d in by_channel()] == ["mail"]
    told(LATE, seat)
    urgent = by_channel().filter(notice__event="test.late")
    assert sorted(d.channel.kind for d in urgent) == ["mail", "sms"]


def test_no_notice_travels_to_an_address_that_was_not_confirmed_or_is_closed():
    seat = make_seat()
    make_channel(seat, confirmed=False)
    Channel.objects.forget(make_channel(seat, "sms").person_id, clock.now())
    told(LATE, seat)
    assert not by_channel().exists()
    assert not Channel.objects.exclude(address="").exists()


def test_what_is_told_once_is_not_told_again():
    seat, other = make_seat(), make_seat()
    told(LATE, seat, once="1")
    told(LATE, seat, once="1")
    told(LATE, other, once="1")
    told(LATE, seat, once="2")
    assert Notice.objects.filter(to=seat.person_id).count() == 2
    assert Notice.objects.filter(to=other.person_id).count() == 1


def test_an_event_is_declared_once_under_its_name():
    with pytest.raises(ValueError, match="twice"):
        events.event("entry.confirmed", "Again.")


def test_a_notice_says_what_it_said_when_no_code_declares_its_event_any_more():
    seat = make_seat()
    told(LATE, seat)
    assert Notice.objects.get().says == "Late."
