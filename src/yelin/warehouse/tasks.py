"""Preparing files in the background, sweeping terms, and clearing what a crash left behind."""

import contextlib
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin import gate
from yelin.catalog import checks
from yelin.catalog.models import Entry
from yelin.catalog.telling import tell_stewards
from yelin.config import config
from yelin.files.digests import digests
from yelin.files.models import FOLDER as ATTACHMENTS
from yelin.files.models import Attachment
from yelin.files.places import Place, Sealed, size_of
from yelin.files.store import scratch, store
from yelin.keys.master import MasterGone
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.registers.models import CodeList, GovernmentSystem
from yelin.things.models import Thing
from yelin.warehouse import (
    acts,
    agreed,
    arriving,
    contents,
    erasing,
    pipeline,
    reads,
    serving,
    standing,
    telling,
)
from yelin.warehouse.arrivals import FOLDER as ARRIVING
from yelin.warehouse.arrivals import Piece
from yelin.warehouse.endings import Erasure, Keeping
from yelin.warehouse.findings import Unfit
from yelin.warehouse.items import Codes, ItemSpec
from yelin.warehouse.measuring.asking import standards_of
from yelin.warehouse.models import SEALED, Leaving, Release, Upload, UploadState

log = structlog.get_logger(__name__)

TELL_EVERY_SECONDS = 0.5
# Restarts and short outages are outlived; a file that kills its worker is not tried for ever.
ATTEMPTS = 10
RETRY_SECONDS = 5
# Working days before its last one on which a term is first told of.
WARNED_DAYS = 2
UNSETTLED = (UploadState.RECEIVED, UploadState.PREPARING)
LEAVINGS_KEPT = timedelta(days=1)
_ENGINE = {"memory_mb": config.engine_memory_mb, "threads": config.engine_threads}


@app.task(
    name="warehouse.prepare",
    queue="data",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, wait=RETRY_SECONDS),
)
def prepare_in_turn(context: JobContext, *, upload: str) -> None:
    """Prepare a file that waits, or give it up when it was begun too often."""
    prepare(upload, begun=context.job.attempts)


def prepare(upload: str, *, begun: int = 0) -> None:
    """Prepare a file: decode, parse, conform, check. Killed at any moment, it is simply run again.

    Everything is written to a folder of this attempt, and counts only while the upload names it:
    a worker that was taken for dead and comes late settles nothing. A file that was ``begun`` so
    often is given up: it fails or kills one worker after another and would stand in the way of all
    others.
    """
    attempt = str(uuid.uuid4())
    unsettled = Upload.objects.filter(pk=UUID(upload), state__in=UNSETTLED)
    if not unsettled.update(attempt=attempt):
        return
    # Read after it was claimed: who changes the options from now on takes the claim away.
    row = Upload.objects.select_related("entry", "sealed_by").get(pk=UUID(upload))
    row.attempt = attempt
    if begun >= ATTEMPTS:
        _settle(row, state=UploadState.FAILED, error=_said(_given_up()))
        return
    work = scratch() / attempt
    work.mkdir()
    try:
        _prepare(row, work)
    except Unfit as unfit:
        _settle(row, state=UploadState.FAILED, error=_said(unfit))
    finally:
        shutil.rmtree(work.path, ignore_errors=True)


def _prepare(row: Upload, work: Sealed) -> None:
    entry = row.entry
    version, erasures = entry.version, Erasure.objects.filter(entry=entry).count()
    bound = {"entry_version": version, "erasures": erasures}
    if row.restores and not row.restores.is_table:
        _restore_contents(row, row.restores, bound)
        return
    if not row.restores and not checks.is_table(entry):
        _prepare_contents(row, work, bound)
        return
    items = [
        ItemSpec(
            name=item.name,
            type=item.type,
            length=item.length or None,
            nullable=item.nullable,
            key=item.key,
            note=item.note,
            codes=_codes(item.code_list),
            unit=item.unit,
        )
        for item in row.entry.items.select_related("code_list__standard")
    ]
    onto, standards = standing.onto(row), standards_of(entry)
    if row.restores:
        prepared = pipeline.restore(work, items, row.filename, onto, standards=standards, **_ENGINE)
    else:
        prepared = pipeline.prepare(
            row.original.place,
            row.filename,
            work,
            items,
            pipeline.Options(**row.options),
            _Teller(row),
            standards=standards,
            onto=onto,
            seen=row.seen,
            **_ENGINE,
        )
    for file in prepared.files:
        row.prepared(file["name"]).take(work / file["name"])
    report = prepared.as_dict() | bound
    _settle(
        row,
        state=UploadState.READY,
        rows=prepared.rows,
        rejected=prepared.refused,
        report=report,
    )


