"""Facets: by which values a list may be narrowed, and how many there are of each.

All are counted in one look at the hits. A value that the metadata says counts only where the asker
may read it; the public catalog shows some of every entry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q

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
_PARTED = "\x1f"
_MANY, _BEST = -1, -2
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
    by: str,
    best: Clause,
    most: int,
) -> Look:
    """Return how many rows are ``sought``, the ``best`` of them and the facets named.

    Of more than ``most`` it is only known that there are more. ``by`` names the columns by which
    they are ordered: what a hit tells is copied ten thousand times, so it tells no more.
    """
    hits = listing.all_of(sought, f"{by}, {_told_of(names)}")
    asked = (
        f"WITH hit AS MATERIALIZED ({hits.sql} LIMIT {most + 1}),"  # noqa: S608 - composed by Django, and of names of ours
        " found AS MATERIALIZED (SELECT count(*) AS many FROM hit),"
        f" {TABLE} AS NOT MATERIALIZED"
        f" (SELECT * FROM hit WHERE (SELECT many FROM found) <= {most})"
        f" SELECT {_MANY}, NULL, many FROM found UNION ALL"
        f" SELECT {_BEST}, array_to_string(ARRAY(SELECT entry_id FROM {TABLE}{best.sql}), ' '), 0"
        f" UNION ALL {_counted(names)}"
    )
    rows = Clause(asked, hits.params + best.params).rows()
    (_, _, many), (_, ids, _), *counts = rows
    return Look(many, [UUID(pk) for pk in ids.split()], _told(names, counts))


def few(listing: Listing, sought: Sought, name: str, most: int) -> Counts:
    """Return the facet named, or nothing where more than ``most`` rows are to be counted."""
    hits = listing.all_of(sought, _told_of([name]))
    asked = (
        f"SELECT 0, {_as_text(name)}, count(*) FROM (SELECT {_column(name)}"  # noqa: S608 - composed by Django, and of names of ours
        f" FROM ({hits.sql} LIMIT {most + 1}) AS hit) AS told GROUP BY {name}"
    )
    rows = Clause(asked, hits.params).rows()
    if sum(many for _, _, many in rows) > most:
        return {}
    return _told([name], [row for row in rows if row[1]])


def counted(listing: Listing, sought: Sought, names: Sequence[str]) -> Counts:
    """Return for each facet named its most frequent values with their counts, most first."""
    hits = listing.all_of(sought, _told_of(names))
    asked = f"WITH {TABLE} AS ({hits.sql}) {_counted(names)}"
    return _told(names, Clause(asked, hits.params).rows())


def _counted(names: Sequence[str]) -> str:
    """Return what counts the values of facets in one pass: which facet, the value, how many."""
    if not names:
        return "SELECT 0, NULL, 0 WHERE FALSE"
    asked = ", ".join(names)
    values = ", ".join(map(_as_text, names))
    sets = ", ".join(f"({name})" for name in names)
    return (
        f"SELECT * FROM (SELECT GROUPING({asked}), COALESCE({values}) AS value, count(*)"  # noqa: S608 - names of ours
        f" FROM (SELECT {', '.join(map(_column, names))} FROM {TABLE}) AS told"
        f" GROUP BY GROUPING SETS ({sets})) AS each WHERE value <> ''"
    )


def _told_of(names: Iterable[str]) -> str:
    # Whether it is readable is asked once: it may take a look at each row.
    return ", ".join([f"{READABLE.sql} AS readable", *(FACETS[name] for name in names)])


def _as_text(name: str) -> str:
    return f"array_to_string({name}, '{_PARTED}')" if name in _LISTS else f"{name}::text"


def _column(name: str) -> str:
    column = FACETS[name]
    if name == "classification":
        column = f"left({column}, {CLASS_DIGITS})"
    if name not in PUBLIC_FACETS:
        column = f"CASE WHEN readable THEN {column} END"
    return f"{column} AS {name}"


def _told(names: Sequence[str], rows: Iterable[tuple[int, str, int]]) -> Counts:
    """Return the counts as people are told them, providers by their code."""
    # The database says by a bit for each facet which of them a count is not of.
    which = {(1 << len(names)) - 1 - (1 << place): name for place, name in enumerate(names[::-1])}
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for bits, value, many in rows:
        name = which[bits]
        for each in value.split(_PARTED) if name in _LISTS else [value]:
            found[name][each] += many
    best = {
        name: sorted(each.items(), key=_most_first)[:MOST_VALUES] for name, each in found.items()
    }
    if providers := best.get("provider"):
        wanted = Body.objects.filter(pk__in=[pk for pk, _ in providers])
        codes = dict(wanted.values_list("pk", "credit_code"))
        best["provider"] = sorted(((codes[UUID(pk)], n) for pk, n in providers), key=_most_first)
    return best


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    value, many = pair
    return -many, value
