"""Measure the columns of a release for its manifest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from yelin.warehouse import exact
from yelin.warehouse.engine import ident
from yelin.warehouse.survey import Survey
from yelin.warehouse.values import Reading, written

_SECONDS = "2020-01-31 08:00:00"


@dataclass(frozen=True, slots=True)
class ColumnStats:
    """What one column of a release holds; ``low`` and ``high`` are written as text.

    ``longest`` counts characters, of numbers with every decimal place that the column has.
    ``as_text`` says that its numbers are too long for JSON, so that all of them are sent as text.
    """

    name: str
    nulls: int
    distinct: int
    low: str | None
    high: str | None
    longest: int
    as_text: bool


def measure(survey: Survey, readings: Sequence[Reading]) -> Callable[[], list[ColumnStats]]:
    """Ask for the statistics of every column of a table, and return how to learn them."""
    counted = [survey.ask(*_counts(reading, survey)) for reading in readings]

    @cache
    def stats() -> list[ColumnStats]:
        ends = survey.ends([end for reading in readings for end in _ends(reading)])
        of_each = zip(*[iter(ends)] * 4, strict=True)
        return [
            _stats(reading, survey.rows, counts(), of_one)
            for reading, counts, of_one in zip(readings, counted, of_each, strict=True)
        ]

    return stats


def _counts(reading: Reading, survey: Survey) -> tuple[str, str, str]:
    """Return as SQL how many values there are and differ, and how long the longest text is."""
    column, kind = ident(reading.item.name), reading.duckdb_type
    if _is_ordered(reading):
        longest = "NULL"
    elif kind == "VARCHAR":
        longest = f"max({survey.length(reading.item.name)})"
    else:
        longest = f"max({_written_length(column, kind)})"
        if kind == "DOUBLE":
            # Of those, each engine writes some in a way of its own.
            survey.beside(longest)
    return f"count({column})", f"approx_count_distinct({column})", longest


def _ends(reading: Reading) -> tuple[str, str, str, str]:
    """Return as SQL the least and the greatest, the longer of them, and how large they are."""
    column, kind = ident(reading.item.name), reading.duckdb_type
    ends = [f"{end}({column})" for end in ("min", "max")]
    low, high = (written(end, reading.item.type, reading.places) for end in ends)
    long = f"greatest({', '.join(f'length(CAST({end} AS VARCHAR))' for end in ends)})"
    wide = "HUGEINT" if kind == "BIGINT" else kind
    size = f"CAST(greatest({', '.join(f'abs(CAST({end} AS {wide}))' for end in ends)}) AS VARCHAR)"
    numeric = _is_ordered(reading) and kind != "DATE"
    return low, high, long if _is_ordered(reading) else "NULL", size if numeric else "NULL"


def _written_length(column: str, kind: str) -> str:
    in_full = f"length(CAST({column} AS VARCHAR))"
    if kind == "TIMESTAMP":
        # Whole seconds, as most moments are, need not be written to be counted.
        return f"CASE WHEN epoch_us({column}) % 1000000 = 0 THEN {len(_SECONDS)} ELSE {in_full} END"
    return in_full


def _is_ordered(reading: Reading) -> bool:
    """Say whether the longest value is the least or the greatest."""
    kind = reading.duckdb_type
    return kind in ("BIGINT", "DATE") or kind.startswith("DECIMAL")


def _stats(reading: Reading, rows: int, counts: Sequence[Any], ends: Sequence[Any]) -> ColumnStats:
    present, distinct, longest = counts
    low, high, long, size = ends
    return ColumnStats(
        name=reading.item.name,
        nulls=rows - present,
        distinct=min(distinct, present),
        low=low,
        high=high,
        longest=longest or long or 0,
        as_text=_is_too_long(reading.duckdb_type, size),
    )


def _is_too_long(kind: str, largest: str | None) -> bool:
    if largest is None:
        return False
    if kind == "BIGINT":
        return not exact.is_exact(int(largest))
    return len(largest.replace(".", "").lstrip("0")) > exact.DIGITS
