"""What a catalog in DCAT offers, as plain data: entries as a provider would say them, with files.

Portals name things by address, by blank node or as plain text; each is taken as it comes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DC, DCTERMS, FOAF, RDF, RDFS, SKOS, Namespace
from rdflib.term import Node

from yelin.catalog.content import EntryContent, UpdateCycle

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

# By the last part of the name: of the European list, of Dublin Core's, and of ISO 8601.
CYCLES: Mapping[str, UpdateCycle] = {
    name: cycle
    for cycle, names in {
        UpdateCycle.REALTIME: "CONT UPDATE_CONT CONTINUOUS HOURLY PT1S PT1H REALTIME",
        UpdateCycle.DAILY: "DAILY DAILY_2 P1D",
        UpdateCycle.WEEKLY: "WEEKLY WEEKLY_2 WEEKLY_3 SEMIWEEKLY THREETIMESAWEEK P1W P7D",
        UpdateCycle.MONTHLY: "MONTHLY MONTHLY_2 MONTHLY_3 BIWEEKLY SEMIMONTHLY P1M P2W",
        UpdateCycle.QUARTERLY: "QUARTERLY BIMONTHLY P3M P2M",
        UpdateCycle.HALF_YEARLY: "ANNUAL_2 ANNUAL_3 SEMIANNUAL THREETIMESAYEAR P6M P4M",
        UpdateCycle.YEARLY: "ANNUAL YEARLY P1Y",
        UpdateCycle.NEVER: "NEVER",
    }.items()
    for name in names.split()
}
_THEMES = {
    "AGRI": "agriculture",
    "ECON": "economy",
    "EDUC": "education",
    "ENER": "energy",
    "ENVI": "environment",
    "GOVE": "government",
    "HEAL": "medical",
    "JUST": "law",
    "REGI": "land",
    "SOCI": "civil-affairs",
    "TECH": "science",
    "TRAN": "transport",
}
_OUR_THEME = re.compile(r"/catalog#theme-([\w-]+)$")
_FORMATS = {
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "vnd.ms-excel": "xls",
    "vnd.apache.parquet": "parquet",
    "geo+json": "geojson",
    "plain": "txt",
}
_NOT_IN_ADDRESS = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')
_TITLE, _LINE, _PROSE = 200, 300, 4000


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file, or another way to have the data."""

    address: str
    title: str
    format: str
    size: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One resource of another portal; ``id`` stays the same there, whatever else changes."""

    id: str
    address: str
    provider: str
    licence: str
    changed_at: datetime | None
    content: EntryContent
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True, slots=True)
class Untaken:
    """One that cannot be taken, by its address where it has one; ``says`` is a message id."""

    address: str
    says: str


def offered(graph: Graph) -> Iterator[Offered | Untaken]:
    """Yield what the graph offers, in an order that stays the same."""
    for node in sorted(set(graph.subjects(RDF.type, DCAT.Dataset)), key=str):
        yield _Dataset(graph, node).read()


def next_page(graph: Graph) -> str:
    """Return the address of the next page of the catalog, if there is one."""
    for predicate in (HYDRA.next, HYDRA.nextPage):
        for page in graph.objects(predicate=predicate):
            return _address(page)
    return ""


class _About:
    """A node with what is said of it."""

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph = graph
        self.node = node

    def all(self, *predicates: URIRef) -> list[Node]:
        """Return what is said by the first of ``predicates`` that says anything."""
        for predicate in predicates:
            if found := sorted(self.graph.objects(self.node, predicate), key=str):
                return found
        return []

    def words(self, *predicates: URIRef, language: str = "zh") -> str:
        """Return words in ``language``; for Chinese, else in none, in English, in any."""
        texts = [each for each in self.all(*predicates) if isinstance(each, Literal)]
        wanted = [language] if language != "zh" else ["zh", "", "en", None]
        for each in wanted:
            for text in texts:
                spoken = (text.language or "").lower().partition("-")[0]
                if each is None or spoken == each:
                    return " ".join(str(text).split())
        return ""

    def named(self, *predicates: URIRef) -> str:
        """Return the name of what is pointed at, or the text that stands in its place."""
        for each in self.all(*predicates):
            if isinstance(each, Literal):
                return str(each).strip()
            other = _About(self.graph, each)
            name = other.words(FOAF.name, VCARD.fn, SKOS.prefLabel, RDFS.label, DCTERMS.title)
            if name:
                return name
        return ""

    def address(self, *predicates: URIRef) -> str:
        """Return where something lies."""
        return next(filter(None, map(_address, self.all(*predicates))), "")

    def code(self, *predicates: URIRef) -> str:
        """Return the last part of the name of a value, however it is named."""
        for each in self.all(*predicates):
            said = self.named(*predicates) if isinstance(each, BNode) else str(each)
            if said:
                return re.split(r"[/#]", said.rstrip("/"))[-1]
        return ""

    def moment(self, *predicates: URIRef) -> datetime | None:
        """Return a moment; one without its zone is UTC."""
        for each in self.all(*predicates):
            try:
                at = datetime.fromisoformat(str(each).strip())
            except ValueError:
                continue
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        return None


class _Dataset(_About):
    def read(self) -> Offered | Untaken:
        own = _address(self.node)
        title = self.words(DCTERMS.title, DC.title, RDFS.label)
        id_ = self.words(DCTERMS.identifier) or own or self.address(DCTERMS.identifier)
        id_ = id_ or self.address(DCAT.landingPage)
        if not title:
            return Untaken(own, "It has no title.")
        if not id_:
            return Untaken(own, "It has neither an address nor an identifier.")
        files = tuple(self.files())
        return Offered(
            id=id_,
            address=self.address(DCAT.landingPage, FOAF.page) or own,
            provider=self.named(DCTERMS.publisher, DCTERMS.creator, DCTERMS.rightsHolder),
            licence=self.licence(),
            changed_at=self.moment(DCTERMS.modified, DCTERMS.issued),
            content=self.content(title, files),
            files=files,
        )

    def content(self, title: str, files: tuple[OfferedFile, ...]) -> EntryContent:
        title_en = self.words(DCTERMS.title, language="en")
        keywords = [str(word).strip() for word in self.all(DCAT.keyword)]
        cycle = self.code(DCTERMS.accrualPeriodicity).upper()
        return EntryContent(
            state_secret=False,
            title=_cut(title, _TITLE),
            title_en=_cut(title_en, _LINE) if title_en != title else "",
            summary=_cut(self.words(DCTERMS.description, DC.description), _PROSE),
            keywords=tuple(dict.fromkeys(_cut(word, _LINE) for word in keywords if word)),
            themes=tuple(self.themes()),
            formats=tuple(dict.fromkeys(file.format for file in files if file.format)),
            update_cycle=CYCLES.get(cycle, UpdateCycle.IRREGULAR),
            contact_office=_cut(self.office(), _LINE),
        )

    def office(self) -> str:
        """Return the office that answers; a person is nobody whose name is taken over."""
        for each in self.all(DCAT.contactPoint):
            contact = _About(self.graph, each)
            if VCARD.Individual not in contact.all(RDF.type):
                return contact.words(VCARD["organization-name"], VCARD.fn)
        return ""

    def themes(self) -> list[str]:
        addresses = [str(theme) for theme in self.all(DCAT.theme)]
        ours = [found[1] for each in addresses if (found := _OUR_THEME.search(each))]
        names = [each.rsplit("/", 1)[-1].upper() for each in addresses]
        return ours or list(dict.fromkeys(_THEMES[name] for name in names if name in _THEMES))

    def licence(self) -> str:
        nodes = [self, *(_About(self.graph, each) for each in self.all(DCAT.distribution))]
        for node in nodes:
            if said := node.address(DCTERMS.license) or node.named(DCTERMS.license):
                return said
        return ""

    def files(self) -> Iterator[OfferedFile]:
        for each in self.all(DCAT.distribution):
            node = _About(self.graph, each)
            address = node.address(DCAT.downloadURL, DCAT.accessURL)
            if not address:
                continue
            size = node.code(DCAT.byteSize).partition(".")[0]
            checksum = _About(self.graph, next(iter(node.all(SPDX.checksum)), BNode()))
            is_sha256 = checksum.code(SPDX.algorithm).lower().endswith("sha256")
            yield OfferedFile(
                address=address,
                title=node.words(DCTERMS.title, RDFS.label),
                format=_format(node.code(DCTERMS["format"], DCAT.mediaType), address),
                size=int(size) if size.isascii() and size.isdigit() else None,
                sha256=checksum.words(SPDX.checksumValue).lower() if is_sha256 else "",
            )


def _format(code: str, address: str) -> str:
    name = code.lower().removeprefix(".").partition(";")[0].strip()
    if not name:
        suffix = urlsplit(address).path.rpartition(".")[2].lower()
        name = suffix if suffix.isalnum() and len(suffix) <= 5 else ""
    return _FORMATS.get(name, name)[:_LINE]


def _address(node: Node) -> str:
    """Return a web address, its odd characters escaped; what is none is not one."""
    said = _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), str(node).strip())
    return said if not isinstance(node, BNode) and said.startswith(("http://", "https://")) else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
