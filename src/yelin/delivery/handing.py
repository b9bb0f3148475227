"""The one way by which data leaves: decide, open the warehouse, count, hand out."""

import uuid
from dataclasses import dataclass

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import meter
from yelin.files.places import Sealed
from yelin.files.store import scratch
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Release
from yelin.warehouse.query import Page, Question, Table


class NothingYet(Exception):
    """The resource has no release, or not the one asked for."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A finished file to hand out, sealed; whoever sends it removes ``path`` afterwards."""

    path: Sealed
    filename: str
    content_type: str


def release_of(entry: Entry, number: int | None = None) -> Release:
    """Return the release ``number`` of ``entry``, or its newest. Raises ``NothingYet``."""
    releases = Release.objects.filter(entry=entry).order_by("-number")
    found = (releases if number is None else releases.filter(number=number)).first()
    if found is None:
        raise NothingYet
    return found


def file_of(
    table: Table, question: Question, format_: str, stem: str, *, for_excel: bool = False
) -> Handed:
    """Write what ``question`` leaves of an opened table to a file of its own, whole or not at all.

    ``format_`` is one of ``formats.MEDIA_TYPES``. Raises what the table's ``export`` says.
    """
    path = scratch() / f"export-{uuid.uuid4()}"
    try:
        table.export(question, format_, path, for_excel=for_excel)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Handed(path, f"{stem}.{format_}", MEDIA_TYPES[format_])


def rows(
    actor: Actor, entry: Entry, question: Question, *, number: int | None = None
) -> tuple[Page, Release]:
    """Hand out one page of rows, and the release that it is of.

    Raises ``Refused``, ``NothingYet``, or what the warehouse's query says of a bad question.
    """
    decision = gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    release = release_of(entry, number)
    page = opened.table(decision, release).page(question)
    meter.count(entry, queries=1)
    return page, release


def download(
    actor: Actor,
    entry: Entry,
    question: Question,
    format_: str,
    *,
    for_excel: bool = False,
    number: int | None = None,
) -> Handed:
    """Make the file that was asked for, in one of ``formats.MEDIA_TYPES``, and hand it out.

    Raises ``Refused``, ``NothingYet``, ``TooLarge`` where the format cannot hold the rows, or what
    the warehouse's query says of a bad question.
    """
    decision = gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    release = release_of(entry, number)
    handed = file_of(
        opened.table(decision, release),
        question,
        format_,
        f"{entry.title}-{release.number}",
        for_excel=for_excel,
    )
    try:
        meter.count(entry, downloads=1)
    except BaseException:
        handed.path.unlink(missing_ok=True)
        raise
    return handed
