"""Every hour that has ended gets its leaf; finished files and tickets go when their time is up."""

from procrastinate.contrib.django import app

from yelin.delivery import acts, kept, tickets
from yelin.delivery.models import Tally
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor


@app.periodic(cron="*/5 * * * *")
@app.task(name="delivery.close_hours", queueing_lock="delivery.close_hours", pass_context=False)
def close_hours(timestamp: int) -> None:
    """Close every hour that has ended and has no leaf yet."""
    del timestamp
    for tally in Tally.ended().select_related("entry__thing"):
        try:
            acts.close_hour(actor=Actor.system("clock"), entry=tally.entry, tally=tally)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="* * * * *")
@app.task(name="delivery.clear_kept", queueing_lock="delivery.clear_kept")
def clear_kept(timestamp: int) -> None:
    """Remove finished files that may be kept no more, and forget the tickets that have passed."""
    del timestamp
    tickets.forget()
    kept.clear(clock.now())
