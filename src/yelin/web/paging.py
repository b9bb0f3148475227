"""A long list, one page at a time, the same on every page that lists."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from yelin.web.shapes import Pager

M = TypeVar("M", bound=Model)
# As many lines as a list shows that has no pages.
MOST = 200


def page_of(query: QueryDict) -> int:
    """Return the page that is asked for; what is no number is the first."""
    text = query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def cut(
    found: QuerySet[M],
    query: QueryDict,
    size: int,
    *,
    total: int | None = None,
    most: int | None = None,
    base: str = "?",
) -> tuple[list[M], Pager]:
    """Return the rows of the page that ``query`` asks for, and the row of page numbers.

    A page past the last is the last. ``total`` saves counting where it is known; ``most`` is the
    number of pages that are offered at all.
    """
    asked, rows = page_of(query), None
    if total is None and asked == 1:
        # Most lists end on their first page: then nobody counts what was fetched already.
        rows = list(found[: size + 1])
        if len(rows) <= size:
            return rows, Pager(1, 1, base)
    count = found.count() if total is None else total
    pages = max(1, -(-count // size))
    if most is not None:
        pages = min(most, pages)
    page = min(asked, pages)
    if rows is None:
        rows = list(found[(page - 1) * size : page * size])
    return rows[:size], Pager(page, pages, base)
