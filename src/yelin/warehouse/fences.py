"""Where in a copy values stand: between which places it is enough to look.

Statistics of a block know the first signs of a text only, and codes begin alike. So of a copy that
lies in the order of an item it is known which value stands at every so-manieth place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

# As many rows as the engine looks at together.
EVERY = 2_048


class Fences:
    """The values at places 0, ``EVERY``, … of rows in ascending order, those missing at the end."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = [value for value in values if value is not None]
        # Where values are missing already, if that is at a fence.
        self._end = len(self._values) * EVERY if len(self._values) < len(values) else None

    def within(self, operator: str, operand: Any) -> tuple[int, int | None]:
        """Return from which place on, and before which, rows lie that meet a comparison.

        Other operators lead nowhere: to all places.
        """
        first, last = 0, self._end
        if operator in {"eq", "gte", "gt"}:
            # The block before may end with this value.
            find = bisect_right if operator == "gt" else bisect_left
            first = max(0, find(self._values, operand) - 1) * EVERY
        if operator in {"eq", "lte", "lt"}:
            find = bisect_left if operator == "lt" else bisect_right
            at = find(self._values, operand)
            last = at * EVERY if at < len(self._values) else self._end
        return (first, last) if operator in {"eq", "gt", "gte", "lt", "lte"} else (0, None)
