"""Which rows conditions choose, as far as their words alone say: within, apart from another.

Conditions stand together by AND, each about one column. A row without a value meets none of them.
Pure: no database, no clock.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

Value = str | int | float | Decimal | bool | dt.date | dt.datetime
Condition = tuple[str, str, tuple[Value, ...]]
"""A column, one of ``OPERATORS``, and what it is compared with."""
OPERATORS = ("eq", "in", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Side:
    """Values of one column: some (``None``: any) between two ends, of which each may be open."""

    values: frozenset[Value] | None = None
    low: Value | None = None
    with_low: bool = True
    high: Value | None = None
    with_high: bool = True

    def narrowed(self, operator: str, operands: tuple[Value, ...]) -> "Side":
        """Return the values that meet one more condition."""
        if operator in {"eq", "in"}:
            values = frozenset(operands)
            return self._with(values=values if self.values is None else self.values & values)
        (end,) = operands
        if operator in {"gt", "gte"}:
            tight = (
                self.low is None or _less(self.low, end) or (self.low == end and operator == "gt")
            )
            return self._with(low=end, with_low=operator == "gte") if tight else self
        tight = (
            self.high is None or _less(end, self.high) or (self.high == end and operator == "lt")
        )
        return self._with(high=end, with_high=operator == "lte") if tight else self

    def holds(self, value: Value) -> bool:
        """Whether a value is one of these."""
        if self.values is not None and value not in self.values:
            return False
        low = self.low is None or _less(self.low, value) or (self.with_low and self.low == value)
        high = (
            self.high is None or _less(value, self.high) or (self.with_high and self.high == value)
        )
        return low and high

    def is_within(self, other: "Side") -> bool:
        """Whether each value of these is surely one of the other's."""
        if self.values is not None:
            return all(other.holds(each) for each in self.values if self.holds(each))
        if other.values is not None:
            return False
        low = other.low is None or (
            self.low is not None
            and (
                _less(other.low, self.low)
                or (self.low == other.low and (other.with_low or not self.with_low))
            )
        )
        high = other.high is None or (
            self.high is not None
            and (
                _less(self.high, other.high)
                or (self.high == other.high and (other.with_high or not self.with_high))
            )
        )
        return low and high

    def is_apart_from(self, other: "Side") -> bool:
        """Whether surely no value is one of both."""
        for one, two in ((self, other), (other, self)):
            if one.values is not None:
                return not any(two.holds(each) for each in one.values if one.holds(each))
        return _ends_before(self, other) or _ends_before(other, self)

    def _with(self, **over: Any) -> "Side":
        said = {name: getattr(self, name) for name in self.__slots__}
        return Side(**(said | over))


@dataclass(frozen=True, slots=True)
class Box:
    """The rows whose every named column has one of its side's values; without any, all rows."""

    sides: Mapping[str, Side] = field(default_factory=dict)

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> "Box":
        """Return the rows that meet all of these."""
        sides: dict[str, Side] = {}
        for column, operator, operands in conditions:
            sides[column] = sides.get(column, Side()).narrowed(operator, operands)
        return cls(sides)

    def __bool__(self) -> bool:
        return bool(self.sides)

    def is_within(self, other: "Box") -> bool:
        """Whether each row of these is surely one of the other's."""
        return all(
            name in self.sides and self.sides[name].is_within(side)
            for name, side in other.sides.items()
        )

    def is_apart_from(self, other: "Box") -> bool:
        """Whether surely no row is one of both."""
        return any(
            side.is_apart_from(other.sides[name])
            for name, side in self.sides.items()
            if name in other.sides
        )


def _less(one: Value, other: Value) -> bool:
    # Both are of one column, and so of one type.
    return bool(cast("Any", one) < cast("Any", other))


def _ends_before(one: Side, other: Side) -> bool:
    if one.high is None or other.low is None:
        return False
    return _less(one.high, other.low) or (
        one.high == other.low and not (one.with_high and other.with_low)
    )
