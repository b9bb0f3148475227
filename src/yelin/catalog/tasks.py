"""What the catalog does by itself: words made anew where a name has changed."""

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.catalog.models import Entry, Rewording

BATCH = 200


@app.periodic(cron="* * * * *")
@app.task(name="catalog.reword", queueing_lock="catalog.reword", pass_context=False)
def reword(timestamp: int = 0) -> None:
    """Let every entry that awaits it be found by the present names; what is done stays done."""
    del timestamp
    while _some():
        pass


@transaction.atomic
def _some() -> bool:
    # Two runs at a time take different ones; an act on an entry goes before its new words.
    waiting = Rewording.objects.select_for_update(skip_locked=True).order_by("pk")
    taken = list(waiting.values_list("pk", flat=True)[:BATCH])
    entries = Entry.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=taken)
    for entry in entries.select_related("provider").prefetch_related("items").order_by("pk"):
        entry.reword()
    Rewording.objects.filter(pk__in=taken).delete()
    return bool(taken)