def _prepare_contents(row: Upload, work: Sealed, bound: dict[str, int]) -> None:
    if row.mode.merges:
        raise Unfit("base.files", "The newest version is no table; replace it")
    tell = _Teller(row)

    def report(done: float) -> None:
        tell(pipeline.Progress("examine", done))

    prepared = contents.prepare(row.original.place, row.filename, work, report)
    files = []
    for each in prepared.contents:
        shown = {"preview": each.preview} if each.preview else {}
        said = {"path": each.path, "kind": each.kind} | shown
        files.append(_kept(row, work / each.name, each.name) | said)
        files += [_kept(row, work / each.preview, each.preview)] if each.preview else []
    _settle_contents(row, asdict(prepared.source), files, bound)


def _restore_contents(row: Upload, older: Release, bound: dict[str, int]) -> None:
    """Take the files of an older release as they lie there."""
    files = [
        file | _kept(row, older.copy(file["name"]).place, file["name"]) for file in older.files
    ]
    _settle_contents(row, older.manifest["source"], files, bound)


def _settle_contents(
    row: Upload, source: dict[str, Any], files: list[dict[str, Any]], bound: dict[str, int]
) -> None:
    found = contents.report_of(source) | {"files": files} | bound
    _settle(row, state=UploadState.READY, rows=0, rejected=0, report=found)


def _kept(row: Upload, made: Place, name: str) -> dict[str, Any]:
    """Keep a file that was made, and return what the report and the manifest say of it."""
    row.prepared(name).take(made)
    return {"name": name, "bytes": size_of(made), **digests(made).as_dict()}


@app.task(
    name="warehouse.redact",
    queue="data",
    retry=RetryStrategy(max_attempts=ATTEMPTS, wait=RETRY_SECONDS),
)
def redact(*, entry: str) -> None:
    """Write every release of an entry again that holds what was erased of it, the newest first.

    Killed at any moment, it is simply run again: what is done is found done.
    """
    whole = Entry.objects.get(pk=UUID(entry))
    erased = Erasure.of(whole)
    rows = Release.objects.with_files().filter(entry=whole).select_related("sealed_by", "upload")
    for release in rows.order_by("-number"):
        release.entry = whole
        erasing.leave_out(release, erased)


@app.task(
    name="warehouse.lay",
    queue="data",
    retry=RetryStrategy(max_attempts=ATTEMPTS, wait=RETRY_SECONDS),
)
def lay(
    *,
    release: str,
    item: int | None,
    descending: bool,
    keys: Sequence[int] = (),
    as_texts: bool = False,
    marks_of: str = "",
) -> None:
    """Lay a release out again in the order that was asked for, to be answered from at once.

    Or make the marks of its subjects in a set.
    """
    found = Release.objects.with_files().filter(pk=UUID(release))
    row = found.select_related("sealed_by", "upload").first()
    if row is None:
        return
    if marks_of:
        agreed.lay(row, marks_of)
    elif as_texts and item is not None:
        serving.lay_texts(row, item)
    else:
        serving.lay(row, item, descending=descending, keys=keys)


@app.periodic(cron="50 3 * * *")
@app.task(name="warehouse.destroy_past", queueing_lock="warehouse.destroy_past")
def destroy_past(timestamp: int) -> None:
    """Destroy the files of older releases whose term is over, where their provider chose one."""
    del timestamp
    for keeping in Keeping.objects.exclude(months=None).select_related("entry"):
        for release in reads.past_keeping(keeping.entry):
            with contextlib.suppress(OutOfTurn, gate.Refused):
                # Chosen otherwise meanwhile, or held as evidence.
                acts.destroy(actor=Actor.system("clock"), entry=keeping.entry, release=release)


