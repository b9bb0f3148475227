"""Entries, bodies, themes and licences in the shapes of CKAN, each as far as the asker may know it.

An entry is a package, its provider the organization, its themes are groups, its keywords tags, and
each format of its newest release is a resource. What CKAN has no word for stands in ``extras``
under our own names; lists and items are JSON there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import PurePath
from uuid import UUID, uuid5

from django.db.models import prefetch_related_objects
from django.utils.translation import get_language

from yelin import gate
from yelin.api.ckan.actions import Document
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.catalog.states import GONE, State
from yelin.config import config
from yelin.gate import Decision
from yelin.law import clock, packs
from yelin.law.lists import Licence, Theme
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse import reads as warehouse
from yelin.warehouse.formats import MEDIA_TYPES, XLSX_ROWS
from yelin.warehouse.models import DATA, Release, Upload

# What a package says in words of its own; the rest of an entry's content goes into extras.
OWN_WORDS = frozenset({"title", "summary", "themes", "keywords", "licence", "contact_office"})
# What the public catalog says of every entry.
PUBLIC = frozenset({"sharing_type", "opening_type"})
# What is told under a name of ours and cannot be said.
ONLY_TOLD = frozenset({"code", "provider", "social"})
_TYPES = {
    **{letter: {"type": "number"} for letter in "NYBF"},
    "I": {"type": "integer"},
    "D": {"type": "date"},
    "T": {"type": "datetime", "format": "any"},
    "L": {"type": "boolean"},
}
_RANDOM_BITS = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_FORMATS = {name: uuid5(UUID(int=0), f"resource {name}").int & _RANDOM_BITS for name in MEDIA_TYPES}


def resource_id(entry: Entry, format_: str) -> UUID:
    """Return by which id the newest release of ``entry`` is had in a format, whichever it is."""
    return UUID(int=entry.pk.int ^ _FORMATS[format_])


def entries_of(resource: UUID) -> dict[UUID, str]:
    """Return the ids of the entries that ``resource`` may be of, each with the format then."""
    return {UUID(int=resource.int ^ bits): name for name, bits in _FORMATS.items()}


@dataclass(frozen=True, slots=True)
class _Seen:
    """An entry, what the gate says of its metadata and its rows, and its newest release."""

    entry: Entry
    reads: Decision
    takes: Decision
    newest: Release | None
    known: frozenset[str]
    """The codes of related resources of which the asker may know."""

    @property
    def may_be_taken(self) -> bool:
        """Whether there are files for the asker."""
        return self.takes.allowed and self.newest is not None and not self.newest.is_destroyed


def packages(actor: Actor, entries: Sequence[Entry]) -> list[Document]:
    """Return entries that ``actor`` may know of as packages, in a fixed number of queries."""
    return [_package(seen) for seen in _look(actor, entries)]


def resources(actor: Actor, entry: Entry) -> list[Document]:
    """Return what ``actor`` may take of an entry."""
    return _resources(_look(actor, [entry])[0])


def _look(actor: Actor, entries: Sequence[Entry]) -> list[_Seen]:
    reads = gate.decide_each(actor, "entry.read", entries)
    takes = gate.decide_each(actor, "resource.read", entries)
    prefetch_related_objects(entries, "items")
    newest = warehouse.latest_releases(
        entry for entry, read in zip(entries, reads, strict=True) if read.allowed
    )
    taken = {each.thing_id for each in takes if each.allowed}
    whole = Release.objects.select_related("sealed_by").in_bulk(
        [release.pk for pk, release in newest.items() if pk in taken]
    )
    codes = {code for entry in entries for code in entry.related_codes}
    known = catalog.codes_seen(actor, codes)
    found = {pk: whole.get(release.pk, release) for pk, release in newest.items()}
    return [
        _Seen(entry, read, take, found.get(entry.pk), known)
        for entry, read, take in zip(entries, reads, takes, strict=True)
    ]


def _package(seen: _Seen) -> Document:
    entry, provider = seen.entry, seen.entry.provider
    found = _resources(seen)
    tags = [tag(word) for word in entry.keywords] if seen.reads.allowed else []
    themes = [theme_of(code) for code in entry.themes] if seen.reads.allowed else []
    licence = licence_of(entry.licence) if seen.reads.allowed and entry.licence else None
    return {
        "id": str(entry.pk),
        "name": entry.slug,
        "title": entry.title,
        "notes": entry.summary if seen.reads.allowed else "",
        "url": f"{config.url}/resources/{entry.slug}/",
        "version": str(entry.version) if seen.reads.allowed else "",
        "author": provider.name,
        "author_email": None,
        "maintainer": entry.contact_office if seen.reads.allowed else None,
        "maintainer_email": None,
        "license_id": licence["id"] if licence else None,
        "license_title": licence["title"] if licence else None,
        "license_url": licence["url"] if licence else None,
        "isopen": entry.opening_type == "unconditional",
        "owner_org": str(provider.pk),
        "organization": organization(provider),
        "private": entry.state != State.CONFIRMED and entry.state not in GONE,
        "state": _state(entry),
        "type": "dataset",
        "creator_user_id": None,
        "metadata_created": moment(_created(entry)),
        "metadata_modified": moment(
            max(entry.changed_at, seen.newest.released_at) if seen.newest else entry.changed_at
        ),
        "num_resources": len(found),
        "num_tags": len(tags),
        "resources": found,
        "tags": tags,
        "groups": [group(theme) for theme in themes],
        "extras": extras(seen),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _state(entry: Entry) -> str:
    if entry.state == State.CONFIRMED:
        return "active"
    return "deleted" if entry.state in GONE else "draft"


def _created(entry: Entry) -> datetime:
    """Return since when the entry is in the catalog; for a draft, since when it is one."""
    if entry.published_on:
        return datetime.combine(entry.published_on, time(), clock.SHANGHAI)
    return entry.drafted_at


def extras(seen: _Seen) -> list[Document]:
    """Return what CKAN has no word for."""
    entry = seen.entry
    if seen.reads.allowed:
        content = entry.content().model_dump(mode="json", exclude=set(OWN_WORDS))
        shows = seen.reads.obligations.shows
        content["items"] = [item for item in content["items"] if shows(item["name"])]
        content["related_codes"] = [c for c in entry.related_codes if c in seen.known]
    else:
        content = {name: getattr(entry, name) for name in sorted(PUBLIC)}
        if entry.sharing_type == "none":
            content["sharing_basis"] = entry.sharing_basis
    told = {"code": entry.code or "", "provider": entry.provider.credit_code}
    said = {**told, "social": entry.social, **content}
    return [
        {"key": name, "value": value if isinstance(value, str) else _json(value)}
        for name, value in said.items()
        if value not in ("", None, [])
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _resources(seen: _Seen) -> list[Document]:
    release = seen.newest
    if release is None or not seen.may_be_taken:
        return []
    formats = [name for name in MEDIA_TYPES if name != "xlsx" or release.rows <= XLSX_ROWS]
    found = [
        _resource(seen.entry, release, name) | {"position": position}
        for position, name in enumerate(formats)
    ]
    found[formats.index("csv")]["schema"] = _schema(seen, release)
    # Alone the release's own file is known before it is asked for.
    if release.sealed_by is None and seen.takes.obligations.is_whole:
        own = next(file for file in release.files if file["name"] == DATA)
        known = {"size": own["bytes"], "hash": f"sha256:{own['sha256']}"}
        found[formats.index("parquet")] |= known
    return found


def _resource(entry: Entry, release: Release, format_: str) -> Document:
    id_, at = resource_id(entry, format_), moment(release.released_at)
    file = f"{entry.slug}.{format_}"
    return {
        "id": str(id_),
        "package_id": str(entry.pk),
        "name": f"{entry.title}.{format_}",
        "description": "",
        "url": f"{config.url}/dataset/{entry.pk}/resource/{id_}/download/{file}",
        "url_type": "upload",
        "format": format_.upper(),
        "mimetype": MEDIA_TYPES[format_].partition(";")[0],
        "mimetype_inner": None,
        "size": None,
        "hash": "",
        "state": "active",
        "created": at,
        "last_modified": at,
        "metadata_modified": at,
        "cache_url": None,
        "cache_last_updated": None,
        "resource_type": None,
        "datastore_active": True,
        "release": release.number,
    }


def _schema(seen: _Seen, release: Release) -> str:
    """Return what the columns hold (Table Schema), since text cannot say that 007 is no number."""
    shows = seen.takes.obligations.shows
    return _json(
        {
            "fields": [
                {"name": each["name"], "type": "string"}
                if each["as_text"]
                else {"name": each["name"], **_TYPES.get(each["type"], {"type": "string"})}
                for each in release.manifest["columns"]
                if shows(each["name"])
            ]
        }
    )


def upload(found: Upload) -> Document:
    """Return a file on its way to be a release, as a resource that is none yet."""
    url = f"{config.url}/api/v1/uploads/{found.pk}"
    return {
        "id": str(found.pk),
        "package_id": str(found.entry_id),
        "name": found.filename,
        "description": "",
        "url": url,
        "url_type": "upload",
        "format": PurePath(found.filename).suffix.removeprefix(".").upper(),
        "size": found.size,
        "hash": "",
        "state": "draft",
        "created": moment(found.received_at),
        "metadata_modified": moment(found.received_at),
        "resource_type": None,
        "datastore_active": False,
        "upload_state": found.state,
        "error": found.error or None,
    }


def organization(body: Body) -> Document:
    """Return a body in the shape in which a package names its organization."""
    return {
        "id": str(body.pk),
        "name": body.credit_code.lower(),
        "title": body.name,
        "type": "organization",
        "description": "",
        "image_url": "",
        "created": None,
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def group(theme: Theme) -> Document:
    """Return a theme in the shape in which a package names its groups."""
    title = _label(theme)
    return {
        "id": theme.code,
        "name": theme.code,
        "title": title,
        "display_name": title,
        "description": "",
        "image_display_url": "",
    }


def theme_of(code: str) -> Theme:
    """Return the theme of this code; one that the law's list has no more is called by it."""
    try:
        return packs.active().theme(code)
    except KeyError:
        return Theme(code=code, zh=code, en=code)


def tag(word: str) -> Document:
    """Return a keyword as a tag."""
    return {
        "id": word,
        "name": word,
        "display_name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def licence_of(name: str) -> Document:
    """Return a licence by its id; one that the law's list has no more is called by it."""
    try:
        return licence(packs.active().licence(name))
    except KeyError:
        return {"id": name, "title": name, "url": ""}


def licence(found: Licence) -> Document:
    """Return a licence as CKAN lists it."""
    return {
        "id": found.id,
        "title": _label(found),
        "url": found.url or f"{config.url}/about/",
        "status": "active",
        "is_generic": False,
        "domain_data": True,
        "domain_content": False,
        "domain_software": False,
        "od_conformance": "not reviewed",
        "osd_conformance": "not reviewed",
        "family": "",
        "maintainer": "",
    }


def _label(named: Theme | Licence) -> str:
    return named.label(get_language() or "zh-hans")


def moment(at: datetime) -> str:
    """Return a moment as CKAN writes it: in UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
