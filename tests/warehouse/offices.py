"""Workbooks as old office programs save them: ODS and XLS, cell by cell as a test says."""

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO
from xml.sax.saxutils import escape, quoteattr

Value = str | int | float | bool | date | datetime | None
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_EPOCH = datetime.fromisoformat("1899-12-30")
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ods(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return an OpenDocument table of these rows."""
    stream = io.BytesIO()
    write_ods(stream, rows)
    return stream.getvalue()


def write_ods(file: IO[bytes], rows: Iterable[Sequence[Value]]) -> None:
    """Write the same, row after row."""
    named = "".join(f' xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        bundle.writestr("mimetype", kind, zipfile.ZIP_STORED)
        bundle.writestr("META-INF/manifest.xml", "<manifest/>")
        with bundle.open("content.xml", "w", force_zip64=True) as content:
            content.write(
                f"<office:document-content{named}><office:body><office:spreadsheet>"
                '<table:table table:name="表">'.encode()
            )
            for row in rows:
                cells = "".join(map(_ods_cell, row))
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            content.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )


def _ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, said = "boolean", f'office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind, said = "float", f'office:value="{value!r}"'
    elif isinstance(value, date):
        kind, said = "date", f'office:date-value="{value.isoformat()}"'
    else:
        kind, said = "string", f"office:string-value={quoteattr(value)}"
    return (
        f'<table:table-cell office:value-type="{kind}" {said}>'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )


def xls(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return a workbook of Excel 97 (MS-XLS) of these rows, in a compound file (MS-CFB)."""
    kinds = [0, 14, 22]
    styles = b"".join(_record(0xE0, struct.pack("<HHH14x", 0, kind, 0)) for kind in kinds)
    name = "表".encode("utf-16-le")
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    globals_ = begin + styles
    at = len(globals_) + 4 + 8 + len(name) + 4
    sheet = _record(0x85, struct.pack("<IHBB", at, 0, 1, 1) + name)
    cells = b"".join(
        _xls_cell(row, column, value)
        for row, line in enumerate(rows)
        for column, value in enumerate(line)
        if value is not None
    )
    inner = _record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0))
    end = _record(0x0A, b"")
    return _compound(globals_ + sheet + end + inner + cells + end)


def _xls_cell(row: int, column: int, value: Value) -> bytes:
    if isinstance(value, bool):
        return _record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))
    if isinstance(value, datetime):
        days = (value - _EPOCH).total_seconds() / 86_400
        return _record(0x203, struct.pack("<HHHd", row, column, 2, days))
    if isinstance(value, date):
        days = (datetime.combine(value, datetime.min.time()) - _EPOCH).days
        return _record(0x203, struct.pack("<HHHd", row, column, 1, days))
    if isinstance(value, int | float):
        return _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = value.encode("utf-16-le")
    return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """Return a compound file of one stream, which is made too long to lie among the short ones."""
    count = max(8, -(-len(stream) // 512))
    body = stream.ljust(count * 512, b"\0")
    fats = -(-(count + 2) // 127)
    chain = [*range(1, count), _END, _END, *[_FAT] * fats]
    fat = struct.pack(f"<{fats * 128}I", *chain, *[_FREE] * (fats * 128 - len(chain)))
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 0, len(body))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6, 0, fats, count, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    places = [count + 1 + n for n in range(fats)]
    head += struct.pack("<109I", *places, *[_FREE] * (109 - fats))
    return head + body + entries.ljust(512, b"\0") + fat


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    said = struct.pack(
        "<64sHBBIII36xIQ", text, len(text) + 2, kind, 1, _FREE, _FREE, child, start, size
    )
    assert len(said) == 128
    return said
