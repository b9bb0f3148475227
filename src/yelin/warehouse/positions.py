"""Which row ended a page of a question: whoever asks for the next page by a number goes on there.

To pass over so many rows takes the longer the more they are. A release never changes, so that the
row before a page is the same each time, and behind it is where the page begins.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from yelin.things.lately import Lately
from yelin.warehouse.question import Operand

# Of all questions together, and of one.
MOST, MOST_EACH = 16_384, 256


class Position(NamedTuple):
    """How many rows lie up to a row, that one included, and what tells it from all others."""

    rows: int
    after: tuple[Operand | None, ...]


class Positions:
    """Positions by question, those used last."""

    def __init__(self) -> None:
        # In the order of their rows.
        self._known: Lately[Sequence[Position]] = Lately(MOST)

    def before(self, question: object, offset: int) -> Position | None:
        """Return the last position that is not behind ``offset``."""
        known = self._known.get(question) or ()
        at = bisect_right(known, offset, key=lambda each: each.rows)
        return known[at - 1] if at else None

    def keep(self, question: object, position: Position) -> None:
        """Keep a position; of too many the first go, which take the least to find."""
        known = self._known.get(question) or ()
        at = bisect_right(known, position.rows, key=lambda each: each.rows)
        if at and known[at - 1].rows == position.rows:
            return
        more = (*known[:at], position, *known[at:])[-MOST_EACH:]
        self._known.keep(question, more, len(more))
