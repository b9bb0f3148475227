"""Ask the steward what a file leaves open: which column carries an item, how dates are written."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from yelin.warehouse import values
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.items import ItemSpec, fold
from yelin.warehouse.staged import Staged, source

SAMPLES = 3
# So many rows tell well enough which column looks like an item.
LOOKED_AT = 10_000
CANDIDATES = 12
_LOOKS_RIGHT = 90


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may carry an item; ``fits`` hundredths of its values are of the item's kind."""

    header: str
    fits: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """Which column carries an item is asked; ``proposed`` looks like it, if anything does."""

    item: str
    required: bool
    proposed: str | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class DateSample:
    """A date as it is written, and as which day each order reads it; None where it is none."""

    written: str
    dmy: str | None
    mdy: str | None


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """In which order day and month stand in a column is asked.

    ``only_dmy`` and ``only_mdy`` cells can be read in one order alone, ``either`` in both.
    """

    item: str
    only_dmy: int
    only_mdy: int
    either: int
    samples: tuple[DateSample, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that is asked about a file; it cannot be published before it is answered."""

    columns: tuple[ColumnAsked, ...] = ()
    orders: tuple[OrderAsked, ...] = ()

    @property
    def count(self) -> int:
        """How many answers are needed."""
        return len(self.columns) + len(self.orders)


def near(name: str, spare: Sequence[str]) -> list[str]:
    """Return the headers most like a name, at most three."""
    folds = {fold(one): one for one in spare}
    found = difflib.get_close_matches(fold(name), folds, n=3, cutoff=0.5)
    found += [one for one in folds if one not in found and (fold(name) in one or one in fold(name))]
    return [folds[one] for one in found[:3]]


def which_column(
    item: ItemSpec, spare: Sequence[str], staged: Staged, engine: Engine
) -> ColumnAsked:
    """Ask which of the columns that are no item carries ``item``, the likeliest first."""
    named = near(item.name, spare)
    offered = [*named, *(name for name in spare if name not in named)][:CANDIDATES]
    candidates = [_candidate(item, name, staged, engine) for name in offered]
    likely = [one for one in candidates if one.header in named and one.fits > 0]
    if not likely and not (item.is_text and item.codes is None):
        # No name is like it; then only values that few other columns have say anything.
        likely = [one for one in candidates if one.fits >= _LOOKS_RIGHT]
        likely = likely if len(likely) == 1 else []
    return ColumnAsked(
        item=item.name,
        required=item.key or not item.nullable,
        proposed=likely[0].header if likely else None,
        candidates=tuple(candidates),
    )


def _candidate(item: ItemSpec, header: str, staged: Staged, engine: Engine) -> Candidate:
    cell = f"c{staged.header.index(header)}"
    rows = f"(SELECT {cell} FROM {source(staged)} LIMIT {LOOKED_AT})"  # noqa: S608 - ours
    present, right = engine.one(
        f"SELECT count({values.kept(cell)}), count_if({_is_of_its_kind(item, cell)}) FROM {rows}"  # noqa: S608 - ours
    )
    samples = engine.rows(
        f"SELECT DISTINCT {cell} FROM {rows} WHERE {values.kept(cell)} IS NOT NULL "  # noqa: S608 - ours
        f"ORDER BY {cell} LIMIT {SAMPLES}"
    )
    return Candidate(
        header=header,
        fits=right * 100 // present if present else 0,
        samples=tuple(str(one) for (one,) in samples),
    )


def _is_of_its_kind(item: ItemSpec, cell: str) -> str:
    if not item.is_text:
        plain = values.matches(cell, values.PLAIN[item.type])
        reading = values.Reading(item, scale=item.scale or 0, fits=True)
        return f"({reading.value(cell, plain, values.tidied(cell))}) IS NOT NULL"
    sound = [f"({values.kept(cell)}) IS NOT NULL"]
    if item.precision is not None:
        sound.append(f"length({cell}) <= {item.precision}")
    if item.codes:
        sound.append(f"{cell} IN ({', '.join(map(literal, sorted(item.codes.values)))})")
    return " AND ".join(sound)


def which_order(
    item: ItemSpec, tidy: str, rows: str, engine: Engine, *, last: int, first_high: int, second: int
) -> OrderAsked:
    """Ask in which order the day and the month of a column stand, with dates that tell them apart.

    ``rows`` is the SQL of the rows; of ``last`` cells with the year last, ``first_high`` have the
    day first for sure and ``second`` the month.
    """
    timed = item.type == "T"
    told = [f"strftime({values.moment(tidy, order, timed=timed)}, '%Y-%m-%d')" for order in _ORDERS]
    samples = engine.rows(
        f"SELECT DISTINCT {tidy}, {', '.join(told)} FROM {rows} "  # noqa: S608 - ours
        f"WHERE {values.year_last(tidy, timed=timed)} AND {told[0]} IS DISTINCT FROM {told[1]} "
        f"ORDER BY ALL LIMIT {SAMPLES}"
    )
    return OrderAsked(
        item=item.name,
        only_dmy=first_high,
        only_mdy=second,
        either=last - first_high - second,
        samples=tuple(DateSample(*row) for row in samples),
    )


_ORDERS = ("dmy", "mdy")
