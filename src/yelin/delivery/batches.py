"""Several resources in one file: what it will hold, and the address under which it is had.

What is told beforehand is told of the moment. Each resource is decided again when its file begins;
what is refused then is a line in the file's manifest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.delivery import handing, opening, secrets
from yelin.delivery.handing import Handed
from yelin.delivery.models import TICKET_LASTS, Batch
from yelin.delivery.opening import ALL, Call, NothingYet, PurposeMissing
from yelin.delivery.tickets import Passed, must_stand
from yelin.gate import Refused, Unseen
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.things.models import Evidence, Thing
from yelin.warehouse.formats import GB18030, MEDIA_TYPES, XLSX_ROWS, TooLarge
from yelin.warehouse.models import DATA, Release

MEGABYTE = 1_000_000
# By these a file that was asked for is taken in a place of its own.
WHOLE = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Which resources somebody wants in one file, tables in which format, words in which language.

    Raises ``Incomplete`` where these are none, or more than may be.
    """

    slugs: tuple[str, ...]
    format: str = "csv"
    for_excel: bool = False
    language: str = "zh-hans"

    def __post_init__(self) -> None:
        object.__setattr__(self, "slugs", tuple(dict.fromkeys(self.slugs)))
        if not self.slugs:
            raise Incomplete.at("resource", "Choose at least one resource.")
        if len(self.slugs) > config.batch_limit:
            says = "These are too many for one file. Take fewer at once."
            raise Incomplete.at("resource", says)
        if self.format not in {*MEDIA_TYPES, GB18030}:
            raise Incomplete.at("format", "Choose one of the formats.")


@dataclass(frozen=True, slots=True)
class Line:
    """A resource as somebody asked for it: its entry and newest release, and why it is left out.

    Of what they may not know of there is no more than what they called it.
    """

    slug: str
    entry: Entry | None = None
    release: Release | None = None
    why: Exception | None = None

    @property
    def size(self) -> int:
        """How many bytes it takes where it lies: a table packed, as Parquet."""
        release = self.release
        if release is None:
            return 0
        files = release.contents or [each for each in release.files if each["name"] == DATA]
        return sum(each["bytes"] for each in files)

    @property
    def files(self) -> int:
        """How many files it is."""
        return len(self.release.contents) or 1 if self.release else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What one file would hold, and what would be left out."""

    asked: Asked
    lines: Sequence[Line]

    @property
    def held(self) -> list[Line]:
        """What it would hold."""
        return [line for line in self.lines if line.why is None]

    @property
    def left_out(self) -> list[Line]:
        """What would not be in it."""
        return [line for line in self.lines if line.why is not None]

    @property
    def size(self) -> int:
        """How many bytes all of it takes where it lies."""
        return sum(line.size for line in self.held)

    @property
    def is_too_large(self) -> bool:
        """Whether it is more than one file may hold."""
        return self.size > config.batch_limit_mb * MEGABYTE

    def must_be_had(self) -> None:
        """Raise ``Unseen`` or ``Incomplete`` where there is no such file to be had."""
        if self.is_too_large:
            says = "These are too large for one file. Take fewer at once."
            raise Incomplete.at("resource", says)
        if not self.held:
            if all(line.entry is None for line in self.lines):
                raise Unseen
            raise Incomplete.at("resource", "Nothing of this can be taken.")


def plan(actor: Actor, asked: Asked) -> Plan:
    """Return what the file would hold for ``actor`` as things stand; in a few queries for all."""
    codes = [code_of(slug) for slug in asked.slugs]
    seen = {entry.code: entry for entry in reads.seen_by(actor).filter(code__in=codes)}
    entries = list(seen.values())
    decided = gate.decide_each(actor, "resource.read", entries)
    decisions = {each.thing_id: each for each in decided}
    newest = Release.objects.newest_of(entries).select_related("sealed_by")
    releases = {each.entry_id: each for each in newest}

    def line(slug: str, entry: Entry | None) -> Line:
        if entry is None:
            return Line(slug, why=Unseen())
        decision, release = decisions[entry.pk], releases.get(entry.pk)
        if not decision.allowed:
            return Line(slug, entry, why=Refused(decision))
        if opening.must_name(decision):
            return Line(slug, entry, why=PurposeMissing({str(entry.code): decision.purposes}))
        if release is None:
            return Line(slug, entry, why=NothingYet())
        return Line(slug, entry, release, _lacks(release, asked.format))

    return Plan(
        asked,
        [line(slug, seen.get(code)) for slug, code in zip(asked.slugs, codes, strict=True)],
    )


def _lacks(release: Release, format_: str) -> Exception | None:
    """Return why a release that may be taken cannot be written so."""
    if release.is_destroyed:
        return Destroyed()
    if format_ == "xlsx" and release.is_table and release.rows > XLSX_ROWS:
        return TooLarge(
            "{format} holds at most {limit} rows; filter, or choose {others}.", format_, XLSX_ROWS
        )
    return None


def issue(actor: Actor, asked: Asked, under: Thing | None = None) -> str:
    """Write down what ``actor`` wants in one file; return the secret by which it is had.

    It is good while what it is written ``under`` stands.
    """
    secret = secrets.fresh(Batch.PREFIX)
    said: Evidence = {
        "slugs": list(asked.slugs),
        "format": asked.format,
        "for_excel": asked.for_excel,
        "language": asked.language,
    }
    Batch.objects.create(
        digest=secrets.digest_of(secret),
        asked=secrets.seal(said, secret),
        seat_id=actor.seat_id,
        deputy_id=actor.deputy_id,
        person_id=actor.person_id,
        token_id=actor.token_id,
        under=under,
        issued_at=clock.now(),
    )
    return secret


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What somebody has come for with the secret of a batch, who they are now, ``under`` what."""

    actor: Actor
    asked: Asked
    at: datetime
    under: Thing | None = None


