"""Reading catalogs, entering and writing them in the background, whoever is killed meanwhile."""

import shutil
import time
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin.acts.together import AT_ONCE
from yelin.catalog.models import Entry
from yelin.compiling import entering, gathering, mapping, planning, sheet, writing
from yelin.compiling.models import (
    FOLDER,
    Export,
    ExportState,
    Import,
    ImportState,
    Outcome,
    Planned,
)
from yelin.compiling.work import Work
from yelin.config import config
from yelin.files.places import Sealed, size_of
from yelin.files.store import scratch, store
from yelin.gate import Refused
from yelin.law import clock
from yelin.law.refusals import Unlawful
from yelin.things.models import Thing
from yelin.warehouse.engine import TooMuch, connect
from yelin.warehouse.findings import Unfit
from yelin.warehouse.formats import TooLarge

TELL_EVERY_SECONDS = 0.5
# Restarts and short outages are outlived; a file that kills its worker is not tried for ever.
ATTEMPTS = 10
RETRY_SECONDS = 5
LEAVINGS_KEPT = timedelta(days=1)
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=RETRY_SECONDS)


@app.task(name="compiling.plan", queue="data", pass_context=True, retry=RETRY)
def plan_in_turn(context: JobContext, *, batch: str) -> None:
    """Read a catalog that waits, or give it up when it was begun too often."""
    plan(batch, begun=context.job.attempts)


def plan(batch: str, *, begun: int = 0) -> None:
    """Read a catalog and say of every row what would become of it; killed, it is run again.

    Only the attempt that the import names counts.
    """
    states = (ImportState.RECEIVED, ImportState.PLANNING)
    row = _claimed(batch, states, ImportState.PLANNING)
    if row is None:
        return
    if begun >= ATTEMPTS:
        _settle(row, states, state=ImportState.FAILED, error=_given_up())
        return
    work = scratch() / row.attempt
    work.mkdir()
    try:
        _plan(row, work, states)
    except (Unfit, TooMuch) as fault:
        _settle(row, states, state=ImportState.FAILED, error=_said(fault), found=row.found)
    except Unlawful as unlawful:
        _forget(row, states, unlawful)
    finally:
        shutil.rmtree(work.path, ignore_errors=True)


def _plan(row: Import, work: Sealed, states: tuple[ImportState, ...]) -> None:
    layout = mapping.named(row.mapping)
    with connect(memory_mb=config.engine_memory_mb, threads=config.engine_threads) as engine:
        table = sheet.stage(row.original.place, row.filename, work, engine, layout, row.sheet)
    matches = layout.match(table.staged.header, row.columns)
    row.found = _found(table, matches)
    if "title" not in {match.field for match in matches}:
        raise Unfit(
            "title.missing",
            "No column is the title of the resources. Say below which one it is, or choose the"
            " mapping of this file.",
        )
    row.planned.all().delete()
    rows = gathering.gather(table.rows(), table.broken(), matches, layout)
    tell = _Teller(row, states, table.staged.rows + table.staged.refused)
    for planned in planning.plan(planning.Plan.of(row, layout, matches), rows):
        Planned.objects.bulk_create(planned)
        if not tell(sum(each.rows for each in planned)):
            return
    _settle(row, states, state=ImportState.READY, rows=tell.done, found=row.found)


def _found(table: sheet.Sheet, matches: tuple[mapping.Match, ...]) -> dict[str, Any]:
    staged = table.staged
    return {
        "encoding": table.encoding,
        "sheet": staged.sheet,
        "header_line": staged.header_line,
        "rows": staged.rows + staged.refused,
        "columns": [[match.heading, match.field] for match in matches if match.heading],
        "notices": [
            {"says": notice.message_id, "params": notice.params} for notice in table.notices
        ],
    }


def _forget(row: Import, states: tuple[ImportState, ...], unlawful: Unlawful) -> None:
    """Keep nothing of a file that holds a state secret."""
    with transaction.atomic():
        row.planned.all().delete()
        error = {"says": unlawful.says, "params": {}, "duty": unlawful.duty.name}
        changes = {"filename": "", "columns": {}, "found": {}, "ended_at": clock.now()}
        if _settle(row, states, state=ImportState.DISCARDED, error=error, **changes):
            row.destroy()


@app.task(name="compiling.run", queue="data", pass_context=True, retry=RETRY)
def run_in_turn(context: JobContext, *, batch: str) -> None:
    """Enter a catalog that was set going, or stop it when it was begun too often."""
    run(batch, begun=context.job.attempts)


def run(batch: str, *, begun: int = 0) -> None:
    """Enter what was planned, entry by entry, each once; killed at any moment, it goes on."""
    states = (ImportState.RUNNING,)
    row = _claimed(batch, states, ImportState.RUNNING)
    if row is None:
        return
    if begun >= ATTEMPTS:
        _settle(row, states, state=ImportState.STOPPED, error=_given_up())
        return
    to_enter = row.planned.filter(outcome__in=[Outcome.MAKE, Outcome.CHANGE])
    tell = _Teller(row, states, to_enter.count(), to_enter.exclude(done_at=None).count())
    try:
        while some := list(to_enter.filter(done_at=None).order_by("position")[:AT_ONCE]):
            entering.enter(row, some)
            if not tell(len(some)):
                return
    except (Refused, entering.Gone) as refused:
        error = {"says": entering.words(refused), "params": {}}
        _settle(row, states, state=ImportState.STOPPED, error=error)
        return
    with transaction.atomic():
        if _settle(row, states, state=ImportState.DONE, ended_at=clock.now()):
            row.destroy()


