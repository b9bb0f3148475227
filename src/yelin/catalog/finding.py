"""What somebody's words find among very many entries: how many, the best of them, their facets.

Up to ``MOST`` hits are found by the inverted index and counted, ranked and told apart in one look.
Of more it is only said that there are more; the best of them are found by walking in an order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from django.db.models import Case, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from yelin.catalog import asking, counting, listing, orders
from yelin.catalog.asking import Level, Term
from yelin.catalog.counting import FACETS, Chosen, Counts, Look
from yelin.catalog.findable import SAMPLE
from yelin.catalog.listing import ALWAYS, READABLE, TABLE, Clause, Listing, Sought, said
from yelin.catalog.models import Entry
from yelin.catalog.orders import SORTS
from yelin.catalog.told import Hits
from yelin.catalog.wording import END
from yelin.things.prepared import Prepared

# So many hits are counted, ranked and offered page by page; of more it is said that there are more,
# and of these only so many of the best are offered.
MOST, BEST_OF_MORE = 10_000, 500
# Of no more than ``MOST`` hits so many are in the sample of all rows with a chance of less than one
# to a million millions: as seldom a machine counts wrong.
PROOF = 810
# With all hits so many are looked at for the other values of what is chosen: together they take as
# long as one look at ``MOST``. Where few are left, it is not even asked how many there are.
_WIDER, _WORTH_ASKING = 6_000, 1_000
# Before all hits are sorted, a walk looks at so many rows, and at more for each hit that is passed.
_STRIDE, _STRIDE_BY_HIT, _SOME, _FURTHER = 2_000, 20, 6, 5
# Titles are told apart by steps of four Chinese signs: bytes are counted sooner than signs.
_STEP, _LONGEST = 12, 1_000
_OF_THEM = f") SELECT entry_id FROM {TABLE}"  # noqa: S608 - a name of ours
_ENTRIES = Prepared(
    lambda: Entry.objects.select_related("provider").extra(
        where=["catalog_entry.thing_id = ANY(%s)"], params=[None]
    )
)


# What an index finds, and what is left to check of that.
_InTwo = tuple[Clause, Clause]
_ALL: _InTwo = (ALWAYS, ALWAYS)


@dataclass(frozen=True)
class Search:
    """What someone looks for: words, chosen facet values, an order."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all that there is is looked for, in whatever order."""
        return not self.words and not self.chosen


