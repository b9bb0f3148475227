"""Requests of people are carried out place by place; whoever is killed, it goes on."""

import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from yelin.files.store import scratch
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.privacy import copying, finding, reaching, subject_acts, subject_telling
from yelin.privacy.requested import State, SubjectRequest, Target
from yelin.things import queued

log = structlog.get_logger(__name__)
_AGAIN = RetryStrategy(max_attempts=10, wait=5)
# Working days before its last one on which a recipient is reminded.
REMINDED_DAYS = 2


@app.task(name="privacy.find", queue="data", retry=_AGAIN)
def find(*, case: str) -> None:
    """List every place that holds the subject of a request."""
    rows = SubjectRequest.objects.select_related("case__about", "thing")
    request = rows.filter(case=UUID(case)).first()
    if request is None:
        return
    targets = list(finding.targets_of(request))
    with suppress(OutOfTurn):
        # Listed before this job was run again.
        subject_acts.list_places(actor=reaching.ERASER, request=request, targets=targets)


@app.task(name="privacy.reach", queue="data", retry=_AGAIN)
def reach(*, target: str) -> None:
    """Try to reach one target; what fails is tried again later, and keeps no other waiting."""
    along = ("entry", "consent__purpose", "request__case__handler", "thing")
    row = Target.objects.select_related(*along).filter(pk=UUID(target)).first()
    if row is None:
        return
    try:
        reaching.reach(row)
    except reaching.NotYet as fault:
        row.fail(fault.code, clock.now())
    except Exception as fault:  # noqa: BLE001 - whatever keeps one place, it keeps no other waiting
        log.warning("target_not_reached", target=target, fault=type(fault).__name__)
        row.fail(type(fault).__name__, clock.now())
    # What had to wait for this need not wait for its own time as well.
    _reach_later(row.awaiting())
    _prove_later(row.request_id)


def _reach_later(targets: Iterable[Target]) -> None:
    for target in targets:
        lock = f"target/{target.pk}"
        task = app.configure_task("privacy.reach", lock=lock, queueing_lock=lock)
        queued.once(task, target=str(target.pk))


def _prove_later(request: UUID) -> None:
    open_ones = Target.objects.on_the_platform().filter(request=request, settled_at=None)
    if not open_ones.exists():
        queued.once(
            app.configure_task("privacy.prove", queueing_lock=f"prove/{request}"),
            request=str(request),
        )


@app.task(name="privacy.prove", queue="data", retry=_AGAIN)
def prove(*, request: str) -> None:
    """Look through everything once more, and note that nothing of the subject was found."""
    row = SubjectRequest.objects.select_related("case", "thing").filter(pk=UUID(request)).first()
    if row is None:
        return
    try:
        reaching.prove(row)
    except (reaching.NotYet, OutOfTurn) as fault:
        log.warning("not_proved_yet", request=request, fault=str(fault))


@app.task(name="privacy.copy", queue="data", retry=_AGAIN)
def copy(*, request: str) -> None:
    """Make the copy that somebody asked for of what is held of them."""
    row = SubjectRequest.objects.select_related("case", "thing").filter(pk=UUID(request)).first()
    if row is None:
        return
    work = scratch() / str(uuid.uuid4())
    work.mkdir()
    try:
        made = copying.make(row, work)
        with suppress(OutOfTurn):
            # Made before this job was run again.
            subject_acts.copy(actor=reaching.ERASER, request=row, made=made)
    finally:
        shutil.rmtree(work.path, ignore_errors=True)


@app.periodic(cron="* * * * *")
@app.task(name="privacy.go_on", queueing_lock="privacy.go_on", pass_context=False)
def go_on(timestamp: int = 0) -> None:
    """Try again what could not be reached, prove what can be, destroy copies whose term is over."""
    del timestamp
    now = clock.now()
    _reach_later(Target.objects.due(now).only("pk"))
    open_ones = Target.objects.on_the_platform().filter(settled_at=None).values("request")
    done = Target.objects.on_the_platform().filter(state=State.DONE).values("request")
    unproved = SubjectRequest.objects.filter(proved_at=None, pk__in=done)
    for pk in unproved.exclude(pk__in=open_ones).values_list("pk", flat=True):
        _prove_later(pk)
    past = SubjectRequest.objects.filter(copy_key__isnull=False, copy_until__lte=now)
    for row in past.select_related("copy_key", "case", "thing"):
        with suppress(OutOfTurn):
            subject_acts.forget_copy(actor=reaching.ERASER, request=row)


@app.periodic(cron="*/10 * * * *")
@app.task(name="privacy.sweep", queueing_lock="privacy.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> None:
    """Remind recipients that have not confirmed, and record who did not in time."""
    del timestamp
    for running in clock.due_soon(duties.SUBJECT_CONFIRM, REMINDED_DAYS):
        target = _told(running.thing_id)
        if target is not None:
            subject_telling.remind(target, f"{running.pk}:{running.due}")
    for running in clock.overdue(duties.SUBJECT_CONFIRM):
        target = _told(running.thing_id)
        if target is not None:
            with suppress(OutOfTurn):
                # Confirmed, or swept by another, in this very moment.
                subject_acts.miss(actor=Actor.system("clock"), target=target, running=running)


def _told(pk: UUID) -> Target | None:
    rows = Target.objects.select_related("entry", "request__case__handler", "thing")
    return rows.filter(pk=pk, state=State.TOLD).first()
