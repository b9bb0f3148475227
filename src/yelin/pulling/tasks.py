"""Fetch data in turn from where bodies keep it, whoever is killed meanwhile."""

import hmac
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

import structlog
from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin.acts.frame import Done, named
from yelin.catalog.telling import tell_stewards
from yelin.gate import Refused
from yelin.keys.models import Destroyed
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.outbound.models import Purpose
from yelin.outbound.rules import NotSent
from yelin.outbound.sending import Way
from yelin.parties.actor import Actor
from yelin.pulling import acts, telling
from yelin.pulling.asking import (
    WHOLE_SECONDS,
    Asked,
    Unreadable,
    Untrusted,
    silent,
    stopped,
)
from yelin.pulling.content import DATABASES, PullKind
from yelin.pulling.models import Pull, PullState, Run, RunState, Superseded
from yelin.registers.models import GovernmentSystem
from yelin.warehouse.items import fold
from yelin.warehouse.merged import Mode
from yelin.warehouse.models import Release, Upload, UploadState
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import Received, receive

log = structlog.get_logger(__name__)

ATTEMPTS = 10
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=5)
# What our own readers write.
AS_WRITTEN = Options(encoding="utf-8", delimiter=",", header_line=1)


def reader_of(kind: PullKind) -> ModuleType:
    """Return what reads a source of this kind, loaded when the first is read: most never are."""
    return import_module(f"yelin.pulling.{kind}")


@app.periodic(cron="*/10 * * * *")
@app.task(name="pulling.look", queueing_lock="pulling.look", pass_context=False)
def look(timestamp: int) -> None:
    """Have that data fetched whose time has come."""
    del timestamp
    due = Pull.objects.filter(state=PullState.RUNNING, next_at__lte=clock.now())
    for pull in due.order_by("next_at").select_related("thing", *Pull.ALONG):
        try:
            acts.fetch(actor=Actor.system("clock"), pull=pull)
        except OutOfTurn:
            # It is being fetched still, or another sweep was faster.
            log.info("pull_busy", pull=str(pull.pk))


@app.task(name="pulling.run", queue="data", pass_context=True, retry=RETRY)
def run_in_turn(context: JobContext, *, run: int) -> None:
    """Fetch once, or give it up when it was begun too often."""
    perform(run, begun=context.job.attempts)


@app.task(name="pulling.follow", queue="data", retry=RETRY)
def follow(*, run: int) -> None:
    """Publish what was fetched, once it is prepared, where a steward chose so and all is well."""
    about = Run.objects.select_related("pull__entry", "upload", "pull__seat__body")
    row = about.filter(pk=run).first()
    if row is None or row.upload is None:
        return
    upload, pull = row.upload, row.pull
    if not pull.content.publishes or not _is_as_before(upload):
        return
    actor = Actor.of(pull.seat)
    try:
        named("warehouse.publish").perform(
            actor, entry=pull.entry, upload=upload, without_rejected=False
        )
    except Incomplete as error:
        if any(fault.duty is duties.OPENING_PERSONS for fault in error.faults):
            tell_stewards(telling.HELD, pull.entry, about=upload, once=str(upload.pk))
    except (OutOfTurn, Unlawful, Refused):
        # It waits for a person, as everything does that a person has to look at.
        log.info("pull_waits", pull=str(pull.pk))


def _is_as_before(upload: Upload) -> bool:
    """Whether nothing about a prepared file needs a person: its header is that of the last one."""
    last = Release.objects.latest_of(upload.entry)
    if upload.state != UploadState.READY or upload.rejected or last is None:
        return False
    return bool(upload.report["header"] == last.upload.report["header"])


def perform(run: int, *, begun: int = 0) -> None:
    """Fetch once, or try it out; killed at any moment, it is simply run again."""
    along = (f"pull__{name}" for name in ("thing", *Pull.ALONG))
    row = Run.objects.select_related("pull", *along).filter(pk=run).first()
    if row is None:
        return
    try:
        _claim(row)
        if begun >= ATTEMPTS:
            raise Unreadable("This was begun too often and never came to its end.")
        if row.pull.seat.until is not None:
            says = "Whoever set this going has left the seat. Somebody else may go on."
            raise Unreadable(says)
        with _meant(row.pull):
            _try_out(row) if row.is_trial else _fetch(row)
    except Superseded:
        log.info("pull_superseded", run=run)
    except Unreadable as error:
        _fail(row, error)


def _claim(row: Run) -> None:
    """Let this attempt count; whoever else fetches has committed what it did."""
    with transaction.atomic():
        row.hold()
        row.attempt = str(uuid.uuid4())
        row.save(update_fields=["attempt"])


def _asked(pull: Pull) -> Asked:
    way = Way(pull.entry.provider_id, Purpose.PULL, clock.today())
    return Asked(pull.content, pull.said["secret"], pull.host_key, way)


