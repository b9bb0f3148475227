"""The way of a datum in RDF, in the words of PROV-O (W3C): no name of a person stands in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, XSD, Namespace

from yelin.config import config
from yelin.delivery.tracing.graph import Kind, Node, Sort, Term, Trace
from yelin.surface import traced
from yelin.surface.syntaxes import MEDIA_TYPES

# What rdflib calls each syntax.
_WRITERS = {"jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}
assert _WRITERS.keys() == MEDIA_TYPES.keys()  # noqa: S101 - one name for one syntax
_PLANS = {Kind.GRANT}


def written(trace: Trace, syntax: str) -> str:
    """Return the graph in one of ``syntaxes.MEDIA_TYPES``."""
    more: dict[str, Any] = {"context": dict(_prefixes())} if syntax == "jsonld" else {}
    text: str = graph(trace).serialize(format=_WRITERS[syntax], **more)
    return text


def graph(trace: Trace) -> Graph:
    """Return the graph: every node under its address, every activity with its agents and times."""
    told = Graph(store="SimpleMemory", bind_namespaces="none")
    for prefix, namespace in _prefixes().items():
        told.bind(prefix, namespace)
    names = {node.id: URIRef(traced.iri_of(trace, node)) for node in trace.nodes}
    for node in trace.nodes:
        _describe(told, names[node.id], node)
        for term, other in trace.out_of(node):
            told.add((names[node.id], PROV[term], names[other.id]))
        if node.kind is Kind.DELIVERY:
            _plan(told, names, trace, node)
    return told


def _describe(told: Graph, name: URIRef, node: Node) -> None:
    words = _words()
    told.add((name, RDF.type, PROV[node.kind.sort]))
    told.add((name, DCTERMS.type, Literal(node.kind.value)))
    if node.kind in _PLANS:
        told.add((name, RDF.type, PROV.Plan))
    if node.kind is Kind.BODY:
        told.add((name, RDF.type, PROV.Organization))
        told.add((name, DCTERMS.identifier, Literal(node.key)))
    if node.kind is Kind.PERSON and not node.folded:
        told.add((name, RDF.type, PROV.Person))
    elif node.title:
        told.add((name, RDFS.label, Literal(node.title, lang="zh")))
        if node.title_en:
            told.add((name, RDFS.label, Literal(node.title_en, lang="en")))
    _times(told, name, node)
    for fact, said in sorted(node.told.items()):
        if said != "":
            told.add((name, words[fact], Literal(said)))
    if node.folded:
        told.add((name, words["folded"], Literal(node.folded)))
    for leaf in node.leaves:
        told.add((name, words["leaf"], URIRef(traced.leaf_address(leaf.hash))))


def _times(told: Graph, name: URIRef, node: Node) -> None:
    first, last = {
        Sort.ACTIVITY: (PROV.startedAtTime, PROV.endedAtTime),
        Sort.ENTITY: (PROV.generatedAtTime, PROV.invalidatedAtTime),
        Sort.AGENT: (None, None),
    }[node.kind.sort]
    for term, moment in ((first, node.since), (last, node.until)):
        if term is not None and moment is not None:
            told.add((name, term, _moment(moment)))


def _moment(moment: datetime) -> Literal:
    return Literal(moment.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def _plan(told: Graph, names: Mapping[str, URIRef], trace: Trace, node: Node) -> None:
    """Say by which grant whoever had the data had it."""
    grants = [to for _, to in trace.out_of(node, Term.USED) if to.kind is Kind.GRANT]
    for _, agent in trace.out_of(node, Term.ASSOCIATED):
        for grant in grants:
            by = BNode(f"{agent.kind}{traced.id_of(trace, node).hex}")
            told.add((names[node.id], PROV.qualifiedAssociation, by))
            told.add((by, RDF.type, PROV.Association))
            told.add((by, PROV.agent, names[agent.id]))
            told.add((by, PROV.hadPlan, names[grant.id]))


def _words() -> Namespace:
    """Return the words of our own beside those of PROV-O, which an installation explains."""
    return Namespace(f"{config.url}/developers/#trace-")


def _prefixes() -> Mapping[str, str]:
    return {
        "prov": str(PROV),
        "dct": str(DCTERMS),
        "rdfs": str(RDFS),
        "xsd": str(XSD),
        "yelin": str(_words()),
    }
