"""Figures made of rows, handed out: several questions about one release as one call."""

from collections.abc import Callable
from typing import Any, TypeVar

from yelin.catalog.models import Entry
from yelin.delivery import meter, opening
from yelin.delivery.opening import Call, Notes
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.query import Page, Question

T = TypeVar("T")


def hand_out(
    actor: Actor,
    entry: Entry,
    make: Callable[[Callable[[Question], Page], str], T],
    *,
    asked: dict[str, Any],
    number: int | None = None,
    call: Call,
) -> tuple[T, Notes]:
    """Return what ``make`` makes of answers, given by what it asks and to whom it is; the notes.

    All of it is one call: one decision, one pace, one delivery, with ``asked`` as what was asked.
    Raises what ``handing.rows`` does.
    """
    found = opening.open_one(actor, entry, number, call, asked)
    table = opened.table(found.decision, found.release)
    rows = 0

    def ask(question: Question) -> Page:
        nonlocal rows
        page = table.page(question)
        rows += len(page.rows)
        return page

    made = make(ask, found.notes.watermark)
    meter.count_page(entry, found.delivery, rows)
    return made, found.told()
