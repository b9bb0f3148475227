"""The one way by which data leaves: decide, keep pace, open the warehouse, count, hand out."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import meter, pace
from yelin.delivery.models import Channel, Delivery
from yelin.delivery.pace import Left, Limit
from yelin.files.places import Sealed
from yelin.files.store import scratch
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Release, is_open
from yelin.warehouse.query import Page, Question, Table


class NothingYet(Exception):
    """The resource has no release, or not the one asked for."""


class PurposeMissing(Exception):
    """The grant is for several purposes, and the call names none of them."""

    def __init__(self, purposes: list[str]) -> None:
        super().__init__(", ".join(purposes))
        self.purposes = purposes


@dataclass(frozen=True, slots=True)
class Call:
    """How somebody asks: for which purpose, and from which address, which is kept nowhere."""

    purpose: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What goes along with an answer: its receipt, its mark, and how many more there may be."""

    receipt: uuid.UUID | None = None
    watermark: str = ""
    left: Left | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows, handed out."""

    page: Page
    release: Release
    notes: Notes


@dataclass(frozen=True, slots=True)
class Handed:
    """A finished file to hand out, sealed; whoever sends it removes ``path`` afterwards.

    Whoever sends it also tells ``going`` what became of it, where anything is to be told.
    """

    path: Sealed
    filename: str
    content_type: str
    rows: int
    going: meter.Going | None = None
    notes: Notes = Notes()


@dataclass(frozen=True, slots=True)
class _Opened:
    """What one call may have, decided and opened, and what it counts as."""

    table: Table
    delivery: Delivery | None
    notes: Notes


def release_of(entry: Entry, number: int | None = None) -> Release:
    """Return the release ``number`` of ``entry``, or its newest. Raises ``NothingYet``."""
    releases = Release.objects.filter(entry=entry).order_by("-number")
    found = (releases if number is None else releases.filter(number=number)).first()
    if found is None:
        raise NothingYet
    found.entry = entry
    return found


def file_of(
    table: Table, question: Question, format_: str, stem: str, *, for_excel: bool = False
) -> Handed:
    """Write what ``question`` leaves of an opened table to a file of its own, whole or not at all.

    ``format_`` is one of ``formats.MEDIA_TYPES``. Raises what the table's ``export`` says.
    """
    path = scratch() / f"export-{uuid.uuid4()}"
    try:
        count = table.export(question, format_, path, for_excel=for_excel)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Handed(path, f"{stem}.{format_}", MEDIA_TYPES[format_], count)


def rows(
    actor: Actor,
    entry: Entry,
    question: Question,
    *,
    number: int | None = None,
    call: Call = Call(),
) -> Rows:
    """Hand out one page of rows, and the release that it is of.

    Raises ``Refused``, ``PurposeMissing``, ``TooOften``, ``NothingYet``, or what the warehouse's
    query says of a bad question.
    """
    release, found = _open(actor, entry, number, call, Channel.QUERY, _document(question))
    page = found.table.page(question)
    meter.count_page(entry, found.delivery, len(page.rows))
    return Rows(page, release, found.notes)


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
    """Make the file that was asked for, in one of ``formats.MEDIA_TYPES``, and hand it out.

    Raises ``Refused``, ``PurposeMissing``, ``TooOften``, ``NothingYet``, ``TooLarge`` where the
    format cannot hold the rows, or what the warehouse's query says of a bad question.
    """
    asked = _document(question) | {"format": format_}
    release, found = _open(actor, entry, number, call, Channel.DOWNLOAD, asked)
    handed = file_of(
        found.table, question, format_, f"{entry.title}-{release.number}", for_excel=for_excel
    )
    try:
        going = meter.begin(entry, found.delivery, handed.rows)
    except BaseException:
        handed.path.unlink(missing_ok=True)
        raise
    return replace(handed, going=going, notes=found.notes)


def _open(
    actor: Actor,
    entry: Entry,
    number: int | None,
    call: Call,
    channel: Channel,
    asked: dict[str, Any],
) -> tuple[Release, _Opened]:
    decision = gate.decide(actor, "resource.read", entry, call.purpose)
    decision.must_allow("resource.read", entry.pk)
    purpose = _purpose(decision)
    release = release_of(entry, number)
    limit = _limit(decision, entry, call)
    left = pace.take(limit) if limit else None
    table = opened.table(decision, release)
    delivery = meter.named(decision, release, channel, asked, purpose=purpose)
    receipt = delivery.pk if delivery else None
    return release, _Opened(table, delivery, Notes(receipt, table.mark, left))


def _purpose(decision: Decision) -> str:
    """Return for which purpose of its grant this is. Raises ``PurposeMissing``."""
    if decision.grant_id is None:
        return ""
    purposes = Grant.objects.values_list("purposes", flat=True).get(pk=decision.grant_id)
    if decision.purpose in purposes:
        return decision.purpose
    if len(purposes) > 1:
        raise PurposeMissing(purposes)
    # A grant for whatever purpose is asked by no name: what the caller calls it is not recorded.
    return purposes[0] if purposes else ""


def _limit(decision: Decision, entry: Entry, call: Call) -> Limit | None:
    most = decision.obligations.rate_per_hour
    if most is not None:
        return Limit.borne(decision, most)
    if is_open(entry) and config.fair_use_per_hour:
        return Limit.fair(decision.actor.person_id, call.address, config.fair_use_per_hour)
    return None


def _document(question: Question) -> dict[str, Any]:
    """Return a question as it is committed to, the same however it was asked."""
    return {
        "filters": [
            [
                each.column,
                each.operator,
                each.value if isinstance(each.value, str) else [*each.value],
            ]
            for each in question.filters
        ],
        "sort": [[name, descending] for name, descending in question.sort],
        "columns": None if question.columns is None else list(question.columns),
        "limit": question.limit,
        "offset": question.offset,
    }
