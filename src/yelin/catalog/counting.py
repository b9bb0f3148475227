"""Facets: by which values a list may be narrowed, and how many there are of each.

All are counted in one look at the hits. A value that the metadata says counts only where the asker
may read it; the public catalog shows some of every entry.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q

from yelin.catalog import coded
from yelin.catalog.findable import FACETS_OF_A_ROW
from yelin.catalog.listing import ALWAYS, READABLE, TABLE, Clause, Listing, Sought, said
from yelin.parties.models import Body

FACETS: Mapping[str, str] = {
    "social": "social",
    "opening": "opening_type",
    "theme": "themes",
    "provider": "provider_id",
    "division": "division",
    "cycle": "update_cycle",
    "sharing": "sharing_type",
    "format": "formats",
    "grade": "grade",
    "classification": "classification",
}
PUBLIC_FACETS = frozenset({"social", "opening", "sharing", "provider"})
# Class and group stand for a branch of the tree; a longer code chosen narrows as well.
CLASS_DIGITS = 3
MOST_VALUES = 50
_LISTS = frozenset({"theme", "format"})
# What a row says of the others is told by itself.
_TOGETHER = {name: which for which, names in coded.TOGETHER.items() for name in names}
_PARTED = "\x1f"
_MANY, _BEST = -1, -2
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
    """What one look tells: how many there are, and of no more than it may count the rest too."""

    many: int
    best: list[UUID]
    facets: Counts


def look(
    listing: Listing,
    sought: Sought,
    names: Sequence[str],
    by: Clause,
    best: Clause,
    most: int,
) -> Look:
    """Return how many rows are ``sought``, the ``best`` of them and the facets named.

    Of more than ``most`` it is only known that there are more. ``by`` says by what they are
    ordered: what a hit tells is copied ten thousand times, so it tells no more.
    """
    hits = listing.all_of(sought, by + Clause(f", {_told_of(names)}"))
    asked = (
        f"WITH hit AS MATERIALIZED ({hits.sql} LIMIT {most + 1}),"  # noqa: S608 - composed by Django, and of names of ours
        " found AS MATERIALIZED (SELECT count(*) AS many FROM hit),"
        f" {TABLE} AS NOT MATERIALIZED"
        f" (SELECT * FROM hit WHERE (SELECT many FROM found) <= {most})"
        f" SELECT {_MANY}, NULL, many FROM found UNION ALL SELECT {_BEST},"
        f" array_to_string(ARRAY(SELECT entry_id FROM {TABLE}{best.sql}), ' '), 0"
        f" UNION ALL {_counted(names)}"
    )
    rows = Clause(asked, hits.params + best.params).rows()
    (_, _, many), (_, ids, _), *counts = rows
    pks = [UUID(pk) for pk in ids.split()]
    return Look(many, pks, _told(names, _decoded(listing, sought, names, counts)))


def few(listing: Listing, sought: Sought, name: str, most: int) -> Counts:
    """Return the facet named, or nothing where more than ``most`` rows are to be counted."""
    column = FACETS[name]
    if name == "classification":
        column = f"left({column}, {CLASS_DIGITS})"
    if name not in PUBLIC_FACETS:
        column = f"CASE WHEN {READABLE.sql} THEN {column} END"
    hits = listing.all_of(sought, Clause(f"{column} AS {name}"))
    value = f"array_to_string({name}, '{_PARTED}')" if name in _LISTS else f"{name}::text"
    asked = (
        f"SELECT {value}, count(*) FROM ({hits.sql} LIMIT {most + 1}) AS hit"  # noqa: S608 - composed by Django, and of names of ours
        f" GROUP BY {name}"
    )
    rows = Clause(asked, hits.params).rows()
    if sum(many for _, many in rows) > most:
        return {}
    parted = (
        (value.split(_PARTED) if name in _LISTS else [value], n) for value, n in rows if value
    )
    return _told([name], ((name, each, many) for values, many in parted for each in values))


def counted(listing: Listing, sought: Sought, names: Sequence[str]) -> Counts:
    """Return for each facet named its most frequent values with their counts, most first."""
    hits = listing.all_of(sought, Clause(_told_of(names)))
    rows = Clause(f"WITH {TABLE} AS ({hits.sql}) {_counted(names)}", hits.params).rows()
    return _told(names, _decoded(listing, sought, names, rows))


def _grouped(names: Iterable[str]) -> list[str]:
    """Return by what facets are counted: their own columns, or numbers for several."""
    return list(dict.fromkeys(_TOGETHER.get(name, name) for name in names))


def _told_of(names: Iterable[str]) -> str:
    """Return what a hit tells for ``names`` to be counted.

    Whether it is readable is asked once: it may take a look at each row.
    """
    told = [f"{READABLE.sql} AS readable"]
    for each in _grouped(names):
        if each in coded.TOGETHER:
            told.append(f"{coded.number_of(each)} AS {each}")
            told.append(f"{coded.seen_number_of(each)} AS {each}_seen")
        elif each == "classification":
            told.append(f"left(classification, {CLASS_DIGITS}) AS classification")
        else:
            told.append(f"{FACETS[each]} AS {each}")
    return ", ".join(told)


def _counted(names: Sequence[str]) -> str:
    """Return what counts in one pass: which group, its value, how many."""
    groups = _grouped(names)
    if not groups:
        return "SELECT 0, NULL, 0 WHERE FALSE"
    asked = ", ".join(groups)
    texts = ", ".join(f"{each}::text" for each in groups)
    sets = ", ".join(f"({each})" for each in groups)
    columns = ", ".join(each if each == "provider" else _shown(each) for each in groups)
    return (
        f"SELECT GROUPING({asked}), COALESCE({texts}), count(*)"  # noqa: S608 - names of ours
        f" FROM (SELECT {columns} FROM {TABLE}) AS told GROUP BY GROUPING SETS ({sets})"
    )


def _shown(group: str) -> str:
    seen = f" ELSE {group}_seen" if group in coded.TOGETHER else ""
    return f"CASE WHEN readable THEN {group}{seen} END AS {group}"


def _decoded(
    listing: Listing,
    sought: Sought,
    names: Sequence[str],
    rows: Sequence[tuple[int, str | None, int]],
) -> Iterator[tuple[str, str, int]]:
    """Yield facets with a value and how many have it, of what was counted."""
    groups = _grouped(names)
    # The database says by a bit for each group which of them a count is not of.
    which = {(1 << len(groups)) - 1 - (1 << place): name for place, name in enumerate(groups[::-1])}
    told = [(which[bits], text, many) for bits, text, many in rows if text]
    for each in coded.TOGETHER:
        numbers = {int(text) for group, text, _ in told if group == each}
        meant = coded.values(listing, sought, each, numbers) if numbers else {}
        for group, text, many in told:
            if group == each:
                for name, values in meant.get(int(text), {}).items():
                    if name in names:
                        yield from ((name, value, many) for value in values)
    yield from ((group, text, many) for group, text, many in told if group in FACETS)


def _told(names: Sequence[str], counts: Iterable[tuple[str, str, int]]) -> Counts:
    """Return the counts as people are told them, providers by their code."""
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name, value, many in counts:
        found[name][value] += many
    best = {
        name: sorted(each.items(), key=_most_first)[:MOST_VALUES] for name, each in found.items()
    }
    if providers := best.get("provider"):
        codes = dict(Clause(_CODES, ([UUID(pk) for pk, _ in providers],)).rows())
        best["provider"] = sorted(((codes[UUID(pk)], n) for pk, n in providers), key=_most_first)
    return best


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    value, many = pair
    return -many, value
