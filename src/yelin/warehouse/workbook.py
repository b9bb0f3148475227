"""Read one sheet of a workbook, in a process of its own with hard limits, row by row as text.

``spreadsheets`` has it started (``files/confined.py``).
"""

import datetime as dt
import re
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import python_calamine

from yelin.files import confined
from yelin.files.bundle import Bundle
from yelin.files.confined import Refused, Said
from yelin.warehouse.grid import Grid, Row, chosen

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 900
MOST_INFLATED = 6 << 30
MOST_MERGES = 500_000
EXACT = 10**15

# Built-in number formats that show dates, dates with time, and times.
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), "date"),
    22: "moment",
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]+)")


@dataclass(slots=True)
class Sheet:
    """A sheet's name, whether people see it, and where it is kept."""

    name: str
    hidden: bool
    part: str


Merge = tuple[int, int, int, int]


class Xlsx:
    """Reads XLSX part by part; only its shared texts are held in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.bundle = Bundle(file, MOST_INFLATED)
        self.epoch_1904 = False
        self.sheets: list[Sheet] = []
        self.merges: list[Merge] = []
        self._shared = _Shared()
        self._shows: list[str] = []
        self._read_workbook()

    def _read_workbook(self) -> None:
        home = self._main_part()
        relations = self._relations(home)

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet":
                relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
                kind, part = relations.get(relation, ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(Sheet(attributes.get("name", ""), hidden, part))
            elif tag == "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")

        self.bundle.parse(home, start)
        by_kind = dict(relations.values())
        if "styles" in by_kind:
            self._read_styles(by_kind["styles"])
        if "sharedStrings" in by_kind:
            self._read_shared(by_kind["sharedStrings"])

    def _main_part(self) -> str:
        for kind, part in self._relations("").values():
            if kind == "officeDocument":
                return part
        return "xl/workbook.xml"

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the kind and the part of each relation, by its id."""
        home = PurePosixPath(part)
        name = str(home.parent / "_rels" / f"{home.name}.rels") if part else "_rels/.rels"
        found: dict[str, tuple[str, str]] = {}
        if name not in self.bundle.names:
            return found

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else str(home.parent / target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                if whole in self.bundle.names:
                    found[attributes.get("Id", "")] = (kind, whole)

        self.bundle.parse(name, start)
        return found

    def _read_styles(self, part: str) -> None:
        formats: dict[int, str] = {}
        inside = [False]

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                inside[0] = True
            elif tag == "xf" and inside[0]:
                number = int(attributes.get("numFmtId", "0"))
                self._shows.append(shown_as(number, formats.get(number)))

        def end(tag: str) -> None:
            if tag == "cellXfs":
                inside[0] = False

        self.bundle.parse(part, start, end)

    def _read_shared(self, part: str) -> None:
        state = _Text()

        def start(tag: str, _attributes: dict[str, str]) -> None:
            if tag == "si":
                state.begin()
            state.enter(tag)

        def end(tag: str) -> None:
            state.leave(tag)
            if tag == "si":
                self._shared.add(state.value())

        self.bundle.parse(part, start, end, state.add)

    def rows(self, sheet: Sheet, take: Callable[[Row], None]) -> None:
        """Hand every row of the sheet to ``take``; the merged ranges are known afterwards."""
        state = _Text()
        row = Row(0)
        cell: dict[str, str] = {}
        place = [0]

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, cell
            if tag == "c":
                cell = attributes
                found = _REFERENCE.match(attributes.get("r", ""))
                place[0] = _column(found[1]) if found else place[0] + 1
                state.begin()
            elif tag == "row":
                row = Row(int(attributes.get("r", row.number + 1)))
                place[0] = -1
            elif tag == "mergeCell":
                self._merge(attributes.get("ref", ""))
            else:
                state.enter(tag)

        def end(tag: str) -> None:
            if tag == "c":
                self._put(row, place[0], cell, state.value())
            elif tag == "row":
                take(row)
            else:
                state.leave(tag)

        self.bundle.parse(sheet.part, start, end, state.add)

    def _merge(self, reference: str) -> None:
        found = _REFERENCE.findall(reference)
        if len(found) == 2:
            (left, top), (right, bottom) = found
            self.merges.append((int(top), _column(left), int(bottom), _column(right)))

    def _put(self, row: Row, place: int, cell: dict[str, str], text: str) -> None:
        kind = cell.get("t", "n")
        if kind == "s":
            row.put(place, self._shared.text(int(text)) if text.isdigit() else None)
        elif kind in ("inlineStr", "str"):
            row.put(place, _unescaped(text))
        elif kind == "b":
            row.put(place, "true" if text == "1" else "false")
        elif kind == "e":
            row.blame(place, "formula", text)
        elif kind == "d":
            row.put(place, text)
        elif text:
            style = int(cell.get("s", "0"))
            shows = self._shows[style] if style < len(self._shows) else ""
            put_number(row, place, text, shows, epoch_1904=self.epoch_1904)


class _Shared:
    """Texts by their number, end to end in memory: one by one they would take thrice that."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._ends = array("Q")

    def add(self, text: str) -> None:
        self._held += text.encode()
        self._ends.append(len(self._held))

    def text(self, number: int) -> str:
        first = self._ends[number - 1] if number else 0
        return self._held[first : self._ends[number]].decode()


class _Text:
    """Gathers the text of a cell: its value, or its runs without the reading marks above them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open = False
        self._reading = False

    def begin(self) -> None:
        self._pieces.clear()
        self._open = self._reading = False

    def enter(self, tag: str) -> None:
        if tag == "rPh":
            self._reading = True
        elif tag in ("v", "t"):
            self._open = not self._reading

    def leave(self, tag: str) -> None:
        if tag == "rPh":
            self._reading = False
        elif tag in ("v", "t"):
            self._open = False

    def add(self, text: str) -> None:
        if self._open:
            self._pieces.append(text)

    def value(self) -> str:
        return "".join(self._pieces)


class Calamine:
    """Reads XLS and ODS by calamine, which holds one sheet in memory."""

    def __init__(self, file: BinaryIO, kind: str) -> None:
        if kind == "ods":
            bundle = Bundle(file, MOST_INFLATED)
            for name in ("content.xml", "styles.xml"):
                if name in bundle.names:
                    for _piece in bundle.parts(name):
                        pass
        file.seek(0)
        self._book = python_calamine.CalamineWorkbook.from_filelike(file)
        visible = python_calamine.SheetVisibleEnum.Visible
        work = python_calamine.SheetTypeEnum.WorkSheet
        self.sheets = [
            Sheet(one.name, one.visible != visible, one.name)
            for one in self._book.sheets_metadata
            if one.typ == work
        ]
        self.merges: list[Merge] = []

    def rows(self, sheet: Sheet, take: Callable[[Row], None]) -> None:
        """Hand every row of the sheet to ``take``."""
        found = self._book.get_sheet_by_name(sheet.part)
        self.merges = [
            (top + 1, left, bottom + 1, right)
            for (top, left), (bottom, right) in found.merged_cell_ranges or []
        ]
        left = found.start[1] if found.start else 0
        for number, cells in enumerate(found.iter_rows(), 1):
            row = Row(number)
            for place, value in enumerate(cells, left):
                _put_python(row, place, value)
            take(row)


def _put_python(row: Row, place: int, value: Any) -> None:
    if isinstance(value, bool):
        row.put(place, "true" if value else "false")
    elif isinstance(value, int | float):
        put_number(row, place, repr(value), "", epoch_1904=False)
    elif isinstance(value, dt.datetime):
        row.put(place, value.isoformat(sep=" "))
    elif isinstance(value, dt.date | dt.time):
        row.put(place, value.isoformat())
    elif isinstance(value, str) and value.startswith("#") and value.rstrip("!?") in _ERRORS:
        row.blame(place, "formula", value)
    else:
        row.put(place, str(value))


_ERRORS = {"#N/A", "#DIV/0", "#REF", "#NAME", "#NULL", "#NUM", "#VALUE"}


def shown_as(number: int, code: str | None) -> str:
    """Return how a number format shows a number: date, moment, time, a count of digits, or "".

    Behind moment and time stand as many zeros, after a point, as of a second's fraction are shown.
    """
    if code is None:
        return _BUILT_IN.get(number, "")
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code.partition(";")[0]).lower()
    if re.fullmatch(r"0{2,}", plain):
        return f"digits:{len(plain)}"
    # The fraction of a second is no number of its own.
    if "general" in plain or re.search(r"[0#?]", re.sub(r"s\.0+", "s", plain)):
        return ""
    day = re.search(r"[yd年日e]", plain) is not None
    hour = re.search(r"[hs时秒]", plain) is not None
    if not hour:
        return "date" if day or "m" in plain else ""
    fraction = re.search(r"s(\.0+)", plain)
    return ("moment" if day else "time") + (fraction[1] if fraction else "")


