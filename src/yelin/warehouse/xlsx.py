"""Write a table as XLSX (ECMA-376) row by row into any open file.

The writers that are kept spool a sheet through temporary files in plain, or hold all of it.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import escape

Value = str | int | float | bool | Decimal | dt.date | dt.datetime | None

_DAY = dt.datetime(1899, 12, 31)  # noqa: DTZ001 - a day of a sheet has no zone
_PART = 64 << 10
# What XML cannot hold is written as _xHHHH_, and so is text that would be read as such.
_UNHELD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
}
_CORE = (
    f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{}</dc:description>'
    "</cp:coreProperties>"
)
_SHEET = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="{heads}" topLeftCell="A{first}" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews>{widths}<sheetData>"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, and the number format that shows its dates and numbers.

    ``above`` is the upper level of its head, ``width`` how many characters it shows.
    """

    name: str
    shown_as: str = "General"
    above: str = ""
    width: int = 0


# The first and last row, from 1, and column, from 0, of cells that are shown as one.
Merge = tuple[int, int, int, int]


def write(
    target: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    says: str = "",
    merges: Iterable[Merge] = (),
) -> None:
    """Write a header that stays in sight, and the rows; a cell is what its value is.

    ``says`` stands among the properties of the document; ``merges`` is asked once the rows are
    written.
    """
    heads = _heads(columns)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in _PARTS.items():
            book.writestr(_undated(name), _HEAD + part)
        book.writestr(_undated("docProps/core.xml"), _HEAD + _CORE.format(escape(says)))
        book.writestr(_undated("xl/styles.xml"), _HEAD + _styles(columns))
        # A sheet may pass 4 GiB, and the file may not be one that can go back to say so.
        with book.open(_undated("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            began = _SHEET.format(heads=len(heads), first=len(heads) + 1, widths=_widths(columns))
            held = bytearray((_HEAD + began).encode())
            for number, head in enumerate(heads, 1):
                held += _row(number, head)
            for number, row in enumerate(rows, len(heads) + 1):
                held += _row(number, row)
                if len(held) > _PART:
                    sheet.write(held)
                    held.clear()
            sheet.write(held + b"</sheetData>")
            for piece in _merged([*_merged_heads(columns), *merges]):
                sheet.write(piece)
            sheet.write(b"</worksheet>")


def _heads(columns: Sequence[Column]) -> list[list[Value]]:
    """Return the rows of the header; a name without a level above stands in the upper one."""
    if not any(column.above for column in columns):
        return [[column.name for column in columns]]
    uppers: list[Value] = []
    for place, column in enumerate(columns):
        begins = not place or columns[place - 1].above != column.above
        uppers.append((column.above if begins else None) if column.above else column.name)
    return [uppers, [column.name if column.above else None for column in columns]]


def _merged_heads(columns: Sequence[Column]) -> Iterator[Merge]:
    if not any(column.above for column in columns):
        return
    place = 0
    for above, group in groupby(columns, key=lambda column: column.above):
        last = place + len(list(group)) - 1
        if above:
            yield (1, 1, place, last)
        else:
            yield from ((1, 2, each, each) for each in range(place, last + 1))
        place = last + 1


def _merged(merges: Sequence[Merge]) -> Iterator[bytes]:
    shown = [merge for merge in merges if merge[0] < merge[1] or merge[2] < merge[3]]
    if shown:
        yield f'<mergeCells count="{len(shown)}">'.encode()
        for top, bottom, left, right in shown:
            cells = f"{_letters(left)}{top}:{_letters(right)}{bottom}"
            yield f'<mergeCell ref="{cells}"/>'.encode()
        yield b"</mergeCells>"


def _widths(columns: Sequence[Column]) -> str:
    shown = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
        for place, column in enumerate(columns, 1)
        if column.width
    )
    return f"<cols>{shown}</cols>" if shown else ""


def _undated(name: str) -> zipfile.ZipInfo:
    """Return a part that bears no time, so that the same rows always are the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _styles(columns: Sequence[Column]) -> str:
    """Return the styles: style 0 for all that is as it is, then one for each column."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode="{escape(column.shown_as)}"/>'
        for place, column in enumerate(columns)
    )
    plain = 'fontId="0" fillId="0" borderId="0"'
    styles = "".join(
        f'<xf numFmtId="{164 + place}" {plain} xfId="0" applyNumberFormat="1"/>'
        for place in range(len(columns))
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(columns)}">{formats}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0" {plain}/></cellStyleXfs>'
        f'<cellXfs count="{1 + len(columns)}"><xf numFmtId="0" {plain} xfId="0"/>{styles}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _row(number: int, cells: Sequence[Value]) -> bytes:
    written = "".join(
        _cell(f'r="{_letters(place)}{number}"', 1 + place, value)
        for place, value in enumerate(cells)
        if value is not None
    )
    return f'<row r="{number}">{written}</row>'.encode()


def _cell(at: str, style: int, value: Value) -> str:
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c {at} s="{style}"><v>{_serial(value)}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f'<c {at} s="{style}"><v>{float(value)!r}</v></c>'
    text = escape(_UNHELD.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value)))
    return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(value: dt.date) -> str:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    days = (moment - _DAY) / dt.timedelta(days=1)
    # The sheet's calendar has a 29 February 1900 that never was.
    return repr(days + 1 if days >= 60 else days)


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
