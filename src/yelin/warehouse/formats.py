"""Write the rows of a release as CSV, JSON, NDJSON, Parquet or XLSX, never whole in memory."""

import codecs
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from yelin.warehouse import values
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.items import NUMBER_TYPES, TEXT_TYPES

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767
# A cell that begins so is run as a formula; apostrophes before it are counted, so that taking
# one off gives back exactly what was put in.
RUNS = "^'*[=+\\-@\\t\\r]"
APOSTROPHE = "'"


class TooLarge(Exception):
    """There is more than the format can hold; ``says`` is a message id."""

    def __init__(self, says: str, fmt: str, limit: int) -> None:
        self.says = says
        self.params = {
            "format": fmt,
            "limit": f"{limit:,}",
            "others": "/".join(name for name in MEDIA_TYPES if name != fmt),
        }
        super().__init__(says.format(**self.params))


class UnknownFormat(Exception):
    """The format is none of those written here."""

    def __init__(self, fmt: str) -> None:
        self.format = fmt
        super().__init__(f"{fmt} is not one of {', '.join(MEDIA_TYPES)}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a release: its name, its type letter, and whether its numbers go as text.

    ``scale`` is the number of decimal places that every value has, None where none is declared.
    """

    name: str
    type: str
    as_text: bool = False
    scale: int | None = None

    @property
    def text(self) -> str:
        """Return SQL that writes a value as text."""
        return values.written(ident(self.name), self.type, self.scale)


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows to write, as SQL from FROM on, whose names are quoted already.

    ``counted`` is the same without the order.
    """

    source: str
    counted: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]


def write(
    engine: Engine,
    selected: Selected,
    fmt: str,
    target: Path | BinaryIO,
    *,
    for_excel: bool = False,
    work: Path | None = None,
) -> None:
    """Write the rows to a path, or to an open file by way of one below ``work``.

    The engine must be allowed to write there. Raises ``UnknownFormat`` and ``TooLarge``.
    """
    if fmt not in MEDIA_TYPES:
        raise UnknownFormat(fmt)
    if isinstance(target, Path):
        _write(engine, selected, fmt, target, for_excel=for_excel)
        return
    if work is None:
        raise ValueError("an open file is written by way of a folder that the engine may use")
    with tempfile.TemporaryDirectory(dir=work) as folder:
        path = Path(folder) / f"rows.{fmt}"
        _write(engine, selected, fmt, path, for_excel=for_excel)
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, target, 1 << 20)


def _write(engine: Engine, selected: Selected, fmt: str, path: Path, *, for_excel: bool) -> None:
    if fmt == "csv" and for_excel:
        _excel_csv(engine, selected, path)
    elif fmt == "xlsx":
        _xlsx(engine, selected, path)
    else:
        _copy(engine, selected, path, fmt)


def guarded(cell: str) -> str:
    """Return SQL that keeps a text cell from running, or being cut short, in a spreadsheet.

    What a spreadsheet would run gets an apostrophe before it; digits that it would turn into a
    number and so shorten (leading zeros, twelve digits or more) become ``="0898"``, which is
    shown as 0898. The pipeline takes both off again when such a file comes back.
    """
    return (
        f"CASE WHEN regexp_matches({cell}, {literal(RUNS)}) THEN {literal(APOSTROPHE)} || {cell} "
        f"WHEN regexp_full_match({cell}, '0[0-9]+|[0-9]{{12,}}') "
        f"THEN '=\"' || {cell} || '\"' ELSE {cell} END"
    )


def _copy(engine: Engine, selected: Selected, path: Path, fmt: str) -> None:
    """Write by DuckDB's own writers.

    CSV is RFC 4180 with LF line ends, which spreadsheets, browsers and Unix tools all read; an
    empty field is a missing value.
    """
    shown = {"csv": _for_csv, "json": _for_json, "ndjson": _for_json, "parquet": _typed}[fmt]
    options = {
        "csv": "FORMAT csv, HEADER true, NULLSTR ''",
        "json": "FORMAT json, ARRAY true",
        "ndjson": "FORMAT json",
        "parquet": "FORMAT parquet, COMPRESSION zstd",
    }[fmt]
    _run(engine, selected, [shown(column) for column in selected.columns], path, options)


def _excel_csv(engine: Engine, selected: Selected, path: Path) -> None:
    body = path.with_name(path.name + ".part")
    select = [
        f"{guarded(ident(column.name))} AS {ident(column.name)}"
        if column.type in TEXT_TYPES
        else _for_csv(column)
        for column in selected.columns
    ]
    _run(engine, selected, select, body, "FORMAT csv, HEADER true, NULLSTR ''")
    with path.open("wb") as sink, body.open("rb") as stream:
        sink.write(codecs.BOM_UTF8)
        shutil.copyfileobj(stream, sink, 1 << 20)
    body.unlink()


def _run(engine: Engine, selected: Selected, select: list[str], path: Path, options: str) -> None:
    engine.run(
        f"COPY (SELECT {', '.join(select)} {selected.source}) TO {literal(str(path))} ({options})",
        selected.params,
    )


def _typed(column: Column) -> str:
    return ident(column.name)


def _for_csv(column: Column) -> str:
    name = ident(column.name)
    return f"{column.text} AS {name}" if column.type in NUMBER_TYPES else name


def _for_json(column: Column) -> str:
    name = ident(column.name)
    if column.as_text:
        return f"{column.text} AS {name}"
    if column.type in NUMBER_TYPES and column.scale is None:
        return f"CAST({column.text} AS JSON) AS {name}"
    if column.type == "T":
        return f"replace(CAST({name} AS VARCHAR), ' ', 'T') AS {name}"
    return name


def _xlsx(engine: Engine, selected: Selected, path: Path) -> None:
    total = int(engine.one(f"SELECT count(*) {selected.counted}", selected.params)[0])
    if total > XLSX_ROWS:
        raise TooLarge(
            "{format} holds at most {limit} rows; filter, or choose {others}.", "xlsx", XLSX_ROWS
        )
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        styles = [book.add_format(_style(column)) for column in selected.columns]
        for place, column in enumerate(selected.columns):
            sheet.write_string(0, place, column.name)
        sheet.freeze_panes(1, 0)
        select = ", ".join(
            column.text if column.as_text else ident(column.name) for column in selected.columns
        )
        rows = engine.stream(f"SELECT {select} {selected.source}", selected.params)
        for number, row in enumerate(rows, 1):
            for place, (value, style) in enumerate(zip(row, styles, strict=True)):
                _cell(sheet, (number, place), value, style)


def _style(column: Column) -> dict[str, str]:
    """Return how a spreadsheet shows the values of a column."""
    if column.type == "D":
        return {"num_format": "yyyy-mm-dd"}
    if column.type == "T":
        return {"num_format": "yyyy-mm-dd hh:mm:ss"}
    return {"num_format": f"0.{'0' * column.scale}"} if column.scale else {}


def _cell(sheet: Any, at: tuple[int, int], value: object, style: object) -> None:
    """Write a value as what it is; text stays text whatever it looks like."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, dt.date) and value.year >= 1900:
        sheet.write_datetime(*at, value, style)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(*at, float(value), style)
    else:
        text = str(value)
        if len(text) > XLSX_CELL:
            raise TooLarge(
                "{format} holds at most {limit} characters in a cell; choose {others}.",
                "xlsx",
                XLSX_CELL,
            )
        sheet.write_string(*at, text)
