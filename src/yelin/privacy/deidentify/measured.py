"""How many rows of released bytes look alike, and what that tells: measured by the engine.

Risks are those of El Emam and of GB/T 42460: with classes of ``f`` rows, and ``F`` of the
population, that of the prosecutor is 1/min f, of the journalist 1/min F, of the marketer J/n for
``J`` classes of ``n`` rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from yelin.privacy.deidentify.roles import Nulls
from yelin.warehouse.engine import Engine, ident

_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Told:
    """What classes tell of one sensitive column.

    ``distinct`` is the least number of values in a class, ``entropy`` e to the least entropy,
    ``c`` the least factor for which every class is (c, 2)-diverse (infinite where one has a single
    value), ``apart`` and ``moved`` the greatest distance from all rows, the latter in order.
    """

    distinct: int
    entropy: float
    c: float
    apart: float
    moved: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of rows: counts, shares from 0 to 1, ``k`` by each reading of nulls."""

    rows: int
    classes: int
    k: int
    k_nulls_alone: int
    k_nulls_anything: int
    unique: float
    above: float
    """The share of rows whose risk is above the threshold that was asked about."""
    told: dict[str, Told] = field(default_factory=dict)

    @property
    def prosecutor(self) -> float:
        """The greatest risk of a row."""
        return 1 / self.k if self.k else 0.0

    @property
    def marketer(self) -> float:
        """The mean risk of a row."""
        return self.classes / self.rows if self.rows else 0.0

    def by(self, nulls: Nulls) -> int:
        """Return ``k`` by one reading of nulls."""
        return {
            Nulls.EQUAL: self.k,
            Nulls.NONE: self.k_nulls_alone,
            Nulls.ALL: self.k_nulls_anything,
        }[nulls]

    def differences(self, other: "Measured") -> list[str]:
        """Return what two measurements of the same bytes do not agree on."""
        found = [
            each.name
            for each in fields(self)
            if each.name != "told" and not near(getattr(self, each.name), getattr(other, each.name))
        ]
        if self.told.keys() != other.told.keys():
            return [*found, "told"]
        for column, here in self.told.items():
            there = other.told[column]
            found += [
                f"{column}: {each.name}"
                for each in fields(here)
                if not near(getattr(here, each.name), getattr(there, each.name))
            ]
        return found


def near(one: float, other: float) -> bool:
    """Say whether two numbers are the same but for how they were added up."""
    return one == other or math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)


def measured(
    engine: Engine,
    released: str,
    quasi: Sequence[str],
    *,
    sensitive: Sequence[str] = (),
    threshold: float = 0.05,
) -> Measured:
    """Measure ``released``, a relation in SQL."""
    names = [ident(name) for name in quasi]
    values = [ident(name) for name in sensitive]
    by = ", ".join(f"q{place}" for place in range(len(names)))
    chosen = ", ".join(
        [f"CAST({name} AS VARCHAR) AS q{place}" for place, name in enumerate(names)]
        + [f"CAST({name} AS VARCHAR) AS s{place}" for place, name in enumerate(values)]
    )
    engine.rows(f"CREATE TEMP VIEW looked AS SELECT {chosen} FROM {released}")  # noqa: S608 - quoted names
    engine.rows(f"CREATE TEMP TABLE alike AS SELECT {by}, count(*) AS n FROM looked GROUP BY {by}")  # noqa: S608 - our names
    try:
        null = " OR ".join(f"q{place} IS NULL" for place in range(len(names)))
        rows, classes, k, unique, above, missing = engine.one(
            "SELECT coalesce(sum(n), 0)::BIGINT, count(*), coalesce(min(n), 0),"  # noqa: S608 - our names
            " coalesce(sum(n) FILTER (n = 1), 0)::BIGINT,"
            " coalesce(sum(n) FILTER (1 / n > ?), 0)::BIGINT,"
            f" coalesce(sum(n) FILTER ({null}), 0)::BIGINT FROM alike",
            [threshold],
        )
        anything = _anything(engine, len(names)) if missing else k
        told = {name: _told(engine, by, f"s{place}", rows) for place, name in enumerate(sensitive)}
    finally:
        engine.rows("DROP TABLE alike")
        engine.rows("DROP VIEW looked")
    return Measured(
        rows=rows,
        classes=classes,
        k=k,
        k_nulls_alone=1 if missing else k,
        k_nulls_anything=anything,
        unique=unique / rows if rows else 0.0,
        above=above / rows if rows else 0.0,
        told=told,
    )


