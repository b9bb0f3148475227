"""A resource as one asker may have it told to programs: what feeds, pages and documents say of it.

What the asker may not read is not in these rows, so no writer of a format can betray it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Case, DateTimeField, F, Func, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry, State, code_of, slug_of
from yelin.catalog.reads import Search
from yelin.config import config
from yelin.gate import Decision
from yelin.law import clock
from yelin.law.packs import Pack
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.registers.content import ItemType
from yelin.warehouse import reads as warehouse
from yelin.warehouse.formats import XLSX_ROWS
from yelin.warehouse.models import DATA, Release

# XML 1.0 has no other characters below the blank, no lone surrogates, and not the last two.
_NEVER_WRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def text(said: str) -> str:
    """Return text without the characters that no XML may hold."""
    return _NEVER_WRITTEN.sub("", said).strip()


@dataclass(frozen=True, slots=True)
class Provider:
    """The body that provides a resource."""

    name: str
    name_en: str
    credit_code: str
    division: str
    kind: str

    @classmethod
    def of(cls, body: Body) -> "Provider":
        """Return what is told of ``body``."""
        return cls(body.name, body.name_en, body.credit_code, body.division, body.kind)


@dataclass(frozen=True, slots=True)
class File:
    """A file in which the newest release is had; one with a digest is the release's very own."""

    format: str
    url: str
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One item of a resource, in the order of the table's columns."""

    name: str
    name_en: str
    type: ItemType
    unit: str
    note: str
    key: bool


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest release of a resource."""

    number: int
    rows: int
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is told of a resource to whoever may read its metadata.

    ``files`` are empty for whoever may not take its rows, ``columns`` where many are listed.
    """

    title_en: str
    summary: str
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    division: str
    update_cycle: str
    licence: str
    opening_condition: str
    collection_basis: str
    contact_office: str
    contact_phone: str
    related: tuple[str, ...]
    newest: Newest | None
    files: tuple[File, ...]
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of a resource to whoever may know that it exists, and how much more to whom.

    ``told_at`` is when what the asker may know of it changed last, as far as that may be known.
    """

    code: str
    slug: str
    state: str
    title: str
    provider: Provider
    sharing_type: str
    opening_type: str
    sharing_basis: str
    published_on: date | None
    told_at: datetime | None
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


class _Beginning(Func):
    """The moment in which a day begins, as ``clock.beginning_of`` has it."""

    template = "(%(expressions)s::timestamp AT TIME ZONE 'Asia/Shanghai')"
    output_field = DateTimeField()


def listed(actor: Actor, search: Search, since: datetime | None = None) -> QuerySet[Entry]:
    """Return the confirmed entries that ``actor`` may know of and ``search`` finds, by code.

    What is not confirmed is not in the catalog, even for the body whose draft it is: whoever
    harvests with its token would publish it. ``since`` leaves those of which nothing that the
    actor may know changed before.
    """
    readable = gate.condition(actor, "entry.read", Entry)
    newest = Release.objects.filter(entry=OuterRef("pk")).order_by("-number").values("released_at")
    hits = catalog.find(actor, search)
    # What is only like the words that were asked for is for people to choose from.
    rows = hits.rows().none() if hits.loosened else hits.rows()
    found = (
        rows.filter(state=State.CONFIRMED)
        # The same as ``_told_at``, for many.
        .annotate(
            told_at=Case(
                When(readable, then=Greatest(F("changed_at"), Subquery(newest[:1]))),
                default=_Beginning("published_on"),
            )
        )
    )
    if since is not None:
        found = found.filter(told_at__gte=since)
    return found.order_by("code")


def one(actor: Actor, slug: str) -> Described:
    """Return one resource with its columns. Raises ``Unseen``, missing and hidden alike."""
    entry = catalog.get(actor, code=code_of(slug))
    (found,) = _described(actor, [entry], columns=True)
    return found


def each(actor: Actor, entries: Iterable[Entry]) -> list[Described]:
    """Return entries that ``actor`` may know of, in as few queries for many as for one."""
    return _described(actor, list(entries), columns=False)


def described(
    entry: Entry, may_read: Decision, may_take: Decision, newest: Release | None
) -> Described:
    """Return one resource with its columns, by answers of the gate that are there already."""
    metadata = None
    if may_read.allowed:
        metadata = _metadata(entry, may_take, newest, columns=tuple(_columns(entry, may_read)))
    return _with(entry, metadata)


def _described(actor: Actor, entries: Sequence[Entry], *, columns: bool) -> list[Described]:
    reads = dict(zip(entries, gate.decide_each(actor, "entry.read", entries), strict=True))
    readable = [entry for entry in entries if reads[entry].allowed]
    takes = gate.decide_each(actor, "resource.read", readable)
    newest = warehouse.latest_releases(readable)
    own = _own_files(newest.values())
    codes = {code for entry in readable for code in entry.related_codes if code}
    known = catalog.codes_seen(actor, codes)
    metadata = {
        entry: _metadata(
            entry,
            may_take,
            newest.get(entry.pk),
            own=own,
            related=tuple(slug_of(code) for code in entry.related_codes if code in known),
            columns=tuple(_columns(entry, reads[entry])) if columns else (),
        )
        for entry, may_take in zip(readable, takes, strict=True)
    }
    return [_with(entry, metadata.get(entry)) for entry in entries]


def _with(entry: Entry, metadata: Metadata | None) -> Described:
    return Described(
        code=entry.code or "",
        slug=entry.slug,
        state=entry.state,
        title=entry.title,
        provider=Provider.of(entry.provider),
        sharing_type=entry.sharing_type,
        opening_type=entry.opening_type,
        sharing_basis=entry.sharing_basis if entry.sharing_type == SharingType.NONE else "",
        published_on=entry.published_on,
        told_at=_told_at(entry, metadata),
        metadata=metadata,
    )


def _told_at(entry: Entry, metadata: Metadata | None) -> datetime | None:
    # When something changed that the asker may not read is nothing that it may know either.
    if metadata is None:
        return clock.beginning_of(entry.published_on) if entry.published_on else None
    newest = metadata.newest
    return max(entry.changed_at, newest.released_at) if newest else entry.changed_at


def _metadata(
    entry: Entry,
    may_take: Decision,
    newest: Release | None,
    *,
    own: Mapping[UUID, dict[str, Any]] = MappingProxyType({}),
    related: tuple[str, ...] = (),
    columns: tuple[Column, ...] = (),
) -> Metadata:
    return Metadata(
        title_en=entry.title_en,
        summary=entry.summary,
        keywords=tuple(filter(None, entry.keywords)),
        themes=tuple(filter(None, entry.themes)),
        division=entry.division,
        update_cycle=entry.update_cycle,
        licence=entry.licence,
        opening_condition=entry.opening_condition,
        collection_basis=entry.collection_basis,
        contact_office=entry.contact_office,
        contact_phone=entry.contact_phone,
        related=related,
        newest=Newest(newest.number, newest.rows, newest.released_at) if newest else None,
        files=tuple(_files(entry, newest, may_take, own)) if newest else (),
        columns=columns,
    )


def _own_files(releases: Iterable[Release]) -> Mapping[UUID, dict[str, Any]]:
    """Return of releases that lie in plain the file of their data, as their manifest has it."""
    plain = Release.objects.filter(pk__in=[r.pk for r in releases], sealed_by=None)
    files = plain.values_list("pk", "manifest_kept__files")
    return {pk: next(file for file in listed if file["name"] == DATA) for pk, listed in files}


def _files(
    entry: Entry, release: Release, may_take: Decision, own: Mapping[UUID, dict[str, Any]]
) -> Iterable[File]:
    if not may_take.allowed:
        return
    base = f"{config.url}/api/v1/resources/{entry.slug}/download?format="
    for format_ in ("csv", "xlsx", "json"):
        if format_ != "xlsx" or release.rows <= XLSX_ROWS:
            yield File(format_, base + format_)
    if may_take.obligations.is_whole and (file := own.get(release.pk)):
        url = f"{base}parquet&release={release.number}"
        yield File("parquet", url, file["bytes"], file["sha256"])
    else:
        yield File("parquet", f"{base}parquet")


def _columns(entry: Entry, may_read: Decision) -> Iterable[Column]:
    for item in entry.items.all():
        if may_read.obligations.shows(item.name):
            type_ = ItemType(item.type)
            yield Column(item.name, item.name_en, type_, item.unit, item.note, item.key)
