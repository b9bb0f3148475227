"""A resource as one asker may have it told to programs: what feeds, pages and documents say of it.

What the asker may not read is not in these rows, so no writer of a format can betray it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from django.db.models import prefetch_related_objects

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.content import EntryContent, SharingType
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.gate import Decision
from yelin.law import clock
from yelin.law.packs import Pack
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.quality.rules import Score
from yelin.warehouse import reads as warehouse
from yelin.warehouse.formats import MEDIA_TYPES, XLSX_ROWS
from yelin.warehouse.measuring.report import report
from yelin.warehouse.models import DATA, Release

# XML 1.0 has no other characters below the blank, no lone surrogates, and not the last two.
_NEVER_WRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def text(said: str) -> str:
    """Return text without the characters that no XML may hold."""
    return _NEVER_WRITTEN.sub("", said).strip()


class Part(Enum):
    """What is told of a resource beside its own words, each looked for by itself.

    Its quality is told with its files, to whoever may take them.
    """

    ITEMS = "items"
    SOURCES = "sources"
    RELATED = "related"
    FILES = "files"
    QUALITY = "quality"
    VERSIONS = "versions"


# Of many resources at once nobody is told each version.
ALL = frozenset(Part) - {Part.VERSIONS}


@dataclass(frozen=True, slots=True)
class Provider:
    """The body that provides a resource."""

    pk: UUID
    name: str
    name_en: str
    credit_code: str
    division: str
    kind: str

    @classmethod
    def of(cls, body: Body) -> "Provider":
        """Return what is told of ``body``."""
        return cls(body.pk, body.name, body.name_en, body.credit_code, body.division, body.kind)


@dataclass(frozen=True, slots=True)
class File:
    """A file in which the newest release is had; one with a digest is the release's very own."""

    format: str
    url: str
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the newest release; one that is ``as_text`` has text that looks like numbers."""

    name: str
    type: str
    as_text: bool


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest release of a resource."""

    number: int
    rows: int
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One release of a resource, which stays as it is."""

    number: int
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Quality:
    """How the newest release scored, and when it was measured."""

    on: date
    score: Score


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is told of a resource to whoever may read its metadata.

    ``content`` is without the items that the asker does not have, and without the related resources
    of which he may not know; ``files``, ``columns`` and ``quality`` are empty for whoever may not
    take its rows. A part that is not wanted is empty for everybody.
    """

    content: EntryContent
    version: int
    newest: Newest | None = None
    files: tuple[File, ...] = ()
    columns: tuple[Column, ...] = ()
    quality: Quality | None = None
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of a resource to whoever may know that it exists, and how much more to whom.

    ``told_at`` is when what the asker may know of it changed last, as far as that may be known.
    """

    pk: UUID
    code: str
    slug: str
    state: str
    title: str
    title_en: str
    provider: Provider
    social: bool
    sharing_type: str
    opening_type: str
    sharing_basis: str
    created_at: datetime
    published_on: date | None
    told_at: datetime
    metadata: Metadata | None

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"{config.url}/resources/{self.slug}/"

    def public_words(self, pack: Pack) -> tuple[str, str]:
        """Return in Chinese and English what the public catalog says beside title and body."""
        sharing, opening = pack.list("sharing_type"), pack.list("opening_type")
        said = [(sharing, sharing[self.sharing_type]), (opening, opening[self.opening_type])]
        zh = [f"{name.zh}：{value.zh}" for name, value in said]
        en = [f"{name.en}: {value.en}" for name, value in said]
        if self.sharing_basis:
            basis = pack.list("sharing_basis_kind")
            zh.append(f"{basis.zh}：{self.sharing_basis}")
            en.append(f"{basis.en}: {self.sharing_basis}")
        return "；".join(zh), "; ".join(en)


def one(actor: Actor, slug: str, wanted: Collection[Part] = ALL) -> Described:
    """Return one resource. Raises ``Unseen``, missing and hidden alike."""
    (found,) = each(actor, [catalog.get(actor, code=code_of(slug))], wanted)
    return found


def each(actor: Actor, entries: Iterable[Entry], wanted: Collection[Part] = ALL) -> list[Described]:
    """Return entries that ``actor`` may know of, in as few queries for many as for one.

    Only the parts that are ``wanted`` are looked for.
    """
    entries = list(entries)
    reads = gate.decide_each(actor, "entry.read", entries)
    readable = [entry for entry, read in zip(entries, reads, strict=True) if read.allowed]
    prefetch_related_objects(readable, *(name for part in wanted for name in _ROWS.get(part, ())))
    newest = warehouse.latest_releases(readable)
    asked = gate.decide_each(actor, "resource.read", readable if Part.FILES in wanted else [])
    takes = {each.thing_id: each for each in asked if each.allowed}
    taken = [release.pk for pk, release in newest.items() if pk in takes]
    whole = Release.objects.select_related("sealed_by").in_bulk(taken)
    related = readable if Part.RELATED in wanted else []
    known = catalog.codes_seen(actor, {code for e in related for code in e.related_codes if code})
    versions = _versions(readable) if Part.VERSIONS in wanted else {}

    def metadata(entry: Entry, may_read: Decision) -> Metadata:
        release, may_take = newest.get(entry.pk), takes.get(entry.pk)
        content = catalog.told(may_read, _content(entry, wanted), known)
        told = _metadata(entry, content, may_take, release)
        told = replace(told, versions=tuple(versions.get(entry.pk, ())))
        had = whole.get(release.pk) if release else None
        if may_take is None or had is None or had.is_destroyed:
            return told
        return _taken(told, had, may_take, wanted)

    return [
        _described(entry, metadata(entry, may_read) if may_read.allowed else None)
        for entry, may_read in zip(entries, reads, strict=True)
    ]


def _versions(entries: Iterable[Entry]) -> dict[UUID, list[Version]]:
    """Return the releases of each of ``entries``, the first one first."""
    found: dict[UUID, list[Version]] = {}
    rows = Release.objects.filter(entry__in=[entry.pk for entry in entries]).order_by("number")
    for pk, number, at in rows.values_list("entry", "number", "released_at"):
        found.setdefault(pk, []).append(Version(number, at))
    return found


def described(
    entry: Entry, may_read: Decision, may_take: Decision, newest: Release | None
) -> Described:
    """Return one resource with items and files, by answers of the gate that are there already."""
    if not may_read.allowed:
        return _described(entry, None)
    content = catalog.told(may_read, _content(entry, {Part.ITEMS}), frozenset())
    taken = may_take if may_take.allowed else None
    return _described(entry, _metadata(entry, content, taken, newest))


# The rows beside the entry's own that a part is made of, by Django's names.
_ROWS = {Part.ITEMS: ("items",), Part.SOURCES: ("systems", "projects")}


def _content(entry: Entry, wanted: Collection[Part]) -> EntryContent:
    items = entry.items.all() if Part.ITEMS in wanted else ()
    if Part.SOURCES not in wanted:
        return entry.saying(items)
    return entry.saying(items, entry.systems.all(), entry.projects.all())


def _described(entry: Entry, metadata: Metadata | None) -> Described:
    begun = clock.beginning_of(entry.published_on) if entry.published_on else entry.drafted_at
    changed = entry.changed_at if metadata else begun
    newest = metadata.newest if metadata else None
    is_negative = entry.sharing_type == SharingType.NONE and not entry.social
    return Described(
        pk=entry.pk,
        code=entry.code or "",
        slug=entry.slug,
        state=entry.state,
        title=entry.title,
        title_en=entry.title_en,
        provider=Provider.of(entry.provider),
        social=entry.social,
        sharing_type=entry.sharing_type,
        opening_type=entry.opening_type,
        sharing_basis=entry.sharing_basis if is_negative else "",
        created_at=begun,
        published_on=entry.published_on,
        told_at=max(changed, newest.released_at) if newest else changed,
        metadata=metadata,
    )


def _metadata(
    entry: Entry, content: EntryContent, may_take: Decision | None, newest: Release | None
) -> Metadata:
    return Metadata(
        content=content,
        version=entry.version,
        newest=Newest(newest.number, newest.rows, newest.released_at) if newest else None,
        files=tuple(_files(entry, newest)) if newest and may_take else (),
    )


def _files(entry: Entry, release: Release) -> Iterator[File]:
    if not release.is_table:
        return
    for format_ in MEDIA_TYPES:
        if format_ != "xlsx" or release.rows <= XLSX_ROWS:
            address = f"{config.url}/api/v1/resources/{entry.slug}/download?format={format_}"
            yield File(format_, address)


def _taken(
    told: Metadata, release: Release, may_take: Decision, wanted: Collection[Part]
) -> Metadata:
    """Return what is told with what only the manifest of the release says."""
    columns = tuple(
        Column(each["name"], each["type"], each["as_text"])
        for each in release.manifest["columns"]
        if may_take.shows(each["name"])
    )
    measured = report(may_take, release) if Part.QUALITY in wanted else None
    quality = Quality(measured.on, measured.score) if measured else None
    told = replace(told, columns=columns, quality=quality)
    # Alone the release's own file is known before it is asked for.
    if not release.is_table or release.sealed_by is not None or not may_take.obligations.is_whole:
        return told
    own = next(file for file in release.files if file["name"] == DATA)
    files = tuple(
        replace(
            file,
            url=f"{file.url}&release={release.number}",
            size=own["bytes"],
            sha256=own["sha256"],
        )
        if file.format == "parquet"
        else file
        for file in told.files
    )
    return replace(told, files=files)
