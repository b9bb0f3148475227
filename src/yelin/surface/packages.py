"""What goes along with several resources in one file: a data package, a word to people, licences.

Source: Data Package 2.0 (datapackage.org).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery.handing import Handed
from yelin.files.zipped import Names, safe
from yelin.law import clock, packs
from yelin.law.lists import Licence
from yelin.law.statute import Lang
from yelin.surface import calls, telling
from yelin.surface.schema_org import licence_address
from yelin.warehouse.formats import GB18030, Column
from yelin.warehouse.models import Release

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "N": "number",
    "Y": "number",
    "B": "number",
    "F": "number",
    "I": "integer",
    "D": "date",
    "L": "boolean",
}
_ENCODINGS = {**dict.fromkeys(("csv", "json", "ndjson"), "utf-8"), GB18030: "gb18030"}


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that lies in the package: as what it was handed out, under which path, its digest.

    A table has ``columns`` and ``rows``. Where its digest is not known there is none, nor a size.
    """

    handed: Handed
    path: str
    size: int
    sha256: str
    columns: Sequence[Column] = ()
    rows: int | None = 0

    @property
    def entry(self) -> Entry:
        """The resource that it is of."""
        return self.handed.wanted.entry

    @property
    def release(self) -> Release:
        """The release that it is of."""
        assert isinstance(self.handed.wanted.of, Release)  # noqa: S101 - nothing else is taken so
        return self.handed.wanted.of

    @property
    def released_at(self) -> datetime:
        """When that release was published, as clocks here show it."""
        return self.release.released_at.astimezone(clock.SHANGHAI)

    @property
    def page(self) -> str:
        """The address of the version's page."""
        return f"{config.url}/resources/{self.entry.slug}/?version={self.release.number}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was asked for and is not there, and why; ``title`` where the asker may know it."""

    slug: str
    title: str
    problem: telling.Problem
    part: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as programs are told."""
        said = self.problem.document()
        told = {"resource": self.slug, "title": self.title, "part": self.part, "reason": _why(self)}
        left = {name: value for name, value in told.items() if value} | {"status": said["status"]}
        return left | ({"basis": said["basis"]} if "basis" in said else {})


@dataclass(slots=True)
class Package:
    """Several resources in one file, as it grows; ``lang`` is that of the words beside them."""

    at: datetime
    lang: Lang
    packed: list[Packed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        for name in ("README.txt", "datapackage.json"):
            self.names.take(name)

    def path(self, place: int, handed: Handed) -> str:
        """Return where a file of the resource at this place of the list lies."""
        wanted = handed.wanted
        assert isinstance(wanted.of, Release)  # noqa: S101 - nothing else is taken so
        title = wanted.entry.title_en if self.lang == "en" else ""
        name = f"{place:02} {title or wanted.entry.title}"
        version = f" v{wanted.of.number}"
        if wanted.number:
            return self.names.take(f"{name}{version}", *wanted.content["path"].split("/"))
        return self.names.take(f"{name[:_ROOM]}{version}.{wanted.format}")

    def beside(self) -> Iterator[tuple[str, str]]:
        """Yield the paths and words of what goes along; only now all is known."""
        found = packs.active()
        for name in sorted({each.entry.licence for each in self.packed if each.entry.licence}):
            try:
                text = _text(found.licence(name), self.lang)
            except KeyError:
                text = name
            yield _licence_path(name), text + "\n"
        yield "datapackage.json", json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n"
        # Lines as every editor of plain text shows them.
        yield "README.txt", "\r\n".join(self._readme()) + "\r\n"

    def document(self) -> dict[str, Any]:
        """Return the data package's own document."""
        return {
            "$schema": PROFILE,
            "title": _title(self.lang),
            "homepage": config.url,
            "created": self.at.isoformat(timespec="seconds"),
            "resources": list(self._resources()),
            "leftOut": [each.document() for each in self.left_out],
        }

    def _resources(self) -> Iterator[dict[str, Any]]:
        names = Names()
        for each in self.packed:
            wanted, notes = each.handed.wanted, each.handed.notes
            about: dict[str, Any] = {
                "name": names.take(each.entry.slug.lower()),
                "path": each.path,
                "title": self._name(each.entry),
                "format": (wanted.format or each.path).rpartition(".")[2],
                "mediatype": wanted.content_type.partition(";")[0],
                "bytes": each.size if each.sha256 else None,
                "hash": f"sha256:{each.sha256}" if each.sha256 else "",
                "version": str(each.release.number),
                "sources": [{"title": self._body(each.entry), "path": each.page}],
                "released": each.released_at.isoformat(timespec="seconds"),
                "licenses": [_licence(each.entry.licence, self.lang)] if each.entry.licence else [],
                "receipt": calls.receipt_url(notes),
                "watermark": notes.watermark,
                "underCheck": [mark.doubt for mark in notes.marks],
            }
            if wanted.format in _ENCODINGS:
                about["encoding"] = _ENCODINGS[wanted.format]
            if each.columns:
                about["rows"] = each.rows
                about["schema"] = _schema(each)
            yield {name: value for name, value in about.items() if value not in ("", None, [])}

    def _readme(self) -> Iterator[str]:
        yield _title(self.lang)
        yield f"{config.url}  {self.at:%Y-%m-%d %H:%M}"
        yield ""
        for each in self.packed:
            yield each.path
            told = _("{body}, version {n}, published {day}").format(
                body=self._body(each.entry),
                n=each.release.number,
                day=f"{each.released_at:%Y-%m-%d}",
            )
            yield f"    {told}"
            if each.entry.licence:
                yield f"    {_('Licence')}: {_licence(each.entry.licence, self.lang)['title']}"
            for mark in each.handed.notes.marks:
                yield f"    {_('Under check')}: {mark.doubt}"
            yield f"    {each.page}"
            yield f"    SHA-256 {each.sha256}"
            yield ""
        if self.left_out:
            yield _("Left out")
            for gone in self.left_out:
                called = " ".join(filter(None, (gone.title or gone.slug, gone.part)))
                yield f"    {called}: {_why(gone)}"
            yield ""
        yield _(
            "Name the data, the body that provides it, its version and the day you took it. The"
            " digests stand in datapackage.json, too; what each column holds does, as well."
        )

    def _name(self, entry: Entry) -> str:
        return entry.title_en if self.lang == "en" and entry.title_en else entry.title

    def _body(self, entry: Entry) -> str:
        body = entry.provider
        return body.name_en if self.lang == "en" and body.name_en else body.name