def _try_out(row: Run) -> None:
    pull, content = row.pull, row.pull.content
    found = reader_of(content.kind).look(_asked(pull))
    facts: dict[str, Any] = {"size": found.size, "columns": found.columns}
    if content.kind in DATABASES:
        items = {fold(item.name): item.name for item in pull.entry.items.all()}
        columns = {fold(name): name for name in found.columns}
        facts["missing"] = [name for key, name in items.items() if key not in columns]
        facts["extra"] = [name for key, name in columns.items() if key not in items]
    with transaction.atomic():
        row.hold()
        row.end(RunState.REACHED, clock.now(), found=facts)


def _fetch(row: Run) -> None:
    pull = row.pull
    received = _received(pull)
    try:
        digest = _digest(pull, received)
        if _is_unchanged(pull, digest):
            with transaction.atomic():
                row.hold()
                row.end(RunState.UNCHANGED, clock.now(), size=received.size, digest=digest)
                _settle(pull)
            return
        _bring_in(row, received, digest)
    finally:
        received.path.unlink(missing_ok=True)


def _received(pull: Pull) -> Received:
    pieces = reader_of(pull.content.kind).fetch(_asked(pull))
    try:
        return receive(_in_time(pieces), pull.content.filename)
    finally:
        pieces.close()


def _in_time(pieces: Iterator[bytes]) -> Iterator[bytes]:
    deadline = time.monotonic() + WHOLE_SECONDS
    for piece in pieces:
        if time.monotonic() > deadline:
            raise silent()
        yield piece


def _digest(pull: Pull, received: Received) -> bytes:
    """Return what tells equal content and, without the salt, nothing of it."""
    return hmac.digest(
        bytes.fromhex(pull.said["salt"]), bytes.fromhex(received.digests.sha256), "sha256"
    )


def _is_unchanged(pull: Pull, digest: bytes) -> bool:
    taken = pull.runs.filter(state=RunState.TAKEN).exclude(upload__state=UploadState.DISCARDED)
    last = taken.first()
    return last is not None and last.digest is not None and bytes(last.digest) == digest


def _bring_in(row: Run, received: Received, digest: bytes) -> None:
    pull, content = row.pull, row.pull.content
    as_chosen = Options(encoding=content.encoding or None, sheet=content.sheet or None)
    as_read = AS_WRITTEN if content.kind in DATABASES else as_chosen
    options = replace(as_read, mode=Mode(content.mode))

    def asked() -> Sequence[dict[str, Any]]:
        row.hold()
        return [{"entry": pull.entry, "received": received, "options": options}]

    def note(done: Sequence[Done]) -> None:
        made = done[0].made
        assert isinstance(made, Upload)  # noqa: S101 - the act makes nothing else
        row.end(RunState.TAKEN, clock.now(), size=received.size, digest=digest, upload=made)
        _settle(pull)
        # Behind the job that prepares it, which holds the same lock.
        app.configure_task("pulling.follow", lock=made.folder).defer(run=row.pk)

    named("warehouse.receive").several(Actor.of(pull.seat), asked, note)


def _settle(pull: Pull) -> None:
    Pull.objects.filter(pk=pull.pk).update(failures=0)
    there, body = pull.content.there, pull.entry.provider_id
    GovernmentSystem.objects.reached_at(there, body).note_success(clock.now())


def _fail(row: Run, error: Unreadable) -> None:
    pull = row.pull
    found = {"host_key": error.host_key} if isinstance(error, Untrusted) else {}
    with suppress(Superseded), transaction.atomic():
        row.hold()
        row.end(
            RunState.FAILED,
            clock.now(),
            found=found,
            failure=error.says,
            place=error.place,
            params=error.params,
        )
        if row.is_trial:
            return
        pull.refresh_from_db(fields=["next_at", "failures"])
        # Whatever the schedule says, what may pass by itself is tried again soon.
        pull.failed(may_pass=error.may_pass)
        pull.save(update_fields=["next_at", "failures"])
        if pull.failures == 1:
            tell_stewards(telling.FAILED, pull.entry, about=pull)


@contextmanager
def _meant(pull: Pull) -> Iterator[None]:
    """Say of whatever stops a fetching what it means for whoever named the place."""
    try:
        yield
    except NotSent as error:
        raise stopped(error, pull.content) from error
    except Destroyed:
        says = "The secret was destroyed with the data of the entry. Give it again."
        raise Unreadable(says, "secret") from None
    except Incomplete as error:
        fault = error.faults[0]
        raise Unreadable(fault.says, fault.place, **fault.params) from error  # type: ignore[arg-type]  # numbers and words
    except (OutOfTurn, Unlawful) as error:
        raise Unreadable(error.says) from error
    except Refused as error:
        raise Unreadable(error.decision.says) from error
