"""How much of a resource another party is given: which items and rows, veiled how, until when."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.catalog.content import Line
from yelin.gate.obligations import Mask, Obligations, RowFilter
from yelin.law import clock, duties
from yelin.law.refusals import Fault


class Rows(BaseModel):
    """A condition that every row handed out meets, in the words in which rows are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Line
    operator: Literal["eq", "in", "startswith", "gte", "lte"] = "eq"
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]

    def filter(self) -> RowFilter:
        """Return the condition as the gate has it: ``in`` parts its values by commas."""
        parts = tuple(part.strip() for part in self.value.split(","))
        return RowFilter(self.column, self.operator, parts if self.operator == "in" else self.value)


class Limits(BaseModel):
    """How much is given: which items (none named: all), how some are veiled, which rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    until: date
    items: tuple[Line, ...] = ()
    veils: dict[Line, Literal["partial", "null"]] = Field(default_factory=dict)
    rows: tuple[Rows, ...] = ()
    rate_per_hour: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    def obligations(self) -> Obligations:
        """Return them as what whoever has it must bear."""
        return Obligations(
            shown_items=frozenset(self.items) or None,
            masks={name: Mask[veil.upper()] for name, veil in self.veils.items()},
            row_filters=frozenset(each.filter() for each in self.rows),
            until=clock.end_of(self.until),
            rate_per_hour=self.rate_per_hour,
        )


class Share(Limits):
    """How much another department is given, and for which uses of the pack's list (none: any)."""

    purposes: tuple[Line, ...] = ()


def item_faults(
    items: Collection[str],
    rows: Sequence[Rows],
    *,
    known: Collection[str],
    veils: Mapping[str, str] = {},
) -> Iterator[Fault]:
    """Yield what stands against giving these items and rows of a resource with those ``known``."""
    for name in dict.fromkeys([*items, *veils, *(each.column for each in rows)]):
        if name not in known:
            yield Fault("items", "There is no item called {name}.", params={"name": name})
    for name in veils:
        if items and name in known and name not in items:
            yield Fault("veils", "{name} is veiled, and not given at all.", params={"name": name})


def use_faults(named: Collection[str], place: str, *, stated: Collection[str]) -> Iterator[Fault]:
    """Yield that the resource is shared for other uses than these."""
    if others := [use for use in named if use not in stated]:
        says = "The entry is not shared for this use: {use}."
        yield Fault(place, says, duties.SHARING_TYPE, {"use": others[0]})


def share_faults(given: Share, *, items: Collection[str], uses: Collection[str]) -> Iterator[Fault]:
    """Yield what stands against giving this much of a resource that has ``items``.

    ``uses`` are those for which it may be given.
    """
    if given.until < clock.today():
        yield Fault("until", "Name today or a day to come.", duties.SHARING_TYPE)
    yield from item_faults(given.items, given.rows, known=items, veils=given.veils)
    yield from use_faults(given.purposes, "purposes", stated=uses)
