"""Described resources become a graph of DCAT-AP 3, without database, clock or request."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDFS, XSD

from yelin.api.dcat.paging import Page
from yelin.api.dcat.shared import Site, Writer
from yelin.api.dcat.vocabulary import (
    ACCESS,
    ADMS,
    DCAT,
    DQV,
    FILE_TYPES,
    FREQUENCY,
    GZIP,
    HYDRA,
    SHA256,
    SPDX,
    STATUS,
    VCARD,
)
from yelin.catalog.content import EntryContent
from yelin.catalog.models import slug_of
from yelin.surface.described import Described, File, Metadata, Quality

TITLE = gettext_lazy("Catalog of the public data of {province}")
ABOUT = gettext_lazy(
    "What the public bodies of {province} hold, who may have it, and where it is had."
)
_PHONE = re.compile(r"0(\d{2,3})[- ]?(\d{7,8})")


def of_page(site: Site, page: Page, entries: Sequence[Described]) -> Graph:
    """Return one page of the catalog, with the way to the next."""
    writer = Writer(site)
    _catalog(writer)
    for entry in entries:
        writer.add(site.catalog, DCAT.dataset, _dataset(writer, entry))
    _paging(writer, page)
    return writer.graph


def of_one(site: Site, entry: Described) -> Graph:
    """Return one resource, with each of its versions."""
    writer = Writer(site)
    node = _dataset(writer, entry)
    if entry.metadata:
        _versions(writer, node, entry, entry.metadata)
    return writer.graph


def _at(entry: Described, part: str) -> URIRef:
    """Return what the page of a resource is about, or a part of that, which is not the page."""
    return URIRef(f"{entry.page}#{part}")


def _catalog(writer: Writer) -> None:
    site, node = writer.site, writer.typed(writer.site.catalog, DCAT.Catalog)
    writer.say_of_province(node, DCTERMS.title, TITLE)
    writer.say_of_province(node, DCTERMS.description, ABOUT)
    if site.operator:
        writer.add(node, DCTERMS.publisher, writer.agent(site.operator))
    writer.add(node, DCTERMS.spatial, writer.place(site.pack.province.code))
    for code in ("ZHO", "ENG"):
        language = writer.value("language", code, DCTERMS.LinguisticSystem)
        writer.add(node, DCTERMS.language, language)
    writer.add(node, FOAF.homepage, writer.typed(URIRef(f"{site.url}/"), FOAF.Document))
    for scheme in (writer.scheme_of_europe(), writer.scheme_of_ours()):
        writer.add(node, DCAT.themeTaxonomy, scheme)
    writer.add(node, DCAT.service, writer.service())
    for form, address in site.files:
        writer.add(node, DCAT.distribution, _whole(writer, form, address))


def _whole(writer: Writer, form: str, address: str) -> URIRef:
    """Return the whole catalog as one file."""
    node = writer.typed(writer.site.at(f"file-{form}"), DCAT.Distribution)
    writer.say_of_province(node, DCTERMS.title, TITLE)
    for predicate in (DCAT.accessURL, DCAT.downloadURL):
        writer.link(node, predicate, address)
    media = writer.typed(FILE_TYPES["csv"].media, DCTERMS.MediaType)
    writer.add(node, DCAT.mediaType, media)
    if form.endswith(".gz"):
        writer.add(node, DCAT.compressFormat, writer.typed(GZIP, DCTERMS.MediaType))
    return node


def _paging(writer: Writer, page: Page) -> None:
    # By the names of today and by those of 2014: harvesters know the one or the other.
    view = URIRef(page.address)
    writer.typed(view, HYDRA.PartialCollectionView, HYDRA.PagedCollection)
    writer.add(writer.site.catalog, HYDRA.view, view)
    if page.total is not None:
        for of in (writer.site.catalog, view):
            writer.add(of, HYDRA.totalItems, Literal(page.total))
    writer.add(view, HYDRA.itemsPerPage, Literal(page.size))
    for name, link in page.links().items():
        writer.add(view, HYDRA[name], URIRef(link))
        writer.add(view, HYDRA[f"{name}Page"], URIRef(link))


def _dataset(writer: Writer, entry: Described) -> URIRef:
    node = writer.typed(_at(entry, "dataset"), DCAT.Dataset)
    writer.add(node, DCTERMS.identifier, Literal(entry.code))
    writer.add(node, DCTERMS.publisher, writer.agent(entry.provider))
    access = ACCESS[entry.opening_type]
    writer.add(
        node, DCTERMS.accessRights, writer.value("access-right", access, DCTERMS.RightsStatement)
    )
    writer.add(node, DCAT.landingPage, writer.typed(URIRef(entry.page), FOAF.Document))
    writer.when(node, DCTERMS.issued, entry.published_on)
    if entry.state in STATUS:
        writer.add(node, ADMS.status, writer.value("dataset-status", STATUS[entry.state]))
    writer.say(node, DCTERMS.title, entry.title, entry.title_en)
    if entry.metadata is None:
        writer.say(node, DCTERMS.description, *entry.public_words(writer.site.pack))
    else:
        content = entry.metadata.content
        writer.say(node, DCTERMS.description, content.summary or entry.title)
        writer.when(node, DCTERMS.modified, entry.told_at)
        _content(writer, node, entry, content)
        if entry.metadata.newest:
            writer.add(node, DCAT.version, Literal(str(entry.metadata.newest.number)))
            for distribution in _distributions(writer, entry, entry.metadata):
                writer.add(node, DCAT.distribution, distribution)
        if entry.metadata.quality:
            _quality(writer, node, entry, entry.metadata.quality)
    return node


def _content(writer: Writer, node: URIRef, entry: Described, said: EntryContent) -> None:
    for word in said.keywords:
        writer.say(node, DCAT.keyword, word)
    for theme in writer.themes(said.themes):
        writer.add(node, DCAT.theme, theme)
    if said.division:
        writer.add(node, DCTERMS.spatial, writer.place(said.division))
    frequency = writer.value("frequency", FREQUENCY[said.update_cycle], DCTERMS.Frequency)
    writer.add(node, DCTERMS.accrualPeriodicity, frequency)
    if said.contact_office:
        writer.add(node, DCAT.contactPoint, _contact(writer, entry, said))
    if said.collection_basis:
        basis = writer.typed(_at(entry, "basis"), DCTERMS.ProvenanceStatement)
        writer.add(node, DCTERMS.provenance, basis)
        writer.say(basis, RDFS.label, said.collection_basis)
    for code in said.related_codes:
        writer.link(node, DCTERMS.relation, f"{writer.site.url}/resources/{slug_of(code)}/#dataset")


def _contact(writer: Writer, entry: Described, said: EntryContent) -> URIRef:
    node = writer.typed(_at(entry, "contact"), VCARD.Kind)
    writer.say(node, VCARD.fn, said.contact_office)
    if phone := _PHONE.fullmatch(said.contact_phone.strip()):
        writer.add(node, VCARD.hasTelephone, URIRef(f"tel:+86-{phone[1]}-{phone[2]}"))
    return node


def _versions(writer: Writer, dataset: URIRef, entry: Described, said: Metadata) -> None:
    """Tell each release as a dataset of its own, at the address that stays (DCAT 3, 11)."""
    before = None
    for each in said.versions:
        page = f"{entry.page}?version={each.number}"
        node = writer.typed(URIRef(f"{page}#dataset"), DCAT.Dataset)
        writer.add(dataset, DCAT.hasVersion, node)
        writer.add(node, DCAT.isVersionOf, dataset)
        writer.add(node, DCAT.version, Literal(str(each.number)))
        writer.say(node, DCTERMS.title, entry.title, entry.title_en)
        writer.say(node, DCTERMS.description, said.content.summary or entry.title)
        writer.when(node, DCTERMS.issued, each.released_at)
        writer.add(node, DCAT.landingPage, writer.typed(URIRef(page), FOAF.Document))
        if said.files:
            writer.add(node, DCAT.distribution, _of_version(writer, entry, said, each.number))
        if before:
            writer.add(node, DCAT.previousVersion, before)
        before = node
    if before:
        writer.add(dataset, DCAT.hasCurrentVersion, before)


def _of_version(writer: Writer, entry: Described, said: Metadata, number: int) -> URIRef:
    """Return the file of a release, which is the same whenever it is asked for."""
    node = writer.typed(_at(entry, f"version-{number}"), DCAT.Distribution)
    for predicate in (DCAT.accessURL, DCAT.downloadURL):
        writer.link(node, predicate, f"{entry.page}versions/{number}.csv")
    writer.add(node, DCAT.mediaType, writer.typed(FILE_TYPES["csv"].media, DCTERMS.MediaType))
    if said.content.licence:
        writer.add(node, DCTERMS.license, writer.licence(said.content.licence))
    return node


def _quality(writer: Writer, dataset: URIRef, entry: Described, said: Quality) -> None:
    scores = {side.code: side.score for side in said.score.sides}
    if said.score.total is not None:
        scores[""] = said.score.total
    for code, hundredths in scores.items():
        node = writer.typed(_at(entry, f"quality-{code or 'total'}"), DQV.QualityMeasurement)
        writer.add(dataset, DQV.hasQualityMeasurement, node)
        writer.add(node, DQV.computedOn, dataset)
        writer.add(node, DQV.isMeasurementOf, writer.metric(code))
        writer.add(node, DQV.value, Literal(f"{hundredths / 100:.2f}", datatype=XSD.decimal))
        writer.when(node, DCTERMS.date, said.on)


def _distributions(writer: Writer, entry: Described, said: Metadata) -> Iterator[URIRef]:
    for file in said.files:
        yield _file(writer, entry, said, file)
    if said.files:
        yield _rows(writer, entry, said)
    else:
        node = _distribution(writer, entry, said, "data")
        writer.link(node, DCAT.accessURL, entry.page)
        yield node


def _distribution(writer: Writer, entry: Described, said: Metadata, part: str) -> URIRef:
    node = writer.typed(_at(entry, part), DCAT.Distribution)
    if said.newest:
        writer.when(node, DCTERMS.modified, said.newest.released_at)
    if said.content.licence:
        writer.add(node, DCTERMS.license, writer.licence(said.content.licence))
    if said.content.opening_condition:
        condition = writer.typed(_at(entry, "condition"), DCTERMS.RightsStatement)
        writer.add(node, DCTERMS.rights, condition)
        writer.say(condition, RDFS.label, said.content.opening_condition)
    return node


def _file(writer: Writer, entry: Described, said: Metadata, file: File) -> URIRef:
    kind, node = FILE_TYPES[file.format], _distribution(writer, entry, said, file.format)
    writer.add(node, DCTERMS.title, Literal(kind.name))
    for predicate in (DCAT.accessURL, DCAT.downloadURL):
        writer.link(node, predicate, file.url)
    writer.add(node, DCAT.mediaType, writer.typed(kind.media, DCTERMS.MediaType))
    if kind.code:
        format_ = writer.value("file-type", kind.code, DCTERMS.MediaTypeOrExtent)
        writer.add(node, DCTERMS.format, format_)
    if file.size is not None:
        size = Literal(str(file.size), datatype=XSD.nonNegativeInteger)
        writer.add(node, DCAT.byteSize, size)
    if file.sha256:
        sum_ = writer.typed(URIRef(f"{node}-sha256"), SPDX.Checksum)
        writer.add(node, SPDX.checksum, sum_)
        writer.add(sum_, SPDX.algorithm, writer.typed(SHA256, SPDX.ChecksumAlgorithm))
        writer.add(sum_, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary))
    return node


def _rows(writer: Writer, entry: Described, said: Metadata) -> URIRef:
    node, service = _distribution(writer, entry, said, "rows"), writer.service()
    writer.add(node, DCTERMS.title, Literal("API"))
    writer.link(node, DCAT.accessURL, f"{writer.site.url}/api/v1/resources/{entry.slug}/rows")
    writer.add(node, DCAT.mediaType, FILE_TYPES["json"].media)
    writer.add(node, DCAT.accessService, service)
    writer.add(service, DCAT.servesDataset, _at(entry, "dataset"))
    return node
