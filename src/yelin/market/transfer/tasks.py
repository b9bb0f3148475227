"""What is done by itself with transfers: begun at once, watched each minute, ended."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from procrastinate.contrib.django import app

from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.market.contract.reads import PAPERS_ALONG
from yelin.market.contract.rules import Side, Standing
from yelin.market.filing import given
from yelin.market.transfer import acts, reads
from yelin.market.transfer.models import Transfer, TransferKey
from yelin.market.transfer.rules import OPEN, State
from yelin.parties.actor import Actor

CLOCK = Actor.system("clock")
_ENDED = "This contract is not in force."
_HELD = "What this contract is of may not be traded at present."


@app.task(name=acts.BEGIN)
def begin_transfer(*, of: str) -> None:
    """Start a transfer that was asked for, where its contract gives it still."""
    _each(_open().filter(pk=UUID(of)))


@app.periodic(cron="* * * * *")
@app.task(name="market.watch_transfers", queueing_lock="market.watch_transfers", pass_context=False)
def watch_transfers(timestamp: int = 0) -> None:
    """Move each open transfer as its contract stands, and forget keys that have passed."""
    del timestamp
    TransferKey.objects.filter(until__lte=clock.now()).delete()
    ended = ~Q(contract__standing=Standing.IN_FORCE) | Q(contract__until__lt=clock.today())
    held = Q(Exists(given.stopped(OuterRef("contract"))), state=State.STARTED)
    waits = Q(state=State.REQUESTED) | Q(state=State.SUSPENDED, by=Side.PLATFORM)
    _each(_open().filter(ended | held | waits))


def _open() -> "QuerySet[Transfer]":
    rows = Transfer.objects.filter(state__in=OPEN).select_related("thing", *Transfer.ALONG)
    return rows.defer(*PAPERS_ALONG)


def _each(rows: "QuerySet[Transfer]") -> None:
    for each in rows.iterator(chunk_size=500):
        try:
            _as_it_stands(each)
        except OutOfTurn:
            # Moved by somebody in this very moment.
            continue


def _as_it_stands(each: Transfer) -> None:
    if each.contract.standing != Standing.IN_FORCE or not reads.is_allowed(each):
        acts.terminate(actor=CLOCK, transfer=each, reason=_ENDED)
    elif not reads.gives(each.contract):
        if each.state == State.STARTED:
            acts.suspend(actor=CLOCK, transfer=each, reason=_HELD)
    elif each.state == State.REQUESTED or (
        each.state == State.SUSPENDED and each.by == Side.PLATFORM
    ):
        acts.start(actor=CLOCK, transfer=each)
