"""Telling people, inside the transaction of what they are told of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app

from yelin.notices.events import Event
from yelin.notices.models import Channel, Delivery, Notice
from yelin.things.models import Subject


def tell(
    event: Event,
    *,
    to: Iterable[UUID],
    about: Subject,
    at: datetime,
    params: Mapping[str, str | int] | None = None,
    once: str = "",
) -> None:
    """Tell these people of ``event``: on the page at once, by their channels soon after.

    What was told under the same ``once`` is not told to the same person again.
    """
    people = set(to)
    if once:
        told = Notice.objects.filter(event=event.name, once=once, to__in=people)
        people -= set(told.values_list("to_id", flat=True))
    made = Notice.objects.bulk_create(
        Notice(
            to_id=person,
            about_id=about.pk,
            event=event.name,
            words=event.says,
            params=dict(params or {}),
            once=once,
            at=at,
        )
        for person in sorted(people)
    )
    channels = [c for c in Channel.objects.live().filter(person__in=people) if c.is_for(event)]
    send(
        Delivery(notice=notice, channel=channel, changed_at=at)
        for notice in made
        for channel in channels
        if channel.person_id == notice.to_id
    )


def tell_by(channel: Channel, event: Event, *, at: datetime) -> None:
    """Tell the person of ``channel`` of an event about it, by this channel alone."""
    notice = Notice.objects.create(
        to_id=channel.person_id, about_id=channel.pk, event=event.name, words=event.says, at=at
    )
    send([Delivery(notice=notice, channel=channel, changed_at=at)])


def send(deliveries: Iterable[Delivery]) -> None:
    """Have the worker make these deliveries; a job knows a delivery by its number alone."""
    task = app.configure_task("notices.deliver")
    for delivery in Delivery.objects.bulk_create(deliveries):
        task.defer(delivery=delivery.pk)
