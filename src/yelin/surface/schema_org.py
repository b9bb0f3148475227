"""A resource as schema.org's Dataset: what search engines read on its page."""

from typing import Any

from django.utils.translation import gettext as _

from yelin.catalog.content import EntryContent
from yelin.config import config
from yelin.law import packs
from yelin.law.packs import Pack
from yelin.law.statute import Lang
from yelin.surface.described import Described, Metadata, Provider
from yelin.warehouse.formats import MEDIA_TYPES

# What search engines take for a description has so many characters at least, and at most.
SHORTEST, LONGEST = 50, 5000


def dataset(entry: Described, lang: Lang) -> dict[str, Any]:
    """Return what is told of ``entry``, in one language; without what says nothing."""
    pack, said = packs.active(), entry.metadata
    about: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{entry.page}#dataset",
        "name": _in(lang, entry.title, entry.title_en),
        "alternateName": entry.title if lang == "en" and entry.title_en else entry.title_en,
        "url": entry.page,
        "identifier": entry.code,
        "creator": _body(entry.provider, lang),
        "publisher": _body(entry.provider, lang),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{config.url}/catalog",
            "url": f"{config.url}/resources/",
        },
        "datePublished": entry.published_on.isoformat() if entry.published_on else None,
        "conditionsOfAccess": pack.list("opening_type")[entry.opening_type].label(lang),
        "isAccessibleForFree": True if entry.opening_type == "unconditional" else None,
    }
    if said is None:
        about["description"] = _in(lang, *entry.public_words(pack))
    else:
        about |= _metadata(entry, said, pack, lang)
    return {name: value for name, value in about.items() if value not in (None, "", [])}


def _metadata(entry: Described, said: Metadata, pack: Pack, lang: Lang) -> dict[str, Any]:
    content = said.content
    condition = content.opening_condition
    conditions = {"conditionsOfAccess": condition} if condition else {}
    return conditions | {
        "description": _description(entry, content, pack, lang),
        "dateModified": entry.told_at.isoformat(),
        "license": licence_address(content.licence, pack),
        "keywords": list(content.keywords),
        "spatialCoverage": _place(content.division, pack, lang),
        "version": str(said.newest.number) if said.newest else None,
        "variableMeasured": [
            {"@type": "PropertyValue", "name": _in(lang, item.name, item.name_en)}
            | ({"unitText": item.unit} if item.unit else {})
            for item in content.items
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[file.format].partition(";")[0],
                "contentUrl": file.url,
            }
            for file in said.files
        ],
    }


def licence_address(name: str, pack: Pack) -> str:
    """Return where a licence is read: at its own address, or on its page here."""
    if not name:
        return ""
    try:
        return pack.licence(name).url or f"{config.url}/licences/{name}/"
    except KeyError:
        return f"{config.url}/about/"


def _description(entry: Described, said: EntryContent, pack: Pack, lang: Lang) -> str:
    found = said.summary or entry.title
    body = _in(lang, entry.provider.name, entry.provider.name_en)
    names = _(", ").join(_in(lang, each.name, each.name_en) for each in said.items)
    cycle, where = pack.list("update_cycle"), _place(said.division, pack, lang)
    more = [
        _("Provided by {body}.").format(body=body),
        _("Its items: {names}.").format(names=names) if names else "",
        _("Updated: {cycle}.").format(cycle=cycle[said.update_cycle].label(lang)),
        _("Area: {area}.").format(area=where) if where else "",
    ]
    for sentence in filter(None, more):
        if len(found) < SHORTEST:
            found += f" {sentence}"
    return found[:LONGEST]


def _place(code: str, pack: Pack, lang: Lang) -> str:
    try:
        return pack.division(code).label(lang) if code else ""
    except KeyError:
        return code


def _body(body: Provider, lang: Lang) -> dict[str, Any]:
    return {
        # Readers of Croissant know no narrower kinds.
        "@type": "Organization",
        "name": _in(lang, body.name, body.name_en),
        "identifier": body.credit_code,
    }


def _in(lang: Lang, zh: str, en: str) -> str:
    return en if lang == "en" and en else zh
