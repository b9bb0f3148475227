"""Answering in the background: one question about a ground after the other; killed, no harm."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin.gate import Refused
from yelin.keys.models import Destroyed
from yelin.law.refusals import OutOfTurn
from yelin.market.compute import acts, reads, working
from yelin.market.compute.acts import Found, right_of
from yelin.market.compute.models import Computation, State
from yelin.market.compute.rules import Withheld
from yelin.market.filing.acts import is_lawful
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release
from yelin.warehouse.query import Unfulfillable
from yelin.warehouse.selected import Busy
from yelin.warehouse.unanswerable import Unanswerable

SYSTEM = Actor.system("compute")
ATTEMPTS = 10
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=5)
# How often it is looked whether the right still stands while the engine works.
LOOK_SECONDS = 1.0
# What came of a question is told at the end of such a step: how long it took tells nothing finer.
STEP_SECONDS = 5.0

# All that says anything of the data has one and the same word: why, would tell too.
_SAYS = {
    "withheld": (
        "The answer would tell of too few: behind a figure, or behind what sets it apart from"
        " earlier answers, or of a sum to which few contribute most. Ask by larger groups, or of"
        " more rows."
    ),
    "too_fine": "The question makes too many groups. Ask by larger spans, or by fewer items.",
    "unwhole": "Values are missing in this item, so no mean is told. Ask for its sum.",
    "exhausted": "The question took more time or memory than one may have. Ask by fewer items.",
    "ended": "The right to ask ended before there was an answer.",
    "given_up": "This was begun again and again, and never came to its end.",
}
WITHHELD, TOO_FINE, UNWHOLE, EXHAUSTED, ENDED, GIVEN_UP = _SAYS.values()


class CalledOff(Exception):
    """Nobody waits for the answer any more, or another attempt counts."""


@app.task(name="market.compute", queue="data", pass_context=True, retry=RETRY)
def compute_in_turn(context: JobContext, *, computation: str) -> None:
    """Answer a question, or give it up when it was begun too often."""
    run(computation, begun=context.job.attempts)


def run(computation: str, *, begun: int = 0) -> None:
    """Answer a question that waits; killed, it is simply run again, and nothing has left."""
    attempt = uuid.uuid4()
    waiting = Computation.objects.filter(pk=uuid.UUID(computation), state=State.WAITING)
    if not waiting.update(attempt=attempt):
        return
    row = waiting.select_related(
        "thing", *Computation.ALONG, "ground__release__sealed_by", "seat__body", "seat__person",
        "contract__negotiation__listing__product__owner",
    ).get()  # fmt: skip
    began = time.monotonic()
    found = Found(by=attempt, earlier=0, state=State.FAILED, says=GIVEN_UP)
    if begun < ATTEMPTS:
        try:
            found = _found(row, found)
        except CalledOff:
            return
    _wait_for_the_step(began)
    try:
        acts.conclude(actor=SYSTEM, computation=row, found=found)
    except Refused:
        ended = replace(found, answer=None, state=State.FAILED, says=ENDED)
        acts.conclude(actor=SYSTEM, computation=row, found=ended)
    except OutOfTurn:
        if waiting.filter(attempt=attempt).exists():
            # Another answer left meanwhile: this one is held against that, too.
            acts.queue(row)


def _found(row: Computation, found: Found) -> Found:
    """Return what comes of a question. Raises ``CalledOff``, and ``Busy`` to be tried again."""
    earlier = working.answers(row.ground)
    says: dict[type[Exception], str] = {
        Withheld: WITHHELD,
        working.TooFine: TOO_FINE,
        working.Unwhole: UNWHOLE,
        Unanswerable: EXHAUSTED,
        Refused: ENDED,
        ValueError: ENDED,
        Destroyed: ENDED,
        Unfulfillable: ENDED,
    }
    kept = {Withheld, working.TooFine, working.Unwhole}
    found = replace(found, earlier=len(earlier))
    try:
        if not row.contract.runs() or not is_lawful(row.contract):
            return replace(found, says=ENDED)
        decision = right_of(row)
        columns = reads.columns_of(row.contract, decision, _release_of(row))
        answer = working.answer(row.ground, row.question, decision, columns, earlier, _hearing(row))
    except Busy:
        raise
    except tuple(says) as fault:
        kind = next(each for each in says if isinstance(fault, each))
        state = State.WITHHELD if kind in kept else State.FAILED
        return replace(found, state=state, says=says[kind])
    return replace(found, answer=answer, state=State.ANSWERED, says="")


def _wait_for_the_step(began: float) -> None:
    if STEP_SECONDS:
        time.sleep((began - time.monotonic()) % STEP_SECONDS)


def _release_of(row: Computation) -> Release:
    release = row.ground.release
    assert release is not None  # noqa: S101 - it was asked of one
    release.entry = row.ground.entry
    return release


def _hearing(row: Computation) -> Callable[[], None]:
    """Return what ends the work once it was called off, or its right has ended."""
    looked = time.monotonic()

    def hear() -> None:
        nonlocal looked
        if time.monotonic() - looked < LOOK_SECONDS:
            return
        looked = time.monotonic()
        mine = Computation.objects.filter(pk=row.pk, state=State.WAITING, attempt=row.attempt)
        if not mine.exists():
            raise CalledOff
        right_of(row)

    return hear
