"""Shapes of the desk's pages: what each template may ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yelin.web.shapes import Link, Pager, Provision, Step, Term


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that must be done, by when, by which article, for whom: one verb."""

    title: str
    url: str
    verb: str
    term: Term | None = None
    says: str = ""
    who: str = ""
    ref: str = ""
    provision: Provision | None = None
    since: str = ""
    """What a lapse has already caused."""

    @property
    def group(self) -> str:
        """Return the group of the desk that it stands in."""
        if self.term is None:
            return "open"
        if self.term.days_left < 0:
            return "late"
        if self.term.days_left == 0:
            return "today"
        return "week" if self.term.days_left <= 5 else "later"

    @property
    def pressing(self) -> bool:
        """Return whether it has lapsed or lapses today."""
        return self.group in {"late", "today"}


GROUPS = ("late", "today", "week", "later", "open")


@dataclass(frozen=True, slots=True)
class Group:
    """The things to do that share a place in time."""

    name: str
    todos: Sequence[Todo]


def grouped(todos: Sequence[Todo]) -> list[Group]:
    """Part things to do by when they are due; within a group they keep their order."""
    groups = (Group(name, [todo for todo in todos if todo.group == name]) for name in GROUPS)
    return [group for group in groups if group.todos]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry in the list of one's own entries."""

    title: str
    url: str
    state: str
    code: str = ""
    opening_type: str = ""
    sharing_type: str = ""
    audience: str = ""
    version: int = 1
    releases: int = 0
    released_at: datetime | None = None
    term: Term | None = None
    returned_reason: str = ""
    upload_url: str = ""


@dataclass(frozen=True, slots=True)
class UploadLine:
    """A file in the list of an entry's files."""

    url: str
    filename: str
    state: str
    size: int
    rows: int | None = None
    rejected: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """An entry in the list of those that await confirmation."""

    title: str
    url: str
    body: str
    code: str
    asked: str
    opening_type: str
    sharing_type: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Match:
    """How a column of a file met the items: ``matched``, ``extra`` or ``missing``."""

    header: str
    item: str
    type: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that does not conform, as the steward finds it in the file."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many cells of a column were rejected for one reason, and where they are listed."""

    reason: str
    column: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an uploaded file."""

    id: str
    filename: str
    size: int
    state: str
    stage: str = ""
    fraction: float = 0.0
    rows: int = 0
    given: int = 0
    rejected: int = 0
    rows_per_second: float | None = None
    seconds_left: float | None = None
    facts: Sequence[tuple[str, str]] = ()
    notices: Sequence[str] = ()
    matches: Sequence[Match] = ()
    proposed: int = 0
    reasons: Sequence[ReasonCount] = ()
    rejected_rows: Sequence[RejectedRow] = ()
    pager: Pager | None = None
    rejected_url: str = ""
    contents: Sequence[Mapping[str, Any]] = ()
    error: str = ""
    error_way: str = ""
    steps: Sequence[Step] = ()

    @property
    def running(self) -> bool:
        """Return whether the file is still being worked on."""
        return self.state in {"received", "preparing"}

    @property
    def percent(self) -> int:
        """Return how far the work is, in whole percent."""
        return round(100 * self.fraction)


@dataclass(frozen=True, slots=True)
class SideLine:
    """One whose confirmation is needed: who that is, by which article, and who gave it when."""

    says: str
    provision: Provision | None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LateLine:
    """Something that a body owes of an entry, past its term."""

    title: str
    url: str
    code: str
    body: str
    place: str
    term: Term
    owed: str


@dataclass(frozen=True, slots=True)
class Check:
    """One question that the confirming body answers by looking, with the article that asks it."""

    says: str
    provision: Provision | None = None
    holds: bool | None = None
    """What the program found; ``None`` where only a person can tell."""


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body in the register; ``state`` is living, unverified or ended."""

    name: str
    url: str
    code: str
    kind: str
    place: str
    state: str


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """An act that takes two people, as somebody proposed it."""

    title: str
    url: str
    person: str
    body: str
    state: str
    proposed_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant in a list; ``state`` is live, ended or revoked."""

    on: Link
    party: str
    url: str
    state: str
    last_day: date | None
    provision: Provision | None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold in a list; ``state`` is live or lifted."""

    on: Link
    url: str
    state: str
    stops: Sequence[str]
    reason: str
    by: str
    placed_at: datetime
    lifted_at: datetime | None
    provision: Provision | None


@dataclass(frozen=True, slots=True)
class WayOut:
    """A way out; ``state`` is asked, allowed, over or ended."""

    host: str
    url: str
    body: str
    purpose: str
    state: str
    until: date
    used_on: date | None


@dataclass(frozen=True, slots=True)
class ShreddedLine:
    """A leaf of which nothing but place, hash and moment is left."""

    index: int
    url: str
    at: datetime
    ground: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in the inbox."""

    id: int
    says: str
    title: str
    at: datetime
    unread: bool
    icon: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One place at which a person is told, and how the last delivery there went."""

    id: str
    kind: str
    address: str
    scope: str
    waits: bool
    state: str
    failure: str
    tries: int
    at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A catalog that the body brought in, in the list."""

    title: str
    url: str
    state: str
    rows: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ImportTab:
    """How many resources come to one outcome, and where they are listed."""

    outcome: str
    title: str
    url: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How far an import is, and what its file was found to be."""

    filename: str
    size: int
    state: str
    fraction: float
    rows: int
    rows_per_second: float | None
    seconds_left: float | None
    facts: Sequence[tuple[str, str]]
    notices: Sequence[str]
    error: str
    steps: Sequence[Step]

    @property
    def running(self) -> bool:
        """Whether it moves by itself."""
        return self.state in {"received", "planning", "running"}

    @property
    def percent(self) -> int:
        """Return how much of it is done."""
        return round(100 * self.fraction)


@dataclass(frozen=True, slots=True)
class ImportCell:
    """A cell of an import: what was said, what would be, or why it cannot be taken."""

    row: int | None = None
    column: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportedResource:
    """One resource of an import: its rows, what becomes of it, cell by cell.

    ``more`` is how many cells at fault only the whole report names.
    """

    rows: str
    height: int
    title: str
    outcome: str
    done: bool
    url: str
    cells: Sequence[ImportCell]
    more: int
    difference: object
    notes: Sequence[str]
