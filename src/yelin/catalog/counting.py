"""Facets: by which values a list may be narrowed, and how many there are of each.

All are counted in one look at the hits. A value that the metadata says counts only where the asker
may read it; the public catalog shows some of every entry.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from yelin.catalog import coded, orders, told
from yelin.catalog.coded import CLASS_DIGITS
from yelin.catalog.findable import FACETS_OF_A_ROW
from yelin.catalog.listing import ALWAYS, READABLE, Clause, Listing, Sought, said
from yelin.catalog.told import Hits
from yelin.parties.models import Body
from yelin.things import beside

FACETS: Mapping[str, str] = {
    "social": "social",
    "opening": "opening_type",
    "theme": "themes",
    "provider": "provider_id",
    "division": "division",
    "cycle": "update_cycle",
    "sharing": "sharing_type",
    "format": "formats",
    "licence": "licence",
    "grade": "grade",
    "classification": "classification",
}
PUBLIC_FACETS = frozenset({"social", "opening", "sharing", "provider"})
MOST_VALUES = 50
# To have half of so many fetched beside takes less than to fetch them.
_WORTH_TWO = 2_500
_LISTS = frozenset({"theme", "format"})
_TOGETHER = {name: which for which, names in coded.TOGETHER.items() for name in names}
_CODES = f"SELECT thing_id, credit_code FROM {Body._meta.db_table} WHERE thing_id = ANY(%s)"  # noqa: S608 - a name of Django's
_NOTHING = Q(pk__in=[])
Counts = dict[str, list[tuple[str, int]]]


class Chosen:
    """The values that somebody chose, as two forms of one question: to the index, or row by row."""

    def __init__(self, chosen: Mapping[str, Sequence[object]]) -> None:
        asked = {name: [str(value) for value in values] for name, values in chosen.items()}
        self.values = {name: asked[name] for name in FACETS if asked.get(name)}
        if codes := self.values.get("provider"):
            found = Body.objects.filter(credit_code__in=codes).values_list("pk", flat=True)
            self._providers = [str(pk) for pk in found]

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def is_public(self) -> bool:
        """Whether they are of facets that the public catalog shows of every entry."""
        return PUBLIC_FACETS.issuperset(self.values)

    def held(self) -> Clause:
        """Return that a row has them, for those ``allowed`` that are looked at one by one."""
        found = [said(self._one_of(name)) for name in self.values]
        return reduce(and_, found, ALWAYS)

    def indexed(self) -> Clause:
        """Return the same as the index of facets finds it."""
        found, all_of_them = ALWAYS, []
        for name, values in self.values.items():
            tokens = values
            if name == "provider":
                tokens = self._providers
            elif name == "classification":
                found &= said(self._one_of(name))
                tokens = [
                    each[: CLASS_DIGITS if len(each) >= CLASS_DIGITS else 1] for each in values
                ]
            tokens = [f"{name}:{token}" for token in tokens]
            if len(tokens) == 1:
                all_of_them += tokens
            else:
                found &= Clause(f"{FACETS_OF_A_ROW} && %s::text[]", (tokens,))
        if all_of_them:
            found &= Clause(f"{FACETS_OF_A_ROW} @> %s::text[]", (all_of_them,))
        return found

    @property
    def allowed(self) -> Clause:
        """Whose values the asker may narrow by: those that he reads, or of what all see any."""
        return ALWAYS if self.is_public else READABLE

    def _one_of(self, name: str) -> Q:
        values = self.values[name]
        if name == "provider":
            return Q(provider__in=self._providers)
        if name == "grade":
            return Q(grade__in=[int(value) for value in values if value in {"1", "2", "3", "4"}])
        if name == "social":
            return Q(social__in=[value == "true" for value in values if value in {"true", "false"}])
        if name == "classification":
            return reduce(or_, (Q(classification__startswith=value) for value in values), _NOTHING)
        return Q(**{f"{FACETS[name]}__{'overlap' if name in _LISTS else 'in'}": values})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look tells: how many there are, and of no more than it may count each hit."""

    many: int
    hits: Hits


def look(
    listing: Listing,
    sought: Sought,
    rank: Callable[[Clause], Clause],
    order: str,
    most: int,
    *,
    expected: int = 0,
) -> Look:
    """Return how many rows are ``sought``, and what each tells, with its ``rank``.

    Of more than ``most`` it is only known that there are more. Where very many are ``expected``,
    half of them are looked for beside the other half, if that can be at the moment.
    """
    halves = sought.apart() if order in told.ORDERS and expected >= _WORTH_TWO else []
    if len(halves) == 2:
        one, other = (_looked(listing, each, rank, order, most) for each in halves)
        if answers := beside.both((one.sql, one.params), (other.sql, other.params)):
            return _as_one([found for (found,) in answers])
    return _as_one(_looked(listing, sought, rank, order, most).kept())


