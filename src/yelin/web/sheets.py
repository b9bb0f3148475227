"""Write figures and lists as CSV for people: no cell is run as a formula by a spreadsheet."""

import csv
from collections.abc import Iterable
from typing import Any, Protocol

from yelin.compiling.writing import guarded


class Target(Protocol):
    """What text is written to."""

    def write(self, text: str, /) -> Any:
        """Take some text."""


class Sheet:
    """Rows of a file, each cell of text guarded."""

    def __init__(self, target: Target) -> None:
        self._rows = csv.writer(target)

    def write(self, row: Iterable[object]) -> None:
        """Write one row."""
        self._rows.writerow(guarded(each) if isinstance(each, str) else each for each in row)

    def write_all(self, rows: Iterable[Iterable[object]]) -> None:
        """Write several rows."""
        for row in rows:
            self.write(row)
