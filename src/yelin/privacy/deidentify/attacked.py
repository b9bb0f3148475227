"""What an attacker gains by released bytes who knows people of the source: tried, not derived.

The three risks are those of Opinion 05/2014 of the Article 29 Working Party, and they are tried as
Anonymeter tries them: so many attacks, beside guessing without the release, and beside the same
attack on whoever is not in it. Here each row is held out in turn: what the release would tell of it
without its own row follows from the counts. The attacker knows all quasi-identifiers of somebody,
and how the release makes them coarser.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from yelin.warehouse.engine import Engine, ident

TRIES = 2_000
SEED = 20140410
_Z = 1.959964

_Numbers = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]


class Risk(StrEnum):
    """What an attack is after.

    ``SINGLING``: what the release says of a row holds of one person alone. ``LINKING``: two lists,
    each with a half of the quasi-identifiers, are put together by it. ``INFERENCE``: the commonest
    value of a sensitive column among rows that look alike is somebody's own.
    """

    SINGLING = "singling"
    LINKING = "linking"
    INFERENCE = "inference"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of so many attacks succeeded."""

    hits: int
    tries: int

    @property
    def share(self) -> float:
        """The share that succeeded."""
        return self.hits / self.tries if self.tries else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of that share with a confidence of 95 %, by Wilson's score."""
        if not self.tries:
            return 0.0, 1.0
        p, n, z = self.share, self.tries, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: on the release, by guessing, and on whoever is not in it.

    ``column`` is the sensitive one whose values are inferred, and else empty.
    """

    risk: Risk
    column: str
    found: Rate
    guess: Rate
    control: Rate

    @property
    def gain(self) -> float:
        """How much more often it may succeed than guessing: from the upper bound, 0 at least."""
        return max(0.0, self.found.interval[1] - self.guess.share)


@dataclass(frozen=True, slots=True)
class Attacked:
    """All attacks; ``reached`` is the share of released rows that some row of the source fits."""

    attacks: tuple[Attack, ...]
    reached: float


def attacked(
    engine: Engine,
    known: str,
    released: str,
    quasi: Sequence[tuple[str, str]],
    *,
    sensitive: Sequence[tuple[str, str]] = (),
) -> Attacked:
    """Attack ``released`` knowing ``known``, both relations in SQL.

    ``quasi`` and ``sensitive`` name columns as ``known`` has them, whose quasi-identifiers are
    labels already, and as ``released`` does. ``TRIES`` rows are attacked, with ``SEED``.
    """
    for name, relation, side in (("knows", known, 0), ("tells", released, 1)):
        chosen = [
            f"{as_written(each[side])} AS {letter}{place}"
            for letter, columns in (("q", quasi), ("s", sensitive))
            for place, each in enumerate(columns)
        ]
        engine.rows(f"CREATE TEMP VIEW {name} AS SELECT {', '.join(chosen)} FROM {relation}")  # noqa: S608 - quoted names
    keys = [f"q{place}" for place in range(len(quasi))]
    chance = np.random.default_rng(SEED)
    try:
        size = engine.one("SELECT count(*) FROM knows")[0]
        if not size or not engine.one("SELECT count(*) FROM tells")[0]:
            return Attacked((), 0.0)
        _sampled(engine, "tells", "bait")
        _sampled(engine, "knows", "aims")
        single, reached = _singled(engine, keys, chance)
        attacks = [single]
        if len(keys) > 1:
            attacks.append(_linked(engine, keys, size, chance))
        attacks += [
            _inferred(engine, keys, f"s{place}", theirs, chance)
            for place, (_, theirs) in enumerate(sensitive)
        ]
    finally:
        for table in ("bait", "aims"):
            engine.rows(f"DROP TABLE IF EXISTS {table}")
        for view in ("knows", "tells"):
            engine.rows(f"DROP VIEW {view}")
    return Attacked(tuple(attacks), reached)


def as_written(name: str) -> str:
    """Return a column in SQL as it is compared: labels are text, released columns may be typed."""
    text = f"CAST({ident(name)} AS VARCHAR)"
    return f"coalesce(CAST(TRY_CAST({text} AS DECIMAL(38, 10)) AS VARCHAR), {text})"


def _sampled(engine: Engine, of: str, into: str) -> None:
    """Lay up to ``TRIES`` rows into a table, chosen by ``SEED`` and numbered by ``i``."""
    engine.rows(
        f"CREATE TEMP TABLE {into} AS SELECT * EXCLUDE n, row_number() OVER (ORDER BY n) AS i FROM"  # noqa: S608 - our names
        f" (SELECT *, row_number() OVER () AS n FROM {of} ORDER BY hash(n + {SEED}) LIMIT {TRIES})"
    )


def _singled(
    engine: Engine, keys: Sequence[str], chance: np.random.Generator
) -> tuple[Attack, float]:
    """Look in the source for what released rows say, and for what was put together at random."""
    mine = _fitting(engine, "bait", keys, "knows")
    columns = engine.rows(
        f"SELECT {', '.join(f'list({key} ORDER BY i)' for key in keys)} FROM bait"  # noqa: S608 - our names
    )
    mixed = [[values[at] for at in chance.permutation(len(mine))] for values in columns[0]]
    lists = ", ".join(f"unnest(?::VARCHAR[]) AS {key}" for key in keys)
    engine.rows(
        f"CREATE TEMP TABLE mixed AS SELECT {lists}, unnest(?::BIGINT[]) AS i",
        [*mixed, list(range(1, len(mine) + 1))],
    )
    try:
        others = _fitting(engine, "mixed", keys, "knows")
    finally:
        engine.rows("DROP TABLE mixed")
    tried = _tried(len(mine), chance)
    made = Attack(
        Risk.SINGLING,
        "",
        _rate(mine[tried] == 1),
        _rate(others[tried] == 1),
        # Without the row itself, the same words hold of one other.
        _rate(mine[tried] == 2),
    )
    return made, float(np.mean(mine > 0))


def _linked(engine: Engine, keys: Sequence[str], size: int, chance: np.random.Generator) -> Attack:
    """Find the other half of somebody: by a released row that fits the one, at random.

    Of all rows of the source with that other half one is taken, at random too.
    """
    both = _fitting(engine, "aims", keys, "tells")
    one = _fitting(engine, "aims", keys[::2], "tells")
    other = _fitting(engine, "aims", keys[1::2], "knows")
    tried = _tried(len(both), chance)
    both, one, other = both[tried], one[tried], other[tried]
    luck = chance.random(TRIES)
    without = np.where(one > 1, np.maximum(both - 1, 0) / np.maximum(one - 1, 1), 0) / other
    return Attack(
        Risk.LINKING,
        "",
        _rate(luck < both / np.maximum(one, 1) / other),
        _rate(luck < 1 / size),
        _rate(luck < without),
    )


def _inferred(
    engine: Engine, keys: Sequence[str], value: str, column: str, chance: np.random.Generator
) -> Attack:
    """Say of everybody what is commonest among those who look alike, or among all where none do."""
    by = ", ".join(keys)
    commonest = engine.one(
        f"SELECT {value} FROM tells GROUP BY 1 ORDER BY count(*) DESC, 1 NULLS FIRST LIMIT 1"  # noqa: S608 - our names
    )[0]
    rows = engine.rows(
        f"WITH held AS (SELECT {by}, {value} AS v, count(*) AS n FROM tells t"  # noqa: S608 - our names
        f" SEMI JOIN aims a ON {_same(keys, 't', 'a')} GROUP BY ALL),"
        f" ranked AS (SELECT *, row_number() OVER (PARTITION BY {by}"
        " ORDER BY n DESC, v NULLS FIRST) AS place FROM held),"
        f" most AS (SELECT {by}, any_value(n) FILTER (place = 1) AS n, list(v ORDER BY place)[1]"
        " AS v, coalesce(any_value(n) FILTER (place = 2), 0) AS next FROM ranked WHERE place < 3"
        f" GROUP BY {by})"
        f" SELECT CASE WHEN m.n IS NULL THEN a.{value} IS NOT DISTINCT FROM ?"
        f" ELSE a.{value} IS NOT DISTINCT FROM m.v END,"
        f" a.{value} IS NOT DISTINCT FROM ?,"
        # Without the row itself the next one is as common: whichever is said then, it is not its.
        f" CASE WHEN m.n IS NULL THEN a.{value} IS NOT DISTINCT FROM ?"
        f" ELSE a.{value} IS NOT DISTINCT FROM m.v AND m.n - 1 > m.next END"
        f" FROM aims a LEFT JOIN most m ON {_same(keys, 'a', 'm')} ORDER BY a.i",
        [commonest] * 3,
    )
    hits = np.array(rows, dtype=bool)[_tried(len(rows), chance)]
    return Attack(Risk.INFERENCE, column, *(_rate(hits[:, at]) for at in range(3)))


def _fitting(engine: Engine, table: str, keys: Sequence[str], among: str) -> _Numbers:
    """Return how many rows of ``among`` are like each row of ``table`` in ``keys``."""
    by = ", ".join(keys)
    rows = engine.rows(
        f"SELECT coalesce(c.n, 0) FROM {table} t LEFT JOIN (SELECT {by}, count(*) AS n"  # noqa: S608 - our names
        f" FROM {among} a SEMI JOIN {table} s ON {_same(keys, 'a', 's')} GROUP BY {by}) c"
        f" ON {_same(keys, 't', 'c')} ORDER BY t.i"
    )
    return np.array(rows, dtype=np.float64)[:, 0]


def _same(keys: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{key} IS NOT DISTINCT FROM {other}.{key}" for key in keys)


def _tried(size: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return which rows are attacked: each once, or, where they are few, drawn again and again."""
    return np.arange(size) if size == TRIES else chance.integers(size, size=TRIES)


def _rate(hits: _Bools) -> Rate:
    return Rate(int(hits.sum()), len(hits))
