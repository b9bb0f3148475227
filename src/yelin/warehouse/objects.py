"""Read JSON and lines of JSON as rows of text, in a process of its own, value by value.

``records`` has it started (``files/confined.py``). What is held is one row and a window of text;
numbers stay the letters that they are written with.
"""

import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from yelin.files import confined
from yelin.files.confined import Refused, Said
from yelin.warehouse.datum import MOVES
from yelin.warehouse.geometry import Move, Odd, text_of
from yelin.warehouse.grid import SHAPE, WHOLE, WIDEST, Grid, Row, chosen

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 900
WINDOW = 1 << 20
LONGEST = 64 << 20
DEEPEST = 4
# An unfinished word or number begins at most so far before the end of the window.
_NEAR = 16
_LONGEST_EXPONENT = 60
# So many lines tell whether each stands for itself.
_FIRST = 20
_SHOWN = 500
_CRS = "crs.properties.name"


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Fault(str):
    """A value that is not what was meant, and the reason."""

    __slots__ = ("reason",)

    def __new__(cls, reason: str, value: str) -> "Fault":
        """Return the value, blamed."""
        made = super().__new__(cls, value)
        made.reason = reason
        return made

    reason: str


class Pairs(list[tuple[str, Any]]):
    """The keys and values of an object as they stand, doubled ones too."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs,
    parse_float=Number,
    parse_int=Number,
    parse_constant=Number,
    strict=False,
)


class Text:
    """A decoded text of which a window is held, and how far it was read."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(start)
        self._stream = io.TextIOWrapper(file, encoding="utf-8", newline="")
        self._window = ""
        self._at = 0
        self._over = False
        self.line = 1
        self._column = 1

    def peek(self) -> str:
        """Return the next character that is no blank, without taking it; none at the end."""
        while True:
            at = self._at
            while at < len(self._window) and self._window[at] in " \t\r\n\ufeff":
                at += 1
            self._pass(at)
            if at < len(self._window):
                return self._window[at]
            if not self._more():
                return ""

    def skip(self, mark: str) -> None:
        """Take the one character that must come next."""
        if self.peek() != mark:
            raise self._wrong(self._at)
        self._pass(self._at + 1)

    def value(self) -> Any:
        """Take the next whole value."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._window, self._at)
            except json.JSONDecodeError as fault:
                is_cut = fault.pos + _NEAR > len(self._window) or fault.msg.startswith("Untermin")
                if not is_cut or not self._more():
                    raise self._wrong(fault.pos) from None
                continue
            # A number at the very end may go on.
            if end == len(self._window) and not isinstance(found, list) and self._more():
                continue
            self._pass(end)
            return found

    def key(self) -> str:
        """Take the key of an object."""
        if self.peek() != '"':
            raise self._wrong(self._at)
        return str(self.value())

    def end(self) -> None:
        """Raise ``Refused`` where anything more stands."""
        if self.peek():
            raise self._wrong(self._at)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Take a text that was not begun line by line, each with its number."""
        number = 0
        while line := self._stream.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                raise Refused("json.large", "Line {line}: one value is too large", line=number)
            yield number, line.strip("\ufeff \t\r\n")

    def has_lines(self) -> bool:
        """Say whether the first lines are values of their own, as a document's are not."""
        self.peek()
        first = list(filter(None, map(str.strip, self._window.splitlines()[:_FIRST])))
        alone = sum(1 for line in first if line[0] in "{[" and _is_whole(line))
        return alone > 1 and alone * 2 > len(first)

    def again(self, start: int) -> "Text":
        """Return the same text from its beginning."""
        return Text(self._stream.detach(), start)

    def _more(self) -> bool:
        if self._over:
            return False
        if len(self._window) - self._at > LONGEST:
            raise Refused("json.large", "Line {line}: one value is too large", line=self.line)
        kept = self._window[self._at :]
        piece = self._stream.read(max(WINDOW, len(kept)))
        if piece:
            self._window, self._at = kept + piece, 0
        self._over = not piece
        return not self._over

    def _pass(self, at: int) -> None:
        lines = self._window.count("\n", self._at, at)
        if lines:
            self.line += lines
            self._column = at - self._window.rindex("\n", self._at, at)
        else:
            self._column += at - self._at
        self._at = at

    def _wrong(self, at: int) -> Refused:
        self._pass(max(at, self._at))
        return Refused(
            "json.broken",
            "The JSON is broken at line {line}, column {column}",
            line=self.line,
            column=self._column,
        )


def _is_whole(line: str) -> bool:
    try:
        _DECODER.decode(line)
    except json.JSONDecodeError:
        return False
    return True


