"""Write the rows of a table as JSON lines inside a confined process, for ``gridded`` to read."""

import io
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Self

from yelin.files import confined
from yelin.files.confined import Refused, Said

# Beyond this a sheet has none.
MOST_COLUMNS = 16_384
# Beyond this no table is taken: of each column the engine holds a part for each thread.
WIDEST = 1_000
TELL_EVERY = 5_000
# What the column of shapes of a map is called.
SHAPE = "几何"
# The place of a fault that is the whole row's.
WHOLE = -1


@dataclass(slots=True)
class Row:
    """One row: its number in the source, its cells, and the first cell that is at fault."""

    number: int
    cells: list[str | None] = field(default_factory=list)
    fault: tuple[int, str, str] | None = None

    def put(self, place: int, value: str | None) -> None:
        """Set a cell; empty text is no value."""
        if value is None or value == "" or place >= MOST_COLUMNS:
            return
        if not value.isprintable() and (plain := holdable(value)) != value:
            if self.fault is None:
                self.fault = (place, "control" if "\x00" in value else "half", plain)
            value = plain
        while len(self.cells) <= place:
            self.cells.append(None)
        self.cells[place] = value

    def blame(self, place: int, reason: str, value: str) -> None:
        """Name the first cell whose value is not what was meant."""
        if self.fault is None:
            self.fault = (place, reason, value)
        if place != WHOLE:
            self.put(place, value)

    @property
    def is_blank(self) -> bool:
        """Whether nothing but blanks stands in it."""
        return self.fault is None and not any(cell and cell.strip() for cell in self.cells)


def holdable(value: str) -> str:
    """Return text without what no table can hold: a NUL, or half of a character."""
    return value.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


class Grid:
    """The file of rows, and what is counted while it is written."""

    def __init__(self, target: BinaryIO) -> None:
        self._lines = io.TextIOWrapper(target, encoding="utf-8")
        self.rows = 0
        self.width = 0
        self.blank = 0

    def take(self, row: Row) -> None:
        """Write a row that holds anything."""
        if row.is_blank:
            self.blank += 1
            return
        self.rows += 1
        self.width = max(self.width, len(row.cells))
        self._lines.write(json.dumps({"r": row.number, "c": row.cells, "f": row.fault}))
        self._lines.write("\n")
        if self.rows % TELL_EVERY == 0:
            confined.tell({"rows": self.rows})

    def counted(self) -> Said:
        """Return the counts."""
        return {"rows": self.rows, "width": self.width, "blank": self.blank}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._lines.flush()
        self._lines.detach()


def chosen(names: list[str], wanted: str) -> str:
    """Return the table that was asked for by name. Raises ``Refused``."""
    if wanted not in names:
        raise Refused(
            "sheet.missing",
            "There is no sheet “{sheet}”; the file has {sheets}",
            sheet=wanted,
            sheets=list(names),
        )
    return wanted