def _codes(followed: CodeList | None) -> Codes | None:
    """Return what a code list has at present."""
    if followed is None:
        return None
    newest = followed.newest
    says = f"{followed.standard.number} {followed.identifier} v{newest.number}"
    names = {value["code"]: value["name"] for value in newest.values}
    return Codes(says, frozenset(names), names)


class _Teller:
    """Writes progress to the upload's row a few times a second, for the page that watches."""

    def __init__(self, row: Upload) -> None:
        self._rows = _counting(row)
        self._last = 0.0
        self._thread = threading.current_thread()

    def __call__(self, progress: pipeline.Progress) -> None:
        at = time.monotonic()
        if at - self._last < TELL_EVERY_SECONDS:
            return
        self._last = at
        self._rows.update(
            state=UploadState.PREPARING,
            stage=progress.stage,
            fraction=progress.done,
            rows=progress.rows,
            rows_per_second=progress.rows_per_second,
            seconds_left=progress.seconds_left,
        )
        if threading.current_thread() is not self._thread:
            # The engine tells from a thread of its own, whose connection nobody else would close.
            connection.close()


def _counting(row: Upload) -> QuerySet[Upload]:
    """Return the upload's row as long as this attempt is the one that counts."""
    return Upload.objects.filter(pk=row.pk, attempt=row.attempt, state__in=UNSETTLED)


def _settle(row: Upload, **changes: Any) -> None:
    with transaction.atomic():
        Thing.objects.select_for_update().get(pk=row.pk)
        fresh = _counting(row).first()
        if fresh is None:
            return
        for name, value in {"stage": "", "fraction": 1, "seconds_left": None, **changes}.items():
            setattr(fresh, name, value)
        fresh.save()
        if changes["state"] == UploadState.FAILED:
            tell_stewards(telling.FAILED, row.entry, about=row)
        else:
            if fresh.contents:
                count = len(fresh.contents)
                tell_stewards(telling.FILES_READY, row.entry, about=row, files=count)
            else:
                found = {name: changes[name] for name in ("rows", "rejected")}
                tell_stewards(telling.READY, row.entry, about=row, **found)
            if row.token_id:
                GovernmentSystem.objects.filter(token=row.token_id).note_success(clock.now())


def _given_up() -> Unfit:
    return Unfit(
        "given_up",
        "The file was begun again and again ({times} ×) and never came to its end; it may need "
        "more memory than there is. Send it in parts, or have it prepared again.",
        {"times": ATTEMPTS},
    )


def _said(unfit: Unfit) -> dict[str, Any]:
    return {
        "code": unfit.code,
        "says": unfit.message_id,
        "params": unfit.params,
        "line": unfit.line,
        "column": unfit.column,
    }


@app.periodic(cron="*/10 * * * *")
@app.task(name="warehouse.sweep_terms", queueing_lock="warehouse.sweep_terms")
def sweep_terms(timestamp: int) -> None:
    """Let every overdue term to bring in the next release lapse, once."""
    del timestamp
    for running in clock.overdue(duties.BRING_IN).select_related("thing"):
        entry = Entry.objects.select_related("provider").get(pk=running.thing_id)
        try:
            acts.lapse(actor=Actor.system("clock"), entry=entry, running=running)
        except OutOfTurn:
            # Brought in, or told by another sweep, in this very moment.
            continue


@app.periodic(cron="7 * * * *")
@app.task(name="warehouse.warn_of_terms", queueing_lock="warehouse.warn_of_terms")
def warn_of_terms(timestamp: int) -> None:
    """Tell stewards of each term to bring in data that ends soon; of each due day once."""
    del timestamp
    for running in clock.due_soon(duties.BRING_IN, WARNED_DAYS):
        entry = Entry.objects.select_related("provider").get(pk=running.thing_id)
        with transaction.atomic():
            tell_stewards(
                telling.DUE_SOON,
                entry,
                once=f"{running.pk}:{running.due}",
                due=running.due.isoformat(),
            )


