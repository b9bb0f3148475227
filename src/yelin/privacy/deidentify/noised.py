"""Statistics with noise (差分隐私): what one subject adds to a table cannot be seen in it.

Two tables are neighbours where one holds all rows of one subject more. The engine leaves each
subject so many rows as the plan bounds, and counts the cells of a domain that is declared; OpenDP
adds discrete Laplace noise to them. Noise is drawn from the system's entropy, once: neither seeds
nor true figures are kept, returned or logged.
"""

import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from yelin.privacy.deidentify.roles import BadPlan
from yelin.warehouse.engine import Engine, ident

Whole = npt.NDArray[np.int64]
MOST_CELLS = 100_000
MOST_ROWS_PER_SUBJECT = 1_000
# To this part of a unit epsilon is told, shared out and spent.
GRAIN = Decimal("0.000001")
# Beyond this many scales noise lies with less than one chance in 10^27; sums stay in 64 bits.
_TAIL = 64
_WORD = 2**62
# From this scale on the distribution is told by its shape, which does not change any more.
_FINE = 64


class Measure(StrEnum):
    """What is drawn for each cell: rows, rows that have a number, and the sum of the numbers."""

    ROWS = "rows"
    GIVEN = "given"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Listed:
    """A dimension by a list: ``groups`` says under which label each value lies.

    What it does not know, and what is missing, lies under ``other``, or is left out without it.
    """

    column: str
    groups: Mapping[str, str]
    other: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of the domain, whether or not a row has it."""
        found = dict.fromkeys(self.groups.values())
        return tuple(found if self.other is None else {**found, self.other: None})


@dataclass(frozen=True, slots=True)
class Banded:
    """A dimension of numbers in bands of ``width`` from ``least`` to below ``most``.

    All below is one band, and all from ``most`` on. What is no number lies under ``other``, or is
    left out without it.
    """

    column: str
    least: int
    most: int
    width: int
    other: str | None = None

    @property
    def bands(self) -> int:
        """How many bands there are, with those below and above."""
        return (self.most - self.least) // self.width + 2

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of the domain, in order."""
        bands = [
            f"{begin}–{begin + self.width - 1}" if self.width > 1 else f"{begin}"
            for begin in range(self.least, self.most, self.width)
        ]
        found = (f"<{self.least}", *bands, f"≥{self.most}")
        return found if self.other is None else (*found, self.other)


Dimension = Listed | Banded


@dataclass(frozen=True, slots=True)
class Number:
    """The column that is summed, brought between ``low`` and ``high`` and onto whole ``step`` s."""

    column: str
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def bounds(self) -> tuple[int, int]:
        """Both bounds, counted in steps."""
        return int(self.low / self.step), int(self.high / self.step)


