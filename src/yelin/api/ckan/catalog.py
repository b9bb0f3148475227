"""The actions about datasets: list, show, search, and their resources."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import Field

from yelin import gate
from yelin.api.ckan import searching, shapes
from yelin.api.ckan.actions import Asker, Count, Document, Flag, Id, Names, Sent, Text, Texts, reads
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body
from yelin.warehouse import reads as uploads
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Upload

MOST_ROWS = 1_000


def entry_named(asker: Asker, text: str) -> Entry:
    """Return the entry of this id, name or code. Raises ``Unseen``."""
    try:
        return catalog.get(asker.actor, pk=UUID(text))
    except ValueError:
        return catalog.get(asker.actor, code=code_of(text))


def resource_named(asker: Asker, text: str) -> tuple[Entry, str]:
    """Return the entry and the format of the resource of this id, or of a dataset's newest table.

    Raises ``Unseen``.
    """
    try:
        formats = shapes.entries_of(UUID(text))
    except ValueError:
        return entry_named(asker, text), "csv"
    found = gate.one_of(catalog.seen_by(asker.actor).filter(pk__in=formats))
    return found, formats[found.pk]


@reads
def package_list(
    asker: Asker,
    *,
    limit: Count | None = None,
    offset: Count = 0,
    include_drafts: Flag = False,
    include_private: Flag = False,
) -> list[str]:
    """List the names of datasets, by id; those not confirmed yet only where asked for."""
    entries = searching.listed(
        catalog.seen_by(asker.actor), unconfirmed=include_drafts or include_private
    )
    rows = entries.select_related(None).order_by("pk").only("pk", "code")
    return [entry.slug for entry in rows[offset : None if limit is None else offset + limit]]


@reads
def package_show(asker: Asker, *, id_: Id) -> Document:
    """Return a dataset by id or name, as far as you may read it."""
    return shapes.packages(asker.actor, [entry_named(asker, id_)])[0]


class PackageSearch(Sent):
    """What ``package_search`` takes."""

    q: Text = ""
    fq: Texts = ()
    fq_list: Texts = ()
    sort: Text = ""
    rows: Count = 10
    start: Count = 0
    facet: Flag = True
    facet_field: Names = Field((), alias="facet.field")
    facet_limit: int = Field(50, alias="facet.limit")
    facet_mincount: Count = Field(1, alias="facet.mincount")
    include_drafts: Flag = False
    include_private: Flag = False


@reads
def package_search(asker: Asker, sent: PackageSearch) -> Document:
    """Find datasets: ``q`` and ``fq`` in Solr's language, at most 1,000 rows at once."""
    sort = sent.sort.strip() or searching.RELEVANT
    found = searching.find(
        asker.actor,
        sent.q,
        (*sent.fq, *sent.fq_list),
        sort=sort,
        unconfirmed=sent.include_drafts or sent.include_private,
    )
    counted = {
        field: searching.facet(
            found, field, most=max(sent.facet_limit, 0), fewest=sent.facet_mincount
        )
        for field in (sent.facet_field if sent.facet else ())
    }
    limit = min(sent.rows, MOST_ROWS)
    page = found.entries[sent.start : sent.start + limit]
    labels = {field: labels_of(field, values) for field, values in counted.items()}
    return {
        "count": found.entries.count(),
        "limit": limit,
        "sort": sort,
        "results": packages(asker, page),
        "facets": {
            field: {each.value: each.count for each in values} for field, values in counted.items()
        },
        "search_facets": {
            field: {
                "title": field,
                "items": [
                    {
                        "name": each.value,
                        "display_name": labels[field].get(each.value, each.value),
                        "count": each.count,
                    }
                    for each in values
                ],
            }
            for field, values in counted.items()
        },
    }


def packages(asker: Asker, entries: Iterable[Entry]) -> list[Document]:
    """Return entries that the asker may know of as packages."""
    return shapes.packages(asker.actor, list(entries))


def labels_of(field: str, values: Sequence[searching.Facet]) -> dict[str, str]:
    """Return by which words people know the values of a facet, where they have such."""
    names = [each.value for each in values]
    match field:
        case "organization":
            rows = Body.objects.filter(credit_code__in=[name.upper() for name in names])
            return {body.credit_code.lower(): body.name for body in rows}
        case "groups":
            return {name: shapes.group(shapes.theme_of(name))["title"] for name in names}
        case "license_id":
            return {name: shapes.licence_of(name)["title"] for name in names}
        case _:
            return {}


@reads
def current_package_list_with_resources(
    asker: Asker, *, limit: Count = 10, offset: Count = 0, page: Count = 0
) -> list[Document]:
    """List datasets with their resources, the newest first, at most 1,000 at once."""
    limit = min(limit, MOST_ROWS)
    first = (page - 1) * limit if page else offset
    found = searching.find(asker.actor, "", (), sort=searching.RELEVANT)
    return packages(asker, found.entries[first : first + limit])


@reads
def package_autocomplete(asker: Asker, *, q: Text, limit: Count = 10) -> list[Document]:
    """Return datasets whose title or name holds what is typed."""
    found = searching.find(asker.actor, "", (), sort="title asc")
    entries = found.entries.filter(searching.called(q))[: min(limit, 100)]
    return [
        {
            "name": entry.slug,
            "title": entry.title,
            "match_field": "title",
            "match_displayed": f"{entry.title} ({entry.slug})",
        }
        for entry in entries
    ]


def upload_named(asker: Asker, text: str) -> Upload:
    """Return a file on its way to be a release, by its id. Raises ``Unseen``."""
    try:
        return uploads.upload(asker.actor, UUID(text))
    except ValueError:
        raise gate.Unseen from None


@reads
def resource_show(asker: Asker, *, id_: Id) -> Document:
    """Return a resource: a dataset's newest release in one format, or a file that you sent."""
    try:
        entry, format_ = resource_named(asker, id_)
    except gate.Unseen:
        return shapes.upload(upload_named(asker, id_))
    gate.decide(asker.actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    for found in shapes.resources(asker.actor, entry):
        if found["id"] == str(shapes.resource_id(entry.pk, format_)):
            return found
    raise gate.Unseen


@reads
def resource_search(
    asker: Asker, *, query: Texts, offset: Count = 0, limit: Count = 100
) -> Document:
    """Find resources by `name:…`, `format:…` or `id:…`; what you may not take is not found."""
    found = searching.find(asker.actor, "", (), sort="id asc")
    entries, formats = found.entries.filter(found.takeable), set(MEDIA_TYPES)
    for each in query:
        field, _, term = each.partition(":")
        match field:
            case "format":
                formats &= {term.strip().lower()}
            case "name":
                entries = entries.filter(searching.called(term.strip()))
            case _:
                raise Incomplete.at("query", "Resources are found by name or format.")
    results = [
        resource
        for package in packages(asker, entries[: min(offset + limit, MOST_ROWS)])
        for resource in package["resources"]
        if resource["format"].lower() in formats
    ]
    return {
        "count": entries.count() * len(formats),
        "results": results[offset : offset + min(limit, MOST_ROWS)],
    }
