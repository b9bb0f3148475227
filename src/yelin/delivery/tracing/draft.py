"""A graph that is being put together, and how rooms above contribute to it.

Every room asks the gate for what it adds; an edge to what another room did not add falls away, so
that nobody sees by the graph what they could not see elsewhere.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.tracing.graph import Bound, Edge, Kind, Node, Term, Trace
from yelin.gate import Decision
from yelin.ledger import log
from yelin.ledger.entry import State
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse.models import Release

# So many of one kind are told one by one, the last of them; the others come as a number.
MOST = 20
# So many leaves of one thing are named, the newest.
LEAVES = 3


def named(kind: Kind, of: UUID | str) -> str:
    """Return by what the node of a thing is known in a graph."""
    return f"{kind}:{of}"


@dataclass
class Draft:
    """What was found so far for ``actor`` about ``entry``, or one ``release`` of it alone.

    ``may`` answers what the actor may do with the entry, for which holds were read once.
    ``is_of_one`` says that only what concerns this release was asked for, ``asked`` which thing of
    another room: that one is told, however many there are of its kind.
    """

    actor: Actor
    entry: Entry
    may: Callable[..., Decision]
    release: Release | None = None
    is_of_one: bool = False
    asked: UUID | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    releases: dict[UUID, Release] = field(default_factory=dict)
    _edges: dict[Edge, None] = field(default_factory=dict)
    _fresh: list[Release] = field(default_factory=list)

    def add(self, node: Node) -> str:
        """Add a node, unless it is there, and return its id."""
        self.nodes.setdefault(node.id, node)
        return node.id

    def link(self, of: str, term: Term, to: str) -> None:
        """Say that ``of`` leads back to ``to``; it holds once both are there."""
        if of != to:
            self._edges[Edge(of, term, to)] = None

    def add_body(self, body: Body) -> str:
        """Add a body, known of by whoever knows of what it answers for."""
        node = Node(
            id=named(Kind.BODY, body.pk),
            kind=Kind.BODY,
            title=body.name,
            title_en=body.name_en,
            key=body.credit_code,
            thing=body.pk,
        )
        return self.add(node)

    def add_entry(self, entry: Entry) -> str:
        """Add an entry that the actor may know of, with the body that provides it."""
        node = Node(
            id=named(Kind.ENTRY, entry.pk),
            kind=Kind.ENTRY,
            title=entry.title,
            title_en=entry.title_en,
            key=entry.slug if entry.code else "",
            thing=entry.pk,
            told={"code": entry.code} if entry.code else {},
        )
        self.link(self.add(node), Term.ATTRIBUTED, self.add_body(entry.provider))
        return node.id

    def add_release(self, release: Release) -> str:
        """Add a release of an entry whose metadata the actor may read, and its publication."""
        if release.pk in self.releases:
            return named(Kind.RELEASE, release.pk)
        self.releases[release.pk] = release
        self._fresh.append(release)
        entry, of_entry = release.entry, self.add_entry(release.entry)
        node = Node(
            id=named(Kind.RELEASE, release.pk),
            kind=Kind.RELEASE,
            title=entry.title,
            title_en=entry.title_en,
            key=entry.slug if entry.code else "",
            thing=release.pk,
            told={
                "number": release.number,
                "mode": release.mode,
                "rows": release.rows,
                "manifest": release.digest_text,
            },
            since=release.released_at,
        )
        provider = self.add_body(entry.provider)
        published = Node(
            id=named(Kind.PUBLICATION, release.pk),
            kind=Kind.PUBLICATION,
            title=entry.title,
            title_en=entry.title_en,
            key=node.key,
            told={"number": release.number},
            since=release.released_at,
            until=release.released_at,
        )
        self.link(self.add(node), Term.GENERATED, self.add(published))
        self.link(node.id, Term.ATTRIBUTED, provider)
        self.link(published.id, Term.ASSOCIATED, provider)
        self.link(published.id, Term.USED, of_entry)
        upload = named(Kind.UPLOAD, release.upload_id)
        self.link(published.id, Term.USED, upload)
        self.link(node.id, Term.DERIVED, upload)
        for before in (release.base_id, release.restored_id):
            if before:
                self.link(published.id, Term.USED, named(Kind.RELEASE, before))
                self.link(node.id, Term.DERIVED, named(Kind.RELEASE, before))
        return node.id

    def taken(self) -> list[Release]:
        """Return the releases that were added since this was asked last."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def fold(self, kind: Kind, many: int, *, key: str = "", **more: Any) -> str | None:
        """Add one node for so ``many`` of a kind that are not told one by one; none for none."""
        if many <= 0:
            return None
        node = Node(id=named(kind, "others"), kind=kind, key=key, folded=many)
        return self.add(replace(node, **more))

    def done(self, about: str) -> Trace:
        """Return the graph, each node bound to the leaves about it that the actor may open."""
        edges = [each for each in self._edges if {each.of, each.to} <= self.nodes.keys()]
        bound = self._leaves()
        nodes = [
            replace(node, leaves=tuple(bound.get(node.id, ()))) for node in self.nodes.values()
        ]
        return Trace(about, nodes, edges)

    def _leaves(self) -> dict[str, list[Bound]]:
        """Return the leaves that speak of each node: about it, or of the act that made it."""
        numbers = {(each.entry_id, each.number): each.pk for each in self.releases.values()}
        entries = [node.thing for node in self.nodes.values() if node.kind is Kind.ENTRY]
        things = {
            node.thing: node
            for node in self.nodes.values()
            if node.thing and node.kind not in _BY_ANOTHER
        }
        of = Q(subject__in=[*entries, *things])
        made_by = Q(
            act="warehouse.publish",
            payload__facts__release__number__in=sorted({number for _, number in numbers}),
        )
        for kind in _MADE:
            made = [str(thing) for thing, node in things.items() if node.kind is kind]
            if made:
                made_by |= Q(**{f"payload__facts__{kind}__id__in": made})
        whole = Leaf.objects.filter(refused=False, shredded_at=None)
        asked = Q(pk__in=_newest(whole, entries, things)) | of & made_by
        bound: dict[str, list[Bound]] = {}
        opened = gate.visible_to(self.actor, "leaf.open", whole.filter(asked))
        for leaf in log.along(opened).order_by("-id"):
            published = log.state_of(leaf, leaf.published) is State.PUBLISHED  # type: ignore[attr-defined]  # as it was read
            told = Bound(leaf.act, bytes(leaf.h).hex(), leaf.index, published)
            for name in self._spoken_of(leaf, things, numbers):
                leaves = bound.setdefault(name, [])
                if len(leaves) < LEAVES:
                    leaves.append(told)
        return bound

    @staticmethod
    def _spoken_of(
        leaf: Leaf, things: Mapping[UUID, Node], numbers: Mapping[tuple[UUID, int], UUID]
    ) -> Iterator[str]:
        facts = leaf.payload["facts"]
        if leaf.subject_id in things:
            yield things[leaf.subject_id].id
        elif leaf.act == _CONFIRMED:
            yield named(Kind.ENTRY, leaf.subject_id)
        for kind in _MADE:
            said = facts.get(kind)
            if isinstance(said, dict) and "id" in said:
                made = things.get(UUID(said["id"]))
                if made is not None and made.thing != leaf.subject_id:
                    yield made.id
        if leaf.act == "warehouse.publish":
            release = numbers.get((leaf.subject_id, facts["release"]["number"]))
            if release:
                yield named(Kind.RELEASE, release)


