"""A table staged as Parquet of text, and what is asked of it before it is read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from yelin.files.places import Place
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.grid import WIDEST

One = TypeVar("One")
FOOTNOTE_WITHIN = 10
ROW_GROUP = 61_440
ROWS_AT_ONCE = 1_000_000
# The time that a plan takes, and the room, grow faster than its columns.
COLUMNS_AT_ONCE = 100
# A row group is held whole until it is written.
_CELLS, _LEAST = 2 << 20, 2_048

FOOTNOTE = (
    r"^\s*[（(]?(注|备注|備註|说明|說明|附注|资料来源|資料來源|数据来源|數據來源|来源|來源|单位|單位"
    r"|Notes?|Sources?)[\s\d]*[:：.、）)]"
)


@dataclass(frozen=True, slots=True)
class Unstaged:
    """A table that lies in its file still, regular as far as can be seen without reading cells.

    ``table`` is its SQL, with columns c0, c1 … and '' for an empty cell. A cell that begins with
    one of ``guards`` may be guarded. ``stage`` stages it after all and is told whom to report to.
    """

    table: str
    guards: tuple[str, ...]
    stage: "Callable[[Callable[[float], None]], Staged]"


@dataclass(frozen=True, slots=True)
class Staged:
    """A table as text: ``path`` holds columns c0, c1 … under the names of ``header``.

    ``lines`` tells where a row's line departs from its ordinal; ``structural`` holds the rows
    that had no clear shape; ``merges`` are the ranges of cells below the header that are merged
    over rows: top, left, bottom, right. ``sheets`` are those that could be chosen; ``loose`` says
    that notes may stand among its rows, as people write them below a table. What is ``unstaged``
    lies at ``path`` only once it is staged. ``shape`` is the column that holds the shapes of a map,
    in the coordinates of ``datum``.
    """

    path: Place
    rows: int
    header: tuple[str, ...]
    lines: Place
    structural: Place | None = None
    refused: int = 0
    header_line: int = 0
    delimiter: str = ""
    quote: str = ""
    ending: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    loose: bool = True
    shape: str = ""
    datum: str = ""
    merges: tuple[tuple[int, int, int, int], ...] = ()
    notices: tuple[Notice, ...] = ()
    unstaged: Unstaged | None = None


def row_group(width: int) -> int:
    """Return how many rows of so many columns lie together, fewer of a wide table."""
    return min(ROW_GROUP, max(1, _CELLS // max(1, width) // _LEAST) * _LEAST)


def grouped(width: int) -> str:
    """Return how the engine writes a table of so many columns on its way."""
    return f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {row_group(width)})"


def written(width: int) -> str:
    """Return how the engine writes the table of a release.

    A dictionary of more than a tenth of a row group's values makes the file hardly smaller, and
    costs the most of all.
    """
    rows = row_group(width)
    return (
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {rows}, "
        f"DICTIONARY_SIZE_LIMIT {rows // 10})"
    )


def some_at_once(columns: Sequence[One]) -> Iterator[Sequence[One]]:
    """Yield so many columns that the engine plans well what is asked of them together."""
    for first in range(0, len(columns), COLUMNS_AT_ONCE):
        yield columns[first : first + COLUMNS_AT_ONCE]


def unnamed(header: Sequence[str]) -> list[int]:
    """Return the places of the columns that the file gives no name."""
    return [n for n, name in enumerate(header) if name == f"列{n + 1}"]


def require_narrow(width: int) -> None:
    """Raise ``Unfit`` for more columns than the engine can hold side by side."""
    if width > WIDEST:
        raise Unfit(
            "columns.many",
            "The columns of the table: {count}. At most {limit} can be taken; write it as rows "
            "of name and value",
            {"count": width, "limit": WIDEST},
        )


def drop_empty_columns(
    engine: Engine, target: Place, header: Sequence[str]
) -> tuple[list[str], int]:
    """Shorten the header by trailing columns that have neither name nor value."""
    places = unnamed(header)
    if not places or len(places) == len(header):
        return list(header), 0
    tests = ", ".join(f"count(c{n})" for n in places)
    counts = engine.one(f"SELECT {tests} FROM read_parquet({literal(str(target))})")  # noqa: S608 - ours
    empty = {n for n, count in zip(places, counts, strict=True) if not count}
    return [("" if n in empty else name) for n, name in enumerate(header)], len(empty)


def set_aside(engine: Engine, staged: Staged) -> int:
    """Put the rows that are no data into the engine's table ``aside``: footnotes, headers again.

    A footnote stands within the last rows, alone in the first column, and begins as notes do.
    """
    engine.rows("CREATE OR REPLACE TEMP TABLE aside (ordinal BIGINT, reason VARCHAR)")
    named = [(n, name) for n, name in enumerate(staged.header) if name and name != f"列{n + 1}"]
    if not staged.loose:
        return 0
    if staged.rows and named and staged.header_line:
        again = " AND ".join(f"c{n} = {literal(name)}" for n, name in named)
        engine.rows(
            f"INSERT INTO aside SELECT file_row_number, 'header' FROM {source(staged)} "  # noqa: S608 - values are quoted by literal()
            f"WHERE {again}"
        )
    if staged.rows and len(staged.header) > 1:
        alone = " AND ".join(f"c{n} IS NULL" for n in range(1, len(staged.header)))
        engine.rows(
            f"INSERT INTO aside SELECT file_row_number, 'note' FROM {source(staged)} "  # noqa: S608 - values are quoted by literal()
            f"WHERE file_row_number >= {staged.rows - FOOTNOTE_WITHIN} AND {alone} "
            f"AND regexp_matches(c0, {literal(FOOTNOTE)})"
        )
    return leave_out(engine, "aside", staged.rows)


def leave_out(engine: Engine, table: str, rows: int) -> int:
    """Remember the ordinals of an engine's table as bits, for ``stays``; return how many.

    A join would do the same and, run by several threads, lose the order of the rows.
    """
    count = int(engine.one(f"SELECT count(*) FROM {table}")[0])  # noqa: S608 - ours
    if count:
        engine.rows(
            f"SET VARIABLE {table} = (SELECT bitstring_agg(ordinal, 0, {rows}) FROM {table})"  # noqa: S608 - ours
        )
    return count


def stays(table: str) -> str:
    """Say in SQL that a row of the staged table is not among those left out."""
    return f"get_bit(getvariable('{table}'), file_row_number::INTEGER) = 0"


def turns(listed: str, rows: int) -> list[str]:
    """Return SQL conditions that divide rows by the values ``listed``, equal ones together.

    What must hold a value of every row takes turns, for nothing may spill to the disk.
    """
    many = 1 + rows // ROWS_AT_ONCE
    return [f"hash({listed}) % {many} = {turn}" for turn in range(many)] if many > 1 else ["true"]


def source(staged: Staged) -> str:
    """Return the staged table as an SQL source with its ``file_row_number``."""
    return f"read_parquet({literal(str(staged.path))}, file_row_number = true)"
