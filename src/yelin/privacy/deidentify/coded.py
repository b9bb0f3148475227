"""The values of a table as small numbers: read once by the engine, counted, and told per level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt

from yelin.privacy.deidentify.classes import Codes, Rows
from yelin.privacy.deidentify.hierarchy import ALL, MOST_LEAVES
from yelin.privacy.deidentify.roles import BadPlan, Column, Plan, Role
from yelin.warehouse.engine import Engine, ident

NULL = 0
"""The code of a missing value, on every level below the top."""
_PART = 100_000


@dataclass(frozen=True)
class Scale:
    """One quasi-identifier: the codes of its leaves on each level, and what they are called.

    ``codes[n][leaf]`` is the code on level ``n``; leaf 0 is the missing value. ``labels[n][code]``
    is its label, and ``counts[leaf]`` how many rows have it.
    """

    column: Column
    leaves: tuple[str | None, ...]
    codes: tuple[Codes, ...]
    labels: tuple[tuple[str | None, ...], ...]
    counts: npt.NDArray[np.int64]

    @property
    def levels(self) -> range:
        """The levels between which one is chosen."""
        most = self.column.most
        return range(self.column.least, (len(self.codes) - 1 if most is None else most) + 1)

    def between(self, fine: int, coarse: int) -> Codes:
        """Return, for each code of one level, the code on a coarser one."""
        found = np.zeros(len(self.labels[fine]), dtype=self.codes[coarse].dtype)
        found[self.codes[fine]] = self.codes[coarse]
        return found

    @classmethod
    def of(cls, column: Column, counts: Mapping[str | None, int], leaves: Sequence[str]) -> "Scale":
        """Return the scale of these leaves. Raises ``UnknownLeaves``."""
        hierarchy = column.hierarchy
        if hierarchy is None:
            raise BadPlan(column.name, "a quasi-identifier needs a hierarchy")
        hierarchy.covers(column.name, leaves)
        places = [hierarchy.place[leaf] for leaf in leaves]
        codes, labels = [], []
        for number, level in enumerate(hierarchy.levels):
            here = [level[place] for place in places]
            names = list(dict.fromkeys(here))
            code_of = {name: code for code, name in enumerate(names, 1)}
            # At the top a missing value is told from others no more.
            null = 1 if number == hierarchy.height else NULL
            narrow = np.min_scalar_type(len(names) + 1)
            codes.append(np.array([null, *(code_of[name] for name in here)], dtype=narrow))
            labels.append((None, *(names or [ALL])))
        return cls(
            column=column,
            leaves=(None, *leaves),
            codes=tuple(codes),
            labels=tuple(labels),
            counts=np.array([counts.get(leaf, 0) for leaf in (None, *leaves)], dtype=np.int64),
        )


@dataclass(frozen=True)
class Coded:
    """A table as the search sees it: its scales, and its distinct rows with their counts.

    ``values`` are those of the sensitive columns, whose codes count from 1 in this order.
    """

    scales: tuple[Scale, ...]
    values: Mapping[str, tuple[str | None, ...]]
    rows: Rows
    total: int


def coded(
    engine: Engine,
    source: str,
    plan: Plan,
    *,
    sensitive: Sequence[str] = (),
    population: str | None = None,
) -> Coded:
    """Read ``source``, a relation in SQL, and count its distinct rows.

    Of the columns only quasi-identifiers are read, and those ``sensitive`` ones that some guard
    asks for. ``population`` is a relation with the same quasi-identifiers, of which the rows of
    ``source`` are a part. Raises ``Unclassified``, ``BadPlan`` and ``UnknownLeaves``.
    """
    plan.fits(name for name, *_ in engine.rows(f"DESCRIBE FROM {source}"))
    scales, values, sizes = [], {}, list[int]()
    every: list[tuple[str, bool]] = [(column.name, True) for column in plan.coarsened]
    every += [(name, False) for name in sensitive]
    if not plan.coarsened:
        raise BadPlan("*", "there is no quasi-identifier to be made coarser")
    for name in sensitive:
        if plan[name].role is not Role.SENSITIVE:
            raise BadPlan(name, "a guard asks for it, so it must be sensitive")
    for place, (name, is_quasi) in enumerate(every):
        counts = _counts(engine, source, name)
        known = set(counts)
        if is_quasi and population:
            known |= set(_counts(engine, population, name))
        leaves = in_order(value for value in known if value is not None)
        _call(engine, place, leaves)
        sizes.append(len(leaves))
        if is_quasi:
            scales.append(Scale.of(plan[name], counts, leaves))
        else:
            values[name] = (None, *leaves)
    try:
        rows = _distinct(engine, source, every, sizes, population)
    finally:
        for place in range(len(every)):
            engine.rows(f"DROP TYPE leaf{place}")
    return Coded(tuple(scales), values, rows, int(rows.counts.sum()))


def in_order(values: Iterable[str]) -> list[str]:
    """Return values as numbers come, where all are numbers, and else as text."""
    found = sorted(values)
    try:
        return sorted(found, key=Decimal)
    except InvalidOperation:
        return found


def _counts(engine: Engine, source: str, name: str) -> dict[str | None, int]:
    sql = (
        f"SELECT CAST({ident(name)} AS VARCHAR) AS value, count(*) FROM {source} "  # noqa: S608 - the name is quoted, the source is ours
        f"GROUP BY ALL LIMIT {MOST_LEAVES + 1}"
    )
    found = dict(engine.rows(sql))
    if len(found) > MOST_LEAVES:
        raise BadPlan(name, f"it has more than {MOST_LEAVES} values: make it coarser before")
    return found


def _call(engine: Engine, place: int, leaves: Sequence[str]) -> None:
    """Let the engine know these values by their places."""
    engine.rows(f"CREATE TEMP TABLE leaves{place} (value VARCHAR)")
    engine.rows(f"INSERT INTO leaves{place} SELECT unnest(?::VARCHAR[])", [list(leaves)])
    engine.rows(f"CREATE TYPE leaf{place} AS ENUM (SELECT value FROM leaves{place})")  # noqa: S608 - a number
    engine.rows(f"DROP TABLE leaves{place}")


def _distinct(
    engine: Engine,
    source: str,
    every: Sequence[tuple[str, bool]],
    sizes: Sequence[int],
    population: str | None,
) -> Rows:
    quasi = sum(is_quasi for _, is_quasi in every)
    codes = [
        f"coalesce(enum_code(CAST(CAST({ident(name)} AS VARCHAR) AS leaf{place}))::INTEGER + 1, 0)"
        f" AS c{place}"
        for place, (name, _) in enumerate(every)
    ]
    inner = f"SELECT {', '.join(codes)}, 1 AS own, 0 AS whole FROM {source}"  # noqa: S608 - quoted names
    if population:
        # Of the whole, values that guards ask for are not known, and not asked for.
        others = [*codes[:quasi], *(f"0 AS c{place}" for place in range(quasi, len(every)))]
        inner += f" UNION ALL SELECT {', '.join(others)}, 0, 1 FROM {population}"  # noqa: S608 - quoted names
    names = ", ".join(f"c{place}" for place in range(len(every)))
    engine.rows(
        f"CREATE TEMP TABLE apart AS SELECT {names}, sum(own)::BIGINT AS own,"  # noqa: S608 - our names
        f" sum(whole)::BIGINT AS whole FROM ({inner}) GROUP BY {names}"
    )
    try:
        size = engine.one("SELECT count(*) FROM apart")[0]
        found = [np.empty(size, dtype=np.min_scalar_type(each + 1)) for each in sizes]
        own = np.empty(size, dtype=np.int64)
        whole = np.empty(size, dtype=np.int64) if population else None
        at = 0
        for batch in engine.batches("FROM apart", size=_PART):
            end = at + batch.num_rows
            for place, into in enumerate(found):
                into[at:end] = batch.column(place).to_numpy(zero_copy_only=False)
            own[at:end] = batch.column(len(every)).to_numpy(zero_copy_only=False)
            if whole is not None:
                whole[at:end] = batch.column(len(every) + 1).to_numpy(zero_copy_only=False)
            at = end
    finally:
        engine.rows("DROP TABLE apart")
    held = {name: found[quasi + place] for place, (name, _) in enumerate(every[quasi:])}
    return Rows(codes=tuple(found[:quasi]), counts=own, held=held, whole=whole)
