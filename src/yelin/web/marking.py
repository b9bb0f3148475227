"""What is under check, as a page tells it to whoever has it."""

from collections.abc import Iterable

from yelin.delivery.checking import Mark
from yelin.law import duties, packs
from yelin.surface.actor import Asker
from yelin.web.shapes import MarkLine


def lines(asker: Asker, marks: Iterable[Mark]) -> list[MarkLine]:
    """Return the marks; whoever serves people in a seat is told not to turn them away."""
    provision = packs.active().ordering(duties.QUALITY_MARK) if asker.seat else None
    return [
        MarkLine(
            doubt=mark.doubt,
            since=mark.since,
            items=mark.items,
            rows=tuple(row + 1 for row in mark.rows or ()),
            is_whole=mark.is_whole,
            provision=provision,
        )
        for mark in marks
    ]
