"""Read what a DCAT catalog lists, page by page: JSON-LD, Turtle or RDF/XML, paged by Hydra.

Portals name things by address, by blank node or as plain text; each is taken as it comes.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DC, DCTERMS, FOAF, RDF, RDFS, SKOS, Namespace
from rdflib.term import Node

from yelin.catalog.content import EntryContent
from yelin.harvesting import graphs
from yelin.harvesting.content import (
    LINE,
    PROSE,
    TITLE,
    Listing,
    Remote,
    Unreadable,
    Untaken,
    cut,
)
from yelin.harvesting.cycles import cycle

DCAT = Namespace("http://www.w3.org/ns/dcat#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

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


def read(content: bytes, url: str, media_type: str) -> Listing:
    """Return what the page at ``url`` lists. Raises ``Unreadable``."""
    graph = graphs.read(content, media_type, url)
    if not any((None, RDF.type, kind) in graph for kind in (DCAT.Catalog, DCAT.Dataset)):
        raise Unreadable("The address does not answer with a catalog in DCAT.")
    following = next_page(graph)
    return Listing(list(offered(graph)), following if following != url else "")


def offered(graph: Graph) -> Iterator[Remote | Untaken]:
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


class _Dataset(_About):
    def read(self) -> Remote | Untaken:
        own = _address(self.node)
        title = self.words(DCTERMS.title, DC.title, RDFS.label)
        id_ = self.words(DCTERMS.identifier) or own or self.address(DCTERMS.identifier)
        id_ = id_ or self.address(DCAT.landingPage)
        if not title:
            return Untaken(own, "It has no title.")
        if not id_:
            return Untaken(own, "It has neither an address nor an identifier.")
        url = self.address(DCAT.landingPage, FOAF.page) or own
        return Remote(id=id_, url=url, licence=self.licence(), content=self.content(title))

    def content(self, title: str) -> EntryContent:
        title_en = self.words(DCTERMS.title, language="en")
        keywords = [str(word).strip() for word in self.all(DCAT.keyword)]
        return EntryContent(
            state_secret=False,
            title=cut(title, TITLE),
            title_en=cut(title_en, LINE) if title_en != title else "",
            summary=cut(self.words(DCTERMS.description, DC.description), PROSE),
            keywords=tuple(dict.fromkeys(cut(word, LINE) for word in keywords if word)),
            themes=tuple(self.themes()),
            formats=tuple(dict.fromkeys(filter(None, self.formats()))),
            update_cycle=cycle(self.code(DCTERMS.accrualPeriodicity)),
            contact_office=cut(self.office(), LINE),
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

    def formats(self) -> Iterator[str]:
        for each in self.all(DCAT.distribution):
            node = _About(self.graph, each)
            address = node.address(DCAT.downloadURL, DCAT.accessURL)
            yield _format(node.code(DCTERMS["format"], DCAT.mediaType), address)


def _format(code: str, address: str) -> str:
    name = code.lower().removeprefix(".").partition(";")[0].strip()
    if not name:
        suffix = urlsplit(address).path.rpartition(".")[2].lower()
        name = suffix if suffix.isalnum() and len(suffix) <= 5 else ""
    return _FORMATS.get(name, name)[:LINE]


def _address(node: Node) -> str:
    """Return a web address, its odd characters escaped; what is none is not one."""
    said = _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), str(node).strip())
    return said if not isinstance(node, BNode) and said.startswith(("http://", "https://")) else ""
