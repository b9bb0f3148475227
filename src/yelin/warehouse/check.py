"""Measure the columns of a release for its manifest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yelin.files.places import Place
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.values import Reading, written

# What a double, and so a JSON number, holds without loss.
EXACT_INTEGER = 2**53
EXACT_DIGITS = 15


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


def measure(
    path: Place,
    readings: Sequence[Reading],
    engine: Engine,
    *,
    report: Callable[[float], None] | None = None,
) -> list[ColumnStats]:
    """Return the statistics of every column of a Parquet file, in one pass over it."""
    file = f"read_parquet({literal(str(path))})"
    asked = ", ".join(_questions(reading) for reading in readings)
    row = engine.run(f"SELECT count(*), {asked} FROM {file}", report=report)[0]  # noqa: S608 - names are quoted
    rows = int(row[0])
    width = 6
    return [
        _stats(reading, rows, row[1 + place * width : 1 + (place + 1) * width])
        for place, reading in enumerate(readings)
    ]


def _questions(reading: Reading) -> str:
    column, kind = ident(reading.item.name), reading.duckdb_type

    def text(value: str) -> str:
        return written(value, reading.item.type, reading.places)

    least, most = ("bool_and", "bool_or") if kind == "BOOLEAN" else ("min", "max")
    bounds = f"{text(f'{least}({column})')}, {text(f'{most}({column})')}"
    longest = f"max(length(CAST({column} AS VARCHAR)))"
    numeric = kind == "BIGINT" or kind.startswith("DECIMAL")
    if numeric or kind == "DATE":
        # The longest is the least or the greatest.
        ends = (f"length(CAST({end}({column}) AS VARCHAR))" for end in (least, most))
        longest = f"greatest({', '.join(ends)})"
    wide = "HUGEINT" if kind == "BIGINT" else kind
    ends = (f"abs(CAST({end}({column}) AS {wide}))" for end in (least, most))
    size = f"CAST(greatest({', '.join(ends)}) AS VARCHAR)" if numeric else "NULL"
    return f"count({column}), approx_count_distinct({column}), {bounds}, {longest}, {size}"


def _stats(reading: Reading, rows: int, row: Sequence[object]) -> ColumnStats:
    present, distinct, low, high, longest, size = row
    return ColumnStats(
        name=reading.item.name,
        nulls=rows - int(str(present)),
        distinct=min(int(str(distinct)), int(str(present))),
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        longest=int(str(longest or 0)),
        as_text=_is_too_long(reading.duckdb_type, None if size is None else str(size)),
    )


def _is_too_long(kind: str, largest: str | None) -> bool:
    if largest is None:
        return False
    if kind == "BIGINT":
        return int(largest) > EXACT_INTEGER
    return len(largest.replace(".", "").lstrip("0")) > EXACT_DIGITS