def _as_one(found: Sequence[Any]) -> Look:
    """Return as one look what was told of each part of what is sought."""
    many, pieces, ranks, places = zip(*found, strict=True)
    # Where they stand in an order of texts is told of all of them at once, or not at all.
    return Look(sum(many), Hits(_joined(pieces), _joined(ranks), places[0]))


def _joined(pieces: Iterable[bytes | None]) -> bytes:
    return b"".join(piece or b"" for piece in pieces)


def _looked(
    listing: Listing, sought: Sought, rank: Callable[[Clause], Clause], order: str, most: int
) -> Clause:
    columns = Clause(f"told, rank * 2 + {READABLE.sql}::int AS rank")
    placed = "NULL"
    if order not in told.ORDERS:
        columns += Clause(f", {orders.columns_of(order)}")
        placed = f"string_agg(uuid_send(entry_id), '' ORDER BY {orders.in_sql(order)})"
    hits = listing.ranked(sought, rank, columns)
    each = ("string_agg(told, '')", "string_agg(int4send(rank), '')", placed)
    asked = ", ".join(f"CASE WHEN count(*) <= {most} THEN {one} END" for one in each)
    sql = f"SELECT count(*), {asked} FROM ({hits.sql} LIMIT {most + 1}) AS hit"  # noqa: S608 - composed by Django, and of names of ours
    return Clause(sql, hits.params)


def among(listing: Listing, sought: Sought, hits: Hits, names: Sequence[str]) -> Counts:
    """Return for each facet named its most frequent values among ``hits``, which were sought."""
    counts = {
        each: hits.providers(MOST_VALUES) if each == "provider" else hits.numbers(each)
        for each in _grouped(names)
    }
    return _told(names, _decoded(listing, sought, names, counts))


def counted(listing: Listing, sought: Sought, names: Sequence[str]) -> Counts:
    """Return the same of however many there are, counted where they lie."""
    groups = _grouped(names)
    columns = [each if each == "provider" else f"encode({each}, 'hex')" for each in groups]
    told_of = ", ".join(
        f"{'provider_id' if each == 'provider' else coded.number_of(each)} AS {each}"
        for each in groups
    )
    hits = listing.all_of(sought, Clause(told_of))
    group, text_of = ", ".join(groups), f"{'::text, '.join(columns)}::text"
    sets = ", ".join(f"({each})" for each in groups)
    asked = (
        f"SELECT GROUPING({group}), COALESCE({text_of}), count(*)"  # noqa: S608 - names of ours
        f" FROM ({hits.sql}) AS hit GROUP BY GROUPING SETS ({sets})"
    )
    counts: dict[str, list[tuple[Any, int]]] = {each: [] for each in groups}
    # The database says by a bit for each group which of them a count is not of.
    which = {(1 << len(groups)) - 1 - (1 << place): name for place, name in enumerate(groups[::-1])}
    for bits, text, many in Clause(asked, hits.params).rows() if groups else ():
        if text is not None:
            name = which[bits]
            value = UUID(text) if name == "provider" else coded.read(text)
            counts[name].append((value, many))
    return _told(names, _decoded(listing, sought, names, counts))


def _grouped(names: Iterable[str]) -> list[str]:
    """Return by what facets are counted: by itself, or by numbers for several."""
    return list(dict.fromkeys(_TOGETHER.get(name, name) for name in names))


def _decoded(
    listing: Listing,
    sought: Sought,
    names: Sequence[str],
    counts: Mapping[str, Sequence[tuple[Any, int]]],
) -> Iterator[tuple[str, Any, int]]:
    """Yield facets with a value and how many have it, of what was counted."""
    for each, told_of in counts.items():
        if each == "provider":
            yield from ((each, pk, many) for pk, many in told_of)
            continue
        meant = coded.values(listing, sought, each, [number for number, _ in told_of])
        for number, many in told_of:
            for name, values in meant.get(number, {}).items():
                if name in names:
                    yield from ((name, value, many) for value in values)


def _told(names: Sequence[str], counts: Iterable[tuple[str, Any, int]]) -> Counts:
    """Return the counts as people are told them, providers by their code."""
    found: dict[str, Counter[Any]] = {name: Counter() for name in names}
    for name, value, many in counts:
        found[name][value] += many
    best = {
        name: sorted(each.items(), key=_most_first)[:MOST_VALUES] for name, each in found.items()
    }
    if providers := best.get("provider"):
        codes = dict(Clause(_CODES, ([pk for pk, _ in providers],)).kept())
        best["provider"] = sorted(((codes[pk], n) for pk, n in providers), key=_most_first)
    return best


def _most_first(pair: tuple[Any, int]) -> tuple[int, Any]:
    value, many = pair
    return -many, value
