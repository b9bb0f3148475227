"""Tables of rows as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data grid; ``sort`` is ``ascending``, ``descending`` or nothing."""

    name: str
    label: str
    type: str
    unit: str = ""
    masked: bool = False
    filter_name: str = ""
    filter_value: str = ""
    filter_error: str = ""
    sort: str = ""
    sort_url: str = ""

    @property
    def numeric(self) -> bool:
        """Return whether its values are numbers."""
        return self.type in {"N", "Y", "B", "I", "F"}

    @property
    def grouped(self) -> bool:
        """Return whether its numbers are grouped by thousands; years are not."""
        name = self.name.strip().lower()
        return name not in _YEARS and not name.endswith(("年份", "年度"))

    @property
    def long(self) -> bool:
        """Return whether its values are long texts."""
        return self.type == "M"


@dataclass(frozen=True, slots=True)
class GridLine:
    """A row of a grid; ``record`` names it, by its key, to whoever may say that it is wrong."""

    cells: Sequence[tuple[Column, object]]
    is_marked: bool
    record: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One page of the rows of a release."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    total: int
    first: int
    filtered_total: int
    next_url: str = ""
    before_url: str = ""
    clear_url: str = ""
    sorted_by: str = ""
    hidden_fields: Sequence[tuple[str, str]] = ()
    marked: frozenset[int] = frozenset()
    records: Sequence[str] = ()

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return self.first + len(self.rows) - 1

    @property
    def before(self) -> int:
        """Return how many rows stand on the pages before."""
        return self.first - 1

    @property
    def lines(self) -> "list[GridLine]":
        """Return the rows with each value beside its column."""
        return [
            GridLine(
                list(zip(self.columns, row, strict=True)),
                is_marked=at in self.marked,
                record=self.records[at] if self.records else "",
            )
            for at, row in enumerate(self.rows)
        ]


_YEARS = ("年", "年份", "年度", "year")
