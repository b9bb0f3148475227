"""Nodes that many resources share: bodies, places, themes, licences, values of authority lists.

Every node has an address of its own, so a graph is the same whichever way it is written.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

from yelin.api.dcat.vocabulary import (
    AUTHORITY,
    DATA_THEME,
    DATA_THEME_NAMES,
    DCAT,
    DQV,
    PREFIXES,
    PUBLISHER,
)
from yelin.law.packs import Pack
from yelin.law.statute import Named
from yelin.parties.kinds import SOCIAL, BodyKind
from yelin.surface.described import Provider, text

N = TypeVar("N", bound=Named)
_NEVER_IN_ADDRESS = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')

INTERFACE = gettext_lazy("Rows by interface")
SCORE = gettext_lazy("Score of a dimension of GB/T 36344, of 100 points")
TOTAL = gettext_lazy("Weighted score of all dimensions of GB/T 36344, of 100 points")
THEMES = gettext_lazy("Themes of open data, {province}")


@dataclass(frozen=True, slots=True)
class Site:
    """What is the same of every graph: the address, the law of the place, who operates it all."""

    url: str
    pack: Pack
    operator: Provider | None = None
    # Where the whole catalog is had as one file, in each of its forms.
    files: tuple[tuple[str, str], ...] = ()

    def at(self, fragment: str) -> URIRef:
        """Return a node that the whole catalog shares."""
        return URIRef(f"{self.url}/catalog#{quote(fragment, safe='')}")

    @property
    def catalog(self) -> URIRef:
        """The catalog itself."""
        return URIRef(f"{self.url}/catalog")


def address(said: str) -> URIRef:
    """Return an address that every syntax can write: what has no place in one is escaped."""
    return URIRef(_NEVER_IN_ADDRESS.sub(lambda found: quote(found[0]), text(said)))


class Writer:
    """Adds triples; a shared node is described once, whoever points at it first."""

    def __init__(self, site: Site) -> None:
        self.site = site
        # One graph and no others beside it: what keeps them apart takes as long as all else.
        self.graph = Graph(store="SimpleMemory", bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace)
        self._known: set[URIRef] = set()

    def add(self, node: URIRef, predicate: URIRef, value: URIRef | Literal) -> None:
        """Add one triple."""
        self.graph.add((node, predicate, value))

    def say(self, node: URIRef, predicate: URIRef, zh: str, en: str = "") -> None:
        """Add what is said in Chinese and, where there is any, in English."""
        for said, language in ((zh, "zh-Hans"), (en, "en")):
            if cleaned := text(said):
                self.add(node, predicate, Literal(cleaned, lang=language))

    def say_of_province(self, node: URIRef, predicate: URIRef, message: Promise) -> None:
        """Add a message of ours in both languages, about the province."""
        self.say(node, predicate, *(self._in(code, message) for code in ("zh-hans", "en")))

    def _in(self, code: str, message: Promise) -> str:
        with override(code):
            return str(message).format(province=self.site.pack.province.label(code))

    def when(self, node: URIRef, predicate: URIRef, at: date | datetime | None) -> None:
        """Add a day or a moment, where there is one."""
        if at is not None:
            kind = XSD.dateTime if isinstance(at, datetime) else XSD.date
            self.add(node, predicate, Literal(at, datatype=kind))

    def typed(self, node: URIRef, *kinds: URIRef) -> URIRef:
        """Say of which kinds a node is."""
        for kind in kinds:
            self.add(node, RDF.type, kind)
        return node

    def link(self, node: URIRef, predicate: URIRef, to: str) -> None:
        """Point at whatever lies at an address: the shapes want it said that it is a resource."""
        self.add(node, predicate, self.typed(address(to), RDFS.Resource))

    def is_new(self, node: URIRef) -> bool:
        """Whether a shared node is still to be described; it is asked once."""
        if node in self._known:
            return False
        self._known.add(node)
        return True

    def value(self, table: str, code: str, *kinds: URIRef) -> URIRef:
        """Return a value of an authority list, said to be in it."""
        node = AUTHORITY[f"{table}/{code}"]
        if self.is_new(node):
            self.add(self.typed(node, *kinds), SKOS.inScheme, AUTHORITY[table])
        return node

    def agent(self, body: Provider) -> URIRef:
        """Return a body that provides resources."""
        node = self.site.at(f"body-{body.credit_code}")
        if self.is_new(node):
            self.typed(node, FOAF.Agent)
            self.say(node, FOAF.name, body.name, body.name_en)
            self.add(node, DCTERMS.identifier, Literal(body.credit_code))
            self.add(node, DCTERMS.type, self._kind_of(body))
        return node

    def _kind_of(self, body: Provider) -> URIRef:
        if body.kind == BodyKind.ASSOCIATION:
            name = "NonGovernmentalOrganisation"
        elif body.kind in SOCIAL:
            name = "Company"
        elif body.division == self.site.pack.province.code:
            name = "RegionalAuthority"
        else:
            name = "LocalAuthority"
        node, scheme = PUBLISHER[name], PUBLISHER["1.0"]
        if self.is_new(node):
            self.add(self.typed(node, SKOS.Concept), SKOS.inScheme, scheme)
            self.add(node, SKOS.prefLabel, Literal(name, lang="en"))
            self.typed(scheme, SKOS.ConceptScheme)
            self.add(scheme, DCTERMS.title, Literal("Publisher type", lang="en"))
        return node

    def place(self, code: str) -> URIRef:
        """Return a division, named where the pack knows its code."""
        node = self.site.at(f"division-{code}")
        if self.is_new(node):
            self.typed(node, DCTERMS.Location)
            self.add(node, DCTERMS.identifier, Literal(text(code)))
            if division := _known(self.site.pack.division, code):
                self.say(node, SKOS.prefLabel, division.zh, division.en)
        return node

    def themes(self, codes: Sequence[str]) -> Iterator[URIRef]:
        """Yield themes of ours, each after its counterpart in Europe where it has one."""
        for code in codes:
            if name := DATA_THEME.get(code):
                node = self.value("data-theme", name, SKOS.Concept)
                self.add(node, SKOS.prefLabel, Literal(DATA_THEME_NAMES[name], lang="en"))
                self.scheme_of_europe()
                yield node
            node = self.site.at(f"theme-{code}")
            if self.is_new(node):
                theme = _known(self.site.pack.theme, code)
                self.add(self.typed(node, SKOS.Concept), SKOS.inScheme, self.scheme_of_ours())
                self.say(
                    node, SKOS.prefLabel, theme.zh if theme else code, theme.en if theme else ""
                )
            yield node

    def scheme_of_europe(self) -> URIRef:
        """Return the list of Europe's data themes."""
        node = AUTHORITY["data-theme"]
        if self.is_new(node):
            self.typed(node, SKOS.ConceptScheme)
            self.add(node, DCTERMS.title, Literal("Data theme", lang="en"))
        return node

    def scheme_of_ours(self) -> URIRef:
        """Return the list of our own themes."""
        node = self.site.at("themes")
        if self.is_new(node):
            self.say_of_province(self.typed(node, SKOS.ConceptScheme), DCTERMS.title, THEMES)
        return node

    def licence(self, name: str) -> URIRef:
        """Return a licence, at its own address where it has one."""
        found = _known(self.site.pack.licence, name)
        node = address(found.url) if found and found.url else self.site.at(f"licence-{name}")
        if self.is_new(node):
            self.typed(node, DCTERMS.LicenseDocument)
            self.say(node, DCTERMS.title, found.zh if found else name, found.en if found else "")
        return node

    def metric(self, dimension: str) -> URIRef:
        """Return the score of a dimension of GB/T 36344, or the whole where none is named."""
        node = self.site.at(f"metric-{dimension or 'total'}")
        if self.is_new(node):
            self.typed(node, DQV.Metric)
            self.add(node, DQV.expectedDataType, XSD.decimal)
            self.say_of_province(node, SKOS.definition, SCORE if dimension else TOTAL)
            if dimension:
                found = self.site.pack.quality.named[dimension]
                side = self.typed(self.site.at(f"dimension-{dimension}"), DQV.Dimension)
                self.say(side, SKOS.prefLabel, found.zh, found.en)
                self.add(node, DQV.inDimension, side)
        return node

    def service(self) -> URIRef:
        """Return the interface by which rows are asked for."""
        node = self.site.at("interface")
        if self.is_new(node):
            api = f"{self.site.url}/api/v1/"
            self.say_of_province(self.typed(node, DCAT.DataService), DCTERMS.title, INTERFACE)
            self.link(node, DCAT.endpointURL, api)
            self.link(node, DCAT.endpointDescription, f"{api}openapi.json")
        return node


def _known(named: Callable[[str], N], code: str) -> N | None:
    try:
        return named(code)
    except KeyError:
        return None
