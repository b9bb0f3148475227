"""Tell rows that speak of a whole table (title, source, unit) from the one that names columns."""

import re
from collections.abc import Collection, Sequence

from yelin.warehouse.items import fold

# “单位：万元”, but not the “其中：” that stands above columns in tables of statistics.
_NOTE = re.compile(r"[^:：\d]+[:：]\s*\S")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
# A number that columns of statistics are often called by.
YEAR = re.compile(r"(18|19|20|21)\d\d年?")


def above(
    rows: Sequence[Sequence[str | None]], wanted: Collection[str] = (), *, spread: bool = False
) -> set[int]:
    """Return which of the first rows name no column, by their place.

    These are rows of nothing but notes (“单位：万元”), and those that begin with their one value
    and stand above a row that names every column. Where values are ``spread`` over all cells of
    their merged range, so are those of one value over all columns. None has a name of ``wanted``,
    which are folded.
    """
    found: set[int] = set()
    below = False
    for place in reversed(range(len(rows))):
        cells = [(cell or "").strip() for cell in rows[place]]
        filled = [cell for cell in cells if cell]
        told = {*filled}
        if not told:
            continue
        if not any(fold(one) in wanted for one in told) and (
            all(map(_NOTE.match, told))
            or (len(told) == 1 and cells[0] and below and len(filled) < len(cells))
            or (len(told) == 1 < len(cells) == len(filled) and spread)
        ):
            found.add(place)
        else:
            below = _is_head(cells)
    return found


def _is_head(cells: Sequence[str]) -> bool:
    """Whether every cell down to the last has a name of its own, and none is a number."""
    named = [*cells]
    while named and not named[-1]:
        named.pop()
    numbers = [one for one in named if NUMBER.fullmatch(one) and not YEAR.fullmatch(one)]
    return 1 < len(named) == len({*named} - {""}) and not numbers
