"""Hand out what one SELECT asks of several resources: each decided, paced and counted by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import kept, meter, opening
from yelin.delivery.kept import Wanted
from yelin.delivery.opening import Call, Notes, purpose_of
from yelin.delivery.stopping import Stopped
from yelin.gate import Decision
from yelin.parties.actor import Actor
from yelin.warehouse import opened, selected
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question
from yelin.warehouse.selected import Lent, Selected
from yelin.warehouse.unanswerable import Unanswerable

NO_PURPOSES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A release of which something was handed out, and what goes along with that.

    ``purpose`` is the one of its grant's ``purposes`` for which it was.
    """

    release: Release
    notes: Notes
    purpose: str
    purposes: Sequence[str]


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
    purposes: Mapping[str, str] = NO_PURPOSES,
    hear: Callable[[], None] = lambda: None,
) -> Answer:
    """Hand out what the SELECT ``text`` answers; ``find`` returns the entry that a name is of.

    Of each release the process that answers has what a download of it would give this asker, and
    no more. ``purposes`` says for which that is, by the codes of resources, where it is not the one
    of the call. ``hear`` is called a few times a second; what it raises calls the work off. Raises
    what ``handing.rows`` does of each resource, ``Unanswerable``, ``Busy``, and ``Stopped`` where
    nobody waits any more.
    """
    from yelin.warehouse import sql  # noqa: PLC0415 - large, and for this alone

    asked = sql.read(text)
    # Seen now, when nobody can have gone yet.
    call.is_there()
    wanted = []
    for table in asked.tables:
        try:
            entry = find(table.name)
        except gate.Unseen:
            says = "There is no resource {name}, or none that you may know of."
            raise Unanswerable(says, table.at, name=table.name) from None
        purpose = purposes.get(entry.code or "", call.purpose)
        wanted.append((entry, replace(call, purpose=purpose)))
    opens = opening.open_each(actor, wanted, {"sql": text})
    tables = [_lent(each.decision, each.release) for each in opens]

    def heard() -> None:
        hear()
        if not call.is_there():
            raise Stopped

    found = selected.answers(asked, tables, heard)
    for each in opens:
        meter.count_page(each.release.entry, each.delivery, len(found.rows))
    sources = [
        Source(each.release, each.told(), purpose_of(each.decision), each.decision.purposes)
        for each in opens
    ]
    return Answer(found, sources)


def _lent(decision: Decision, release: Release) -> Lent:
    """Return the file of the rows and columns that ``decision`` gives: veiled where they are."""
    table = opened.table(decision, release)
    (place,) = table.files
    if decision.obligations.hides:
        place = kept.made(Wanted(release, Question(), "parquet"), decision).place
    return Lent(place, [column.name for column in table.columns])
