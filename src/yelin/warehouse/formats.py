"""Write the rows of a release as CSV, JSON, NDJSON, Parquet or XLSX, never whole in memory."""

import codecs
import datetime as dt
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from yelin.files.places import Place, beside
from yelin.warehouse import dumps, exact, values, xlsx
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.items import FLOAT_TYPES, NUMBER_TYPES, TEXT_TYPES

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# CSV for programs that know no UTF-8, as offices have them: GB18030 holds GBK, and all characters.
GB18030 = "gb18030.csv"
# What is written besides: that, and what clients of CKAN take, beginning with a byte order mark,
# and other tables.
DUMPS = {
    GB18030: "text/csv; charset=gb18030",
    "bom.csv": MEDIA_TYPES["csv"],
    "tsv": "text/tab-separated-values; charset=utf-8",
    "bom.tsv": "text/tab-separated-values; charset=utf-8",
    "table.json": MEDIA_TYPES["json"],
    "xml": "text/xml; charset=utf-8",
}
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767
Plain = str | int | float | bool | None
_PLAIN = (str, int, bool)
# What is so already.
_PLAINLY = TEXT_TYPES | {"L"}
# A cell that begins so is run as a formula; apostrophes before it are counted, so that taking
# one off gives back exactly what was put in.
RUNS = "^'*[=+\\-@\\t\\r]"
APOSTROPHE = "'"
# By which name Parquet's own metadata says to whom a file went.
MARK = "yelin.watermark"


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
        super().__init__(f"{fmt} is not one of {', '.join(MEDIA_TYPES | DUMPS)}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a release: its name, its type letter, and whether its numbers go as text.

    ``scale`` is the number of decimal places that every value has, None where none is declared.
    """

    name: str
    type: str
    as_text: bool = False
    scale: int | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Column":
        """Return the column of which a manifest says these ``facts``."""
        return cls(facts["name"], facts["type"], facts["as_text"], facts.get("scale"))

    @property
    def kind(self) -> str:
        """What a column of its type is called in PostgreSQL, as clients of CKAN expect."""
        return "text" if self.as_text else _KINDS.get(self.type, "text")

    @property
    def text(self) -> str:
        """Return SQL that writes a value as text."""
        return values.written(ident(self.name), self.type, self.scale)


_KINDS = {
    **dict.fromkeys(NUMBER_TYPES, "numeric"),
    "I": "int",
    "D": "date",
    "T": "timestamp",
    "L": "bool",
}


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows to write, as SQL from FROM on, whose names are quoted already.

    ``counted`` is the same without the order; ``mark`` says to whom they go, where that must be.
    """

    source: str
    counted: str
    params: tuple[object, ...]
    columns: tuple[Column, ...]
    mark: str = ""


def write(
    engine: Engine,
    selected: Selected,
    fmt: str,
    target: Place,
    *,
    for_excel: bool = False,
) -> int:
    """Write the rows to a file, where the engine must be allowed to write; return their number.

    Raises ``UnknownFormat``, ``TooLarge``, and ``TooMuch`` for an order that memory cannot hold.
    """
    if fmt not in MEDIA_TYPES | DUMPS:
        raise UnknownFormat(fmt)
    if fmt == GB18030:
        return _gb18030(engine, selected, target, for_excel=for_excel)
    if fmt == "csv" and for_excel:
        return _excel_csv(engine, selected, target)
    if fmt.startswith("bom."):
        return _marked(engine, selected, target, fmt.removeprefix("bom."))
    if fmt in dumps.WRITERS:
        return _dump(engine, selected, target, fmt)
    if fmt == "xlsx":
        return _xlsx(engine, selected, target)
    return _copy(engine, selected, target, fmt)


def guarded(cell: str, *, marked: bool = True) -> str:
    """Return SQL that keeps a text cell from running, or being cut short, in a spreadsheet.

    What a spreadsheet would run gets an apostrophe before it; digits that it would turn into a
    number and so shorten (leading zeros, twelve digits or more) become ``="0898"``, which is
    shown as 0898. The pipeline takes both off again when such a file comes back. It knows it by
    its byte order mark; in a file that is not ``marked``, what would run is written the second way.
    """
    runs = f"{literal(APOSTROPHE)} || {cell}"
    if not marked:
        runs = f"'=\"' || replace({cell}, '\"', '\"\"') || '\"'"
    return (
        f"CASE WHEN regexp_matches({cell}, {literal(RUNS)}) THEN {runs} "
        f"WHEN regexp_full_match({cell}, '0[0-9]+|[0-9]{{12,}}') "
        f"THEN '=\"' || {cell} || '\"' ELSE {cell} END"
    )


def guarded_name(name: str, *, marked: bool = True) -> str:
    """Return the name of a column so that a spreadsheet does not run it; it comes back bare."""
    if not re.match(RUNS, name):
        return name
    return APOSTROPHE + name if marked else '="{}"'.format(name.replace('"', '""'))


def _copy(engine: Engine, selected: Selected, path: Place, fmt: str) -> int:
    """Write by DuckDB's own writers.

    CSV is RFC 4180 with LF line ends, which spreadsheets, browsers and Unix tools all read; an
    empty field is a missing value.
    """
    shown = {"json": _for_json, "ndjson": _for_json, "parquet": _typed}.get(fmt, _for_csv)
    options = {
        "csv": "FORMAT csv, HEADER true, NULLSTR ''",
        "tsv": "FORMAT csv, HEADER true, NULLSTR '', DELIMITER '\t'",
        "json": "FORMAT json, ARRAY true",
        "ndjson": "FORMAT json",
        "parquet": "FORMAT parquet, COMPRESSION zstd",
    }[fmt]
    if fmt == "parquet" and selected.mark:
        options += f", KV_METADATA {{'{MARK}': {literal(selected.mark)}}}"
    return _run(engine, selected, [shown(column) for column in selected.columns], path, options)


def _excel_csv(engine: Engine, selected: Selected, path: Place) -> int:
    body = beside(path, ".part")
    count = _guarded(engine, selected, body, marked=True)
    _mark(body, path)
    return count


def _gb18030(engine: Engine, selected: Selected, path: Place, *, for_excel: bool) -> int:
    """Write CSV in GB18030, without a mark: programs that know no UTF-8 know no mark either."""
    body = beside(path, ".part")
    if for_excel:
        count = _guarded(engine, selected, body, marked=False)
    else:
        count = _copy(engine, selected, body, "csv")
    with path.open("wb") as sink, body.open("rb") as stream:
        pieces = iter(partial(stream.read, 1 << 20), b"")
        for text in codecs.iterdecode(pieces, "utf-8"):
            sink.write(text.encode("gb18030"))
    body.unlink()
    return count


def _guarded(engine: Engine, selected: Selected, path: Place, *, marked: bool) -> int:
    select = [
        f"{_excel_cell(column, marked=marked)} AS {ident(guarded_name(column.name, marked=marked))}"
        for column in selected.columns
    ]
    return _run(engine, selected, select, path, "FORMAT csv, HEADER true, NULLSTR ''")


def _excel_cell(column: Column, *, marked: bool) -> str:
    if column.type in TEXT_TYPES:
        return guarded(ident(column.name), marked=marked)
    if column.type in NUMBER_TYPES - FLOAT_TYPES:
        return _long_number(column)
    return column.text if column.type in NUMBER_TYPES else ident(column.name)


def _marked(engine: Engine, selected: Selected, path: Place, fmt: str) -> int:
    body = beside(path, ".part")
    count = _copy(engine, selected, body, fmt)
    _mark(body, path)
    return count


def _mark(body: Place, path: Place) -> None:
    """Write ``body`` to ``path`` after a byte order mark, and remove it."""
    with path.open("wb") as sink, body.open("rb") as stream:
        sink.write(codecs.BOM_UTF8)
        shutil.copyfileobj(stream, sink, 1 << 20)
    body.unlink()


def _long_number(column: Column) -> str:
    """Return SQL that keeps an exact number whole where a spreadsheet holds its first digits."""
    digits = f"ltrim(regexp_replace({column.text}, '[^0-9]', '', 'g'), '0')"
    return (
        f"CASE WHEN length({digits}) > {exact.DIGITS} THEN '=\"' || {column.text} || '\"' "
        f"ELSE {column.text} END"
    )


def _run(engine: Engine, selected: Selected, select: list[str], path: Place, options: str) -> int:
    ((count,),) = engine.run(
        f"COPY (SELECT {', '.join(select)} {selected.source}) TO {literal(str(path))} ({options})",
        selected.params,
    )
    return int(count)


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


def _xlsx(engine: Engine, selected: Selected, path: Place) -> int:
    total = int(engine.one(f"SELECT count(*) {selected.counted}", selected.params)[0])
    if total > XLSX_ROWS:
        raise TooLarge(
            "{format} holds at most {limit} rows; filter, or choose {others}.", "xlsx", XLSX_ROWS
        )
    select = ", ".join(
        column.text if column.as_text else ident(column.name) for column in selected.columns
    )
    rows = engine.stream(f"SELECT {select} {selected.source}", selected.params)
    header = [xlsx.Column(column.name, _shown_as(column)) for column in selected.columns]
    with path.open("wb") as file:
        xlsx.write(
            file, header, ([_cell(value) for value in row] for row in rows), says=selected.mark
        )
    return total


def _dump(engine: Engine, selected: Selected, path: Place, fmt: str) -> int:
    select = ", ".join(
        column.text if column.as_text else ident(column.name) for column in selected.columns
    )
    rows = engine.stream(f"SELECT {select} {selected.source}", selected.params)
    columns = [dumps.Column(column.name, column.kind) for column in selected.columns]
    with path.open("wb") as sink:
        return dumps.WRITERS[fmt](sink, columns, ([plain(value) for value in row] for row in rows))


def _shown_as(column: Column) -> str:
    """Return the number format by which a spreadsheet shows the values of a column."""
    if column.type == "D":
        return "yyyy-mm-dd"
    if column.type == "T":
        return "yyyy-mm-dd hh:mm:ss"
    return f"0.{'0' * column.scale}" if column.scale else "General"


def _cell(value: xlsx.Value) -> xlsx.Value:
    """Return a value as what it is; text stays text whatever it looks like."""
    if isinstance(value, dt.date) and value.year < 1900:
        # The sheet's calendar begins in 1900.
        return str(value)
    if isinstance(value, dt.datetime) and value.microsecond:
        # A sheet shows whole seconds, and whoever reads it back could not tell the rest.
        return str(value)
    if isinstance(value, int | float | Decimal) and not exact.is_shown(value):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, str) and len(value) > XLSX_CELL:
        raise TooLarge(
            "{format} holds at most {limit} characters in a cell; choose {others}.",
            "xlsx",
            XLSX_CELL,
        )
    return value


def plain(value: object) -> Plain:
    """Return a value as JSON has it."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return exact.plain(value)
    raise TypeError(f"no column holds {type(value).__name__}")


def plainly(column: Column, values: Iterable[Any]) -> list[Plain]:
    """Return values of one column as JSON has them."""
    if column.as_text or column.type in _PLAINLY:
        return list(values)
    if column.type == "I":
        return [each if type(each) is int else plain(each) for each in values]
    return [None if each is None else plain(each) for each in values]
