"""Every hour that has ended gets its leaf."""

from procrastinate.contrib.django import app

from yelin.delivery import acts
from yelin.delivery.models import Tally
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
