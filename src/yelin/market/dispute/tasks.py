"""What time brings to disputes: what nobody answers is mediated, and mediation ends."""

from procrastinate.contrib.django import app

from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.market.dispute import acts
from yelin.market.dispute.models import Dispute
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")


@app.periodic(cron="*/10 * * * *")
@app.task(name="market.lapse_disputes", queueing_lock="market.lapse_disputes", pass_context=False)
def lapse_disputes(timestamp: int = 0) -> None:
    """Do for every term of a dispute that has passed what comes of that, once."""
    del timestamp
    for duty in (duties.DISPUTE_ANSWER, duties.DISPUTE_MEDIATE):
        late = clock.overdue(duty).filter(thing__kind=Dispute.KIND).values("thing")
        rows = Dispute.objects.filter(pk__in=late).select_related("thing", *Dispute.ALONG)
        for each in rows.iterator(chunk_size=500):
            try:
                acts.lapse(actor=CLOCK, dispute=each)
            except OutOfTurn:
                # Moved on by somebody in this very moment.
                continue
