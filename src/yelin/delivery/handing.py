"""The one way by which data leaves: decide, open the warehouse, count, hand out."""

from dataclasses import dataclass

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import kept, meter
from yelin.delivery.kept import Wanted
from yelin.delivery.models import Kept
from yelin.gate import Decision
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import Release
from yelin.warehouse.query import Page, Question


class NothingYet(Exception):
    """The resource has no release, or not the one asked for."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file to hand out, as it was decided; ``kept`` where it is finished already."""

    wanted: Wanted
    decision: Decision
    kept: Kept | None

    @property
    def tag(self) -> str:
        """What its very bytes are known by."""
        return self.wanted.name(self.decision.obligations)

    def arrived(self) -> None:
        """Count it as delivered."""
        if isinstance(self.wanted.of, Release):
            meter.count(self.wanted.entry, downloads=1)


def release_of(entry: Entry, number: int | None = None) -> Release:
    """Return the release ``number`` of ``entry``, or its newest. Raises ``NothingYet``."""
    releases = Release.objects.filter(entry=entry).order_by("-number")
    found = (releases if number is None else releases.filter(number=number)).first()
    if found is None:
        raise NothingYet
    return found


def hand(wanted: Wanted, decision: Decision) -> Handed:
    """Return the file to hand out; only where that takes no time it is made at once.

    Raises what the warehouse's query says of a bad question, and ``Destroyed``.
    """
    wanted.table(decision).require(wanted.question)
    if wanted.is_small:
        return Handed(wanted, decision, kept.made(wanted, decision))
    return Handed(wanted, decision, kept.found(wanted, decision.obligations))


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
    """Hand out the file that was asked for, in one of ``formats.MEDIA_TYPES``.

    Raises ``Refused``, ``NothingYet``, ``UnknownFormat``, ``TooLarge`` where the format cannot hold
    the rows, or what the warehouse's query says of a bad question.
    """
    decision = gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    release = release_of(entry, number)
    return hand(Wanted(release, question, format_, for_excel), decision)