@app.task(name="compiling.write", queue="data", pass_context=True, retry=RETRY)
def write_in_turn(context: JobContext, *, export: str) -> None:
    """Write a catalog that was asked for, or give it up when it was begun too often."""
    write(export, begun=context.job.attempts)


def write(export: str, *, begun: int = 0) -> None:
    """Write a body's entries as a file for whoever asked; killed, it is run again."""
    states = (ExportState.WRITING,)
    attempt = str(uuid.uuid4())
    asked = Export.objects.filter(pk=UUID(export), state__in=states)
    if not asked.update(attempt=attempt):
        return
    row = asked.select_related("sealed_by", "seat__body", "deputy").get()
    if begun >= ATTEMPTS:
        _settle(row, states, state=ExportState.FAILED, error=_given_up())
        return
    work = scratch() / attempt
    entries = Entry.objects.filter(provider=row.body_id)
    tell = _Teller(row, states, entries.count())
    try:
        with work.open("wb") as target:
            count = writing.write(
                target, row.format, row.actor(), entries, lambda told: tell(len(told))
            )
        row.file.take(work)
        made = {"state": ExportState.READY, "made_at": clock.now()}
        _settle(row, states, rows=count, size=size_of(work), **made)
    except TooLarge as large:
        error = {"says": large.says, "params": large.params}
        _settle(row, states, state=ExportState.FAILED, error=error)
    finally:
        work.unlink(missing_ok=True)


def _claimed(batch: str, states: tuple[ImportState, ...], state: ImportState) -> Import | None:
    attempt = str(uuid.uuid4())
    waiting = Import.objects.filter(pk=UUID(batch), state__in=states)
    if not waiting.update(attempt=attempt, state=state):
        return None
    return Import.objects.select_related("body", "sealed_by", "seat__body", "deputy").get(
        pk=UUID(batch)
    )


class _Teller:
    """Writes progress to the work's row a few times a second, for the page that watches."""

    def __init__(self, row: Work, states: tuple[str, ...], whole: int, before: int = 0) -> None:
        self.done = before
        self._rows = _counting(row, states)
        self._whole = max(1, whole)
        self._before = before
        self._began = self._last = time.monotonic()

    def __call__(self, more: int) -> bool:
        """Count what was done; false where another attempt counts by now."""
        self.done += more
        at = time.monotonic()
        if at - self._last < TELL_EVERY_SECONDS:
            return True
        self._last = at
        pace = (self.done - self._before) / (at - self._began)
        told = self._rows.update(
            rows=self.done,
            fraction=min(1.0, self.done / self._whole),
            rows_per_second=pace,
            seconds_left=max(0, self._whole - self.done) / pace if pace else None,
        )
        return bool(told)


def _counting(row: Work, states: tuple[str, ...]) -> "QuerySet[Any]":
    rows: QuerySet[Any] = type(row)._default_manager.all()
    return rows.filter(pk=row.pk, attempt=row.attempt, state__in=states)


def _settle(row: Work, states: tuple[str, ...], **changes: Any) -> bool:
    """Let the work stand where this attempt brought it; false where another counts by now."""
    with transaction.atomic():
        Thing.objects.select_for_update().get(pk=row.pk)
        settled = {"fraction": 1, "seconds_left": None, **changes}
        return bool(_counting(row, states).update(**settled))


def _given_up() -> dict[str, Any]:
    return _said(
        Unfit(
            "given_up",
            "This was begun again and again ({times} ×) and never came to its end. Send the "
            "file in parts, or try again.",
            {"times": ATTEMPTS},
        )
    )


def _said(fault: Unfit | TooMuch) -> dict[str, Any]:
    if isinstance(fault, TooMuch):
        fault = Unfit("large", "The file needs more memory than there is; send it in parts")
    return {"says": fault.message_id, "params": fault.params}


@app.periodic(cron="27 * * * *")
@app.task(name="compiling.clear_leavings", queueing_lock="compiling.clear_leavings")
def clear_leavings(timestamp: int) -> None:
    """Remove catalogs that no import has any more, and those written, a day after they were."""
    del timestamp
    for export in Export.objects.outdated().select_related("sealed_by"):
        with transaction.atomic():
            export.remove()
    living = Import.objects.exclude(sealed_by__destroyed_at__isnull=False)
    for stale in store().stale(FOLDER, clock.now() - LEAVINGS_KEPT):
        found = living.filter(pk__in={UUID(key.split("/")[1]) for key in stale})
        known = {row.original.key for row in found}
        store().delete(*(key for key in stale if key not in known))
