"""What time brings: terms to revise an entry that have passed."""

from procrastinate.contrib.django import app

from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor


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
