"""Counting what is handed out, before a byte of it leaves."""

from django.db import IntegrityError, transaction
from django.db.models import F

from yelin.catalog.models import Entry, State
from yelin.delivery.models import Tally
from yelin.law import clock


def count(entry: Entry, *, queries: int = 0, downloads: int = 0) -> None:
    """Count deliveries of a confirmed entry in the present hour.

    A provider's or reviewer's look at what is not confirmed yet hands nothing out.
    """
    if entry.state != State.CONFIRMED:
        return
    hour = clock.this_hour()
    this_hour = Tally.objects.filter(entry=entry, hour=hour)
    more = {"queries": F("queries") + queries, "downloads": F("downloads") + downloads}
    if this_hour.update(**more):
        return
    try:
        with transaction.atomic():
            Tally(entry=entry, hour=hour, queries=queries, downloads=downloads).save()
    except IntegrityError:
        # Another process opened the hour in the same moment.
        this_hour.update(**more)
