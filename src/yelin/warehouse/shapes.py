"""Read a zipped shapefile as rows of text and shapes, in a process of its own.

``maps`` has it started (``files/confined.py``).
"""

import _strptime  # type: ignore[import-not-found]  # noqa: F401 - reads dates; later no module could be opened
import codecs
import io
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import shapefile

from yelin.files import confined
from yelin.files.bundle import Bundle
from yelin.files.confined import Refused, Said
from yelin.warehouse.datum import MOVES
from yelin.warehouse.geometry import Odd, text_of
from yelin.warehouse.grid import Grid, Row
from yelin.warehouse.packed import RATIO_FROM, Member, members

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 900
# Its parts are held whole.
MOST_BYTES = 500 << 20
_NAMED = {"utf-8": "utf-8", "utf8": "utf-8", "65001": "utf-8", "950": "cp950", "big5": "cp950"}

# Later, no module could be opened.
for _encoding in ("utf-8", "gb18030", "cp950", "ascii", "latin-1"):
    codecs.lookup(_encoding)


def read(file: BinaryIO, order: Said, grid: Grid) -> Said:
    """Write the rows of the shapefile that was ordered, the shape in the last column."""
    bundle = Bundle(file, MOST_BYTES, ratio_from=RATIO_FROM)
    parts = _parts(bundle, order["path"])
    missing = [suffix for suffix in (".shp", ".dbf") if suffix not in parts]
    if missing:
        raise Refused("map.parts", "The map lacks its file {missing}", missing=missing[0])
    said = parts.get(".prj", b"").decode("utf-8", "replace").strip()
    if not order["datum"]:
        # Which system it is, is asked before anything is read.
        return {"prj": said}
    move = MOVES[order["datum"]]
    found = _opened(parts)
    names = [field[0] for field in found.fields if field[0] != "DeletionFlag"]
    for number, (record, shape) in enumerate(_each(found), 1):
        row = Row(number)
        for place, value in enumerate(record):
            row.put(place, _text(value))
        _put_shape(row, len(names), shape, move)
        grid.take(row)
    return {"prj": said, "header": names, **grid.counted()}


def _parts(bundle: Bundle, path: str) -> dict[str, bytes]:
    stem = str(PurePosixPath(path).with_suffix("")).casefold()
    wanted = {".shp", ".shx", ".dbf", ".prj", ".cpg"}

    def is_part(member: Member) -> bool:
        here = PurePosixPath(member.path)
        return str(here.with_suffix("")).casefold() == stem and here.suffix.lower() in wanted

    return {
        PurePosixPath(member.path).suffix.lower(): b"".join(bundle.pieces(member.info))
        for member in members(bundle)
        if is_part(member)
    }


def _opened(parts: dict[str, bytes]) -> shapefile.Reader:
    """Return the reader, in the encoding that is named, or else in the one that reads all."""
    named = parts.get(".cpg", b"").decode("ascii", "ignore").strip().lower()
    encodings = [_NAMED.get(named, "gb18030")] if named else ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            for _record in _reader(parts, encoding).iterRecords():
                pass
        except (UnicodeDecodeError, shapefile.dbfFileException):
            continue
        return _reader(parts, encoding)
    raise Refused("encoding.unknown", "The names in the map are in no known encoding")


def _reader(parts: dict[str, bytes], encoding: str) -> shapefile.Reader:
    files = {suffix: io.BytesIO(parts[suffix]) for suffix in (".shp", ".dbf")}
    # Its index is not needed where rows are read in turn, and may be wrong.
    return shapefile.Reader(
        shp=files[".shp"], dbf=files[".dbf"], encoding=encoding, encodingErrors="strict"
    )


def _each(found: shapefile.Reader) -> Iterator[tuple[list[Any], Any]]:
    for each in found.iterShapeRecords():
        yield list(each.record), each.shape


def _put_shape(row: Row, place: int, shape: Any, move: Any) -> None:
    if shape.shapeType == shapefile.NULL:
        return
    try:
        row.put(place, text_of(shape.__geo_interface__, move))
    except Odd as odd:
        row.blame(place, str(odd), str(list(shape.points[:1])))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).rstrip("\x00 ")


def work(order: Said, file: BinaryIO, target: BinaryIO) -> Said:
    """Read the map that was ordered."""
    with Grid(target) as grid:
        return read(file, order, grid)


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