class Found:
    """What one asker finds: how many, the best of them, the facets by which there are fewer.

    ``total`` and ``facets`` are exact where there are up to ``MOST`` hits.
    """

    def __init__(
        self, listed: Listing, search: Search, terms: Sequence[Term], *, loosened: bool = False
    ) -> None:
        self.search = search
        self.terms = terms
        self.loosened = loosened
        self._listing = listed
        self._chosen = Chosen(search.chosen)

    # How many.

    @cached_property
    def _look(self) -> Look:
        # What of very many is known already, to no end, costs as much as to find them.
        if self._sampled == PROOF:
            return Look(MOST + 1, Hits(b"", b""))
        order, expected = self._within, SAMPLE * self._sampled
        return counting.look(
            self._listing, self._sought, self._rank, order, MOST, expected=expected
        )

    @cached_property
    def _sampled(self) -> int:
        return self._listing.sampled(self._sought, PROOF)

    def _guessed(self, most: int) -> int:
        """Return how many there are by the sample, or somewhat more than ``most``."""
        return SAMPLE * self._listing.sampled(self._sought, most // SAMPLE + 1)

    @property
    def total(self) -> int:
        """How many there are, or ``MOST`` where there are more."""
        return min(self._look.many, MOST)

    @property
    def is_exact(self) -> bool:
        """Whether there are no more than ``total``."""
        return self._look.many <= MOST

    @property
    def offered(self) -> int:
        """How many are offered page by page: of very many only the best."""
        return self.total if self.is_exact else min(MOST, BEST_OF_MORE)

    def count(self) -> int:
        """Return how many there are, however many; it may take its time."""
        return self._look.many if self.is_exact else self._listing.count(self._sought)

    # Which.

    def rows(self) -> QuerySet[Entry]:
        """Return all hits in the order asked for, for whoever narrows or lists them further."""
        ids = self._listing.all_of(self._sought)
        hits = Entry.objects.select_related("provider").filter(pk__in=RawSQL(ids.sql, ids.params))  # noqa: S611 - composed by Django
        if not self._ranks:
            return hits.order_by(*orders.on_entries(self._order))
        whens = (When(_at("findable__", rank), then=at) for at, rank in enumerate(self._levels()))
        rank = Case(*whens, default=Value(9), output_field=IntegerField())
        ranked = hits.annotate(rank=rank, size=_Size("findable__title_text"))
        return ranked.order_by("rank", "size", *orders.on_entries("used"))

    def __iter__(self) -> Iterator[Entry]:
        return self.rows().iterator(chunk_size=500)

    def best(self, first: int, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits from the one at ``first`` on, in the order asked for."""
        limit = min(first + limit, self.offered) - first
        if limit <= 0:
            return []
        if not self.is_exact:
            return _entries(self._best_of_more(first, limit))
        return _entries(self._look.hits.best(self._within, first, limit))

    def titles(self, limit: int) -> list[Entry]:
        """Return ``limit`` of the hits in titles: of very many those most used."""
        found = self._near(said(asking.held(self.terms, Level.TITLE)), 0, limit)
        if len(found) < limit:
            found = self._sorted(self._titled(), self._ranked(0, limit))
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
        found = self._near(self._held(), 0, limit, passed)
        if len(found) < limit:
            found = self._sorted(self._sought.narrowed(passed), self._in_order(0, limit))
        return _entries(found)

    @property
    def _ranks(self) -> bool:
        return bool(self.terms) and self.search.sort not in SORTS

    @property
    def _order(self) -> str:
        if self.search.sort in SORTS:
            return self.search.sort
        return "used" if self.terms else "updated"

    @property
    def _within(self) -> str:
        """By what those go that answer equally well."""
        return "used" if self._ranks else self._order

    def _rank(self, left: Clause = ALWAYS) -> Clause:
        """How well a title answers as a number, short titles first.

        It has none where what is ``left`` to check does not hold, which it does for a title that
        has the words.
        """
        if not self._ranks:
            return listing.unranked(left)
        levels = list(dict.fromkeys(said(level) for level in self._levels()))
        whens = " ".join(f"WHEN {level.sql} THEN {at}" for at, level in enumerate(levels))
        params = tuple(value for level in levels for value in level.params)
        last = (
            Clause("ELSE 9") if left == ALWAYS else Clause(f"WHEN {left.sql} THEN 9", left.params)
        )
        size = f"octet_length(title_text) / {_STEP}"
        return Clause(f"CASE {whens} ", params) + last + Clause(f" END * {_LONGEST} + {size}")

    def _in_order(self, first: int, limit: int) -> Clause:
        return Clause(f" ORDER BY {orders.in_sql(self._order)} OFFSET {first} LIMIT {limit}")

    def _ranked(self, first: int, limit: int) -> Clause:
        by = f"rank, {orders.in_sql(self._within)}"
        return Clause(f" ORDER BY {by} OFFSET {first} LIMIT {limit}")

    def _levels(self) -> list[Q]:
        """Return how well a title answers: the words, at its beginning, within it, meant so."""
        words = " ".join(term.text for term in self.terms)
        return [
            Q(title_text__startswith=f"{words}{END}"),
            Q(title_text__startswith=words),
            Q(*(Q(title_text__contains=term.text) for term in self.terms)),
            asking.held(self.terms, Level.TITLE),
        ]

    def _best_of_more(self, first: int, limit: int) -> list[UUID]:
        """Return the best of very many: exact titles, then other titles, then the rest."""
        if not self._ranks:
            return self._walked(self._held(), self._sought, first, limit)
        exact, *_, titled = self._levels()
        other, beside = said(~exact), said(~titled)
        stages = (
            (None, Sought((said(exact) & self._chosen.held(),), self._chosen.allowed)),
            (said(titled) & other, self._titled().narrowed(other)),
            (self._held() & beside, self._sought.narrowed(beside)),
        )
        found: list[UUID] = []
        for held, sought in stages:
            found += self._walked(held, sought, first, limit - len(found))
            if len(found) == limit:
                break
            if first:
                first = 0 if found else max(0, first - self._listing.count(sought, first))
        return found

    def _walked(self, held: Clause | None, sought: Sought, first: int, limit: int) -> list[UUID]:
        """Return a part of the hits, all that are ``sought``, those soon in order being ``held``.

        Of very many hits some are among those soon; to find and sort all takes long.
        """
        found = self._near(held, first, limit, least=_SOME) if held else []
        return found if len(found) == limit else self._sorted(sought, self._in_order(first, limit))

    def _near(
        self, held: Clause, first: int, limit: int, passed: Clause = ALWAYS, *, least: int = 1
    ) -> list[UUID]:
        """Return a part of what is ``held`` among the first rows in order after those ``passed``.

        Where some are found, but too few, it is looked as much further as that promises: if they
        are at ``least`` so many with those passed, since to sort few at all takes no longer.
        """
        order, many = orders.in_sql(self._order), _STRIDE + _STRIDE_BY_HIT * first
        chosen = self._chosen.held() & self._chosen.allowed
        hits = self._listing.where(held & chosen, self._in_order(first, limit))

        def among(many: int) -> list[UUID]:
            rows = f"SELECT * FROM {TABLE} WHERE {passed.sql} ORDER BY {order} LIMIT {many}"  # noqa: S608 - names and figures of ours
            walk = Clause(f"WITH {TABLE} AS ({rows}) ", passed.params) + hits
            return [pk for (pk,) in walk.kept()]

        found = among(many)
        if 0 < len(found) < limit <= _FURTHER * len(found) and first + len(found) >= least:
            found = among(_FURTHER * many)
        return found

    def _sorted(self, sought: Sought, best: Clause) -> list[UUID]:
        told = self._rank() + Clause(f" AS rank, {orders.columns_of(self._order)}")
        hits = self._listing.all_of(sought, told)
        # Not folded into one question, which may be answered row by row in the order wanted.
        head = Clause(f"WITH {TABLE} AS MATERIALIZED (") + hits
        return (head + Clause(_OF_THEM) + best).ids()

    # By what they may be narrowed.

    def facets(self, *, whole: bool = False) -> Counts:
        """Return for each facet its values with counts, most first, the other facets applied.

        Those are left out for which, all hits together, more than ``_WIDER`` were to be looked at,
        unless the ``whole`` is asked for.
        """
        # Of what is chosen already, others are counted in a wider search.
        names = [name for name in FACETS if name not in self._chosen.values]
        if self.is_exact:
            found = counting.among(self._listing, self._sought, self._look.hits, names)
        elif whole:
            found = counting.counted(self._listing, self._sought, names)
        else:
            return {}
        left = _WIDER - self.total
        for name in self._chosen.values:
            others = {key: values for key, values in self.search.chosen.items() if key != name}
            wider = Found(self._listing, replace(self.search, chosen=others), self.terms)
            if whole:
                found |= counting.counted(self._listing, wider._sought, [name])
            # What is expected to be too many is not counted to find that out.
            elif left >= _WORTH_ASKING and (guess := wider._guessed(left)) <= left:
                left -= guess
                look = counting.look(
                    self._listing, wider._sought, listing.unranked, "used", MOST, expected=guess
                )
                if look.many <= MOST:
                    found |= counting.among(self._listing, wider._sought, look.hits, [name])
        return {name: found[name] for name in FACETS if name in found}

    # What is found at all.

    @cached_property
    def _sought(self) -> Sought:
        """What all hits have, in parts that no hit is in two of.

        What everyone reads, and the rest: each half has an inverted index of its own. A stranger's
        words are not even looked for in what strangers never read.
        """
        if not self.terms:
            return self._halves(_ALL, _ALL) if self._chosen else Sought((ALWAYS,))
        whole = rest = self._indexed(Level.WHOLE, "whole_tokens")
        allowed = READABLE
        if self._listing.is_strangers:
            rest = self._indexed(Level.SEEN, "seen_tokens")
            # In that half they were looked for in nothing else.
            allowed |= listing.read_by_few()
        return self._halves(whole, rest, allowed | said(asking.held(self.terms, Level.SEEN)))

    def _titled(self) -> Sought:
        """Return the same for titles, which whoever sees an entry sees."""
        return self._halves(
            self._indexed(Level.TITLE, "whole_tokens"), self._indexed(Level.TITLE, "seen_tokens")
        )

    def _indexed(self, level: Level, tokens: str) -> _InTwo:
        found, left = asking.indexed(self.terms, level, tokens)
        return said(found), said(left)

    def _halves(self, everyones: _InTwo, others: _InTwo, allowed: Clause = ALWAYS) -> Sought:
        chosen = self._chosen.indexed()
        halves = [
            (listing.read_by_everyone() & everyones[0] & chosen, everyones[1]),
            (listing.read_by_few() & others[0] & chosen, others[1]),
        ]
        # What has a value that only its readers know is, for a stranger, in the first half.
        if self._listing.is_strangers and not self._chosen.is_public:
            del halves[1]
        parts, left = zip(*halves, strict=True)
        return Sought(parts, self._chosen.allowed & allowed, left)

    def _held(self) -> Clause:
        """Return that a row has the words, for rows that are looked at one by one."""
        if not self.terms:
            return ALWAYS
        seen = said(asking.held(self.terms, Level.SEEN))
        return seen | (said(asking.held(self.terms, Level.WHOLE)) & READABLE)


class _Size(Func):
    """How long a title is, in steps."""

    template = f"octet_length(%(expressions)s) / {_STEP}"
    output_field = IntegerField()


def _at(path: str, condition: Q) -> Q:
    """Return ``condition`` as one on whatever leads to the row by ``path``."""
    parts = [
        _at(path, part) if isinstance(part, Q) else (f"{path}{part[0]}", part[1])  # type: ignore[index]  # what is no Q is a pair
        for part in condition.children
    ]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


def _entries(ids: Sequence[UUID]) -> list[Entry]:
    """Return the entries of ``ids`` in their order."""
    found = {entry.pk: entry for entry in _ENTRIES.ask(list(ids))}
    return [found[pk] for pk in ids]
