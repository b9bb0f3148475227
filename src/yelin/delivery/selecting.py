"""Hand out what one SELECT asks of several resources: each decided, paced and counted by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import handing, kept, meter
from yelin.delivery.handing import Call, Notes
from yelin.delivery.kept import Wanted
from yelin.gate import Decision
from yelin.parties.actor import Actor
from yelin.warehouse import opened, selected
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question
from yelin.warehouse.selected import Lent, Selected
from yelin.warehouse.unanswerable import Unanswerable


@dataclass(frozen=True, slots=True)
class Source:
    """A release of which something was handed out, and what goes along with that."""

    release: Release
    notes: Notes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a SELECT answered, handed out, and from what."""

    selected: Selected
    sources: Sequence[Source]


def select(
    actor: Actor,
    text: str,
    find: Callable[[str], Entry],
    *,
    call: Call,
    hear: Callable[[], None] = lambda: None,
) -> Answer:
    """Hand out what the SELECT ``text`` answers; ``find`` returns the entry that a name is of.

    Of each release the process that answers has what a download of it would give this asker, and
    no more. ``hear`` is called a few times a second; what it raises calls the work off. Raises what
    ``handing.rows`` does of each resource, ``Unanswerable`` and ``Busy``.
    """
    from yelin.warehouse import sql  # noqa: PLC0415 - large, and for this alone

    asked = sql.read(text)
    entries = []
    for table in asked.tables:
        try:
            entries.append(find(table.name))
        except gate.Unseen:
            says = "There is no resource {name}, or none that you may know of."
            raise Unanswerable(says, table.at, name=table.name) from None
    opens = handing.open_each(actor, entries, call, {"sql": text})
    tables = [_lent(each.decision, each.release) for each in opens]
    found = selected.answers(asked, tables, hear)
    for each in opens:
        meter.count_page(each.release.entry, each.delivery, len(found.rows))
    return Answer(found, [Source(each.release, each.notes) for each in opens])


def _lent(decision: Decision, release: Release) -> Lent:
    """Return the file of the rows and columns that ``decision`` gives: veiled where they are."""
    table = opened.table(decision, release)
    (place,) = table.files
    if decision.obligations.hides:
        place = kept.made(Wanted(release, Question(), "parquet"), decision).place
    return Lent(place, [column.name for column in table.columns])