# So many signs of a title that its version and format still stand behind it.
_ROOM = 50


def _title(lang: Lang) -> str:
    province = packs.active().province.label(lang)
    return _("Public data of {province}").format(province=province)


def _why(gone: LeftOut) -> str:
    faults = " ".join(fault["says"] for fault in gone.problem.faults)
    return faults or gone.problem.detail or gone.problem.title


def _licence_path(name: str) -> str:
    return f"licences/{safe(name)}.txt"


def _text(found: Licence, lang: Lang) -> str:
    text = found.text_en if lang == "en" else found.text_zh
    return f"{found.label(lang)}\n\n{text.strip() or found.url}"


def _licence(name: str, lang: Lang) -> dict[str, str]:
    try:
        title = packs.active().licence(name).label(lang)
    except KeyError:
        title = name
    address = licence_address(name, packs.active())
    return {"name": name, "title": title, "path": address}


def _schema(each: Packed) -> dict[str, Any]:
    items = {item["name"]: item for item in each.release.entry_version.content["items"]}
    veiled = each.handed.decision.obligations.masks
    fields = [_field(column, items.get(column.name, {}), each) for column in each.columns]
    keys = [name for name, item in items.items() if item["key"]]
    had = {column.name for column in each.columns}
    is_told = keys and all(name in had and name not in veiled for name in keys)
    return {"fields": fields} | ({"primaryKey": keys} if is_told else {})


def _field(column: Column, item: dict[str, Any], each: Packed) -> dict[str, Any]:
    # What is veiled, and digits that are no number, are text.
    is_plain = column.name not in each.handed.decision.obligations.masks and not column.as_text
    type_ = _TYPES.get(column.type, "string") if is_plain else "string"
    about = {"name": column.name, "type": type_}
    if column.type == "T" and is_plain:
        about |= {"type": "datetime", "format": "any"}
    says = " ".join(filter(None, (item.get("note"), item.get("unit") and f"({item['unit']})")))
    told = {"title": item.get("name_en", ""), "description": says}
    return about | {name: value for name, value in told.items() if value}
