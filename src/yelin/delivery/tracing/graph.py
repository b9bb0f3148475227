"""The way of a datum as a graph in the words of PROV-O, pure: what there is, and what came of what.

An edge leads from what is later to what it came of (W3C PROV-O), so that no way leads in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from heapq import heappop, heappush
from uuid import UUID


class Sort(StrEnum):
    """What PROV-O knows: a thing, something that was done, or whoever answers for it."""

    ENTITY = "Entity"
    ACTIVITY = "Activity"
    AGENT = "Agent"


class Kind(StrEnum):
    """What stands on the way. A room that contributes another one names it here."""

    SYSTEM = "system"
    PROJECT = "project"
    PULL = "pull"
    NOTICE = "notice"
    FORM = "form"
    ENTRY = "entry"
    UPLOAD = "upload"
    PUBLICATION = "publication"
    RELEASE = "release"
    WORK = "work"
    CERTIFICATE = "certificate"
    EXTRACT = "extract"
    ARRANGEMENT = "arrangement"
    LISTING = "listing"
    CONTRACT = "contract"
    TRADE = "trade"
    GRANT = "grant"
    DELIVERY = "delivery"
    ANYBODY = "anybody"
    BODY = "body"
    PERSON = "person"

    @property
    def sort(self) -> Sort:
        """What it is to PROV-O."""
        if self in _ACTIVITIES:
            return Sort.ACTIVITY
        return Sort.AGENT if self in _AGENTS else Sort.ENTITY


_ACTIVITIES = {Kind.PUBLICATION, Kind.WORK, Kind.ARRANGEMENT, Kind.TRADE, Kind.DELIVERY}
_AGENTS = {Kind.ANYBODY, Kind.BODY, Kind.PERSON}


class Term(StrEnum):
    """What leads from one to another, as PROV-O calls it."""

    USED = "used"
    GENERATED = "wasGeneratedBy"
    DERIVED = "wasDerivedFrom"
    ATTRIBUTED = "wasAttributedTo"
    ASSOCIATED = "wasAssociatedWith"
    ON_BEHALF = "actedOnBehalfOf"
    INFORMED = "wasInformedBy"

    @property
    def ends(self) -> tuple[Sort, Sort]:
        """From what to what it leads."""
        return _ENDS[self]


_ENDS = {
    Term.USED: (Sort.ACTIVITY, Sort.ENTITY),
    Term.GENERATED: (Sort.ENTITY, Sort.ACTIVITY),
    Term.DERIVED: (Sort.ENTITY, Sort.ENTITY),
    Term.ATTRIBUTED: (Sort.ENTITY, Sort.AGENT),
    Term.ASSOCIATED: (Sort.ACTIVITY, Sort.AGENT),
    Term.ON_BEHALF: (Sort.AGENT, Sort.AGENT),
    Term.INFORMED: (Sort.ACTIVITY, Sort.ACTIVITY),
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A leaf of the ledger that speaks of a node: its hash, its place, and whether it is signed."""

    act: str
    hash: str
    index: int | None
    published: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One thing, doing or party on the way.

    ``key`` is what its page calls it: a slug, a number, a digest. ``told`` are plain facts about
    it. One that is ``folded`` stands for so many of its kind that are not drawn one by one.
    """

    id: str
    kind: Kind
    title: str = ""
    title_en: str = ""
    key: str = ""
    thing: UUID | None = None
    told: Mapping[str, str | int] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    folded: int = 0
    leaves: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """That one came of another, or answers for it."""

    of: str
    term: Term
    to: str


class Astray(ValueError):
    """A graph that says what cannot be: a circle, or a term between what it does not join."""


@dataclass(frozen=True)
class Trace:
    """The way of one resource, or of one of its releases, as one asker may know of it.

    ``nodes`` stand in the order of the way, ``about`` names the one that was asked about. Raises
    ``Astray``.
    """

    about: str
    nodes: Sequence[Node]
    edges: Sequence[Edge]

    def __post_init__(self) -> None:
        kinds = {node.id: node.kind.sort for node in self.nodes}
        for edge in self.edges:
            if (kinds[edge.of], kinds[edge.to]) != edge.term.ends:
                raise Astray(f"{edge.of} {edge.term} {edge.to}")
        object.__setattr__(self, "nodes", tuple(_in_order(self.nodes, self.edges)))

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Every node by its id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def _leading(self) -> Mapping[str, Sequence[Edge]]:
        found: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.of].append(edge)
        return found

    def out_of(self, node: Node, *terms: Term) -> list[tuple[Term, Node]]:
        """Return what ``node`` leads back to, by any of ``terms`` (none named: by all)."""
        edges = self._leading.get(node.id, ())
        return [
            (each.term, self.by_id[each.to]) for each in edges if not terms or each.term in terms
        ]


def _in_order(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[Node]:
    """Yield ``nodes`` so that each follows all that it came of, otherwise by kind and moment."""
    known = {node.id: node for node in nodes}
    waits = dict.fromkeys(known, 0)
    later: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        waits[edge.of] += 1
        later[edge.to].append(edge.of)
    ready: list[tuple[int, float, str]] = []
    for node in known.values():
        if not waits[node.id]:
            heappush(ready, _place(node))
    found = 0
    while ready:
        *_, name = heappop(ready)
        found += 1
        yield known[name]
        for next_ in later[name]:
            waits[next_] -= 1
            if not waits[next_]:
                heappush(ready, _place(known[next_]))
    if found < len(known):
        raise Astray("what came of something cannot be what that came of")


_ORDER = {kind: place for place, kind in enumerate(Kind)}


def _place(node: Node) -> tuple[int, float, str]:
    return _ORDER[node.kind], node.since.timestamp() if node.since else 0.0, node.id
