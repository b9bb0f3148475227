"""Changes for whoever asks for them: release by release, page by page, behind one cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import cursors, kept, meter, opening, pace, steps
from yelin.delivery.handing import COMPARED_ROWS
from yelin.delivery.models import Channel
from yelin.delivery.opening import Call, Notes, NothingYet, PurposeMissing
from yelin.delivery.steps import Step
from yelin.delivery.subscriptions import Held
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.difference import Shape, keys_of
from yelin.warehouse.query import Page, Question, Table


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has come: what they have, and of the next step so many rows."""

    held: Held
    step: str = ""
    rows: int = 0

    @classmethod
    def read(cls, cursor: str, entry: Entry) -> "Place":
        """Return the place to which ``cursor`` leads. Raises ``Incomplete`` where to none."""
        rows, (told, redactions, bears, step) = cursors.read(cursor, _bound(entry))
        had = Held(int(str(told)), None if redactions is None else int(str(redactions)), str(bears))
        return cls(had, str(step), rows)

    @classmethod
    def since(cls, number: int, entry: Entry) -> "Place":
        """Return the place of who has release ``number``, or nothing. Raises ``NothingYet``."""
        if not number:
            return cls(Held(0))
        if not entry.releases.filter(number=number).exists():
            raise NothingYet
        # Who took it before something was erased of it has more than there is, and begins anew.
        return cls(Held(number, 0))

    def cursor(self, entry: Entry) -> str:
        """Return the cursor that leads here."""
        had = self.held
        return cursors.write(
            self.rows, (had.told, had.redactions, had.bears, self.step), _bound(entry)
        )


def _bound(entry: Entry) -> str:
    return f"changes {entry.pk}"


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of one step, handed out; without ``step`` there is nothing new.

    ``first`` is how many rows of the step lie before; ``is_complete`` says that it ends with this
    page. ``more`` says whether anything is had behind ``cursor`` by now.
    """

    step: Step | None
    page: Page
    first: int
    is_complete: bool
    more: bool
    cursor: str
    notes: Notes
    keys: Sequence[str] = ()
    change: str = ""


def pull(actor: Actor, entry: Entry, since: int, cursor: str, most: int, *, call: Call) -> Changes:
    """Hand out the next page, of at most ``most`` rows, behind ``cursor`` or else a release.

    Raises ``Refused``, ``PurposeMissing``, ``TooOften``, ``NothingYet``, ``Unfulfillable``,
    ``NoTable``, and ``Incomplete`` for a cursor that leads nowhere, or where so many rows are only
    downloaded.
    """
    decision = gate.decide(actor, "resource.read", entry, call.purpose)
    decision.must_allow("resource.read", entry.pk)
    if opening.must_name(decision):
        raise PurposeMissing({str(entry.code): decision.purposes})
    place = Place.read(cursor, entry) if cursor else Place.since(since, entry)
    step = steps.following(entry, place.held, decision)
    if step is None:
        limit = opening.limit_of(decision, entry, call)
        left = pace.take(limit) if limit else None
        here = Place(_today(place.held, decision)).cursor(entry)
        return Changes(
            step=None,
            page=Page([], 0, ()),
            first=0,
            is_complete=True,
            more=False,
            cursor=here,
            notes=Notes(left=left),
        )
    # Another step than that of which some was taken begins at its first row.
    first = place.rows if place.step == step.name else 0
    asked = {"since": place.held.told, "limit": most, "offset": first}
    found = opening.open_decided(decision, entry, step.release.number, call, Channel.QUERY, asked)
    table, keys, change = _opened(step)
    page = table.page(Question(limit=most, offset=first))
    meter.count_page(entry, found.delivery, len(page.rows))
    reached = first + len(page.rows)
    is_complete = reached >= page.total
    onward = Place(step.after) if is_complete else Place(place.held, step.name, reached)
    later = entry.releases.filter(number__gt=step.release.number)
    return Changes(
        step=step,
        page=page,
        first=first,
        is_complete=is_complete,
        more=not is_complete or later.exists(),
        cursor=onward.cursor(entry),
        keys=keys,
        change=change,
        notes=found.told(),
    )


def _opened(step: Step) -> tuple[Table, Sequence[str], str]:
    """Return the rows of a step, by which keys, and in which column each says what became of it."""
    decision, release, before = step.decision, step.release, step.before
    if before is None:
        return opened.table(decision, release), (), ""
    is_much = release.rows + before.rows > COMPARED_ROWS
    if is_much and not kept.found(step.compared, decision):
        raise Incomplete.at(
            "since", "There are too many rows to wait for. Download the difference."
        )
    whole = kept.made(step.compared, decision)
    shape = Shape.of(*(opened.table(decision, each) for each in (before, release)))
    table = opened.compared(decision, before, release, whole.place)
    return table, keys_of(whole.place), shape.change.name


def _today(had: Held, decision: gate.Decision) -> Held:
    """Return what somebody has who has all, in the state in which they have it."""
    return (
        had
        if had.bears or not had.told
        else Held(had.told, had.redactions, kept.digest_of(decision.obligations))
    )
