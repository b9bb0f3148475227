"""Find the table in a text file and stage it, every cell as text, in the order of the source."""

from collections.abc import Callable, Collection, Sequence

from yelin.files.places import Place
from yelin.warehouse.decode import Decoded
from yelin.warehouse.engine import Engine, EngineError, literal
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.layout import Layout, clean_header, lay_out
from yelin.warehouse.lines import Walk, Walker
from yelin.warehouse.staged import ROW_GROUP, Staged, drop_empty_columns, require_narrow

APOSTROPHE = "'"
GUARDED = "^'+[=+\\-@\\t\\r]"

_ENDINGS = {"\n": "\\n", "\r\n": "\\r\\n", "\r": "\\r"}


def stage(
    decoded: Decoded,
    work: Place,
    engine: Engine,
    *,
    delimiter: str | None = None,
    header_line: int | None = None,
    expected: Collection[str] = (),
    report: Callable[[float], None] = lambda _done: None,
) -> Staged:
    """Stage a decoded text file as Parquet of text, refusing the rows that have no clear shape.

    ``expected`` are the item names, which tell the header row and the delimiter best;
    ``header_line`` 0 means that there is none and the columns stand in the items' order. Raises
    ``Unfit`` when no table can be seen.
    """
    layout = lay_out(decoded, delimiter, header_line, expected)
    require_narrow(layout.width)
    names = list(expected) if header_line == 0 else []
    header, header_notices = clean_header(_names(layout, names), layout.width)
    notices = [*layout.notices, *header_notices]
    first = layout.records[layout.header] if layout.header is not None else None
    start = decoded.start + (first.end if first else 0)
    line = (
        layout.records[layout.header + 1].line
        if layout.header is not None and len(layout.records) > layout.header + 1
        else (first.line + 1 if first else 1)
    )

    def walk(*, canonical: bool) -> Walk:
        return Walker(
            decoded.path,
            work,
            layout.dialect,
            start=start,
            line=line,
            width=layout.width,
            bad_lines=decoded.bad_lines,
            encoding=decoded.encoding,
            canonical=canonical,
            apart=not _even(decoded, start, line, layout.dialect.ending),
            report=lambda at: report(0.3 * at / max(1, decoded.bytes_in)),
        ).run()

    found = walk(canonical=False)
    target = work / "staged.parquet"
    try:
        rows = _copy(engine, decoded, found, layout, target, line, report)
    except Unfit:
        rows = -1
    if rows != found.rows:
        # Two readers disagree, so neither is trusted with the shape: write every record out anew
        # in the plainest form, which leaves nothing to interpret.
        found = walk(canonical=True)
        target.unlink(missing_ok=True)
        rows = _copy(engine, decoded, found, layout, target, line, report)
        if rows != found.rows:
            raise Unfit("structure.unclear", "The rows of the file cannot be told apart for sure")
    if not rows and not found.refused:
        notices.append(Notice("rows.none", "The table has a header and no rows"))
    notices += _walk_notices(found)
    target, unguarded = _unguard(
        engine, target, work / "unguarded.parquet", layout.width, had_bom=decoded.had_bom
    )
    notices += unguarded
    header, gone = drop_empty_columns(engine, target, header)
    if gone:
        notices.append(
            Notice(
                "columns.empty",
                "{count} columns without name or value were left out",
                {"count": gone},
            )
        )
    return Staged(
        path=target,
        rows=rows,
        header=tuple(header),
        lines=found.breaks or work / "lines.parquet",
        structural=found.structural,
        refused=found.refused,
        header_line=first.line if first else 0,
        delimiter=layout.dialect.delimiter,
        quote=layout.dialect.quote,
        ending=layout.dialect.ending,
        notices=tuple(notices),
    )


def _even(decoded: Decoded, start: int, line: int, ending: str) -> bool:
    """Say whether the lines above the rows end alike, so that a reader can skip them by number."""
    with decoded.path.open("rb") as stream:
        above = stream.read(start)
    mark = ending.encode()
    rest = above.replace(mark, b"")
    return above.count(mark) == line - 1 and b"\n" not in rest and b"\r" not in rest


