"""What is done by itself with signed contracts: filed at once, watched each minute, ended."""

from collections.abc import Callable

from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.filing import acts
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")


@app.periodic(cron="* * * * *")
@app.task(name="market.file_trades", queueing_lock="market.file_trades", pass_context=False)
def file_trades(timestamp: int = 0) -> None:
    """File what both sides signed; what lacked something is looked at again each hour."""
    del timestamp
    waits = Q(filing=None) | Q(filing__checked_at__lte=clock.now() - acts.AGAIN)
    signed = Contract.objects.filter(waits, standing=Standing.SIGNED)
    _each(signed, lambda each: acts.file(actor=CLOCK, contract=each))


@app.periodic(cron="* * * * *")
@app.task(name="market.watch_trades", queueing_lock="market.watch_trades", pass_context=False)
def watch_trades(timestamp: int = 0) -> None:
    """Stop what may not be traded any more, let go what may again, end what has run out."""
    del timestamp
    in_force = Contract.objects.filter(standing=Standing.IN_FORCE)
    _each(
        in_force.filter(until__lt=clock.today()),
        lambda each: acts.expire(actor=CLOCK, contract=each),
    )
    for each in in_force.select_related("thing", *Contract.ALONG).iterator(chunk_size=500):
        stop = acts.let_go if acts.is_lawful(each) else acts.hold
        _try(lambda stop=stop, each=each: stop(actor=CLOCK, contract=each))  # type: ignore[misc]  # bound early, for the loop


def _each(rows: "QuerySet[Contract]", do: Callable[[Contract], object]) -> None:
    for each in rows.select_related("thing", *Contract.ALONG).iterator(chunk_size=500):
        _try(lambda each=each: do(each))  # type: ignore[misc]  # the same


def _try(do: Callable[[], object]) -> None:
    try:
        do()
    except OutOfTurn:
        # Done by somebody else in this very moment, or nothing to do.
        return
