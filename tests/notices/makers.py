"""Channels for tests, through the same acts as any user's."""

from yelin.acts import notices
from yelin.notices.models import Channel
from yelin.parties.actor import Actor
from yelin.parties.models import Seat


def make_channel(seat: Seat, kind="mail", *, confirmed=True, **over) -> Channel:
    addresses = {
        "mail": "wang@example.com",
        "sms": "138 0013 8000",
        "webhook": "https://hooks.example.com/yelin",
    }
    fields = {"address": addresses[kind], "language": "zh-hans", "scope": "all"} | over
    actor = Actor.of(seat)
    channel = notices.open_channel(actor=actor, person=seat.person, kind=kind, **fields)
    if confirmed and kind != "webhook":
        notices.confirm_channel(actor=actor, channel=channel, code=channel.code)
    return channel
