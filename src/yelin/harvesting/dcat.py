"""Read what a DCAT catalog lists, page by page: JSON-LD, Turtle or RDF/XML, paged by Hydra."""

import json
from collections.abc import Iterator
from urllib.parse import urljoin

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS
from rdflib.term import Node

from yelin.harvesting.content import Listing, Remote, Unreadable

DCAT = Namespace("http://www.w3.org/ns/dcat#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
ELSEWHERE = "The catalog names a JSON-LD context elsewhere. Ask its keeper for Turtle."
NO_DCAT = "The address does not answer with a catalog in DCAT."
# By how a media type begins; what says nothing is tried in this order.
SYNTAXES = {
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"


def read(content: bytes, url: str, media_type: str) -> Listing:
    """Return what the page at ``url`` lists, in the order of ids. Raises ``Unreadable``."""
    graph = _parsed(content, url, media_type)
    found = sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)
    return Listing([_remote(graph, node) for node in found], _following(graph, url))


def _parsed(content: bytes, url: str, media_type: str) -> Graph:
    named = SYNTAXES.get(media_type.partition(";")[0].strip().lower())
    for syntax in [named] if named else ["json-ld", "turtle", "xml"]:
        graph = Graph()
        try:
            if syntax == "json-ld" and _asks_elsewhere(json.loads(content)):
                raise Unreadable(ELSEWHERE)
            graph.parse(data=content, format=syntax, publicID=url)
        except Unreadable:
            raise
        except Exception:  # noqa: BLE001, S112 - a parser raises whatever it likes at what is not its own
            continue
        if (None, RDF.type, DCAT.Dataset) in graph or (None, RDF.type, DCAT.Catalog) in graph:
            return graph
    raise Unreadable(NO_DCAT)


def _asks_elsewhere(said: object) -> bool:
    """Whether a JSON-LD document would have its reader fetch a context: nothing is fetched here."""
    if isinstance(said, list):
        return any(map(_asks_elsewhere, said))
    if not isinstance(said, dict):
        return False
    contexts = said.get("@context", [])
    listed = contexts if isinstance(contexts, list) else [contexts]
    return (
        "@import" in said
        or any(isinstance(each, str) for each in listed)
        or any(map(_asks_elsewhere, said.values()))
    )


def _following(graph: Graph, url: str) -> str:
    here = {url, *(str(view) for view in graph.objects(None, HYDRA.view))}
    for name in (HYDRA.next, HYDRA.nextPage):
        for view, following in graph.subject_objects(name):
            there = urljoin(url, str(following))
            if (str(view) in here or len(here) == 1) and there not in here:
                return there
    return ""


def _remote(graph: Graph, node: Node) -> Remote:
    identifier = _one(graph, node, DCTERMS.identifier)
    address = str(node) if isinstance(node, URIRef) else ""
    distributions = sorted(graph.objects(node, DCAT.distribution), key=str)
    formats = [text for each in distributions if (text := _format(graph, each))]
    licences = [graph.value(each, DCTERMS.license) for each in [node, *distributions]]
    pages = [graph.value(node, DCAT.landingPage), graph.value(node, FOAF.page)]
    return Remote(
        id=address or identifier or _one(graph, node, DCTERMS.title),
        title=_said(graph, node, DCTERMS.title, "zh"),
        title_en=_in(graph, node, DCTERMS.title, "en"),
        url=next((str(page) for page in pages if isinstance(page, URIRef)), address),
        summary=_said(graph, node, DCTERMS.description, "zh"),
        keywords=tuple(sorted({str(each) for each in graph.objects(node, DCAT.keyword)})),
        formats=tuple(dict.fromkeys(formats)),
        licence=next((_tail(graph, each) for each in licences if each is not None), ""),
        frequency=_tail(graph, graph.value(node, DCTERMS.accrualPeriodicity)),
    )


def _format(graph: Graph, node: Node) -> str:
    return _tail(graph, graph.value(node, DCTERMS["format"]) or graph.value(node, DCAT.mediaType))


def _tail(graph: Graph, node: Node | None) -> str:
    """Return what a value is called: the last part of an address, or its label."""
    if node is None:
        return ""
    if isinstance(node, URIRef):
        return str(node).rstrip("/").rpartition("/")[2].rpartition("#")[2]
    if isinstance(node, Literal):
        return str(node).strip()
    labels = (graph.value(node, name) for name in (RDFS.label, SKOS.prefLabel, RDF.value))
    return next((str(label).strip() for label in labels if label is not None), "")


def _one(graph: Graph, node: Node, name: URIRef) -> str:
    return next(iter(sorted(str(each).strip() for each in graph.objects(node, name))), "")


def _languages(graph: Graph, node: Node, name: URIRef) -> Iterator[tuple[str, str]]:
    for each in graph.objects(node, name):
        if isinstance(each, Literal):
            yield (each.language or "").lower(), str(each).strip()


def _in(graph: Graph, node: Node, name: URIRef, language: str) -> str:
    found = sorted(_languages(graph, node, name))
    return next((text for code, text in found if code.startswith(language)), "")


def _said(graph: Graph, node: Node, name: URIRef, language: str) -> str:
    """Return what is said in ``language``, else in none, else in whichever."""
    found = sorted(_languages(graph, node, name))
    return _in(graph, node, name, language) or next((text for _code, text in found), "")
