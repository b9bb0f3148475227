"""What an allowed party must bear, and how two such burdens become the strictest of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum


class Mask(IntEnum):
    """How an item's values are veiled, the strictest last; the warehouse knows how each is done."""

    PARTIAL = 1
    NULL = 2


AGREED = "agreed"
"""The operator of a row filter that the subjects of the rows agreed; no question may name it."""

MOST_THINNED = Decimal("0.05")
"""The largest share of rows that a copy may lack for the sake of its mark."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A condition that every row handed out meets, in the words of the warehouse's questions."""

    column: str
    operator: str
    value: str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obligations:
    """What an allowed party must bear.

    ``shown_items`` are all that it has (``None``: every one), less the ``hidden_items``.
    ``thinned`` is the share of all rows, below 1, that its copies lack by a secret of its own, so
    that a copy that leaked names it; no value is ever altered for that.
    """

    shown_items: frozenset[str] | None = None
    hidden_items: frozenset[str] = frozenset()
    masks: Mapping[str, Mask] = field(default_factory=dict, hash=False)
    row_filters: frozenset[RowFilter] = frozenset()
    watermark: bool = False
    thinned: Decimal = Decimal(0)
    until: datetime | None = None
    rate_per_hour: int | None = None

    def with_(self, other: "Obligations") -> "Obligations":
        """Return the strictest of both: the least that satisfies each."""
        return Obligations(
            shown_items=_both(self.shown_items, other.shown_items),
            hidden_items=self.hidden_items | other.hidden_items,
            masks={
                item: max(veil for veil in (self.masks.get(item), other.masks.get(item)) if veil)
                for item in {*self.masks, *other.masks}
            },
            row_filters=self.row_filters | other.row_filters,
            watermark=self.watermark or other.watermark,
            thinned=max(self.thinned, other.thinned),
            until=min((end for end in (self.until, other.until) if end), default=None),
            rate_per_hour=min(
                (rate for rate in (self.rate_per_hour, other.rate_per_hour) if rate is not None),
                default=None,
            ),
        )

    def is_within(self, other: "Obligations") -> bool:
        """Whether whoever bears ``other`` bears this as well."""
        return self.with_(other) == other

    def names(self, operator: str) -> bool:
        """Whether a condition of this kind chooses the rows."""
        return any(each.operator == operator for each in self.row_filters)

    def shows(self, item: str) -> bool:
        """Whether the party has ``item`` at all, veiled or not."""
        return item not in self.hidden_items and (
            self.shown_items is None or item in self.shown_items
        )

    @property
    def leaves_out(self) -> bool:
        """Whether any row is kept from the party: by what it says, or by the party's secret."""
        return bool(self.row_filters or self.thinned)

    @property
    def hides(self) -> bool:
        """Whether any value of any row is kept from the party, or veiled."""
        limits = (self.hidden_items, self.masks, self.leaves_out)
        return self.shown_items is not None or any(limits)

    @property
    def is_whole(self) -> bool:
        """Whether the party has every value of every row as it is, and unmarked."""
        return not (self.hides or self.watermark)

    def shows_whole(self, item: str) -> bool:
        """Whether the party has every value of ``item`` as it is, so that totals may be told."""
        return self.shows(item) and item not in self.masks and not self.leaves_out


NONE = Obligations()
"""The burden of whoever bears nothing."""


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
