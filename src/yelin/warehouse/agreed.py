"""Of which rows of a release the subjects agreed: a set of marks, which the engine joins.

To compute a mark takes the engine longer than all the rest, so beside a release lie, made once and
sealed as it is, the numbers in the item that names its subjects with the mark of each. A file of
this machine has the marks of a set as they were at some state; what changed since goes along.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.places import Place
from yelin.files.shelf import private
from yelin.keys.digests import pads
from yelin.parties.identity import BLANKS, LONGEST, PURPOSE
from yelin.things.lately import Lately
from yelin.warehouse import serving
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.marks import SIZE, unpacked
from yelin.warehouse.models import Release
from yelin.warehouse.subjects import SubjectMark, SubjectSet, purpose_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = "subjects"
# As many changes go along with a statement; with more, the file is written anew.
MOST_CHANGES = 20_000

_lying: Lately["Lying"] = Lately(64)
# A file with marks, those who came since it was written, and all that changed since.
Lying = tuple[Path, str, str]


class Numbers:
    """The numbers in a release whose subjects agreed."""

    def __init__(self, release: Release) -> None:
        self._release = release
        # The engine knows a sealed file by its room alone, which is held here.
        self._held: list[Place] = []

    def __call__(self, column: Column, said: Sequence[str]) -> tuple[str, list[object]]:
        """Return as SQL, with its parameters, that the subject in ``column`` agreed.

        ``said`` is a set and its state, as the gate tells them.
        """
        of, state = said
        if not of:
            return "false", []
        lies = _lying.get((config.work, of, state))
        if lies is None or not lies[0].exists():
            _lying.keep((config.work, of, state), lies := _lies(of))
        path, come, changed = lies
        place = numbers(self._release, column, of)
        self._held.append(place)
        agree = (
            f"SELECT mark FROM read_parquet({literal(str(path))})"  # noqa: S608 - a path of ours
            " WHERE mark NOT IN (SELECT unhex(unnest(string_split(?, ','))))"
            " UNION ALL SELECT unhex(unnest(string_split(?, ',')))"
        )
        sql = (
            f"{ident(column.name)} IN (SELECT number FROM read_parquet({literal(str(place))})"  # noqa: S608 - as above
            f" WHERE mark IN ({agree}))"
        )
        return sql, [changed, come]


class NoSuchItem(Exception):
    """The release lacks the item that names its subjects."""


def numbers_in(release: Release, item: str, of: SubjectSet) -> Place:
    """Return where the numbers in ``item`` lie, each with its mark in the set ``of``.

    Raises ``NoSuchItem``, ``Destroyed``.
    """
    for facts in release.manifest["columns"]:
        if facts["name"] == item:
            return numbers(release, Column.of(facts), str(of.pk))
    raise NoSuchItem(item)


def marks_of(release: Release, item: str, of: SubjectSet) -> "NDArray[np.uint8]":
    """Return the marks in the set ``of`` of all whom ``item`` names, each once: rows of 16 bytes.

    Raises ``NoSuchItem``, ``Destroyed``.
    """
    place = numbers_in(release, item, of)
    told = bytearray()
    with serving.engine_of(release) as engine:
        sql = (
            f"SELECT DISTINCT mark FROM read_parquet({literal(str(place))})"  # noqa: S608 - a path of ours
            " WHERE number IS NOT NULL"
        )
        for batch in engine.batches(sql, size=100_000):
            found = batch.column(0).cast(pa.binary(SIZE))
            _, marks = found.buffers()
            assert marks is not None  # noqa: S101 - no array of such has none
            told += marks.to_pybytes()[: len(found) * SIZE]
    return np.frombuffer(told, np.uint8).reshape(-1, SIZE)


def expect(release: Release, of: SubjectSet) -> None:
    """Let the marks of ``release`` be made where nobody waits for them."""
    serving.ask_for_marks(release, str(of.pk))


def lay(release: Release, of: str) -> None:
    """Make the marks of ``release`` in the set ``of``. Raises ``Destroyed``."""
    subjects = SubjectSet.objects.get(pk=of)
    with suppress(NoSuchItem):
        # An item that was renamed names nobody, and nothing is opened by it.
        numbers_in(release, subjects.item, subjects)


def sweep() -> None:
    """Remove what this machine holds of sets that have ended."""
    files = {
        path: path.name.partition(".")[0] for path in private(config.work / FOLDER).glob("*.*")
    }
    living = SubjectSet.objects.filter(pk__in=set(files.values()), ended_at=None)
    known = {str(each) for each in living.values_list("pk", flat=True)}
    for path, of in files.items():
        if of not in known:
            path.unlink(missing_ok=True)


def numbers(release: Release, column: Column, of: str) -> Place:
    """Return where the numbers of ``column`` lie, each with its mark in the set ``of``.

    Raises ``Destroyed``.
    """
    return serving.beside(release, f"{of}.numbers", _keying(column, of))


def _keying(column: Column, of: str) -> tuple[str, list[object]]:
    """Return each number in ``column`` with its mark in the set ``of``, as SQL with parameters.

    The mark is what ``SubjectSet.mark_of`` makes of the number's digest.
    """
    number = f"left(upper(translate({column.text}, {literal(BLANKS)}, '')), {LONGEST})"
    (inner, outer), (inner_of, outer_of) = pads(PURPOSE), pads(purpose_of(of))
    digest = f"sha256(?::BLOB || unhex(sha256(?::BLOB || encode({number}))))"
    mark = f"unhex(left(sha256(?::BLOB || unhex(sha256(?::BLOB || encode({digest})))), 32))"
    listed = f"{ident(column.name)} AS number, {mark} AS mark"
    return listed, [outer_of, inner_of, outer, inner]


def clear(entry: Entry) -> None:
    """Remove the files with marks of the entry's sets: whoever asks next has them written anew."""
    folder = private(config.work / FOLDER)
    for of in entry.subject_sets.values_list("pk", flat=True):
        for path in folder.glob(f"{of}.*.parquet"):
            path.unlink(missing_ok=True)