def put_number(row: Row, place: int, text: str, shows: str, *, epoch_1904: bool) -> None:
    """Write a stored number as it is shown: whole numbers whole, no binary noise, dates as ISO."""
    try:
        value = float(text)
    except ValueError:
        row.put(place, text)
        return
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not equal to itself
        row.blame(place, "formula", text)
        return
    if shows.startswith(("date", "moment", "time")):
        moment = from_serial(value, shows, epoch_1904=epoch_1904)
        if moment is not None:
            row.put(place, moment)
            return
    if value.is_integer():
        whole = str(int(value))
        if abs(value) >= EXACT:
            row.blame(place, "lossy", whole)
        elif shows.startswith("digits:") and value >= 0:
            row.put(place, whole.zfill(int(shows[7:])))
        else:
            row.put(place, whole)
        return
    # Spreadsheets compute in binary and show fifteen digits; what lies beyond is noise.
    short = format(value, ".15g")
    row.put(place, _without_exponent(short) if "e" in short else short)


def _without_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, decimals = mantissa.lstrip("-").partition(".")
    shift = int(exponent)
    if shift < 0:
        return f"{sign}0.{'0' * (-shift - 1)}{whole}{decimals}"
    return f"{sign}{whole}{decimals.ljust(shift, '0')}"


