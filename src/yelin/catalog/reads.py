"""Finding entries: people's own words, facets and counts, all of what the asker may see."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from yelin import gate
from yelin.catalog import asking, counting, orders, sounds
from yelin.catalog.asking import Level, Term
from yelin.catalog.content import EntryContent
from yelin.catalog.counting import FACETS, PUBLIC_FACETS
from yelin.catalog.findable import READ_BY_EVERYONE, Findable
from yelin.catalog.models import Entry, Item
from yelin.catalog.orders import SORTS
from yelin.catalog.states import State
from yelin.catalog.wording import END
from yelin.catalog.words import fold
from yelin.parties.actor import Actor
from yelin.parties.models import Body

# So many hits are counted, ranked and offered page by page; of more it is said that there are more.
MOST = 10_000
_LOOKED_AT = 5
_MOST_OTHERS = 4
# A walk in an order looks at so many rows at first, then at so many, before all hits are sorted.
_STRIDES = (2_000, 16_000)


@dataclass(frozen=True)
class Search:
    """What someone looks for: words, chosen facet values, an order."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""


def seen_by(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of which ``actor`` may know that they exist, for lists.

    What was withdrawn is in none any more, whoever asks.
    """
    seen = gate.visible_to(actor, "entry.see", Entry.objects.select_related("provider"))
    return seen.exclude(state=State.WITHDRAWN)


class Withdrawn(gate.Unseen):
    """The entry was withdrawn; whoever knew its address may know when and why."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"{entry.code} is withdrawn")
        self.entry = entry


def get(actor: Actor, **which: object) -> Entry:
    """Return one entry that ``actor`` may know of.

    Raises ``Unseen``, the same for one that is missing and one that is hidden, and ``Withdrawn``.
    """
    entries = Entry.objects.select_related("provider").filter(**which)
    found: Entry | None = (
        gate.visible_to(actor, "entry.see", entries).exclude(state=State.WITHDRAWN).first()
    )
    if found is not None:
        return found
    gone = gate.visible_to(actor, "tombstone.see", entries).first()
    raise Withdrawn(gone) if gone is not None else gate.Unseen


def items(decision: gate.Decision, entry: Entry) -> list[Item]:
    """Return the items of ``entry`` of which ``decision`` tells; others do not exist for the asker.

    Raises ``Refused`` where it refuses to tell of any.
    """
    decision.must_allow("entry.read", entry.pk)
    rows = Item.objects.select_related("element__standard", "code_list__standard")
    prefetch_related_objects([entry], Prefetch("items", rows))
    return [item for item in entry.items.all() if decision.shows(item.name)]


def told(decision: gate.Decision, entry: Entry, known: Collection[str]) -> EntryContent:
    """Return what ``entry`` says to whom ``decision`` tells it: no item that he does not have.

    ``known`` are the codes of related resources of which he may know.
    """
    content = entry.content()
    left = {
        "items": tuple(item for item in content.items if decision.shows(item.name)),
        "related_codes": tuple(code for code in content.related_codes if code in known),
    }
    return content.model_copy(update=left)


def columns(decision: gate.Decision, count: int) -> int:
    """Return how many of ``count`` columns ``decision`` tells of."""
    shown = decision.obligations.shown_items
    return count if shown is None else min(count, len(shown))


def codes_seen(actor: Actor, codes: Collection[str]) -> frozenset[str]:
    """Return those of ``codes`` under which there is a resource that ``actor`` may know of."""
    if not codes:
        return frozenset()
    seen = gate.visible_to(actor, "entry.see", Entry.objects.filter(code__in=codes))
    return frozenset(code for code in seen.values_list("code", flat=True) if code)


def related(actor: Actor, entry: Entry) -> list[Entry]:
    """Return the resources that ``entry`` names or that name it, of those that ``actor`` sees.

    One that names it counts only for whoever may read that other's metadata, where the name stands.
    """
    named = Q(pk__in=seen_by(actor).filter(code__in=entry.related_codes).values("pk"))
    if entry.code:
        naming = Entry.objects.filter(related_codes__contains=[entry.code]).exclude(code=None)
        named |= Q(pk__in=gate.visible_to(actor, "entry.read", naming).values("pk"))
    rows = Entry.objects.filter(named).exclude(pk=entry.pk).select_related("provider")
    return list(rows.order_by("code", "pk"))


def find(actor: Actor, search: Search) -> "Found":
    """Return what ``actor`` may find.

    Where nothing holds the words as they are written, what holds the single words in them.
    """
    terms = asking.read(search.words)
    found = Found(actor, search, terms)
    if terms and not found.total:
        words = asking.loosened(terms)
        if words and [word.text for word in words] != [term.text for term in terms]:
            loose = Found(actor, search, words, loosened=True)
            return loose if loose.total else found
    return found


def suggest(actor: Actor, words: str, limit: int) -> list[Entry]:
    """Return entries whose titles hold what somebody is still typing, the most used first."""
    terms = asking.read(words)
    return Found(actor, Search(words), terms).titles(limit) if terms else []


def themes_called(actor: Actor, words: str, named: Mapping[str, str], limit: int) -> list[str]:
    """Return those of the themes ``named`` whose names hold ``words`` and that ``actor`` finds."""
    wanted = fold(words)
    codes = [code for code, name in named.items() if wanted and wanted in fold(name)]
    readable = gate.visible_to(actor, "entry.read", Entry.objects.all())
    return [code for code in codes if readable.filter(themes__contains=[code]).exists()][:limit]


def providers_called(actor: Actor, words: str, limit: int) -> list[Body]:
    """Return bodies whose names hold ``words`` and of which ``actor`` sees an entry."""
    wanted = fold(words)
    if not wanted:
        return []
    called = Q(name__icontains=wanted) | Q(short_name__icontains=wanted)
    theirs = gate.visible_to(actor, "entry.see", Entry.objects.filter(provider=OuterRef("pk")))
    return list(Body.objects.filter(called, Exists(theirs)).order_by("name")[:limit])


def other_words(actor: Actor, search: Search) -> list[str]:
    """Return other words by which ``actor`` finds something, where these find nothing.

    Written with other signs of the same sound; else each word alone that some title holds.
    """
    terms = asking.read(search.words)
    heard = asking.by_sound(terms)
    if heard:
        titles = Found(actor, search, heard).titles(_LOOKED_AT)
        for entry in titles:
            pieces = [sounds.of_same_sound(term.text, fold(entry.title)) for term in terms]
            if all(pieces):
                return [" ".join(piece for piece in pieces if piece)]
    words = asking.loosened(terms)
    return [word.text for word in words if Found(actor, search, [word]).total][:_MOST_OTHERS]


class Found:
    """What one asker finds: how many, the best of them, the facets by which there are fewer.

    ``total`` and ``facets`` are exact where there are up to ``MOST`` hits.
    """

    def __init__(
        self, actor: Actor, search: Search, terms: Sequence[Term], *, loosened: bool = False
    ) -> None:
        self.search = search
        self.terms = terms
        self.loosened = loosened
        self._actor = actor
        self._seen = gate.condition(actor, "entry.see", Entry) & ~Q(state=State.WITHDRAWN)
        self._readable = gate.condition(actor, "entry.read", Entry)
        self._chosen = self._narrowed(search.chosen)

    # How many.

    @cached_property
    def _counted(self) -> int:
        return self._hits()[: MOST + 1].count()

    @property
    def total(self) -> int:
        """How many there are, or ``MOST`` where there are more."""
        return min(self._counted, MOST)

    @property
    def is_exact(self) -> bool:
        """Whether there are no more than ``total``."""
        return self._counted <= MOST

    def count(self) -> int:
        """Return how many there are, however many; it may take its time."""
        return self._counted if self.is_exact else self._hits().count()

    # Which.

    def rows(self) -> QuerySet[Entry]:
        """Return all hits in the order asked for, for whoever narrows or lists them further."""
        hits = Entry.objects.select_related("provider").filter(self._found("findable__"))
        if not self._ranks:
            return hits.order_by(*orders.on_entries(self._order))
        ranked = hits.annotate(rank=self._rank("findable__"), size=_size("findable__"))
        return ranked.order_by("rank", "size", *orders.on_entries("used"))

    def __iter__(self) -> Iterator[Entry]:
        return self.rows().iterator(chunk_size=500)

    def best(self, first: int, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits from the one at ``first`` on, in the order asked for."""
        limit = min(limit, MOST - first)
        if limit <= 0:
            return []
        if self.is_exact:
            hits = self._ranked(self._hits()) if self._ranks else self._ordered(self._hits())
            found = _ids(hits[first : first + limit])
        elif self._ranks:
            found = self._by_stages(first, limit)
        else:
            found = self._walked(self._held(Level.WHOLE), self._hits(), first, limit)
        return _entries(found)

    def titles(self, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits in titles: of very many those most used."""
        near = self._near(asking.held(self.terms, Level.TITLE), _STRIDES[0])
        found = _ids(self._ordered(near)[:limit]) if near is not None else []
        if len(found) < limit:
            hits = self._listed(asking.indexed(self.terms, Level.TITLE))
            found = _ids(self._ranked(hits)[:limit])
        return _entries(found)

    @property
    def has_places(self) -> bool:
        """Whether the list has an order in which one may go on from a place, without an end."""
        return not self._ranks

    def place_of(self, entry: Entry) -> str:
        """Return where ``entry`` stands in the list, for ``after``."""
        return orders.place_of(self._order, entry.findable)

    def after(self, place: str, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits that come after ``place``, however many came before.

        Raises ``ValueError`` for what is no place of this list.
        """
        passed = orders.beyond(self._order, orders.at_place(self._order, place))
        return _entries(_ids(self._ordered(self._hits().extra(**passed))[:limit]))

    @property
    def _ranks(self) -> bool:
        return bool(self.terms) and self.search.sort not in SORTS

    @property
    def _order(self) -> str:
        if self.search.sort in SORTS:
            return self.search.sort
        return "used" if self.terms else "updated"

    def _ranked(self, hits: QuerySet[Findable]) -> QuerySet[Findable]:
        hits = hits.annotate(rank=self._rank(), size=_size())
        return hits.order_by("rank", "size", *SORTS["used"])

    def _rank(self, path: str = "") -> Case:
        """Return how well the title at ``path`` answers: the words, at its beginning, within it."""
        words = " ".join(term.text for term in self.terms)
        as_written = [Q(title_text__contains=term.text) for term in self.terms]
        ranks = [
            Q(title_text__startswith=f"{words}{END}"),
            Q(title_text__startswith=words),
            Q(*as_written),
            asking.held(self.terms, Level.TITLE),
            asking.held(self.terms, Level.SEEN),
        ]
        return Case(
            *(When(_at(path, rank), then=Value(at)) for at, rank in enumerate(ranks)),
            default=Value(len(ranks)),
            output_field=IntegerField(),
        )

    def _by_stages(self, first: int, limit: int) -> list[UUID]:
        """Return the best of very many: exact titles, then other titles, then the rest."""
        words = " ".join(term.text for term in self.terms)
        exact = Q(title_text__startswith=f"{words}{END}")
        title = asking.held(self.terms, Level.TITLE) & ~exact
        rest = self._held(Level.WHOLE) & ~asking.held(self.terms, Level.TITLE)
        stages = (
            (exact, self._listed(exact)),
            (title, self._listed(asking.indexed(self.terms, Level.TITLE) & ~exact)),
            (rest, self._hits().filter(rest)),
        )
        found: list[UUID] = []
        for held, hits in stages:
            found += self._walked(held, hits, first, limit - len(found))
            if len(found) == limit:
                break
            first = 0 if found else max(0, first - hits[: MOST + 1].count())
        return found

    def _walked(self, held: Q, hits: QuerySet[Findable], first: int, limit: int) -> list[UUID]:
        """Return a part of ``hits``, all that are ``held``, looking at the first rows in order.

        Of very many hits some are among those soon; to find and sort all takes long.
        """
        for stride in _STRIDES:
            near = self._near(held, stride)
            if near is None:
                break
            found = _ids(self._ordered(near)[first : first + limit])
            if len(found) == limit:
                return found
        return _ids(self._ordered(hits)[first : first + limit])

    def _near(self, held: Q, stride: int) -> QuerySet[Findable] | None:
        """Return what is ``held`` among the first rows in order; None where there are no more."""
        rows = Findable.objects.order_by(*SORTS[self._order]).only(*orders.names_of(self._order))
        border = list(rows[stride : stride + 1])
        if not border:
            return None
        return self._listed(held).extra(**orders.beyond(self._order, border[0], before=True))

    # By what they may be narrowed.

    def facets(self, *, whole: bool = False) -> dict[str, list[tuple[str, int]]] | None:
        """Return for each facet its values with counts, most first, the other facets applied.

        None where there are more than ``MOST`` hits to count, unless the ``whole`` is asked for.
        """
        if not whole and not self.is_exact:
            return None
        names = [name for name in FACETS if not self.search.chosen.get(name)]
        found = self._values(names, whole=whole)
        for name in FACETS:
            if name in found:
                continue
            others = {key: values for key, values in self.search.chosen.items() if key != name}
            wider = Found(self._actor, replace(self.search, chosen=others), self.terms)
            if not whole and not wider.is_exact:
                return None
            found |= wider._values([name], whole=whole)
        return {name: found[name] for name in FACETS}

    def _values(self, names: Sequence[str], *, whole: bool) -> dict[str, list[tuple[str, int]]]:
        hits = self._hits().order_by()
        return counting.counted(hits if whole else hits[:MOST], self._readable, names)

    # What is found at all.

    def _hits(self) -> QuerySet[Findable]:
        """Return all hits, as the inverted index finds them."""
        return Findable.objects.filter(self._found())

    def _found(self, path: str = "") -> Q:
        """Return the same as a filter on whatever leads to such a row by ``path``."""
        if not self.terms:
            return self._seen & self._chosen
        seen = _at(path, asking.indexed(self.terms, Level.SEEN))
        whole = _at(path, asking.indexed(self.terms, Level.WHOLE))
        everyone = _at(path, READ_BY_EVERYONE)
        found = seen | (everyone & whole & self._readable)
        if self._actor.party_id is not None:
            # A stranger reads what everyone reads, and is not looked for elsewhere.
            found |= ~everyone & whole & self._readable
        return self._seen & self._chosen & found

    def _held(self, level: Level) -> Q:
        """Return the same, for rows that are looked at one by one."""
        if not self.terms:
            return Q()
        seen = asking.held(self.terms, Level.SEEN)
        return seen | (asking.held(self.terms, level) & self._readable)

    def _listed(self, condition: Q) -> QuerySet[Findable]:
        return Findable.objects.filter(self._seen, self._chosen, condition)

    def _ordered(self, hits: QuerySet[Findable]) -> QuerySet[Findable]:
        return hits.order_by(*SORTS[self._order])

    def _narrowed(self, chosen: Mapping[str, Sequence[str]]) -> Q:
        found = Q()
        for name, values in chosen.items():
            if name in FACETS and values:
                found &= counting.one_of(name, values)
                if name not in PUBLIC_FACETS:
                    found &= self._readable
        return found


def _size(path: str = "") -> Combinable:
    return Length(f"{path}title_text") / 4


def _at(path: str, condition: Q) -> Q:
    """Return ``condition`` as one on whatever leads to the row by ``path``."""
    parts = [
        _at(path, part) if isinstance(part, Q) else (f"{path}{part[0]}", part[1])  # type: ignore[index]  # what is no Q is a pair
        for part in condition.children
    ]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


def _ids(found: QuerySet[Findable]) -> list[UUID]:
    return list(found.values_list("pk", flat=True))


def _entries(ids: Sequence[UUID]) -> list[Entry]:
    """Return the entries of ``ids`` in their order."""
    found = Entry.objects.select_related("provider").in_bulk(ids)
    return [found[pk] for pk in ids]
