"""What time brings: terms to revise an entry that have passed, words to make anew."""

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.catalog import acts
from yelin.catalog.models import Entry, Rewording
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor

BATCH = 200


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalog.sweep_terms", queueing_lock="catalog.sweep_terms")
def sweep_terms(timestamp: int) -> None:
    """Let every overdue term to revise an entry lapse, once."""
    del timestamp
    passed = clock.overdue(duties.CATALOG_REVISE).values("thing")
    for entry in Entry.objects.filter(pk__in=passed).select_related("provider"):
        try:
            acts.lapse(actor=Actor.system("clock"), entry=entry)
        except OutOfTurn:
            # Revised, or told by another sweep, in this very moment.
            continue


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
