"""What is done by itself with signed contracts: filed at once, watched each minute, ended."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.contract.terms import ways_of
from yelin.market.filing import acts, given
from yelin.market.listing.content import DeliveryMode
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
    _stop_and_go(in_force)


def _stop_and_go(in_force: "QuerySet[Contract]") -> None:
    """Hold what is running unlawfully, and let go what is stopped and lawful again.

    A province has thousands of contracts of a few hundred listings: what they come to is asked
    once for each listing and its ways, and an act is done only where something changes.
    """
    lawful: dict[tuple[UUID | None, frozenset[DeliveryMode]], bool] = {}

    def is_lawful(contract: Contract) -> bool:
        key = (contract.negotiation.listing_id, frozenset(ways_of(contract.terms)))
        if key not in lawful:
            lawful[key] = acts.is_lawful(contract)
        return lawful[key]

    def hold(contract: Contract) -> None:
        if not is_lawful(contract):
            acts.hold(actor=CLOCK, contract=contract)

    def let_go(contract: Contract) -> None:
        if is_lawful(contract):
            acts.let_go(actor=CLOCK, contract=contract)

    _each(given.giving(in_force), hold)
    _each(given.held(in_force), let_go)


def _each(rows: "QuerySet[Contract]", do: Callable[[Contract], object]) -> None:
    for each in rows.select_related("thing", *Contract.ALONG).iterator(chunk_size=500):
        try:
            do(each)
        except OutOfTurn:
            # Done by somebody else in this very moment, or nothing to do.
            continue