@dataclass(frozen=True)
class Noise:
    """What is asked: a table over declared ``dimensions``, each measure for its own ``epsilon``.

    ``subject`` names the column that tells whose a row is; no subject counts by more than ``most``
    rows. Without it one row is one subject. Raises ``BadPlan``.
    """

    dimensions: tuple[Dimension, ...]
    epsilon: Mapping[Measure, Decimal]
    number: Number | None = None
    subject: str | None = None
    most: int = 1

    def __post_init__(self) -> None:
        self._domain_fits()
        if not 1 <= self.most <= (MOST_ROWS_PER_SUBJECT if self.subject else 1):
            raise BadPlan(self.subject or "*", "so many rows no subject may have")
        self._number_fits()
        if set(self.epsilon) not in _SETS or bool(self.number) != (Measure.SUM in self.epsilon):
            raise BadPlan("*", "each measure has its epsilon")
        for measure, epsilon in self.epsilon.items():
            if epsilon <= 0 or epsilon != epsilon.quantize(GRAIN):
                raise BadPlan("*", f"an epsilon is above zero, in steps of {GRAIN}")
            if _TAIL * self.sensitivity(measure) / Fraction(epsilon) > _WORD:
                raise BadPlan("*", f"the noise of {measure} is beyond all bounds: make them closer")

    def _domain_fits(self) -> None:
        columns = {each.column for each in self.dimensions}
        if not columns or len(columns) < len(self.dimensions):
            raise BadPlan("*", "a table has dimensions, each of another column")
        for each in self.dimensions:
            if isinstance(each, Banded) and not _fits(each):
                raise BadPlan(each.column, "bounds are multiples of a width that is above zero")
            if len(set(each.labels)) < len(each.labels) or not each.labels:
                raise BadPlan(each.column, "its labels are there, and differ")
        if self.size > MOST_CELLS:
            raise BadPlan("*", f"it has {self.size} cells, and {MOST_CELLS} are the most")

    def _number_fits(self) -> None:
        if self.number is None:
            return
        low, high, step = self.number.low, self.number.high, self.number.step
        if step <= 0 or low >= high or low % step or high % step:
            raise BadPlan(self.number.column, "its bounds are multiples of a step above zero")

    @property
    def shape(self) -> tuple[int, ...]:
        """How many labels each dimension has."""
        return tuple(len(each.labels) for each in self.dimensions)

    @property
    def size(self) -> int:
        """How many cells there are."""
        return math.prod(self.shape)

    @property
    def whole(self) -> Decimal:
        """The epsilon of all measures together: each is of the same subjects."""
        return sum(self.epsilon.values(), Decimal())

    def sensitivity(self, measure: Measure) -> int:
        """Return by how much one subject changes all cells together, in whole units."""
        if measure is not Measure.SUM or self.number is None:
            return self.most
        return self.most * max(map(abs, self.number.bounds))


_SETS = (
    {Measure.ROWS},
    {Measure.ROWS, Measure.SUM},
    {Measure.ROWS, Measure.GIVEN, Measure.SUM},
)


