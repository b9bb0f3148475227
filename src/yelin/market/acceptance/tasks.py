"""What is done by itself: inspections begin as contracts take effect, and end as days pass."""

from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.market.acceptance import acts
from yelin.market.acceptance.models import Found, Inspection
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")


@app.periodic(cron="* * * * *")
@app.task(name="market.inspect_trades", queueing_lock="market.inspect_trades", pass_context=False)
def inspect_trades(timestamp: int = 0) -> None:
    """Begin what is to be inspected; take as accepted what nobody refused in its days."""
    del timestamp
    begins = Contract.objects.filter(
        standing=Standing.IN_FORCE, since__lte=clock.today(), inspections=None
    )
    for each in begins.select_related("thing", *Contract.ALONG).iterator(chunk_size=500):
        try:
            acts.inspect(actor=CLOCK, contract=each)
        except OutOfTurn:
            # Begun in this very moment, or without data yet: the next minute asks again.
            continue
    passed = Inspection.objects.filter(state=Found.OPEN, due__lt=clock.today())
    for one in passed.select_related("thing", *Inspection.ALONG).iterator(chunk_size=500):
        try:
            acts.deem(actor=CLOCK, inspection=one)
        except OutOfTurn:
            # Decided in this very moment.
            continue
