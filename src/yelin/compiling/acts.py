"""What may be done with a catalog in a file: bring in, read otherwise, enter, discard, export."""

from collections.abc import Mapping

from django.db import transaction
from procrastinate.contrib.django import app

from yelin.acts.frame import act
from yelin.catalog import rules
from yelin.catalog.content import EntryContent
from yelin.compiling import mapping as mappings
from yelin.compiling.models import Export, Import, ImportState, Outcome
from yelin.compiling.writing import MEDIA_TYPES
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body
from yelin.warehouse.receive import Received

PLANNABLE = frozenset({ImportState.READY, ImportState.FAILED})
RUNNABLE = frozenset({ImportState.READY, ImportState.STOPPED})
DISCARDABLE = PLANNABLE | RUNNABLE


def _later(task: str, batch: Import) -> None:
    # In the act's own transaction: no import without its job, no job without its import.
    app.configure_task(task, lock=batch.folder).defer(batch=str(batch.pk))


@act(
    "compiling.receive",
    duty=duties.CATALOG_COMPILE,
    subject="body",
    surface={Surface.PAGE, Surface.ROUTE},
    makes=True,
)
def receive(
    *,
    actor: Actor,
    body: Body,
    received: Received,
    mapping: str,
    sheet: str,
    state_secret: bool,
) -> Import:
    """Take a body's catalog in and have it read, so that it can be judged before it is entered.

    Raises ``Unlawful`` where it holds a state secret, of which nothing is stored; ``Incomplete``
    for a mapping that nobody knows; ``OutOfTurn`` for a body that has ended.
    """
    del actor
    if state_secret:
        rules.refuse_state_secret(EntryContent(state_secret=True, title="?"))
    if body.until is not None:
        raise OutOfTurn("This body has ended: its entries are with its successor.")
    _require_known(mapping)
    batch = Import(
        body=body,
        filename=received.filename,
        size=received.size,
        mapping=mapping,
        sheet=sheet,
        received_at=clock.now(),
    )
    batch.save()
    batch.sealed_by = DataKey.objects.of(batch.thing, at=clock.now())
    batch.save(update_fields=["sealed_by"])
    batch.original.take(received.path)
    transaction.on_commit(lambda: received.path.unlink(missing_ok=True))
    _later("compiling.plan", batch)
    return batch


def _require_known(mapping: str) -> None:
    if mapping not in mappings.names():
        raise Incomplete.at("mapping", "Choose one of the mappings that there are.")


@act("compiling.plan", duty=duties.CATALOG_COMPILE, subject="batch", surface=OUTSIDE)
def plan(
    *, actor: Actor, batch: Import, mapping: str, sheet: str, columns: Mapping[str, str]
) -> Import:
    """Have the file read by another mapping, or with other fields for its columns.

    Raises ``Incomplete`` for a mapping that nobody knows; ``OutOfTurn`` once it was entered.
    """
    del actor
    _require(batch, PLANNABLE)
    _require_known(mapping)
    # What was chosen for the headings of one sheet by one mapping means nothing to another.
    same = (mapping, sheet) == (batch.mapping, batch.sheet)
    batch.mapping, batch.sheet = mapping, sheet
    batch.columns = dict(columns) if same else {}
    batch.state = ImportState.RECEIVED
    batch.error = {}
    batch.begin_anew()
    batch.save()
    _later("compiling.plan", batch)
    return batch


@act("compiling.run", duty=duties.CATALOG_COMPILE, subject="batch", surface=OUTSIDE)
def run(*, actor: Actor, batch: Import) -> Import:
    """Enter what was planned, entry by entry, by the acts of whoever sets it going (导入目录).

    Raises ``Incomplete`` where nothing would be made or changed; ``OutOfTurn`` where the file is
    not ready.
    """
    _require(batch, RUNNABLE)
    if not batch.planned.filter(outcome__in=[Outcome.MAKE, Outcome.CHANGE], done_at=None).exists():
        raise Incomplete.at("file", "There is nothing to be made or changed.")
    batch.state, batch.error = ImportState.RUNNING, {}
    batch.set_going(actor)
    batch.save()
    _later("compiling.run", batch)
    return batch


@act("compiling.discard", duty=duties.CATALOG_COMPILE, subject="batch", surface=OUTSIDE)
def discard(*, actor: Actor, batch: Import) -> Import:
    """Give up what was not entered yet; the file is destroyed, entries that were made stay.

    Raises ``OutOfTurn`` while it is being read or entered, or once it was.
    """
    del actor
    _require(batch, DISCARDABLE)
    batch.destroy()
    batch.planned.filter(done_at=None).delete()
    batch.state = ImportState.DISCARDED
    batch.ended_at = clock.now()
    batch.save(update_fields=["state", "ended_at"])
    return batch


@act(
    "compiling.export",
    duty=duties.CATALOG_COMPILE,
    subject="body",
    surface={Surface.PAGE},
    makes=True,
    clashes={
        "compiling_one_export_at_a_time": Fault(
            "format", "This file is being written for you already."
        )
    },
)
def export(*, actor: Actor, body: Body, format: str) -> Export:  # noqa: A002 - the word of the address
    """Have the entries of a body written as a file, as far as the actor may read them (导出目录).

    Raises ``Incomplete`` for a format that is not written, or a file that is being written already.
    """
    if format not in MEDIA_TYPES:
        raise Incomplete.at("format", "Choose one of the formats that there are.")
    made = Export(body=body, format=format, asked_at=clock.now())
    made.set_going(actor)
    made.save()
    made.sealed_by = DataKey.objects.of(made.thing, at=clock.now())
    made.save(update_fields=["sealed_by"])
    app.configure_task("compiling.write").defer(export=str(made.pk))
    return made


def _require(batch: Import, states: frozenset[ImportState]) -> None:
    if batch.state not in states:
        raise OutOfTurn("This file is not waiting for you any more. Look at its present state.")
