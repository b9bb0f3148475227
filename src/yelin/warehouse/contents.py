"""Make a release of files that are no table: documents, pictures, maps, each as it was sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from yelin.files import confined
from yelin.files.examined import recognised
from yelin.files.kinds import PROGRAMS
from yelin.files.places import Place, size_of
from yelin.warehouse import gridded
from yelin.warehouse.findings import Unfit
from yelin.warehouse.staging import Source

FOLDER = "files"
_PIECE = 1 << 20
_ZIP = b"PK\x03\x04"
_PACKED = "packed"


@dataclass(frozen=True, slots=True)
class Content:
    """One file of a release: what its maker called it, what it is by its content, where it lies.

    ``name`` and ``preview`` are names below the work folder, the latter empty where there is
    nothing to show.
    """

    name: str
    path: str
    kind: str
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What came of a file that is no table."""

    source: Source
    contents: tuple[Content, ...]


def report_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of files that came of a source, in the form that a table's has."""
    return {"source": source, "header": [], "columns": [], "data": None, "quality": None}


def prepare(source: Place, filename: str, work: Place, report: Callable[[float], None]) -> Prepared:
    """Take a file, or every file of a ZIP, and find out what each is. Raises ``Unfit``."""
    (work / FOLDER).mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        begins = file.read(len(_ZIP))
        file.seek(0)
        _cut(file, work / FOLDER / "1", size_of(source))
    alone = _recognised(work, 1, filename)
    facts = Source(filename, alone.kind, size_of(source))
    if alone.kind != _PACKED or begins != _ZIP:
        return Prepared(facts, (alone,))
    contents = []
    paths = list(_unpack(source, work))
    for number, path in enumerate(paths, 1):
        contents.append(_recognised(work, number, path))
        report(number / len(paths))
    return Prepared(facts, tuple(contents))


def _recognised(work: Place, number: int, path: str) -> Content:
    if PurePosixPath(path).suffix.lower() in PROGRAMS:
        raise Unfit("kind.program", "“{path}” is a program; programs are not taken", {"path": path})
    name, preview = f"{FOLDER}/{number}", f"{FOLDER}/{number}.preview"
    try:
        kind = recognised(work / name, work / preview)
    except confined.Refused as refused:
        raise Unfit(refused.code, refused.message_id, {**refused.params, "path": path}) from None
    shows = size_of(work / preview) > 0
    return Content(name, path, kind.name, preview if shows else "")


def _unpack(source: Place, work: Place) -> Iterator[str]:
    """Yield the path of each file of a ZIP, once it lies by its number in the folder."""
    whole = work / "unpacked"
    try:
        said = gridded.ask("yelin.warehouse.packed", source, whole, wanted=None)
        if not said["taken"]:
            raise Unfit("zip.empty", "The archive is empty")
        with whole.open("rb") as file:
            for number, taken in enumerate(said["taken"], 1):
                _cut(file, work / FOLDER / str(number), taken["bytes"])
                yield taken["path"]
    finally:
        whole.unlink(missing_ok=True)


def _cut(file: BinaryIO, target: Place, size: int) -> None:
    with target.open("wb") as sink:
        while size:
            piece = file.read(min(_PIECE, size))
            if not piece:
                raise EOFError
            sink.write(piece)
            size -= len(piece)