def _anything(engine: Engine, size: int) -> int:
    """Return the fewest rows that fit a row where a null fits everything."""
    fits = " AND ".join(
        f"(a.q{n} = b.q{n} OR a.q{n} IS NULL OR b.q{n} IS NULL)" for n in range(size)
    )
    # Classes without a null meet those without one only in themselves.
    null = " OR ".join(f"q{n} IS NULL" for n in range(size))
    engine.rows(
        f"CREATE TEMP TABLE part AS SELECT *, ({null}) AS lacks, row_number() OVER () AS i"  # noqa: S608 - our names
        " FROM alike"
    )
    try:
        found: int = engine.one(
            "SELECT min(a.n + coalesce(m.n, 0)) FROM part a LEFT JOIN ("  # noqa: S608 - our names
            f" SELECT a.i, sum(b.n) AS n FROM part a JOIN part b ON a.i <> b.i"
            f" AND (a.lacks OR b.lacks)"
            f" AND {fits} GROUP BY a.i) m ON a.i = m.i"
        )[0]
    finally:
        engine.rows("DROP TABLE part")
    return int(found)


def _told(engine: Engine, by: str, value: str, rows: int) -> Told:
    """Measure what classes tell of one column."""
    engine.rows(
        f"CREATE TEMP TABLE each AS SELECT dense_rank() OVER (ORDER BY {by}) AS e, v, m,"  # noqa: S608 - our names
        f" sum(m) OVER (PARTITION BY {by}) AS n FROM"
        f" (SELECT {by}, {value} AS v, count(*) AS m FROM looked GROUP BY ALL)"
    )
    numeric = engine.one(
        "SELECT bool_and(TRY_CAST(v AS DECIMAL(38, 10)) IS NOT NULL) FILTER (v IS NOT NULL)"
        " FROM each"
    )[0]
    order = "CAST(v AS DECIMAL(38, 10))" if numeric else "v"
    try:
        distinct, entropy, c = engine.one(
            "SELECT min(values), exp(min(entropy)), max(CASE WHEN n > most THEN most / (n - most)"
            " ELSE 'inf'::DOUBLE END) FROM (SELECT count(*) AS values, max(m) AS most,"
            " any_value(n) AS n,"
            " sum(-(m / n) * ln(m / n)) AS entropy FROM each GROUP BY e)"
        )
        apart = engine.one(
            "WITH whole AS (SELECT v, sum(m) / ? AS q FROM each GROUP BY v)"
            " SELECT max(far) FROM (SELECT (sum(abs(m / n - q) - q) + 1) / 2 AS far FROM each"
            " JOIN whole ON each.v IS NOT DISTINCT FROM whole.v GROUP BY e)",
            [rows],
        )[0]
        moved = engine.one(
            "WITH whole AS (SELECT v, sum(m) AS q FROM each GROUP BY v),"  # noqa: S608 - our names
            f" places AS (SELECT v, sum(q) OVER (ORDER BY {order} NULLS FIRST) / ? AS below,"
            f" row_number() OVER (ORDER BY {order} NULLS FIRST) AS i, count(*) OVER () AS size"
            " FROM whole),"
            " grid AS (SELECT e, i, below, size FROM (SELECT DISTINCT e FROM each), places),"
            " filled AS (SELECT g.e, g.below, g.size, sum(coalesce(c.p, 0)) OVER"
            " (PARTITION BY g.e ORDER BY g.i) AS mine FROM grid g LEFT JOIN"
            " (SELECT e, i, m / n AS p FROM each JOIN places"
            " ON each.v IS NOT DISTINCT FROM places.v) c"
            " ON g.e = c.e AND g.i = c.i)"
            " SELECT max(far) FROM (SELECT sum(abs(mine - below))"
            " / greatest(any_value(size) - 1, 1)"
            " AS far FROM filled GROUP BY e)",
            [rows],
        )[0]
    finally:
        engine.rows("DROP TABLE each")
    return Told(
        int(distinct or 0), float(entropy or 0), float(c or 0), float(apart or 0), float(moved or 0)
    )
