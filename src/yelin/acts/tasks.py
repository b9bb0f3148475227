"""Terms are counted anew when the calendar has changed under them."""

from procrastinate.contrib.django import app

from yelin.acts import terms
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor


@app.periodic(cron="7 3 * * *")
@app.task(name="terms.recount", queueing_lock="terms.recount", pass_context=False)
def recount(timestamp: int = 0) -> None:
    """Count every running term anew, each day and whenever the worker starts.

    A notice comes with a newer pack, so with a start; one that was changed moves settled terms too.
    """
    del timestamp
    running = Clock.objects.running().select_related("thing").prefetch_related("pauses")
    for each in running.iterator(chunk_size=1000):
        if clock.recount(each) == each.end:
            continue
        try:
            terms.recount(actor=Actor.system("clock"), thing=each.thing, running=each)
        except OutOfTurn:
            # Ended or counted anew in this very moment.
            continue