def cell(value: Any) -> str | None:
    """Return a value as the text of a cell; what holds others as JSON."""
    if value is None:
        return None
    if isinstance(value, Number):
        return _plain(value)
    return value if isinstance(value, str) else written(value)


def written(value: Any) -> str:
    """Return a value as JSON, its numbers as they were written."""
    if isinstance(value, Number):
        return value
    if isinstance(value, Pairs):
        inner = ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {written(v)}" for k, v in value)
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _plain(number: Number) -> str:
    """Return a number without an exponent: the same number, as cells are written."""
    _, mark, exponent = number.lower().partition("e")
    if not mark or not exponent.lstrip("+-").isdigit() or abs(int(exponent)) > _LONGEST_EXPONENT:
        return str(number)
    return format(Decimal(number), "f")


class Rows:
    """Elements on their way to rows: all objects, or all arrays, as the first one is."""

    def __init__(self, grid: Grid, header: list[str] | None, *, headed: bool) -> None:
        self.grid = grid
        self.header = header
        self.headed = headed
        self.kind: type | None = None
        self.seen = 0
        self.places: dict[str, int] = {}
        self.filled: list[int] = []
        self.nested: list[int] = []

    def take(self, number: int, value: Any) -> None:
        """Make one element a row."""
        row = Row(number)
        self.kind = self.kind or type(value)
        if type(value) is not self.kind or not isinstance(value, list):
            row.blame(WHOLE, "shape", written(value)[:_SHOWN])
        elif isinstance(value, Pairs):
            self._object(row, value)
        elif self.header is None and self.headed and _names(value):
            self.header = [*value]
            return
        else:
            for place, each in enumerate(value):
                self._put(row, place, each)
        self.seen += 1
        self.grid.take(row)

    def refuse(self, number: int, reason: str, line: str) -> None:
        """Refuse a line that is no value at all."""
        row = Row(number)
        row.blame(WHOLE, reason, line[:_SHOWN])
        self.seen += 1
        self.grid.take(row)

    def counted(self) -> Said:
        """Return the columns, and how many rows have each and hold nested values in it."""
        return self.grid.counted() | {
            "header": [*self.places] or self.header,
            "width": max(self.grid.width, len(self.places), len(self.header or ())),
            "seen": self.seen,
            "filled": self.filled if self.kind is Pairs else [],
            "nested": self.nested,
        }

    def _object(self, row: Row, pairs: Pairs) -> None:
        taken: set[int] = set()
        for key, value in pairs:
            place = self.places.setdefault(key, len(self.places))
            if place in taken:
                row.blame(place, "doubled", key)
                continue
            taken.add(place)
            self._put(row, place, value)

    def _put(self, row: Row, place: int, value: Any) -> None:
        while place >= len(self.filled):
            if place >= WIDEST:
                raise Refused(
                    "json.columns", "The rows have more than {limit} columns", limit=WIDEST
                )
            self.filled.append(0)
            self.nested.append(0)
        self.filled[place] += 1
        if isinstance(value, list):
            self.nested[place] += 1
        if isinstance(value, Fault):
            row.blame(place, value.reason, value)
        else:
            row.put(place, cell(value))


def _names(row: list[Any]) -> bool:
    """Say whether an array can be the header of others: distinct words and nothing else."""
    words = [each for each in row if isinstance(each, str) and not isinstance(each, Number)]
    return bool(row) and len(row) == len(words) == len({*words})


