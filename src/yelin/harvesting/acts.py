"""What may be done with catalogs of others: name one, change it, pause, have it read."""

from procrastinate.contrib.django import app

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.compiling import mapping
from yelin.harvesting.content import SourceContent, SourceKind
from yelin.harvesting.models import Run, RunState, Source, SourceState
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.outbound import sending
from yelin.outbound.models import Purpose
from yelin.outbound.rules import NotSent
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body, Seat


@act("harvesting.add", duty=duties.CATALOG_COMPILE, subject="body", surface=OUTSIDE, makes=True)
def add(
    *, actor: Actor, body: Body, content: SourceContent, pattern: Entry | None = None
) -> Source:
    """Name a catalog of others that is read in turn; what it lists becomes drafts of ``body``.

    Raises ``Incomplete`` for an address to which no way out leads, an unknown mapping, a pattern
    that is another body's.
    """
    seat = Seat.objects.get(pk=actor.seat_id)
    _require_fit(body, content, pattern)
    source = Source(body=body, seat=seat, pattern=pattern, next_at=clock.now())
    source.content_kept = content.model_dump(mode="json")
    source.save()
    return source


@act("harvesting.amend", duty=duties.CATALOG_COMPILE, subject="source", surface=OUTSIDE)
def amend(
    *, actor: Actor, source: Source, content: SourceContent, pattern: Entry | None = None
) -> Source:
    """Change where, how often and in which form a source is read, from the actor's seat on.

    Raises ``Incomplete``, ``OutOfTurn`` while it is being read.
    """
    _require_fit(source.body, content, pattern)
    _require_idle(source)
    if content.kind != source.content.kind:
        says = "What it lists is known by this form's names. Name another source for another form."
        raise Incomplete.at("kind", says)
    source.seat = Seat.objects.get(pk=actor.seat_id)
    source.content_kept, source.pattern = content.model_dump(mode="json"), pattern
    source.save()
    return source


def _require_fit(body: Body, content: SourceContent, pattern: Entry | None) -> None:
    try:
        leads = sending.reaches(
            content.address, body=body.pk, purpose=Purpose.HARVEST, on=clock.today()
        )
    except NotSent:
        raise Incomplete.at("address", "Write the whole address, from https:// on.") from None
    if not leads:
        says = "No way out for harvesting leads to this host. Ask for one first."
        raise Incomplete.at("address", says, duties.PROTECT)
    if content.kind is SourceKind.SHEET and content.mapping not in mapping.names():
        raise Incomplete.at("mapping", "Choose one of the mappings that there are.")
    if pattern and pattern.provider_id != body.pk:
        raise Incomplete.at("pattern", "Choose an entry of the body itself.")


@act("harvesting.pause", duty=duties.CATALOG_COMPILE, subject="source", surface=OUTSIDE)
def pause(*, actor: Actor, source: Source) -> Source:
    """Have a source read no more until it is resumed; its entries stay. Raises ``OutOfTurn``."""
    del actor
    _require(source, SourceState.RUNNING)
    source.state = SourceState.PAUSED
    source.save(update_fields=["state"])
    return source


@act("harvesting.resume", duty=duties.CATALOG_COMPILE, subject="source", surface=OUTSIDE)
def resume(*, actor: Actor, source: Source) -> Source:
    """Have a source read in turn again, from the actor's seat on.

    Raises ``OutOfTurn``, also while a reading that began before the pause goes on.
    """
    _require(source, SourceState.PAUSED)
    _require_idle(source)
    source.seat = Seat.objects.get(pk=actor.seat_id)
    source.state, source.next_at = SourceState.RUNNING, clock.now()
    source.save(update_fields=["state", "seat", "next_at"])
    return source


@act(
    "harvesting.read",
    duty=duties.CATALOG_COMPILE,
    subject="source",
    surface=OUTSIDE | {Surface.SYSTEM},
)
def read(*, actor: Actor, source: Source) -> Source:
    """Have a source read now. Raises ``OutOfTurn`` while it is being read, or paused."""
    del actor
    _require(source, SourceState.RUNNING)
    _require_idle(source)
    source.put_off(clock.now())
    source.save(update_fields=["next_at"])
    run = Run.objects.create(source=source, begun_at=clock.now())
    app.configure_task("harvesting.run", lock=f"source {source.pk}").defer(run=run.pk)
    return source


def _require(source: Source, state: SourceState) -> None:
    if source.state != state:
        raise OutOfTurn("The source is at another step by now. Look at its page.")


def _require_idle(source: Source) -> None:
    if source.runs.filter(state=RunState.RUNNING).exists():
        raise OutOfTurn("The source is being read in this moment.")