_CONFIRMED = "catalog.confirm"
# Of an entry and a body there are any number of leaves; a release is spoken of by its entry's.
_BY_ANOTHER = {Kind.ENTRY, Kind.RELEASE, Kind.PUBLICATION, Kind.BODY, Kind.PERSON}
# What comes to be in an act about something else.
_MADE = (Kind.UPLOAD, Kind.GRANT, Kind.CERTIFICATE)


def _newest(
    leaves: QuerySet[Leaf], entries: Collection[UUID | None], things: Collection[UUID | None]
) -> QuerySet[Leaf, int]:
    """Return the newest leaves about each thing, and of each entry the newest confirmations."""
    about = Q(subject__in=list(things)) | Q(subject__in=list(entries), act=_CONFIRMED)
    place = Window(RowNumber(), partition_by="subject", order_by="-id")
    ranked = leaves.filter(about).annotate(place=place)
    return ranked.filter(place__lte=LEAVES).values_list("pk", flat=True)


# What a room adds to a graph of the releases that were added to it just now.
Contribution = Callable[[Draft, Sequence[Release]], None]
_contributions: list[Contribution] = []


def contributes(add: Contribution) -> None:
    """Let a room say what it knows of the way of releases.

    It is called once with those of the resource, and again with what was added of others. It asks
    the gate for all that it adds, by a number of queries that does not grow.
    """
    _contributions.append(add)


def ask(draft: Draft, releases: Sequence[Release]) -> None:
    """Let every room add what it knows of ``releases``."""
    for add in _contributions:
        add(draft, releases)
