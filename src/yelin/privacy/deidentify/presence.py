"""What share of a population is in a release, class by class (δ-presence): measured twice.

Whoever knows that somebody belongs to the population should learn little of whether they are in
the release. ``present`` asks the engine; ``counted`` reads both files by other arithmetic.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yelin.privacy.deidentify.attacked import as_written
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.measured import near
from yelin.warehouse.engine import Engine

_Codes = npt.NDArray[np.int64]
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True)
class Present:
    """Least and greatest share of a class of the population that is in the release, from 0 to 1.

    ``fewest`` is how many of the population at least look as a released row does; ``strangers``
    are released rows as which nobody of the population looks.
    """

    least: float
    most: float
    fewest: int
    strangers: int

    @property
    def journalist(self) -> float:
        """The greatest risk of a row where nobody knows who is in the release."""
        return 1 / self.fewest if self.fewest else 0.0

    def agrees(self, other: "Present") -> bool:
        """Say whether another measurement found the same."""
        return all(map(near, astuple(self), astuple(other)))


def present(
    engine: Engine, population: str, released: str, quasi: Sequence[tuple[str, str]]
) -> Present:
    """Measure by relations in SQL; ``quasi`` are named as ``population`` has them, and as released.

    The quasi-identifiers of ``population`` are labels already.
    """
    keys = ", ".join(f"q{at}" for at in range(len(quasi)))
    sides = []
    for relation, side, own in ((released, 1, 1), (population, 0, 0)):
        chosen = [f"{as_written(each[side])} AS q{at}" for at, each in enumerate(quasi)]
        sides.append(f"SELECT {', '.join(chosen)}, {own} AS own FROM {relation}")  # noqa: S608 - quoted names
    least, most, fewest, strangers = engine.one(
        "SELECT coalesce(min(n / f) FILTER (f > 0), 0), coalesce(max(n / f) FILTER (f > 0), 0),"  # noqa: S608 - the same
        " coalesce(min(f) FILTER (n > 0 AND f > 0), 0), coalesce(sum(n) FILTER (f = 0), 0)::BIGINT"
        f" FROM (SELECT {keys}, sum(own)::BIGINT AS n, sum(1 - own)::BIGINT AS f"
        f" FROM ({' UNION ALL '.join(sides)}) GROUP BY {keys})"
    )
    return Present(float(least), float(most), int(fewest), int(strangers))


def counted(
    population: BinaryIO,
    released: BinaryIO,
    quasi: Sequence[tuple[str, str]],
    levels: Mapping[str, tuple[Hierarchy, int]],
) -> Present:
    """Measure two Parquet files; ``levels`` say what becomes of the values of the population."""
    whole = pq.read_table(population, columns=[name for name, _ in quasi])
    rows = pq.read_table(released, columns=[name for _, name in quasi])
    numbers: list[_Codes] = []
    for name, theirs in quasi:
        known: dict[str | None, int] = {}
        tree, level = levels[name]

        def label(value: str | None, tree: Hierarchy = tree, level: int = level) -> str | None:
            if level == tree.height:
                return _written(tree.levels[level][0])
            return None if value is None else _written(tree.levels[level][tree.place[value]])

        mine = _numbered(whole.column(name), label, known)
        out = _numbered(rows.column(theirs), _written, known)
        numbers.append(np.concatenate([mine, out]))
    _, of = np.unique(np.stack(numbers, axis=1), axis=0, return_inverse=True)
    of = of.reshape(-1)
    size = int(of.max(initial=-1)) + 1
    f = np.bincount(of[: whole.num_rows], minlength=size)
    n = np.bincount(of[whole.num_rows :], minlength=size)
    known_to = f > 0
    if not known_to.any():
        return Present(0.0, 0.0, 0, int(n.sum()))
    shares = n[known_to] / f[known_to]
    both = f[known_to & (n > 0)]
    return Present(
        float(shares.min()),
        float(shares.max()),
        int(both.min()) if both.size else 0,
        int(n[~known_to].sum()),
    )


def _numbered(column: "pa.ChunkedArray[Any]", label: Any, known: dict[str | None, int]) -> _Codes:
    """Return a number for each value by its label, which ``known`` keeps."""
    texts: Any = pc.cast(column, pa.string()).combine_chunks().dictionary_encode()
    values = [*texts.dictionary.to_pylist(), None]
    codes = np.array([known.setdefault(label(value), len(known)) for value in values], np.int64)
    places = pc.fill_null(texts.indices, len(values) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(codes[places])


def _written(value: str | None) -> str | None:
    """Return a value as both sides write it: a number as a number."""
    if value is None or not _NUMBER.fullmatch(value):
        return value
    return str(Decimal(value).normalize())
