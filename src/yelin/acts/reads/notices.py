"""What a person was told, and by which channels."""

from typing import cast

from django.db.models import QuerySet

from yelin import gate
from yelin.notices.models import Channel, Feed, Notice, NoticeQuerySet
from yelin.parties.actor import Actor


def notices(actor: Actor) -> NoticeQuerySet:
    """Return what this person was told, newest first."""
    told = gate.visible_to(actor, "notice.see", Notice.objects.select_related("about"))
    return cast("NoticeQuerySet", told)


def channels(actor: Actor) -> QuerySet[Channel]:
    """Return the channels by which this person is told, oldest first."""
    rows = Channel.objects.filter(closed_at=None).order_by("opened_at", "pk")
    return gate.visible_to(actor, "channel.see", rows)


def feeds(actor: Actor) -> QuerySet[Feed]:
    """Return the calendar addresses of this person that still hold, newest first."""
    rows = Feed.objects.filter(ended_at=None).order_by("-made_at")
    return gate.visible_to(actor, "notices.revoke_feed", rows)
