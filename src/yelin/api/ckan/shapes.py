"""Entries, bodies, themes and licences in the shapes of CKAN, each as far as the asker may know it.

An entry is a package, its provider the organization, its themes are groups, its keywords tags, and
each format of its newest release is a resource. What CKAN has no word for stands in ``extras``
under our own names; lists and items are JSON there.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from uuid import UUID, uuid5

from django.utils.translation import get_language

from yelin.api.ckan.actions import Document
from yelin.catalog.models import Entry
from yelin.catalog.states import GONE, State
from yelin.config import config
from yelin.law import packs
from yelin.law.lists import Licence, Theme
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface import described
from yelin.surface.described import Column, Described, File, Newest, Provider
from yelin.surface.schema_org import licence_address
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Upload

# What a package says in words of its own; the rest of an entry's content goes into extras.
OWN_WORDS = frozenset({"title", "summary", "themes", "keywords", "licence", "contact_office"})
# What the public catalog says of every entry, in words of ours.
PUBLIC = ("title_en", "sharing_type", "opening_type", "sharing_basis")
# What is told under a name of ours and cannot be said.
ONLY_TOLD = frozenset({"code", "provider", "social"})
# CKAN has no word for quality.
_TOLD = described.ALL - {described.Part.QUALITY}
_TYPES = {
    **{letter: {"type": "number"} for letter in "NYBF"},
    "I": {"type": "integer"},
    "D": {"type": "date"},
    "T": {"type": "datetime", "format": "any"},
    "L": {"type": "boolean"},
}
_RANDOM_BITS = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_FORMATS = {name: uuid5(UUID(int=0), f"resource {name}").int & _RANDOM_BITS for name in MEDIA_TYPES}


def resource_id(entry: UUID, format_: str) -> UUID:
    """Return by which id the newest release of ``entry`` is had in a format, whichever it is."""
    return UUID(int=entry.int ^ _FORMATS[format_])


def entries_of(resource: UUID) -> dict[UUID, str]:
    """Return the ids of the entries that ``resource`` may be of, each with the format then."""
    return {UUID(int=resource.int ^ bits): name for name, bits in _FORMATS.items()}


def packages(actor: Actor, entries: Iterable[Entry]) -> list[Document]:
    """Return entries that ``actor`` may know of as packages, in a fixed number of queries."""
    return [_package(told) for told in described.each(actor, entries, _TOLD)]


def resources(actor: Actor, entry: Entry) -> list[Document]:
    """Return what ``actor`` may take of an entry."""
    (told,) = described.each(actor, [entry], _TOLD)
    return list(_resources(told))


def _package(told: Described) -> Document:
    content = told.metadata.content if told.metadata else None
    found = list(_resources(told))
    tags = [tag(word) for word in content.keywords] if content else []
    licence = licence_of(content.licence) if content and content.licence else {}
    return {
        "id": str(told.pk),
        "name": told.slug,
        "title": told.title,
        "notes": content.summary if content else "",
        "url": told.page,
        "version": str(told.metadata.version) if told.metadata else "",
        "author": told.provider.name,
        "author_email": None,
        "maintainer": content.contact_office if content else None,
        "maintainer_email": None,
        "license_id": licence.get("id"),
        "license_title": licence.get("title"),
        "license_url": licence.get("url"),
        "isopen": told.opening_type == "unconditional",
        "owner_org": str(told.provider.pk),
        "organization": organization(told.provider),
        "private": told.state != State.CONFIRMED and told.state not in GONE,
        "state": _state(told),
        "type": "dataset",
        "creator_user_id": None,
        "metadata_created": moment(told.created_at),
        "metadata_modified": moment(told.told_at),
        "num_resources": len(found),
        "num_tags": len(tags),
        "resources": found,
        "tags": tags,
        "groups": [group(theme_of(code)) for code in content.themes] if content else [],
        "extras": _extras(told),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _state(told: Described) -> str:
    if told.state == State.CONFIRMED:
        return "active"
    return "deleted" if told.state in GONE else "draft"


def _extras(told: Described) -> list[Document]:
    """Return what CKAN has no word for."""
    said = (
        told.metadata.content.model_dump(mode="json", exclude=set(OWN_WORDS))
        if told.metadata
        else {name: getattr(told, name) for name in PUBLIC}
    )
    ours = {"code": told.code, "provider": told.provider.credit_code, "social": told.social}
    said = ours | said
    return [
        {"key": name, "value": value if isinstance(value, str) else _json(value)}
        for name, value in said.items()
        if value not in ("", None, [])
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _resources(told: Described) -> Iterator[Document]:
    if told.metadata is None or told.metadata.newest is None:
        return
    for position, file in enumerate(told.metadata.files):
        found = _resource(told, told.metadata.newest, file) | {"position": position}
        if file.format == "csv":
            found["schema"] = _schema(told.metadata.columns)
        yield found


def _resource(told: Described, newest: Newest, file: File) -> Document:
    id_, at = resource_id(told.pk, file.format), moment(newest.released_at)
    name = f"{told.slug}.{file.format}"
    return {
        "id": str(id_),
        "package_id": str(told.pk),
        "name": f"{told.title}.{file.format}",
        "description": "",
        "url": f"{config.url}/dataset/{told.pk}/resource/{id_}/download/{name}",
        "url_type": "upload",
        "format": file.format.upper(),
        "mimetype": MEDIA_TYPES[file.format].partition(";")[0],
        "mimetype_inner": None,
        "size": file.size,
        "hash": f"sha256:{file.sha256}" if file.sha256 else "",
        "state": "active",
        "created": at,
        "last_modified": at,
        "metadata_modified": at,
        "cache_url": None,
        "cache_last_updated": None,
        "resource_type": None,
        "datastore_active": True,
        "release": newest.number,
    }


def _schema(columns: Iterable[Column]) -> str:
    """Return what the columns hold (Table Schema), since text cannot say that 007 is no number."""
    text = {"type": "string"}
    return _json(
        {
            "fields": [
                {"name": column.name, **(text if column.as_text else _TYPES.get(column.type, text))}
                for column in columns
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


def organization(body: Body | Provider) -> Document:
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
        "url": licence_address(found.id, packs.active()),
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
