"""Read catalogs of others in turn, whoever is killed meanwhile."""

import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.db import transaction
from django.db.models import Count, F
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yelin.acts.frame import Done, named
from yelin.gate import Refused
from yelin.harvesting import acts, ckan
from yelin.harvesting.content import Listing, SourceKind, Unreadable
from yelin.harvesting.entering import Reading
from yelin.harvesting.models import Outcome, Run, RunState, Source, SourceState, Superseded
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.outbound import sending
from yelin.outbound.door import Answer, Limits, Request
from yelin.outbound.models import Purpose
from yelin.outbound.rules import NotSent
from yelin.parties.actor import Actor
from yelin.warehouse.receive import receive

log = structlog.get_logger(__name__)

ATTEMPTS = 10
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=5)
LIMITS = Limits(connect_seconds=10, seconds=120, most_bytes=64 << 20)
# A listing that leads on for ever is broken off; so many pages of a hundred hold a nation.
MOST_PAGES = 20_000
# What was not listed so often in a row is gone: pages move while they are read.
MISSED = 2
ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"
NOT_REACHED = (
    "The source was not reached. Look whether a way out leads there, and whether it answers."
)


@app.periodic(cron="*/10 * * * *")
@app.task(name="harvesting.look", queueing_lock="harvesting.look", pass_context=False)
def look(timestamp: int) -> None:
    """Have those sources read whose time has come."""
    del timestamp
    due = Source.objects.filter(state=SourceState.RUNNING, next_at__lte=clock.now())
    for source in due.order_by("next_at").select_related(*Source.ALONG):
        try:
            acts.read(actor=Actor.system("clock"), source=source)
        except OutOfTurn:
            # It is being read still, or another sweep was faster.
            log.info("source_busy", source=str(source.pk))


@app.task(name="harvesting.run", queue="data", pass_context=True, retry=RETRY)
def run_in_turn(context: JobContext, *, run: int) -> None:
    """Read a source, or give it up when it was begun too often."""
    read(run, begun=context.job.attempts)


def read(run: int, *, begun: int = 0) -> None:
    """Read a source from where it stands to its end; killed at any moment, it goes on."""
    along = (f"source__{name}" for name in Source.ALONG)
    row = Run.objects.select_related(*along).filter(pk=run).first()
    if row is None:
        return
    try:
        _claim(row)
        if begun >= ATTEMPTS:
            raise Unreadable("This was begun too often and never came to its end.")
        if row.source.seat.until is not None:
            raise Unreadable("Whoever set this going has left the seat. Somebody else may go on.")
        actor = Actor.of(row.source.seat)
        if row.source.content.kind is SourceKind.SHEET:
            _import(row, actor)
        else:
            _harvest(row, Reading.of(row, actor))
    except Superseded:
        log.info("reading_superseded", run=run)
    except Unreadable as error:
        _break_off(row, error.says)
    except Refused as error:
        _break_off(row, error.decision.says)


def _claim(row: Run) -> None:
    """Let this attempt count; whoever else reads has committed what it did."""
    with transaction.atomic():
        row.hold()
        row.attempt = str(uuid.uuid4())
        row.save(update_fields=["attempt"])


def _harvest(row: Run, reading: Reading) -> None:
    content = row.source.content
    is_ckan = content.kind is SourceKind.CKAN
    following = row.cursor or (ckan.first(content.address) if is_ckan else content.address)
    while following:
        if row.pages >= MOST_PAGES:
            raise Unreadable("The catalog leads on for ever.")
        # A page that was begun is read again, the last one too.
        with transaction.atomic():
            row.hold()
            row.cursor = following
            row.save(update_fields=["cursor", "pages"])
        listing = _page(row.source, following)
        reading.take(listing.resources, row.pages)
        row.pages, following = row.pages + 1, listing.following
    with transaction.atomic():
        row.hold()
        unlisted = row.source.origins.exclude(run=row)
        unlisted.update(missed=F("missed") + 1)
        unlisted.filter(missed__gte=MISSED).update(outcome=Outcome.GONE)
        _end(row, RunState.DONE)


def _page(source: Source, address: str) -> Listing:
    content = source.content
    if content.kind is SourceKind.CKAN:
        answer = _fetched(source, address, "application/json")
        return ckan.read(answer.content, content.address, address)
    answer = _fetched(source, address, ACCEPT)
    from yelin.harvesting import dcat  # noqa: PLC0415 - large, and few sources speak it

    return dcat.read(answer.content, answer.url, answer.headers.get("content-type", ""))


def _fetched(source: Source, address: str, accept: str) -> Answer:
    request = Request("GET", address, {"accept": accept})
    try:
        answer = sending.send(
            request, body=source.body_id, purpose=Purpose.HARVEST, on=clock.today(), limits=LIMITS
        )
    except NotSent as error:
        log.warning("source_not_reached", source=str(source.pk), why=error.stop.value)
        raise Unreadable(NOT_REACHED) from error
    if answer.status != 200:
        raise Unreadable("The source answered with an error.")
    return answer


def _import(row: Run, actor: Actor) -> None:
    """Take the spreadsheet in as an import, unless it is what it was; a steward enters it."""
    source, content = row.source, row.source.content
    answer = _fetched(source, content.address, "*/*")
    row.digest = hashlib.sha256(answer.content).digest()
    last = source.runs.filter(state=RunState.DONE, digest__isnull=False).first()
    is_new = last is None or last.digest is None or bytes(last.digest) != row.digest
    name = Path(urlsplit(content.address).path).name or "catalog.csv"

    def asked() -> list[dict[str, Any]]:
        row.hold()
        arguments = {
            "body": source.body,
            "received": receive([answer.content], name),
            "mapping": content.mapping,
            "sheet": "",
            "state_secret": False,
        }
        return [arguments]

    def note(done: Sequence[Done]) -> None:
        row.batch_id = done[0].made.pk
        _end(row, RunState.DONE)

    if not is_new:
        with transaction.atomic():
            row.hold()
            _end(row, RunState.DONE)
        return
    try:
        named("compiling.receive").several(actor, asked, note)
    except (Incomplete, OutOfTurn, Unlawful) as error:
        says = "The spreadsheet cannot be taken in; bring it in by hand to see why."
        raise Unreadable(says) from error


def _break_off(row: Run, failure: str) -> None:
    with suppress(Superseded), transaction.atomic():
        row.hold()
        row.failure = failure[:300]
        _end(row, RunState.FAILED)


def _end(row: Run, state: RunState) -> None:
    """Let the reading end, with what became of what it listed; the caller holds the source."""
    listed = row.origins.values("outcome").annotate(n=Count("pk")).order_by("outcome")
    row.counts = dict(listed.values_list("outcome", "n")) | {
        "gone": row.source.origins.filter(outcome=Outcome.GONE).count(),
        "repeated": row.origins.filter(repeated__gt=0).count(),
    }
    row.state, row.ended_at = state, clock.now()
    row.save()
