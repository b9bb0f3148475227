"""Write rows as clients of CKAN take them: JSON with its columns apart, XML, lines of text."""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

Values = Sequence[str | int | float | bool | None]
# What XML 1.0 can hold in no way, and what an element may be called.
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[^\W\d][\w.-]*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name and what PostgreSQL calls its type."""

    name: str
    kind: str


Writer = Callable[[BinaryIO, Sequence[Column], Iterable[Values]], int]


def _json(sink: BinaryIO, columns: Sequence[Column], rows: Iterable[Values]) -> int:
    fields = [{"id": column.name, "type": column.kind} for column in columns]
    sink.write(f'{{\n  "fields": {_written(fields)},\n  "records": ['.encode())
    count = 0
    for count, row in enumerate(rows, start=1):
        sink.write(f"{',' if count > 1 else ''}\n    {_written(list(row))}".encode())
    sink.write(b"\n]}\n")
    return count


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _xml(sink: BinaryIO, columns: Sequence[Column], rows: Iterable[Values]) -> int:
    sink.write(b'<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n')
    number, *others = columns
    counts = number.name == "_id"
    tags = [_tags(column.name) for column in (others if counts else columns)]
    count = 0
    for row in rows:
        count += 1
        values = row[1:] if counts else row
        cells = (_cell(*tag, value) for tag, value in zip(tags, values, strict=True))
        numbered = f' _id="{row[0]}"' if counts else ""
        sink.write(f"<row{numbered}>{''.join(cells)}</row>\n".encode())
    sink.write(b"</data>\n")
    return count


def _tags(name: str) -> tuple[str, str]:
    if _NAME.fullmatch(name):
        return name, name
    return f"value name={quoteattr(_UNHOLDABLE.sub('', name))}", "value"


def _cell(begin: str, end: str, value: object) -> str:
    if value is None:
        return f'<{begin} xsi:nil="true"/>'
    text = value if isinstance(value, str) else json.dumps(value)
    return f"<{begin}>{escape(_UNHOLDABLE.sub('', text))}</{end}>"


WRITERS: Mapping[str, Writer] = {"table.json": _json, "xml": _xml}


def lines(rows: Iterable[Values], fmt: str) -> str:
    """Return rows as lines of CSV or TSV, without a header."""
    text = io.StringIO()
    delimiter = "\t" if fmt.endswith("tsv") else ","
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(
        [value if isinstance(value, str) or value is None else json.dumps(value) for value in row]
        for row in rows
    )
    return text.getvalue()


def written(fmt: str, columns: Sequence[Column], rows: Sequence[Values]) -> bytes:
    """Return a few rows as a whole file of ``fmt``, the same as a long one is written."""
    if fmt in WRITERS:
        sink = io.BytesIO()
        WRITERS[fmt](sink, columns, rows)
        return sink.getvalue()
    before = codecs.BOM_UTF8 if fmt.startswith("bom.") else b""
    return before + lines([[column.name for column in columns], *rows], fmt).encode()