def redeem(secret: str) -> Redeemed:
    """Return what a secret is good for. Raises ``Passed``."""
    now = clock.now()
    people = ("seat__body", "seat__person", "deputy", "person__user", "token", "under")
    live = Batch.objects.filter(issued_at__gte=now - TICKET_LASTS).select_related(*people)
    batch = live.filter(digest=secrets.digest_of(secret)).first()
    if batch is None:
        raise Passed
    must_stand(batch.under)
    said = secrets.unseal(bytes(batch.asked), secret)
    asked = Asked(tuple(said["slugs"]), said["format"], said["for_excel"], said["language"])
    return Redeemed(batch.actor(), asked, now, batch.under)


@dataclass(frozen=True, slots=True)
class Turn:
    """A resource whose turn it is, the release that is taken of it, and its files by number.

    A table is written whole, as its only file.
    """

    entry: Entry
    release: int
    files: Sequence[int]


def find(actor: Actor, slug: str) -> Entry:
    """Return the resource that is called so. Raises ``Unseen``, ``Withdrawn``."""
    return reads.get(actor, code=code_of(slug))


def turn(actor: Actor, entry: Entry) -> Turn:
    """Return what ``actor`` has now of a resource. Raises ``Refused``, ``NothingYet``."""
    gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    release = opening.release_of(entry)
    files = [WHOLE] if release.is_table else range(1, len(release.contents) + 1)
    return Turn(entry, release.number, files)


def hand(who: Redeemed, turn: Turn, which: int, *, call: Call) -> Handed:
    """Hand out one file of a resource, as it is handed out alone. Raises what ``handing`` does."""
    asked = who.asked
    if which != WHOLE:
        return handing.content(who.actor, turn.entry, which, number=turn.release, call=call)
    return handing.download(
        who.actor,
        turn.entry,
        ALL,
        asked.format,
        for_excel=asked.for_excel,
        number=turn.release,
        call=call,
    )


def forget() -> None:
    """Forget the addresses that have passed."""
    Batch.objects.filter(issued_at__lt=clock.now() - TICKET_LASTS).delete()