def _copy(
    engine: Engine,
    decoded: Decoded,
    found: Walk,
    layout: Layout,
    target: Place,
    line: int,
    report: Callable[[float], None],
) -> int:
    source, skip = (found.clean, 0) if found.clean else (decoded.path, line - 1)
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(layout.width))
    dialect = layout.dialect
    longest = max(found.longest + 64, 2 << 20)
    if not found.rows:
        select = "SELECT " + ", ".join(f"NULL::VARCHAR AS c{n}" for n in range(layout.width))
        engine.rows(f"COPY ({select} LIMIT 0) TO {literal(str(target))} (FORMAT parquet)")
        return 0
    sql = (
        "COPY (SELECT * FROM read_csv("  # noqa: S608 - every part is quoted by the engine's functions
        f"{literal(str(source))}, auto_detect = false, header = false, columns = {{{columns}}}, "
        f"delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)}, "
        f"escape = {literal(dialect.quote)}, skip = {skip}, null_padding = false, "
        f"new_line = {literal(_ENDINGS[dialect.ending])}, max_line_size = {longest})) "
        f"TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    try:
        answer = engine.run(sql, report=lambda done: report(0.3 + 0.7 * done))
    except EngineError as fault:
        raise Unfit("structure.unclear", "The file cannot be read as a table") from fault
    return int(answer[0][0])


def _unguard(
    engine: Engine, target: Place, bare: Place, width: int, *, had_bom: bool
) -> tuple[Place, list[Notice]]:
    """Take off what keeps text from running in a spreadsheet: ="0898", and '=1+1 if for people.

    Files for people have a byte-order mark; in others an apostrophe may be part of the value.
    """
    file = f"read_parquet({literal(str(target))})"
    rules = [("regexp_full_match({cell}, '=\"-?[0-9]*([.][0-9]+)?\"')", "nullif({cell}[3:-2], '')")]
    if had_bom:
        rules.append((f"regexp_matches({{cell}}, {literal(GUARDED)})", "{cell}[2:]"))
    # Only cells that begin with one of the two signs can be guarded, and few columns have any.
    tests = ", ".join(
        f"count_if(c{n} < '>' AND (c{n} >= '=' OR c{n}[1] = {literal(APOSTROPHE)}))"
        for n in range(width)
    )
    places = [n for n, count in enumerate(engine.one(f"SELECT {tests} FROM {file}")) if count]  # noqa: S608 - ours
    if not places:
        return target, []
    guarded = [f"({' OR '.join(test.format(cell=f'c{n}') for test, _ in rules)})" for n in places]
    asked = ", ".join(f"count_if({one})" for one in guarded)
    count = sum(engine.one(f"SELECT {asked} FROM {file}"))  # noqa: S608 - ours
    if not count:
        return target, []
    replaced = ", ".join(
        "CASE "
        + " ".join(f"WHEN {test} THEN {bare}" for test, bare in rules).format(cell=f"c{n}")
        + f" ELSE c{n} END AS c{n}"
        for n in places
    )
    engine.run(
        f"COPY (SELECT * REPLACE ({replaced}) FROM {file}) TO {literal(str(bare))} "  # noqa: S608 - ours
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return bare, [
        Notice(
            "values.guarded",
            '{count} cells had a guard against running as a formula (="…" or an apostrophe), '
            "which was taken off",
            {"count": int(count)},
        )
    ]


def _walk_notices(found: Walk) -> list[Notice]:
    notices = []
    if found.blank:
        notices.append(
            Notice("rows.blank", "{count} blank rows were left out", {"count": found.blank})
        )
    return notices


def _names(layout: Layout, names: Sequence[str]) -> Sequence[str]:
    if layout.header is None:
        return names
    return layout.records[layout.header].cells
