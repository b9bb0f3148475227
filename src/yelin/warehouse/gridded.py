"""Stage the rows that a confined reader wrote: the one way from a hostile file to a table."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from yelin.files import confined
from yelin.files.places import Place
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.grid import WHOLE
from yelin.warehouse.items import fold
from yelin.warehouse.layout import clean_header
from yelin.warehouse.margins import RefusedRows
from yelin.warehouse.staged import Staged, drop_empty_columns, grouped, require_narrow

SECONDS = 1_800
LEAST_READ = 2 << 20
Report = Callable[[float], None]


def ask(
    module: str,
    source: Place,
    target: Place,
    report: Report = lambda _done: None,
    **order: Any,
) -> dict[str, Any]:
    """Return what the confined reader ``module`` says of ``source``, its rows being in ``target``.

    Raises ``Unfit``.
    """
    lent = {
        "source": confined.lent(source, reading=True),
        "target": confined.lent(target, reading=False),
    }

    def hear(said: dict[str, Any]) -> None:
        if "rows" in said:
            report(min(0.6, said["rows"] / 1_000_000))

    try:
        return confined.ask(module, {**lent, **order}, seconds=SECONDS, hear=hear)
    except confined.Refused as refused:
        raise Unfit(refused.code, refused.message_id, refused.params) from None
    except confined.Broken as broken:
        says = "The file is damaged and cannot be read ({kind})"
        raise Unfit("file.broken", says, {"kind": broken.kind}) from None
    except confined.Exhausted:
        raise Unfit(
            "file.large",
            "The file needs more memory or time than one may have; send it in parts or as CSV",
        ) from None


@dataclass(frozen=True, slots=True)
class Gridded:
    """A table that lies in ``grid`` as rows: its names, and the number of the last row above it."""

    grid: Place
    names: Sequence[str]
    width: int
    last: int = 0
    encoding: str = ""


def stage(
    table: Gridded, work: Place, engine: Engine, expected: Collection[str], report: Report
) -> Staged:
    """Stage the rows as text; those with a fault in a column that is used are refused."""
    if not table.width:
        raise Unfit("file.empty", "The file is empty")
    require_narrow(table.width)
    wanted = {fold(name) for name in expected}
    header, notices = clean_header(table.names, table.width)
    used = {place for place, name in enumerate(header) if not wanted or fold(name) in wanted}
    used.add(WHOLE)
    refused, structural, longest = _refuse(table, work, used)
    target = work / "staged.parquet"
    rows = _copy(engine, table, target, used, longest)
    report(0.9)
    lines = work / "lines.parquet"
    engine.rows(
        f"COPY (SELECT file_row_number AS ordinal, r AS line "  # noqa: S608 - paths are quoted
        f"FROM read_parquet({literal(str(target))}, file_row_number = true)) "
        f"TO {literal(str(lines))} (FORMAT parquet)"
    )
    header, gone = drop_empty_columns(engine, target, header)
    if gone:
        notices.append(
            Notice(
                "columns.empty",
                "Columns without name or value that were left out: {count}",
                {"count": gone},
            )
        )
    if not rows and not refused:
        notices.append(Notice("rows.none", "The table has a header and no rows"))
    return Staged(
        path=target,
        rows=rows,
        header=tuple(header),
        lines=lines,
        structural=structural,
        refused=refused,
        notices=tuple(notices),
    )


def _refuse(table: Gridded, work: Place, used: Collection[int]) -> tuple[int, Place | None, int]:
    """Refuse the rows that have a cell at fault in a column that is used.

    Return how many and where they are, and how many bytes the longest row of all has.
    """
    longest = 0
    with RefusedRows(work / "structure.parquet") as refused, table.grid.open("rb") as rows:
        for line in rows:
            longest = max(longest, len(line))
            # Most rows have none; only those that do are taken apart.
            if line.endswith(b'"f": null}\n'):
                continue
            row = json.loads(line)
            place, reason, value = row["f"]
            if row["r"] > table.last and place in used:
                raw = "\t".join(cell or "" for cell in row["c"]) or value
                column = None if place == WHOLE else place
                refused.add(
                    row["r"], reason, raw, value, table.encoding, column=column, value=value
                )
    return refused.count, refused.path if refused.count else None, longest


def _copy(
    engine: Engine, table: Gridded, target: Place, used: Collection[int], longest: int
) -> int:
    cells = ", ".join(f"nullif(c[{place + 1}], '') AS c{place}" for place in range(table.width))
    listed = ", ".join(str(place) for place in sorted(used))
    # The engine takes room for two of the largest rows at a time, for each thread, from the start.
    answer = engine.run(
        f"COPY (SELECT {cells}, r FROM read_json({literal(str(table.grid))}, "  # noqa: S608 - ours, and quoted
        "format = 'newline_delimited', columns = {'r': 'BIGINT', 'c': 'VARCHAR[]', "
        f"'f': 'VARCHAR[]'}}, maximum_object_size = {max(longest, LEAST_READ)}) "
        f"WHERE r > {table.last} AND (f IS NULL OR CAST(f[1] AS INTEGER) NOT IN ({listed}))) "
        f"TO {literal(str(target))} {grouped(table.width)}"
    )
    return int(answer[0][0])
