"""Stage Parquet, whose values are typed already, as the text that says all of each."""

from collections.abc import Collection, Iterator
from typing import Any

from yelin.files.places import Place
from yelin.warehouse import gridded
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.findings import Notice
from yelin.warehouse.gridded import Report
from yelin.warehouse.items import fold
from yelin.warehouse.layout import clean_header
from yelin.warehouse.margins import RefusedRows
from yelin.warehouse.staged import Staged, grouped, require_narrow


def stage(
    source: Place,
    work: Place,
    engine: Engine,
    *,
    expected: Collection[str] = (),
    report: Report = lambda _done: None,
) -> Staged:
    """Stage every row; one with bytes that are no letters in a column that is used is refused.

    Raises ``Unfit``.
    """
    texts = work / "columns.parquet"
    found = gridded.ask("yelin.warehouse.arrow", source, texts, report)
    require_narrow(len(found["header"]))
    header, notices = clean_header(found["header"], len(found["header"]))
    wanted = {fold(name) for name in expected}
    used = [place for place, name in enumerate(header) if not wanted or fold(name) in wanted]
    refused, structural, target = 0, None, texts
    if found["faults"]:
        target = work / "staged.parquet"
        refused, structural = _split(engine, texts, target, work, used, len(header))
        texts.unlink()
    lines = work / "lines.parquet"
    number = "r" if found["faults"] else "file_row_number + 1"
    cut = "" if found["faults"] else "LIMIT 1"
    engine.rows(
        f"COPY (SELECT file_row_number AS ordinal, {number} AS line "  # noqa: S608 - paths are quoted
        f"FROM read_parquet({literal(str(target))}, file_row_number = true) {cut}) "
        f"TO {literal(str(lines))} (FORMAT parquet)"
    )
    rows = found["rows"] - refused
    if not found["rows"]:
        notices.append(Notice("rows.none", "The table has a header and no rows"))
    return Staged(
        path=target,
        rows=rows,
        header=tuple(header),
        lines=lines,
        structural=structural,
        refused=refused,
        loose=False,
        notices=(*notices, *_notices(found, header)),
    )


def _split(
    engine: Engine, texts: Place, target: Place, work: Place, used: Collection[int], width: int
) -> tuple[int, Place | None]:
    """Part the rows that have a fault in a column that is used from the others."""
    listed = ", ".join(map(str, used)) or "-1"
    is_bad = f"coalesce(CAST(f[1] AS INTEGER) IN ({listed}), false)"
    rows = f"read_parquet({literal(str(texts))}, file_row_number = true)"
    engine.run(
        f"COPY (SELECT * EXCLUDE (f, file_row_number), file_row_number + 1 AS r FROM {rows} "  # noqa: S608 - ours
        f"WHERE NOT {is_bad}) TO {literal(str(target))} "
        f"{grouped(width)}"
    )
    with RefusedRows(work / "structure.parquet") as refused:
        asked = f"SELECT file_row_number + 1, f FROM {rows} WHERE {is_bad}"  # noqa: S608 - ours
        for line, (place, reason, value) in engine.stream(asked):
            refused.add(line, reason, value, value, "UTF-8", column=int(place), value=value)
    return refused.count, refused.path if refused.count else None


def _notices(found: dict[str, Any], header: list[str]) -> Iterator[Notice]:
    for name, many, zone in zip(header, found["nested"], found["zones"], strict=True):
        if many:
            yield Notice(
                "values.nested",
                "Values of “{column}” that hold others inside and are kept as JSON text: {count}",
                {"column": name, "count": many},
                column=name,
            )
        if zone:
            yield Notice(
                "values.zone",
                "The moments of “{column}” are of the zone {zone}; they are kept as clocks in China"
                " show them (UTC+8)",
                {"column": name, "zone": zone},
                column=name,
            )
