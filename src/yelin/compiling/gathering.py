"""Gather the rows of a sheet resource by resource, each row in exactly one of them."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from yelin.compiling import cells
from yelin.compiling.composing import ITEM, Cell, Flaw, Gathered
from yelin.compiling.mapping import Layout, Match
from yelin.compiling.sheet import Broken, Row
from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.warehouse.staged import FOOTNOTE

# What tells one resource from the next.
_IDENTITY = ("provider", "code", "title")
_NOTE = re.compile(FOOTNOTE)


def gather(
    rows: Iterable[Row], broken: Iterable[Broken], matches: Sequence[Match], layout: Layout
) -> Iterator[Gathered]:
    """Yield the resources in the order of their rows.

    With one row an item, a row continues the resource above it where what identifies one is empty
    or the same: the cells of a resource may be merged, left empty or repeated. A row that cannot
    be read refuses the resource that it stands in or right behind, for an item would be missing.
    """
    places = [(place, match) for place, match in enumerate(matches) if match.field]
    unread = _Unread(broken, matches)
    gathering = _Gathering(joins=layout.rows == "item")
    for row in rows:
        for bad in unread.before(row.number):
            yield from gathering.broken(bad)
        yield from gathering.row(row, _cells(row, places))
    for bad in unread.before(sys.maxsize):
        yield from gathering.broken(bad)
    yield from gathering.ended()


class _Gathering:
    """The resource whose rows pass, and what has come to its end."""

    def __init__(self, *, joins: bool) -> None:
        self._joins = joins
        self._current: Gathered | None = None

    def row(self, row: Row, said: dict[str, Cell]) -> Iterator[Gathered]:
        if not said:
            yield from self.ended()
            yield _alien(row)
        elif self._current and self._joins and _continues(self._current, said):
            _add(self._current, row.number, said)
        else:
            yield from self.ended()
            self._current = _begin(row.number, said, joins=self._joins)

    def broken(self, bad: Gathered) -> Iterator[Gathered]:
        if self._current and self._joins and bad.first == self._current.last + 1:
            _join(self._current, bad)
        else:
            yield from self.ended()
            yield bad

    def ended(self) -> Iterator[Gathered]:
        if self._current:
            yield self._current
        self._current = None


def _cells(row: Row, places: Sequence[tuple[int, Match]]) -> dict[str, Cell]:
    """Return what the row says by field; nothing where it names neither a resource nor an item."""
    told = [text for text in row.cells if text and text.strip()]
    if len(told) == 1 and _NOTE.match(told[0]):
        return {}
    said = {
        match.field: Cell(row.number, match.heading, text)
        for place, match in places
        if place < len(row.cells) and (text := row.cells[place] or "").strip()
    }
    return said if {"title", "code", "items.name"} & set(said) else {}


def _begin(number: int, said: dict[str, Cell], *, joins: bool) -> Gathered:
    gathered = Gathered(number, number)
    gathered.cells = {name: cell for name, cell in said.items() if not _is_of_item(name)}
    item = {name: cell for name, cell in said.items() if _is_of_item(name)}
    if item and joins:
        gathered.items.append(item)
    return gathered


def _is_of_item(name: str) -> bool:
    return name.startswith(ITEM) and name != "items.listed"


def _continues(current: Gathered, said: dict[str, Cell]) -> bool:
    return all(
        name not in said or cells.plain(said[name].text) == current.text(name) for name in _IDENTITY
    )


def _add(current: Gathered, number: int, said: dict[str, Cell]) -> None:
    current.last = number
    current.rows += 1
    item: dict[str, Cell] = {}
    for name, cell in said.items():
        if _is_of_item(name):
            item[name] = cell
        elif name not in current.cells:
            current.cells[name] = cell
        elif cells.plain(cell.text) != current.text(name):
            fault = Fault(
                name,
                "This differs from row {row} of the same resource. Say it once.",
                duties.CATALOG_COMPILE,
                {"row": current.cells[name].row},
            )
            current.flaws.append(Flaw(number, cell.heading, fault, cell.text[:200]))
    if item:
        current.items.append(item)


def _alien(row: Row) -> Gathered:
    fault = Fault("title", "This row names neither a resource nor an item.")
    text = " ".join(cell for cell in row.cells if cell)
    return Gathered(row.number, row.number, flaws=[Flaw(row.number, "", fault, text[:200])])


def _join(current: Gathered, bad: Gathered) -> None:
    current.last = bad.last
    current.rows += bad.rows
    current.flaws += bad.flaws


class _Unread:
    """The rows that cannot be read, handed out as those around them pass."""

    def __init__(self, broken: Iterable[Broken], matches: Sequence[Match]) -> None:
        self._rows = iter(sorted(broken, key=lambda one: one.number))
        self._next = next(self._rows, None)
        self._matches = matches

    def before(self, number: int) -> Iterator[Gathered]:
        while self._next is not None and self._next.number < number:
            yield self._told(self._next)
            self._next = next(self._rows, None)

    def _told(self, bad: Broken) -> Gathered:
        known = bad.column is not None and bad.column < len(self._matches)
        heading = self._matches[bad.column or 0].heading if known else ""
        fault = Fault(
            f"row:{bad.reason}",
            "This row cannot be read.",
            params={"found": bad.found, "expects": bad.expects},
        )
        flaw = Flaw(bad.number, heading, fault, bad.raw[:200])
        return Gathered(bad.number, bad.number, flaws=[flaw])