@dataclass(frozen=True)
class Noised:
    """The figures as they may be told: whole numbers, of sums in steps, shaped as the domain is.

    They come as they were drawn: a count may lie below zero. To cut it there would make every total
    too high.
    """

    asked: Noise
    cells: Mapping[Measure, Whole]

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The labels of each dimension, as they are counted in ``cells``."""
        return tuple(each.labels for each in self.asked.dimensions)

    @cached_property
    def cubes(self) -> Mapping[Measure, npt.NDArray[np.object_]]:
        """The cells with the totals of each dimension behind its labels, added from noised cells.

        So totals fit what they are of, and cost nothing; their own noise is that of many cells.
        """
        found = {}
        for measure, cells in self.cells.items():
            # Python's own whole numbers, which no total is too great for.
            cube = cells.astype(object)
            for axis in range(cells.ndim):
                cube = np.concatenate([cube, cube.sum(axis=axis, keepdims=True)], axis=axis)
            found[measure] = cube
        return found

    def half_width(self, measure: Measure, cells: int = 1, level: float = 0.95) -> int:
        """Return how far a figure lies from the true one at most, with a chance of ``level``.

        ``cells`` is how many were added up to it; a sum's is in steps.
        """
        return half_width(scale(self.asked, measure), cells, level)

    def rows(self) -> Iterator[tuple[tuple[str | None, ...], int, dict[Measure, int]]]:
        """Yield labels (None is a total), how many cells were added, and the figures."""
        shape = self.asked.shape
        for place in product(*(range(many + 1) for many in shape)):
            totals = [at == many for at, many in zip(place, shape, strict=True)]
            labels = tuple(
                None if total else names[at]
                for total, names, at in zip(totals, self.labels, place, strict=True)
            )
            added = math.prod(many for total, many in zip(totals, shape, strict=True) if total)
            yield labels, added, {name: int(cube[place]) for name, cube in self.cubes.items()}


def shared_out(epsilon: Decimal, measures: Sequence[Measure]) -> dict[Measure, Decimal]:
    """Return ``epsilon`` in equal parts, rounded down, so that they never come to more."""
    part = (epsilon / len(measures)).quantize(GRAIN, ROUND_FLOOR)
    return dict.fromkeys(measures, part)


def advantage(epsilon: Decimal) -> float:
    """Return how much more surely than by guessing anybody tells whether a subject is in the data.

    0 is guessing, 1 is knowing. It is the greatest distance between two neighbours' tables.
    """
    return math.tanh(float(epsilon) / 2)


def noised(engine: Engine, source: str, asked: Noise) -> Noised:
    """Count ``source``, a relation in SQL, and return its cells with noise. Raises ``BadPlan``.

    Each call draws anew, and is one answer for the whole ``epsilon`` of what is asked.
    """
    return Noised(asked, drawn(asked, counted(engine, source, asked)))


def counted(engine: Engine, source: str, asked: Noise) -> dict[Measure, Whole]:
    """Return the true cells, which nobody is told: each subject counts by so many rows at most."""
    there = {name for name, *_ in engine.rows(f"DESCRIBE FROM {source}")}
    columns = [each.column for each in asked.dimensions]
    columns += [asked.number.column] if asked.number else []
    columns += [asked.subject] if asked.subject else []
    if lacking := [name for name in columns if name not in there]:
        raise BadPlan(lacking[0], "the table has no such column")
    lists = [at for at, each in enumerate(asked.dimensions) if isinstance(each, Listed)]
    try:
        for at in lists:
            _lay(engine, at, asked.dimensions[at])
        sql, params = _statement(source, asked)
        found = engine.rows(sql, params)
    finally:
        for at in lists:
            engine.rows(f"DROP TABLE IF EXISTS group{at}")
    cells = {measure: np.zeros(asked.size, dtype=np.int64) for measure in asked.epsilon}
    for cell, *figures in found:
        for measure, figure in zip(Measure, figures, strict=True):
            if measure in cells:
                # Brought back into a word, which brings two neighbours no further apart.
                cells[measure][cell] = max(-_WORD // 2, min(_WORD // 2, figure))
    return {measure: each.reshape(asked.shape) for measure, each in cells.items()}


def drawn(asked: Noise, cells: Mapping[Measure, Whole]) -> dict[Measure, Whole]:
    """Return ``cells`` with noise: each measure is one vector, under its own epsilon."""
    found = {}
    for measure, each in cells.items():
        laplace, _ = _mechanism(asked.size, asked.sensitivity(measure), asked.epsilon[measure])
        found[measure] = np.array(laplace(each.ravel().tolist()), dtype=np.int64)
    return {measure: each.reshape(asked.shape) for measure, each in found.items()}


def scale(asked: Noise, measure: Measure) -> float:
    """Return the scale of the noise of a measure, in its whole units."""
    return _mechanism(asked.size, asked.sensitivity(measure), asked.epsilon[measure])[1]


@lru_cache(maxsize=64)
def _mechanism(size: int, sensitivity: int, epsilon: Decimal) -> tuple[Any, float]:
    """Return OpenDP's measurement of a vector, and its scale.

    The scale is widened until OpenDP itself says that it bears no more than ``epsilon``.
    """
    # Loading it takes a second, which no page has to wait for.
    from opendp.domains import atom_domain, vector_domain  # noqa: PLC0415
    from opendp.measurements import make_laplace  # noqa: PLC0415
    from opendp.metrics import l1_distance  # noqa: PLC0415
    from opendp.mod import enable_features  # noqa: PLC0415

    enable_features("contrib")
    domain, metric = vector_domain(atom_domain(T="i64"), size), l1_distance(T="i64")
    exact = float(Fraction(sensitivity) / Fraction(epsilon))
    wider = 0
    while True:
        at = exact + wider * math.ulp(exact)
        made: Any = make_laplace(domain, metric, scale=at)
        if Fraction(made.map(sensitivity)) <= Fraction(epsilon):
            return made, at
        wider = wider * 2 or 1


@lru_cache(maxsize=256)
def half_width(scale: float, many: int = 1, level: float = 0.95) -> int:
    """Return within which whole number the sum of ``many`` draws lies, with a chance of ``level``.

    By the characteristic function of the discrete Laplace distribution; of wide ones by their
    shape, rounded up.
    """
    if scale > _FINE:
        return math.ceil((half_width(_FINE, many, level) + 1) * (scale / _FINE))
    ratio = math.exp(-1 / scale)
    reach = scale * (8 * math.sqrt(2 * many) + 40) + 8
    size = 1 << math.ceil(math.log2(2 * reach))
    turn = np.cos(2 * np.pi * np.arange(size // 2 + 1) / size)
    of_one = (1 - ratio) ** 2 / (1 - 2 * ratio * turn + ratio**2)
    chance = np.fft.irfft(of_one**many, size)
    within = chance[0] + 2 * np.cumsum(chance[1 : size // 2])
    if chance[0] >= level:
        return 0
    return int(np.searchsorted(within, level)) + 1


def _fits(band: Banded) -> bool:
    if band.width < 1 or band.least >= band.most:
        return False
    return not (band.least % band.width or band.most % band.width)


def _lay(engine: Engine, at: int, dimension: Dimension) -> None:
    """Let the engine know under which label of a list each value lies, by its place."""
    assert isinstance(dimension, Listed)  # noqa: S101 - asked of lists alone
    place = {label: place for place, label in enumerate(dimension.labels)}
    engine.rows(f"CREATE TEMP TABLE group{at} (value VARCHAR, code INTEGER)")
    engine.rows(
        f"INSERT INTO group{at} SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])",
        [list(dimension.groups), [place[label] for label in dimension.groups.values()]],
    )


def _statement(source: str, asked: Noise) -> tuple[str, list[object]]:
    """Return what counts the cells. Nothing in it fails on a value: that would tell of it."""
    cell, joined = "0", ""
    for at, each in enumerate(asked.dimensions):
        code = f"({cell}) * {len(each.labels)}"
        cell = f"{code} + {_code(at, each)}"
        if isinstance(each, Listed):
            joined += (
                f" LEFT JOIN group{at} ON group{at}.value = CAST(s.{ident(each.column)} AS VARCHAR)"
            )
    params: list[object] = []
    units = "NULL::BIGINT"
    if asked.number:
        low, high = asked.number.bounds
        value = f"TRY_CAST(CAST(s.{ident(asked.number.column)} AS VARCHAR) AS DOUBLE)"
        # Whole numbers within bounds, whatever floats make of it on the way.
        held = f"least(greatest({value}, {float(asked.number.low)}), {float(asked.number.high)})"
        steps = f"round({held} / {float(asked.number.step)})::BIGINT"
        units = (
            f"CASE WHEN {value} IS NOT NULL AND NOT isnan({value})"
            f" THEN least(greatest({steps}, {low}), {high}) END"
        )
    who, bound = "0", ""
    if asked.subject:
        who = f"CAST(s.{ident(asked.subject)} AS VARCHAR)"
        # Which rows of a subject count is told by a key that is gone after this statement.
        bound = (
            " QUALIFY row_number() OVER (PARTITION BY who"
            f" ORDER BY sha256(? || CAST(n AS VARCHAR))) <= {asked.most}"
        )
        params.append(secrets.token_hex(32))
    sql = (
        f"WITH coded AS (SELECT {who} AS who, {cell} AS cell, {units} AS units,"  # noqa: S608 - names are quoted, values are numbers
        f" row_number() OVER () AS n FROM {source} AS s{joined}),"
        " kept AS (SELECT cell, units FROM coded WHERE cell IS NOT NULL AND who IS NOT NULL"
        f"{bound})"
        " SELECT cell, count(*), count(units), coalesce(sum(units), 0) FROM kept GROUP BY cell"
    )
    return sql, params


def _code(at: int, dimension: Dimension) -> str:
    """Return the place of a row's label, or NULL where it is left out."""
    other = "NULL" if dimension.other is None else str(len(dimension.labels) - 1)
    if isinstance(dimension, Listed):
        return f"coalesce(group{at}.code, {other})"
    value = f"TRY_CAST(CAST(s.{ident(dimension.column)} AS VARCHAR) AS DOUBLE)"
    place = f"floor(({value} - {dimension.least}) / {dimension.width}) + 1"
    return (
        f"CASE WHEN {value} IS NULL OR isnan({value}) THEN {other}"
        f" ELSE CAST(greatest(0, least({place}, {dimension.bands - 1})) AS INTEGER) END"
    )