def from_serial(value: float, shows: str, *, epoch_1904: bool) -> str | None:
    """Return a day number as ISO text; None when it is no day that the calendar has."""
    shows, _, fraction = shows.partition(".")
    digits = min(len(fraction), 3)
    spec = "milliseconds" if digits else "seconds"
    if shows == "time" and 0 <= value < 1:
        midnight = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - a time of a sheet has no zone
        moment = midnight + dt.timedelta(seconds=round(value * 86400, digits))
        return moment.time().isoformat(timespec=spec)
    if epoch_1904:
        epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a day of a sheet has no zone
    else:
        # The 1900 calendar has a 29 February that never was: days before it are one off.
        epoch = dt.datetime(1899, 12, 31 if value < 60 else 30)  # noqa: DTZ001 - as above
    if value < 0:
        return None
    try:
        moment = epoch + dt.timedelta(seconds=round(value * 86400, digits))
    except OverflowError:
        return None
    if shows == "date" or (shows == "moment" and value.is_integer()):
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec=spec)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def choose(sheets: list[Sheet], wanted: str | None) -> list[Sheet]:
    """Return the sheets to try in turn: the one asked for, else every visible one.

    Hidden sheets are never chosen by themselves.
    """
    if wanted is not None:
        name = chosen([sheet.name for sheet in sheets], wanted)
        return [sheet for sheet in sheets if sheet.name == name]
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if not visible:
        raise Refused("sheet.none", "Every sheet of the workbook is hidden; choose one by name")
    return visible


def read(file: BinaryIO, kind: str, wanted: str | None, grid: Grid) -> Said:
    """Write the rows of the chosen sheet and return what is to be known of it."""
    book = Xlsx(file) if kind == "xlsx" else Calamine(file, kind)
    for sheet in choose(book.sheets, wanted):
        book.merges = []
        book.rows(sheet, grid.take)
        if grid.rows:
            break
    else:
        raise Refused("sheet.empty", "The workbook has no sheet with rows")
    return grid.counted() | {
        "sheet": sheet.name,
        "sheets": [one.name for one in book.sheets if not one.hidden],
        "hidden": [one.name for one in book.sheets if one.hidden],
        "merges": book.merges[:MOST_MERGES],
    }


def work(order: Said, file: BinaryIO, target: BinaryIO) -> Said:
    """Read the sheet that was ordered."""
    with Grid(target) as grid:
        return read(file, order["kind"], order["sheet"], grid)


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
