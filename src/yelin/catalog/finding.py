"""What somebody's words find among very many entries: how many, the best of them, their facets.

Up to ``MOST`` hits are found by the inverted index and counted, ranked and told apart in one look.
Of more it is only said that there are more; the best of them are found by walking in an order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import or_
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from yelin import gate
from yelin.catalog import asking, counting, orders
from yelin.catalog.asking import Level, Term
from yelin.catalog.counting import FACETS, PUBLIC_FACETS, Look
from yelin.catalog.findable import IN_LISTS, READ_BY_EVERYONE, Findable
from yelin.catalog.models import Entry
from yelin.catalog.orders import SORTS
from yelin.catalog.wording import END
from yelin.parties.actor import Actor

# So many hits are counted, ranked and offered page by page; of more it is said that there are more.
MOST = 10_000
# So many of the best are known from the look that counts them.
FIRST = 200
# Before all hits are sorted, a walk looks at so many rows, and at more for each hit that is passed.
_STRIDE, _STRIDE_BY_HIT = 2_000, 5


@dataclass(frozen=True)
class Search:
    """What someone looks for: words, chosen facet values, an order."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""


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
        self._seen = gate.condition(actor, "entry.see", Entry) & IN_LISTS
        self._readable = gate.condition(actor, "entry.read", Entry)
        self._chosen = self._narrowed(search.chosen)
        # Of what is chosen already, others are counted in a wider search.
        self._facets = [name for name in FACETS if not search.chosen.get(name)]

    # How many.

    @cached_property
    def _look(self) -> Look:
        best = self._best_first[:FIRST]
        return counting.look(self._parts, self._readable, self._facets, best, MOST)

    @property
    def total(self) -> int:
        """How many there are, or ``MOST`` where there are more."""
        return min(self._look.many, MOST)

    @property
    def is_exact(self) -> bool:
        """Whether there are no more than ``total``."""
        return self._look.many <= MOST

    def count(self) -> int:
        """Return how many there are, however many; it may take its time."""
        return self._look.many if self.is_exact else sum(each.count() for each in self._parts)

    # Which.

    def rows(self) -> QuerySet[Entry]:
        """Return all hits in the order asked for, for whoever narrows or lists them further."""
        path = "findable__"
        found = self._seen & self._chosen & reduce(or_, self._found(path))
        hits = Entry.objects.select_related("provider").filter(found)
        if not self._ranks:
            return hits.order_by(*orders.on_entries(self._order))
        ranked = hits.annotate(rank=self._rank(path), size=_size(path))
        return ranked.order_by("rank", "size", *orders.on_entries("used"))

    def __iter__(self) -> Iterator[Entry]:
        return self.rows().iterator(chunk_size=500)

    def best(self, first: int, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits from the one at ``first`` on, in the order asked for."""
        end = min(first + limit, MOST)
        if end <= first:
            return []
        if self.is_exact and min(end, self.total) <= FIRST:
            found = self._look.best[first:end]
        elif self.is_exact:
            found = self._chosen_of(self._found(), self._best_first[first:end])
        elif self._ranks:
            found = self._by_stages(first, end - first)
        else:
            found = self._walked(self._held(), self._found(), first, end - first)
        return _entries(found)

    def titles(self, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits in titles: of very many those most used."""
        found = self._near(asking.held(self.terms, Level.TITLE), 0, limit)
        if len(found) < limit:
            best = self._ranked(Findable.objects.all())[:limit]
            found = self._chosen_of(self._titled(), best)
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
        if self.terms:
            rows = self._ordered(Findable.objects.extra(**passed))[:limit]
            return _entries(self._chosen_of(self._found(), rows))
        return _entries(_ids(self._ordered(self._listed(Q()).extra(**passed))[:limit]))

    @property
    def _ranks(self) -> bool:
        return bool(self.terms) and self.search.sort not in SORTS

    @property
    def _order(self) -> str:
        if self.search.sort in SORTS:
            return self.search.sort
        return "used" if self.terms else "updated"

    @property
    def _best_first(self) -> QuerySet[Findable]:
        rows = Findable.objects.all()
        return self._ranked(rows) if self._ranks else self._ordered(rows)

    def _ordered(self, hits: QuerySet[Findable]) -> QuerySet[Findable]:
        return hits.order_by(*SORTS[self._order])

    def _ranked(self, hits: QuerySet[Findable]) -> QuerySet[Findable]:
        hits = hits.annotate(rank=self._rank(), size=_size())
        return hits.order_by("rank", "size", *SORTS["used"])

    def _rank(self, path: str = "") -> Case:
        """Return how well the title at ``path`` answers: the words, at its beginning, within it."""
        words = " ".join(term.text for term in self.terms)
        ranks = [
            Q(title_text__startswith=f"{words}{END}"),
            Q(title_text__startswith=words),
            Q(*(Q(title_text__contains=term.text) for term in self.terms)),
            asking.held(self.terms, Level.TITLE),
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
        title = asking.held(self.terms, Level.TITLE)
        stages = (
            (None, [exact]),
            (title & ~exact, [each & ~exact for each in self._titled()]),
            (self._held() & ~title, [each & ~title for each in self._found()]),
        )
        found: list[UUID] = []
        for held, indexed in stages:
            found += self._walked(held, indexed, first, limit - len(found))
            if len(found) == limit:
                break
            if first:
                passed = (self._listed(each)[: MOST + 1].count() for each in indexed)
                first = 0 if found else max(0, first - sum(passed))
        return found

    def _walked(self, held: Q | None, indexed: Sequence[Q], first: int, limit: int) -> list[UUID]:
        """Return a part of the hits, all that are ``indexed``, those soon in order being ``held``.

        Of very many hits some are among those soon; to find and sort all takes long.
        """
        found = self._near(held, first, limit) if held is not None else []
        if len(found) == limit:
            return found
        rows = self._ordered(Findable.objects.all())
        return self._chosen_of(indexed, rows[first : first + limit])

    def _chosen_of(self, indexed: Sequence[Q], wanted: QuerySet[Findable]) -> list[UUID]:
        hits = [self._listed(each) for each in indexed]
        return counting.chosen(hits, self._readable, wanted)

    def _near(self, held: Q, first: int, limit: int) -> list[UUID]:
        """Return a part of what is ``held`` among the first rows in order."""
        rows = self._ordered(Findable.objects.all())[: _STRIDE + _STRIDE_BY_HIT * first]
        return counting.among(rows, self._ordered(self._listed(held))[first : first + limit])

    # By what they may be narrowed.

    def facets(self, *, whole: bool = False) -> dict[str, list[tuple[str, int]]] | None:
        """Return for each facet its values with counts, most first, the other facets applied.

        None where there are more than ``MOST`` hits to count, unless the ``whole`` is asked for.
        """
        found = self._values(whole=whole)
        for name in FACETS:
            if found is None or name in found:
                continue
            others = {key: values for key, values in self.search.chosen.items() if key != name}
            wider = Found(self._actor, replace(self.search, chosen=others), self.terms)
            wider._facets = [name]
            more = wider._values(whole=whole)
            found = None if more is None else found | more
        return found and {name: found[name] for name in FACETS}

    def _values(self, *, whole: bool) -> dict[str, list[tuple[str, int]]] | None:
        if self.is_exact:
            return self._look.facets
        return counting.counted(self._parts, self._readable, self._facets) if whole else None

    # What is found at all.

    @cached_property
    def _parts(self) -> list[QuerySet[Findable]]:
        """All hits, in parts that no hit is in two of."""
        return [self._listed(each) for each in self._found()]

    def _found(self, path: str = "") -> list[Q]:
        """Return as filters on whatever leads to a row by ``path`` that it is found.

        What everyone reads, and the rest: each half has an inverted index of its own. A stranger's
        words are not even looked for in what strangers never read.
        """
        if not self.terms:
            return [Q()]
        seen = _at(path, asking.held(self.terms, Level.SEEN))
        whole = _at(path, asking.indexed(self.terms, Level.WHOLE, "whole_tokens"))
        whole &= self._readable | seen
        rest = whole
        if self._actor.party_id is None:
            rest = _at(path, asking.indexed(self.terms, Level.SEEN, "seen_tokens"))
        return _halves(path, whole, rest)

    def _titled(self) -> list[Q]:
        """Return the same for titles, which whoever sees an entry sees."""
        return _halves(
            "",
            asking.indexed(self.terms, Level.TITLE, "whole_tokens"),
            asking.indexed(self.terms, Level.TITLE, "seen_tokens"),
        )

    def _held(self) -> Q:
        """Return that a row is found, for rows that are looked at one by one."""
        if not self.terms:
            return Q()
        seen = asking.held(self.terms, Level.SEEN)
        return seen | (asking.held(self.terms, Level.WHOLE) & self._readable)

    def _listed(self, condition: Q) -> QuerySet[Findable]:
        return Findable.objects.filter(self._seen, self._chosen, condition)

    def _narrowed(self, chosen: Mapping[str, Sequence[str]]) -> Q:
        found = Q()
        for name, values in chosen.items():
            if name in FACETS and values:
                found &= counting.one_of(name, values)
                if name not in PUBLIC_FACETS:
                    found &= self._readable
        return found


def _halves(path: str, everyones: Q, others: Q) -> list[Q]:
    read_by_everyone = _at(path, READ_BY_EVERYONE)
    return [read_by_everyone & everyones, ~read_by_everyone & others]


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
