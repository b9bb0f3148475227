"""How strongly columns go together, before and after: what is left to be learned of them.

By Cramér's V, corrected for its bias as Bergsma does: where many values have few rows each, chance
alone would look like much.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from yelin.privacy.deidentify.classes import Codes, Ints, Rows, classes
from yelin.privacy.deidentify.coded import Coded
from yelin.privacy.deidentify.optimum import Found

# Of more distinct rows so many are looked at, chosen by chance.
MOST_ROWS = 1_000_000
_SEED = 1946
_Columns = dict[str, tuple[Codes, Ints]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns, and how strongly they go together: from 0, not at all, to 1, the same."""

    one: str
    other: str
    before: float
    after: float


def associated(table: Coded, found: Found, most: int) -> list[Pair]:
    """Return the pairs of columns that went together most, up to ``most``, the strongest first.

    They are of quasi-identifiers, and of sensitive columns that a guard asks for.
    """
    pairs = [Pair(*each) for each in _pairs(table, found)]
    return sorted(pairs, key=lambda each: (-each.before, each.one, each.other))[:most]


def _pairs(table: Coded, found: Found) -> Iterator[tuple[str, str, float, float]]:
    names = [scale.column.name for scale in table.scales]
    rows, kept = _chosen(table.rows), ~found.gone & (found.classes.counts > 0)
    before = dict(zip(names, rows.codes, strict=True))
    after = dict(zip(names, found.classes.codes, strict=True))
    left = found.classes.counts[kept]
    for one, other in combinations(names, 2):
        strong = strength(before[one], before[other], rows.counts)
        yield one, other, strong, strength(after[one][kept], after[other][kept], left)
    for column, values in rows.held.items():
        held = found.classes.held(column)
        here = kept[held.classes]
        at, said, counts = held.classes[here], held.values[here], held.counts[here]
        for name in names:
            strong = strength(before[name], values, rows.counts)
            yield name, column, strong, strength(after[name][at], said, counts)


def _chosen(rows: Rows) -> Rows:
    chance = np.random.default_rng(_SEED)
    some = np.flatnonzero(rows.counts > 0)
    if len(some) > MOST_ROWS:
        some = np.sort(chance.choice(some, MOST_ROWS, replace=False))
    held = {name: values[some] for name, values in rows.held.items()}
    return Rows(tuple(column[some] for column in rows.codes), rows.counts[some], held)


def strength(one: npt.NDArray[np.integer], other: npt.NDArray[np.integer], counts: Ints) -> float:
    """Return Cramér's V of two columns of codes, each line ``counts`` times, less its bias."""
    n = int(counts.sum())
    if n < 2:
        return 0.0
    both = classes(Rows((one, other), counts, {}), (None, None))  # type: ignore[arg-type]  # codes of any width
    rows, columns = (np.bincount(codes, weights=both.counts) for codes in both.codes)
    expected = rows[both.codes[0]] * columns[both.codes[1]]
    phi = float(np.sum(both.counts.astype(np.float64) ** 2 / expected)) - 1
    r, k = int((rows > 0).sum()), int((columns > 0).sum())
    corrected = max(0.0, phi - (r - 1) * (k - 1) / (n - 1))
    least = min(each - (each - 1) ** 2 / (n - 1) for each in (r, k)) - 1
    return min(1.0, (corrected / least) ** 0.5) if least > 0 else 0.0