def _lies(of: str) -> Lying:
    folder = private(config.work / FOLDER)
    files = {int(path.stem.partition(".")[2]): path for path in folder.glob(f"{of}.*.parquet")}
    if files:
        newest = max(files)
        since = SubjectMark.objects.filter(of=uuid.UUID(of), state__gt=newest)
        changed = list(since.values_list("mark", "agrees")[: MOST_CHANGES + 1])
        if len(changed) <= MOST_CHANGES:
            come = [mark.hex for mark, agrees in changed if agrees]
            return files[newest], ",".join(come), ",".join(mark.hex for mark, _ in changed)
    for state in sorted(files)[:-1]:
        # The newest of before may be read at this moment.
        files[state].unlink(missing_ok=True)
    return _write(folder, of), "", ""


def _write(folder: Path, of: str) -> Path:
    """Write the marks of all who agree, as they are now."""
    # What commits between the two is in the file, and goes along as a change: it is the same.
    state = SubjectSet.objects.values_list("state", flat=True).get(pk=of)
    copy = (
        "COPY (SELECT mark FROM warehouse_subjectmark WHERE of_id = %s AND agrees)"
        " TO STDOUT (FORMAT BINARY)"
    )
    with connection.cursor() as cursor, cursor.copy(copy, [of]) as rows:
        found = unpacked(b"".join(map(bytes, rows)))
    buffers = [None, pa.py_buffer(found.tobytes())]
    column = pa.Array.from_buffers(pa.binary(SIZE), len(found), buffers)
    path = folder / f"{of}.{state}.parquet"
    draft = path.with_suffix(f".{uuid.uuid4().hex}")
    pq.write_table(pa.table({"mark": column}), draft)
    draft.replace(path)
    return path
