"""The one way by which data leaves: decide, keep pace, open the warehouse, count, hand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yelin.catalog.models import Entry
from yelin.delivery import checking, kept, meter
from yelin.delivery.kept import Wanted, said_of
from yelin.delivery.models import Channel, Delivery, Kept
from yelin.delivery.opening import Call, Notes, Opened, open_one, release_of
from yelin.delivery.turning import Turned
from yelin.gate import Decision
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.difference import ADDED, AFTER, REMOVED, Shape, keys_of
from yelin.warehouse.models import Release
from yelin.warehouse.query import Filter, Page, Question
from yelin.warehouse.verifying import Checked, Claim

# Two releases with more rows are compared where nobody waits for it.
COMPARED_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows, handed out; ``cursor`` goes on where it ends, where more follow."""

    page: Page
    release: Release
    notes: Notes
    tag: str
    cursor: str


class Unchanged(Exception):
    """The asker has the very answer to this, as its ``tag`` says."""

    def __init__(self, tag: str, notes: Notes) -> None:
        super().__init__(tag)
        self.tag = tag
        self.notes = notes


@dataclass(frozen=True, slots=True)
class Compared:
    """One page of what differs between two releases, handed out, and how much there is in all.

    ``keys`` names the items by which rows are told apart; without them whole rows are.
    """

    page: Page
    before: Release
    after: Release
    keys: Sequence[str]
    shape: Shape
    added: int
    removed: int
    changed: int
    notes: Notes


@dataclass(frozen=True, slots=True)
class Verified:
    """What is said to claims about records, in their order, and as what that was decided."""

    answers: Sequence[Checked]
    release: Release
    decision: Decision
    notes: Notes