@app.periodic(cron="17 * * * *")
@app.task(name="warehouse.clear_leavings", queueing_lock="warehouse.clear_leavings")
def clear_leavings(timestamp: int) -> None:
    """Remove what crashes left in scratch, bytes that no row names, files that never came whole.

    Only what is older than a day goes: what is younger may belong to a transaction on its way.
    """
    del timestamp
    arriving.sweep()
    agreed.sweep()
    before = clock.now() - LEAVINGS_KEPT
    for path in scratch().path.iterdir():
        if path.stat().st_mtime < before.timestamp():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder, named in (
        (ARRIVING, _named_by_arrivals),
        ("uploads", _named_by_uploads),
        ("releases", _named_by_releases),
        (ATTACHMENTS, _named_by_attachments),
    ):
        for stale in store().stale(folder, before):
            known = named({key: UUID(key.split("/")[1]) for key in stale})
            store().delete(*(key for key in stale if key not in known))


def _named_by_arrivals(stale: Mapping[str, UUID]) -> set[str]:
    return {piece.key for piece in Piece.objects.filter(arrival__in=stale.values())}


def _named_by_uploads(stale: Mapping[str, UUID]) -> set[str]:
    rows = Upload.objects.filter(emptied_at=None).exclude(state=UploadState.DISCARDED)
    found = rows.select_related("sealed_by").in_bulk(set(stale.values()))

    def is_named(key: str, row: Upload) -> bool:
        attempt, _, name = _below(key).partition("/")
        is_prepared = attempt == row.attempt and key == row.prepared(name).key
        return is_prepared or key == row.original.key

    return {key for key, pk in stale.items() if pk in found and is_named(key, found[pk])}


def _named_by_releases(stale: Mapping[str, UUID]) -> set[str]:
    rows = Release.objects.filter(destroyed_at=None)
    found = rows.select_related("sealed_by", "upload__sealed_by").in_bulk(set(stale.values()))

    def is_named(key: str, row: Release) -> bool:
        name = _below(key)
        return name.startswith(row.part) and key == row.copy(name.removeprefix(row.part)).key

    return {key for key, pk in stale.items() if pk in found and is_named(key, found[pk])}


def _below(key: str) -> str:
    """Return what a file is called below the folder of its row, sealed or not."""
    return key.split("/", 2)[2].removesuffix(SEALED)


def _named_by_attachments(stale: Mapping[str, UUID]) -> set[str]:
    return {row.key for row in Attachment.objects.kept().filter(pk__in=stale.values())}


@app.periodic(cron="* * * * *")
@app.task(name="warehouse.settle_seals", queueing_lock="warehouse.settle_seals")
def settle_seals(timestamp: int) -> None:
    """Seal what is not open any more or was stored before there were seals; open what became open.

    Keys of what has come to the strictest grade are set apart. Then remove what a killed process
    left to be removed.
    """
    del timestamp
    try:
        DataKey.objects.set_apart()
    except MasterGone as gone:
        log.error("keys_not_set_apart", says=str(gone))
    for upload in _otherwise_sealed():
        with contextlib.suppress(OutOfTurn):
            acts.reseal(actor=Actor.system("seals"), entry=upload.entry, upload=upload)
    Leaving.clear(Leaving.objects.all())


def _otherwise_sealed() -> Iterator[Upload]:
    closed = Release.objects.of_others().filter(sealed_by=None)
    opened = Release.objects.of_open_entries().exclude(sealed_by=None)
    wrong = (
        Q(sealed_by=None) | Q(pk__in=closed.values("upload")) | Q(pk__in=opened.values("upload"))
    )
    living = Upload.objects.exclude(state__in=UNSETTLED).filter(sealed_by__destroyed_at=None)
    for pk in living.filter(wrong).values_list("pk", flat=True):
        yield Upload.objects.select_related("entry", "sealed_by").get(pk=pk)
