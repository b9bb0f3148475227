"""What time brings to negotiations: offers that nobody answered lapse."""

from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.market.contract import acts
from yelin.market.contract.models import Negotiation
from yelin.market.contract.rules import State
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")


@app.periodic(cron="22 0 * * *")
@app.task(name="market.lapse", queueing_lock="market.lapse", pass_context=False)
def lapse(timestamp: int = 0) -> None:
    """Let offers lapse whose last day has passed."""
    del timestamp
    waiting = Negotiation.objects.filter(state__in=[State.REQUESTED, State.OFFERED])
    passed = waiting.filter(until__lt=clock.today()).select_related("thing", *Negotiation.ALONG)
    for each in passed.iterator(chunk_size=500):
        try:
            acts.lapse(actor=CLOCK, negotiation=each)
        except OutOfTurn:
            # Answered in this very moment.
            continue