@dataclass(frozen=True, slots=True)
class Shown:
    """A file of a release as a list shows it: what its manifest says, and the small picture."""

    number: int
    path: str
    kind: str
    size: int
    sha256: str
    preview: bytes = b""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a release that is no table, or some of them, shown."""

    files: list[Shown]
    total: int
    release: Release
    notes: Notes


@dataclass(frozen=True, slots=True)
class Handed:
    """A file to hand out, as it was decided; ``kept`` where it is finished already.

    Whoever sends it lets it ``begin``, and says what became of it where anything is to be told.
    """

    wanted: Wanted
    decision: Decision
    kept: Kept | None
    delivery: Delivery | None = None
    notes: Notes = Notes()

    @property
    def tag(self) -> str:
        """What its very bytes are known by."""
        return self.wanted.name(self.decision)

    def begin(self) -> meter.Going:
        """Note that it begins to leave."""
        rows = self.kept.rows if self.kept else 0
        return meter.begin(self.wanted.entry, self.delivery, rows)


def hand(
    wanted: Wanted, decision: Decision, delivery: Delivery | None = None, notes: Notes = Notes()
) -> Handed:
    """Return the file to hand out; only where that takes no time it is made at once.

    Its table was opened before, and its question found to be a good one. Raises ``Destroyed``.
    """
    made = kept.made if wanted.is_small else kept.found
    return Handed(wanted, decision, made(wanted, decision), delivery, notes)


def rows(
    actor: Actor,
    entry: Entry,
    question: Question,
    *,
    number: int | None = None,
    call: Call = Call(),
    cursor: str = "",
) -> Rows:
    """Hand out one page of rows, that behind ``cursor`` where one is given.

    Raises ``Refused``, ``PurposeMissing``, ``TooOften``, ``NothingYet``, ``Incomplete`` for a
    cursor that leads nowhere, ``Unchanged`` where the caller knows the answer, or what the
    warehouse's query says of a bad question.
    """
    found = open_one(actor, entry, number, call, said_of(question))
    return page(found, question, call, cursor)


def page(found: Opened, question: Question, call: Call, cursor: str) -> Rows:
    """Hand out one page of rows of what was opened for it. Raises what ``rows`` says."""
    turned = Turned.to(question, found.release, found.decision, cursor)
    table = opened.table(found.decision, found.release)
    tag = checking.tagged(turned.tag, found.checks)
    if call.known(tag):
        raise Unchanged(tag, found.notes)
    answer = table.page(turned.question)
    on_page = checking.on_page(found.checks, found.decision, found.release, answer)
    notes = found.noted(*on_page) if answer.places else found.told(question)
    meter.count_page(found.release.entry, found.delivery, len(answer.rows))
    return Rows(answer, found.release, notes, tag, turned.following(answer))


def download(
    actor: Actor,
    entry: Entry,
    question: Question,
    format_: str,
    *,
    for_excel: bool = False,
    number: int | None = None,
    call: Call = Call(),
) -> Handed:
    """Hand out the file that was asked for, in one of ``formats.MEDIA_TYPES`` or ``DUMPS``.

    Raises ``Refused``, ``PurposeMissing``, ``TooOften``, ``NothingYet``, ``TooLarge`` where the
    format cannot hold the rows, or what the warehouse's query says of a bad question.
    """
    asked = said_of(question) | {"format": format_}
    found = open_one(actor, entry, number, call, asked, channel=Channel.DOWNLOAD)
    opened.table(found.decision, found.release).require(question)
    wanted = Wanted(found.release, question, format_, for_excel)
    return hand(wanted, found.decision, found.delivery, found.told(question))


def contents(
    actor: Actor,
    entry: Entry,
    first: int,
    most: int,
    *,
    number: int | None = None,
    call: Call = Call(),
) -> Contents:
    """Show files of a release that is no table, from the ``first`` on, with their small pictures.

    It counts as a page does. Raises what ``rows`` does, and what ``opened.contents`` does.
    """
    found = open_one(actor, entry, number, call, {"files": [first, most]})
    listed = opened.contents(found.decision, found.release)
    files = [
        _shown(found.release, place, said)
        for place, said in enumerate(listed[first - 1 : first - 1 + most], first)
    ]
    meter.count_page(entry, found.delivery, len(files))
    return Contents(files, len(listed), found.release, found.notes)


def _shown(release: Release, number: int, said: dict[str, Any]) -> Shown:
    preview = b""
    if name := said.get("preview"):
        preview = b"".join(release.copy(name).read())
    return Shown(number, said["path"], said["kind"], said["bytes"], said["sha256"], preview)


def content(
    actor: Actor, entry: Entry, which: int, *, number: int | None = None, call: Call = Call()
) -> Handed:
    """Hand out the file ``which`` of a release that is no table, byte by byte.

    Raises what ``download`` does, and what ``opened.content`` does.
    """
    found = open_one(actor, entry, number, call, {"file": which}, channel=Channel.DOWNLOAD)
    opened.content(found.decision, found.release, which)
    wanted = Wanted(found.release, Question(), "", number=which)
    return hand(wanted, found.decision, found.delivery, found.notes)


def compare(
    actor: Actor,
    entry: Entry,
    question: Question,
    *,
    since: int,
    number: int | None = None,
    call: Call = Call(),
) -> Compared:
    """Hand out one page of what differs in a release, the newest by default, ``since`` another.

    The asker has of both what it has of a release at present. Raises what ``rows`` does,
    ``Destroyed``, and ``Incomplete`` where so many rows are only downloaded.
    """
    asked = said_of(question) | {"since": since}
    found = open_one(actor, entry, number, call, asked)
    release = found.release
    before = release_of(entry, since)
    wanted = Wanted(release, Question(), "parquet", since=before)
    if release.rows + before.rows > COMPARED_ROWS and not kept.found(wanted, found.decision):
        raise Incomplete.at("from", "There are too many rows to wait for. Download the difference.")
    whole = kept.made(wanted, found.decision)
    table = opened.compared(found.decision, before, release, whole.place)
    shape = Shape.of(*(opened.table(found.decision, each) for each in (before, release)))

    def many(change: str) -> int:
        return table.count(Question(filters=(Filter(shape.change.name, "eq", change),)))

    page = table.page(question)
    meter.count_page(entry, found.delivery, len(page.rows))
    return Compared(
        page=page,
        before=before,
        after=release,
        keys=keys_of(whole.place),
        shape=shape,
        added=many(ADDED),
        removed=many(REMOVED),
        changed=many(AFTER),
        notes=found.told(),
    )


def comparison(
    actor: Actor,
    entry: Entry,
    format_: str,
    *,
    since: int,
    number: int | None = None,
    for_excel: bool = False,
    call: Call = Call(),
) -> Handed:
    """Hand out as a file what differs in a release, the newest by default, ``since`` another.

    Raises what ``download`` does, and ``Destroyed``.
    """
    asked = said_of(Question()) | {"format": format_, "since": since}
    found = open_one(actor, entry, number, call, asked, channel=Channel.DOWNLOAD)
    release = found.release
    before = release_of(entry, since)
    opened.table(found.decision, before)
    wanted = Wanted(release, Question(), format_, for_excel, before)
    return hand(wanted, found.decision, found.delivery, found.told())


def verify(actor: Actor, entry: Entry, claims: Sequence[Claim], *, call: Call = Call()) -> Verified:
    """Say of each claim whether it matches a record of the newest release; each takes its pace.

    Raises what ``rows`` does, and what the warehouse's ``verifying.check`` does.
    """
    asked = {"claims": [[dict(claim.key), dict(claim.items)] for claim in claims]}
    kind, many = Channel.VERIFY, len(claims)
    found = open_one(
        actor, entry, None, call, asked, channel=kind, action="resource.verify", many=many
    )
    assert found.delivery is not None  # noqa: S101 - what is open to all is not verified
    answers = opened.check(found.decision, found.release, claims)
    meter.count_answers(found.delivery, many)
    notes = found.noted(*checking.in_answers(found.checks, found.decision, found.release, answers))
    return Verified(answers, found.release, found.decision, notes)
