"""Searching, writing and measuring in the background; called off, killed or overtaken, no harm."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin.files.places import pieces
from yelin.files.store import scratch
from yelin.gate import Refused
from yelin.keys.models import Destroyed
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.privacy.deidentify.assessed import Disagreement
from yelin.privacy.deidentify.optimum import Progress
from yelin.privacy.workbench import (
    attacking,
    linking,
    measuring,
    noise_tables,
    reads,
    tabling,
    working,
)
from yelin.privacy.workbench.models import Deidentification, Form, WorkState
from yelin.things.models import Thing
from yelin.warehouse import acts as warehouse
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.findings import Unfit
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

TELL_EVERY_SECONDS = 0.5
ATTEMPTS = 10
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=5)
# Of whatever else goes wrong the worker tells, and tries again.
_TOLD = (Unfit, TooMuch, Destroyed, Disagreement, Refused, Incomplete, OutOfTurn)


class CalledOff(Exception):
    """Somebody called the job off, or another attempt counts by now."""


@app.task(name="deidentify.search", queue="data", pass_context=True, retry=RETRY)
def search_in_turn(context: JobContext, *, work: str) -> None:
    """Search the levels that lose least, or give it up when it was begun too often."""
    run(work, WorkState.SEARCHING, _search, WorkState.FAILED, begun=context.job.attempts)


@app.task(name="deidentify.write", queue="data", pass_context=True, retry=RETRY)
def write_in_turn(context: JobContext, *, work: str) -> None:
    """Write the rows and bring them in, or give it up when it was begun too often."""
    run(work, WorkState.WRITING, _write, WorkState.FOUND, begun=context.job.attempts)


@app.task(name="deidentify.measure", queue="data", pass_context=True, retry=RETRY)
def measure_in_turn(context: JobContext, *, work: str) -> None:
    """Measure what was released, or give it up when it was begun too often."""
    run(work, WorkState.MEASURING, _measure, WorkState.WRITTEN, begun=context.job.attempts)


def search(work: str) -> None:
    """Search the levels of a work that waits for it."""
    run(work, WorkState.SEARCHING, _search, WorkState.FAILED)


def write(work: str) -> None:
    """Write the rows of a work that waits for it, and bring them in."""
    run(work, WorkState.WRITING, _write, WorkState.FOUND)


def measure(work: str) -> None:
    """Measure what was released of a work that waits for it."""
    run(work, WorkState.MEASURING, _measure, WorkState.WRITTEN)


def run(
    work: str,
    state: WorkState,
    job: Callable[[Deidentification], None],
    failed: WorkState,
    *,
    begun: int = 0,
) -> None:
    """Do the job of a work in this state; where it cannot be done, say why and what to mend.

    Only the attempt that the row names counts: killed, it is simply run again.
    """
    attempt = str(uuid.uuid4())
    waiting = Deidentification.objects.filter(pk=UUID(work), state=state)
    if not waiting.update(attempt=attempt, fraction=0):
        return
    row = Deidentification.objects.select_related(*Deidentification.ALONG).get(pk=UUID(work))
    try:
        if begun >= ATTEMPTS:
            raise Unfit("given_up", "This was begun again and again, and never came to its end.")
        job(row)
    except CalledOff:
        return
    except _TOLD as fault:
        _settle(row, state, {"state": failed, "error": _said(fault)})


def _search(row: Deidentification) -> None:
    last = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal last
        at = time.monotonic()
        if at - last < TELL_EVERY_SECONDS:
            return
        last = at
        whole = progress.looked_at + progress.open
        told = _counting(row, WorkState.SEARCHING).update(
            rows=progress.looked_at, fraction=progress.looked_at / max(whole, 1)
        )
        if not told:
            raise CalledOff

    if row.noise:
        found = noise_tables.planned(
            row.statistics, row.noise, reads.ladders_of(row, row.statistics)
        )
    elif row.is_statistics:
        found = tabling.tabulated(row)
    else:
        found = working.searched(row.source, _search_of(row), report)
    _settle(row, WorkState.SEARCHING, {"state": WorkState.FOUND}, found=found)


def _write(row: Deidentification) -> None:
    if row.noise:
        noise_tables.bring_in(
            row, row.noise, reads.ladders_of(row, row.statistics), lambda upload: _left(row, upload)
        )
        return
    to = scratch() / f"{row.attempt}.parquet"
    try:
        if row.is_statistics:
            tabling.written(row, to)
        else:
            working.written(row.source, _search_of(row), row.found["levels"], to)
        if not _counting(row, WorkState.WRITING).exists():
            raise CalledOff
        name = f"{row.source.entry.title}-{row.source.number}.parquet"
        received = receive(pieces(to.open("rb")), name)
    finally:
        to.unlink(missing_ok=True)
    upload: Upload = warehouse.receive(
        actor=row.actor(), entry=row.entry, received=received, options=Options()
    )
    _settle(row, WorkState.WRITING, {"state": WorkState.WRITTEN, "upload": upload}, measured={})


def _left(row: Deidentification, upload: Upload) -> None:
    """Let the work stand where its table left, in the same transaction, or take all of it back."""
    changes = {"state": WorkState.WRITTEN, "upload": upload}
    if not _settle(row, WorkState.WRITING, changes, measured={}):
        raise CalledOff


def _measure(row: Deidentification) -> None:
    release = row.published
    if release is None:
        raise OutOfTurn("Publish what was written first: the released bytes are measured.")
    names = reads.names_in(row)
    if row.noise:
        found = noise_tables.measured(row, row.noise, release, names)
    elif row.is_statistics:
        found = tabling.measured(row, release, names)
    else:
        found = _of_rows(row, release, names)
    _settle(row, WorkState.MEASURING, {"state": WorkState.MEASURED}, measured=found)


def _of_rows(row: Deidentification, release: Release, names: Mapping[str, str]) -> dict[str, Any]:
    content = row.content
    first, second, effect = measuring.twice(release, content, names, row.bears.risk)
    search = _search_of(row)
    presence = measuring.compared((row.source, search, row.found["levels"]), release, names)
    return {
        "release": release.digest_text,
        "names": dict(names),
        "first": measuring.said(first, content.nulls),
        "second": measuring.said(second, content.nulls),
        "effect": int(effect),
        "presence": presence
        and {
            **asdict(presence),
            "journalist": presence.journalist,
            "population": search.population and search.population.digest_text,
        },
        "attacks": attacking.attacks(row, release, names),
        "linked": linking.together(
            row, [each for each in reads.linked(row) if each.form == Form.ROWS]
        ),
    }


def _search_of(row: Deidentification) -> working.Search:
    """Return by what is searched, as whoever asked for the job may do it. Raises ``Incomplete``."""
    if wrong := list(reads.may_compare(row.actor(), row.content)):
        raise Incomplete(wrong)
    return reads.search_of(row)


def _counting(row: Deidentification, state: WorkState) -> Any:
    """Return the work's row as long as this attempt is the one that counts."""
    return Deidentification.objects.filter(pk=row.pk, attempt=row.attempt, state=state)


def _settle(
    row: Deidentification,
    state: WorkState,
    changes: dict[str, Any],
    **said: dict[str, Any],
) -> bool:
    """Let the work stand where this attempt brought it; return whether it counts still."""
    with transaction.atomic():
        Thing.objects.select_for_update().get(pk=row.pk)
        fresh = _counting(row, state).select_related("sealed_by").first()
        if fresh is None:
            return False
        for name, value in {"fraction": 1, "error": {}, **changes, **said}.items():
            setattr(fresh, name, value)
        fresh.save()
    return True


_SAYS: dict[type[Exception], str] = {
    TooMuch: "It needs more memory than there is.",
    Destroyed: "The data was destroyed meanwhile.",
    Disagreement: "Two measurements of the same bytes differ, so nothing is certified.",
    Refused: "You may not do this any more.",
}


def _said(fault: Exception) -> dict[str, Any]:
    params: dict[str, Any]
    match fault:
        case Unfit():
            says, params = fault.message_id, fault.params
        case Incomplete():
            says, params = fault.faults[0].says, dict(fault.faults[0].params or {})
        case OutOfTurn():
            says, params = fault.says, {}
        case _:
            says, params = _SAYS[type(fault)], {}
    return {"says": says, "params": params}
