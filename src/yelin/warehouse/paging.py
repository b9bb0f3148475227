"""Pages of rows: how they are told, and how they are taken from rows that lie ready to leave."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from yelin.warehouse import formats
from yelin.warehouse.copies import Copies
from yelin.warehouse.formats import Column
from yelin.warehouse.items import FLOAT_TYPES, TEXT_TYPES
from yelin.warehouse.question import Layout, Operand, Question, condition
from yelin.warehouse.ready import SPANS, Lines, Ready, Row
from yelin.warehouse.statement import Counts, Statement


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, values ready for JSON, and how many rows the filters leave in all.

    ``last`` tells its last row from all others, where more follow. ``places`` says where each row
    lies in the release, where they are rows of it.
    """

    rows: Sequence[Row]
    total: int
    columns: tuple[Column, ...]
    last: tuple[Operand | None, ...] = ()
    places: tuple[int, ...] = ()

    def json(self) -> bytes:
        """Return its rows as JSON."""
        return self.rows.json() if isinstance(self.rows, Lines) else to_json(self.rows)


@dataclass(frozen=True, slots=True)
class Lying:
    """The rows of a release, all of them and with all their ``columns``, beside which copies lie.

    ``column`` tells one by its name, and raises ``UnknownColumn``; ``number`` is what the first is
    called where it counts the rows.
    """

    copies: Copies
    column: Callable[[str], Column]
    columns: tuple[Column, ...]
    number: str

    def page(self, question: Question, layouts: Iterable[Layout]) -> Page | None:
        """Return the page, where its rows lie together in one of these orders, ready to leave."""
        if replace(question, filters=()).chooses or question.limit <= 0:
            return None
        for layout in layouts:
            span = self._span(question, layout) or self._holding(question, layout)
            ready = self.copies.ready(layout) if span else None
            if span and ready:
                return self._taken(question, ready, span(ready))
        return None

    def _holding(
        self, question: Question, layout: Layout
    ) -> Callable[[Ready], Sequence[int]] | None:
        """Return what says where rows lie whose text holds what is looked for; nothing for more."""
        if layout or question.sort or len(question.filters) != 1:
            return None
        (asked,) = question.filters
        column = self.column(asked.column)
        is_text = column.type in TEXT_TYPES and asked.operator == "contains"
        if not is_text or not asked.value or not isinstance(asked.value, str):
            return None
        texts = self.copies.texts(column.name)
        places = texts.places(asked.value) if texts else None
        return None if places is None else lambda _: places

    def _span(self, question: Question, layout: Layout) -> Callable[[Ready], Sequence[int]] | None:
        """Return what says from where to where in this order the rows lie that are chosen.

        Nothing where they do not lie together in it.
        """
        sort = [(self.column(name).name, descending) for name, descending in question.sort]
        if sort and sort != [layout]:
            return None
        item = layout[0] if layout else self.number
        asked = []
        for each in question.filters:
            column = self.column(each.column)
            if column.name != item or each.operator not in SPANS or column.type in FLOAT_TYPES:
                return None
            asked.append((each.operator, condition(column, each)[1][0]))
        return lambda ready: range(*ready.within(asked, layout))

    def _taken(self, question: Question, ready: Ready, chosen: Sequence[int]) -> Page:
        begin = max(0, question.offset)
        page = chosen[begin : begin + question.limit]
        places = ready.rows(page)
        lines = ready.lines(page)
        if self.number:
            name = to_json(self.number)
            lines = [
                b"{%b:%d,%b" % (name, place + 1, line[1:])
                for place, line in zip(places, lines, strict=True)
            ]
        keys: tuple[Operand | None, ...] = ()
        if page and begin + len(page) < len(chosen):
            keys = (ready.value(page[-1]), places[-1]) if question.sort else (places[-1],)
        return Page(Lines(lines), len(chosen), self.columns, keys, places)


def told(sql: Statement, question: Question, found: Sequence[tuple[Any, ...]]) -> Counts | None:
    """Return what a page tells of all rows: one that is not full is the last."""
    first = question.offset
    if len(found) >= question.limit or (first and (sql.sums or not found)):
        return None
    digits = len(sql.sums)
    longest = [
        max((row[-place] or 0 for row in found), default=0) for place in range(digits, 0, -1)
    ]
    return Counts.of(first + len(found), sql, longest)


def plain(columns: Sequence[Column], found: Sequence[tuple[Any, ...]]) -> list[Row]:
    """Return rows as they go out, by the names of their ``columns``."""
    names = [column.name for column in columns]
    # What a row has behind its columns falls away.
    values = zip(columns, zip(*found, strict=True), strict=False)
    rows = zip(*(formats.plainly(column, each) for column, each in values), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]
