"""What two releases of the same subjects tell together, which neither tells alone (differencing).

Whoever has both knows of somebody the class in the one and the class in the other, or that the
other has no row of them. So subjects are counted by both classes at once. Made of the same release
of the source, row is matched with row; of different ones, by what names a row in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import reads, working
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.warehouse import opened
from yelin.warehouse.engine import Engine, ident


def together(work: Deidentification, others: Sequence[Certificate]) -> list[dict[str, Any]]:
    """Return the risk of a row by ``work`` and each of ``others`` at once.

    Not measured are those of which nobody can say which row of the one is which of the other, nor
    where near numbers are grouped, since classes tell nothing of that. Raises ``Unfit``.
    """
    found = []
    for other in others:
        if work.content.is_grouped or other.work.content.is_grouped:
            continue
        fewest = jointly(work, other.work)
        if fewest is None:
            continue
        found.append(
            {
                "certificate": other.number,
                "risk": 1 / fewest if fewest else 1.0,
                "threshold": other.work.bears.risk,
            }
        )
    return found


def jointly(one: Deidentification, other: Deidentification) -> int | None:
    """Return how many subjects at least are alike in both releases at once.

    It is none where nothing names rows in both sources. Subjects that neither release has are
    nobody's to find. Raises ``Unfit`` and ``Destroyed``.
    """
    works = (one, other)
    searches = [reads.search_of(each) for each in works]
    needed = {each.source_id: each.source for each in works}
    needed |= {each.population.pk: each.population for each in searches if each.population}
    if any(each.is_destroyed for each in needed.values()):
        return None
    with working.reading_all(*needed.values()) as (engine, relations):
        at = dict(zip(needed, relations, strict=True))
        sides = [
            _Side(
                working.Side(
                    at[each.source_id], at[search.population.pk] if search.population else None
                ),
                search,
                each.found["levels"],
            )
            for each, search in zip(works, searches, strict=True)
        ]
        if one.source_id == other.source_id:
            return _same(engine, sides)
        names = _named_by(one, other)
        if not names or any(_repeats(engine, each.read.source, names) for each in sides):
            return None
        return _matched(engine, sides, names)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two: how its source is read, by what it was searched, and the levels found."""

    read: working.Side
    search: working.Search
    levels: Mapping[str, int]

    def classed(self, engine: Engine, number: int) -> tuple[str, str]:
        """Lay its classes; return the joins by which each row finds its own, and it."""
        _, table, found = working.again(engine, self.read, self.search, self.levels)
        return released.classed(engine, table, found, f"side{number}_")


def _same(engine: Engine, sides: Sequence[_Side]) -> int:
    joins, keys = zip(*(each.classed(engine, at) for at, each in enumerate(sides)), strict=True)
    rows = (
        f"SELECT {keys[0]} AS a, {keys[1]} AS b FROM {sides[0].read.source} AS s {' '.join(joins)}"  # noqa: S608 - our names
    )
    return _fewest(engine, rows)


def _matched(engine: Engine, sides: Sequence[_Side], names: Sequence[str]) -> int:
    by = ", ".join(f"CAST(s.{ident(name)} AS VARCHAR) AS n{at}" for at, name in enumerate(names))
    halves = []
    for number, each in enumerate(sides):
        joins, key = each.classed(engine, number)
        halves.append(f"(SELECT {by}, {key} AS k FROM {each.read.source} AS s {joins})")  # noqa: S608 - quoted names
    same = ", ".join(f"n{at}" for at in range(len(names)))
    # A subject that is not in a source is not in its release, as one that was left out.
    rows = f"SELECT a.k AS a, b.k AS b FROM {halves[0]} a FULL JOIN {halves[1]} b USING ({same})"  # noqa: S608 - the same
    return _fewest(engine, rows)


def _fewest(engine: Engine, rows: str) -> int:
    fewest: int = engine.one(
        f"SELECT coalesce(min(n), 0) FROM (SELECT count(*) AS n FROM ({rows})"  # noqa: S608 - our names
        " WHERE a IS NOT NULL OR b IS NOT NULL GROUP BY a, b)"
    )[0]
    return fewest


def _named_by(one: Deidentification, other: Deidentification) -> list[str]:
    """Return what names a row in both sources: the key of the entry, or else direct identifiers."""
    keys, others = (opened.keys_of(each.source) for each in (one, other))
    if keys and keys == others:
        return keys
    known = other.content.named(Role.DIRECT)
    return [name for name in one.content.named(Role.DIRECT) if name in known]


def _repeats(engine: Engine, source: str, names: Sequence[str]) -> bool:
    """Say whether rows are not told apart by ``names``: two are called so, or one lacks a name."""
    by = ", ".join(ident(name) for name in names)
    missing = " OR ".join(f"{ident(name)} IS NULL" for name in names)
    told = engine.one(
        f"SELECT coalesce(max(n) > 1 OR bool_or({missing}), false) FROM"  # noqa: S608 - quoted names
        f" (SELECT {by}, count(*) AS n FROM {source} GROUP BY {by})"
    )[0]
    return bool(told)