class Document:
    """A JSON document that is walked through from its beginning to its end.

    ``said`` has what it says of itself in plain words beside its arrays.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        self.said: dict[str, str] = {}

    def walk(self, take: Callable[[str, Any], None]) -> None:
        """Hand every element of every array to ``take`` with the path of the array."""
        if self.text.peek() == "[":
            self._array("", take)
        else:
            self._object((), take)
        self.text.end()

    def _array(self, path: str, take: Callable[[str, Any], None]) -> None:
        text = self.text
        text.skip("[")
        while text.peek() != "]":
            take(path, text.value())
            if text.peek() != "]":
                text.skip(",")
        text.skip("]")

    def _object(self, path: tuple[str, ...], take: Callable[[str, Any], None]) -> None:
        text = self.text
        text.skip("{")
        while text.peek() != "}":
            inner = (*path, text.key())
            text.skip(":")
            mark = text.peek()
            if mark == "[":
                self._array(".".join(inner), take)
            elif mark == "{" and len(inner) < DEEPEST:
                self._object(inner, take)
            else:
                value = text.value()
                if isinstance(value, str) and len(self.said) < _SHOWN:
                    self.said[".".join(inner)] = value
            if text.peek() != "}":
                text.skip(",")
        text.skip("}")


@dataclass(slots=True)
class Arrays:
    """The arrays of a document that can be tables, each with its rows; and names apart from them.

    What CKAN and we ourselves write has ``fields`` with the names and ``records`` without.
    """

    tables: Counter[str] = field(default_factory=Counter)
    fields: list[str] = field(default_factory=list)

    def take(self, path: str, value: Any) -> None:
        """See one element."""
        if not isinstance(value, list):
            return
        self.tables[path] += 1
        if path == "fields" and isinstance(value, Pairs):
            self.fields += [name for key, name in value if key == "id" and isinstance(name, str)]

    def choose(self, wanted: str | None) -> str:
        """Return the array that was asked for, else the longest."""
        if wanted is not None:
            return chosen([*self.tables], wanted)
        if self.fields and "records" in self.tables:
            return "records"
        return max(self.tables, key=lambda path: self.tables[path])


def read(file: BinaryIO, order: Said, grid: Grid) -> Said:
    """Write the rows of the lines, or of one array of the document; say what is to be known."""
    start, headed = order["start"], order["headed"]
    text = Text(file, start)
    if text.has_lines():
        return _lines(text.again(start), order["bad_lines"], Rows(grid, None, headed=headed))
    arrays, rows = Arrays(), Rows(grid, None, headed=headed)
    alone = text.peek() == "{"
    document = Document(text)
    document.walk(arrays.take)
    if document.said.get("type") == "FeatureCollection" and not order["sheet"]:
        return _features(text.again(start), document.said.get(_CRS, ""), order, rows)
    if not arrays.tables and not alone:
        raise Refused("json.flat", "The JSON has no array of objects, nor of rows")
    path = ""
    if arrays.tables:
        path = arrays.choose(order["sheet"])
        if path == "records" and arrays.fields:
            rows.header = arrays.fields

        def take(found: str, value: Any) -> None:
            if found == path:
                rows.take(rows.seen + 1, value)

        Document(text.again(start)).walk(take)
    else:
        rows.take(1, text.again(start).value())
    sheets = [*arrays.tables]
    return rows.counted() | {"lines": False, "sheet": path, "sheets": sheets, "hidden": []}


def _features(text: Text, crs: str, order: Said, rows: Rows) -> Said:
    """Read GeoJSON (RFC 7946): the properties of each feature, and its shape as text."""
    if not order["datum"]:
        # Which system it is, is asked before anything is read.
        return {"crs": crs}
    move = MOVES[order["datum"]]

    def take(path: str, value: Any) -> None:
        if path == "features":
            rows.take(rows.seen + 1, _flat(value, move) if isinstance(value, Pairs) else value)

    Document(text).walk(take)
    sheet = {"lines": False, "sheet": "", "sheets": [], "hidden": []}
    return rows.counted() | sheet | {"crs": crs}


def _flat(feature: Pairs, move: Move) -> Pairs:
    said = dict(feature)
    inside, shape = said.get("properties"), said.get("geometry")
    flat = Pairs(inside if isinstance(inside, Pairs) else ())
    if "id" in said and "id" not in dict(flat):
        flat.insert(0, ("id", said["id"]))
    if not isinstance(shape, Pairs):
        return Pairs([*flat, (SHAPE, shape)])
    try:
        return Pairs([*flat, (SHAPE, text_of(_deep(shape), move))])
    except Odd as odd:
        return Pairs([*flat, (SHAPE, Fault(str(odd), written(shape)[:_SHOWN]))])


def _deep(shape: Pairs) -> dict[str, Any]:
    said = dict(shape)
    if isinstance(said.get("geometries"), list):
        said["geometries"] = [_deep(part) for part in said["geometries"] if isinstance(part, Pairs)]
    return said


def _lines(text: Text, bad: list[list[int]], rows: Rows) -> Said:
    ranges = iter([*bad, [sys.maxsize, sys.maxsize]])
    first, last = next(ranges)
    blank = 0
    for number, line in text.lines():
        while number > last:
            first, last = next(ranges)
        if not line:
            blank += 1
        elif number >= first:
            rows.refuse(number, "encoding", line)
        else:
            try:
                rows.take(number, _DECODER.decode(line))
            except json.JSONDecodeError:
                rows.refuse(number, "json", line)
    return rows.counted() | {
        "lines": True,
        "sheet": "",
        "sheets": [],
        "hidden": [],
        "blank": blank + rows.grid.blank,
    }


def work(order: Said, file: BinaryIO, target: BinaryIO) -> Said:
    """Read the text that was ordered."""
    with Grid(target) as grid:
        return read(file, order, grid)


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
