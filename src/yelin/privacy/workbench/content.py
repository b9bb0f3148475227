"""What is to become of the columns of a release, and what rows must hold, as plain data.

No Django.
"""

import math
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from yelin.privacy.deidentify.guards import (
    Anonymity,
    Closeness,
    Diversity,
    EntropyDiversity,
    Guard,
    Presence,
    RecursiveDiversity,
)
from yelin.privacy.deidentify.roles import (
    Average,
    Bounded,
    Grouped,
    Method,
    Nulls,
    Pseudonym,
    Role,
)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST_COLUMNS = 500
MOST_WIDTHS = 12


class Ladder(StrEnum):
    """From what the hierarchy of a column is made: from the values themselves, or ``KEPT``."""

    FLAT = "flat"
    DATES = "dates"
    NUMBERS = "numbers"
    DIVISIONS = "divisions"
    INDUSTRIES = "industries"
    MASKS = "masks"
    KEPT = "kept"


class Treatment(StrEnum):
    """What becomes of a column for which no level is chosen."""

    PSEUDONYM = "pseudonym"
    BOUNDED = "bounded"
    GROUPED = "grouped"
    MEAN = "mean"
    MEDIAN = "median"
    MODE = "mode"


class Model(StrEnum):
    """What the values of a sensitive column are held to in each class."""

    DISTINCT = "distinct"
    ENTROPY = "entropy"
    RECURSIVE = "recursive"
    CLOSENESS = "closeness"
    ORDERED = "ordered"


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LadderContent(_Plain):
    """How a hierarchy is made; ``widths`` are of numbers, ``step`` and ``from_end`` of masks.

    All below ``least`` is one label, and all from ``most`` on. ``kept`` is one that was brought.
    """

    kind: Ladder
    widths: Annotated[tuple[int, ...], Field(max_length=MOST_WIDTHS)] = ()
    least: int | None = None
    most: int | None = None
    step: Annotated[int, Field(ge=1, le=50)] = 1
    from_end: bool = True
    kept: UUID | None = None


class ColumnContent(_Plain):
    """One column: what it is, and what becomes of it. ``least`` and ``most`` bound the level."""

    name: Name
    role: Role
    ladder: LadderContent | None = None
    least: Annotated[int, Field(ge=0, le=50)] = 0
    most: Annotated[int, Field(ge=0, le=50)] | None = None
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    treatment: Treatment | None = None
    low: float | None = None
    high: float | None = None

    def method(self, alike: int) -> Method | None:
        """Return what the engine does with it instead of choosing a level.

        ``alike`` is how many rows are grouped where their numbers are.
        """
        match self.treatment:
            case None:
                return None
            case Treatment.PSEUDONYM:
                return Pseudonym()
            case Treatment.BOUNDED:
                return Bounded(self.low, self.high)
            case Treatment.GROUPED:
                return Grouped(alike)
            case average:
                return Average(average.value)


class GuardContent(_Plain):
    """What one sensitive column is held to: at least ``value`` (l), or at most (t, from 0 to 1).

    ``factor`` is the c of (c, l)-diversity.
    """

    column: Name
    model: Model
    value: Annotated[float, Field(gt=0, le=1000)]
    factor: Annotated[float, Field(gt=0, le=1000)] = 3.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.model in {Model.CLOSENESS, Model.ORDERED} and self.value > 1:
            raise ValueError("a distance is 1 at most")
        return self

    @property
    def guard(self) -> Guard:
        """The model of the engine."""
        match self.model:
            case Model.DISTINCT:
                return Diversity(math.ceil(self.value), self.column)
            case Model.ENTROPY:
                return EntropyDiversity(self.value, self.column)
            case Model.RECURSIVE:
                return RecursiveDiversity(self.factor, math.ceil(self.value), self.column)
            case _:
                return Closeness(self.value, self.column, self.model is Model.ORDERED)


class PopulationContent(_Plain):
    """A version of another resource that holds all who might be in the release (δ-presence).

    Of those who look alike a share from ``least`` to ``most`` is to be in it, each from 0 to 1.
    """

    resource: Name
    number: Annotated[int, Field(ge=1)]
    least: Annotated[float, Field(ge=0, lt=1)] = 0.0
    most: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.least >= self.most:
            raise ValueError("an interval goes upward")
        return self

    @property
    def guard(self) -> Guard:
        """The model of the engine."""
        return Presence(self.least, self.most)


class PlanContent(_Plain):
    """All that is chosen for one release: its columns, ``k``, further models, rows left out.

    ``cap`` is the share of rows, from 0 to below 1, that may be left out; with ``cells`` those of
    them stay that only some cells tell of, and these are starred.
    """

    columns: Annotated[tuple[ColumnContent, ...], Field(max_length=MOST_COLUMNS)] = ()
    k: Annotated[int, Field(ge=2, le=10_000)] | None = None
    cap: Annotated[float, Field(ge=0, lt=1)] = 0.0
    cells: bool = False
    nulls: Nulls = Nulls.EQUAL
    guards: Annotated[tuple[GuardContent, ...], Field(max_length=50)] = ()
    population: PopulationContent | None = None

    def named(self, role: Role) -> tuple[str, ...]:
        """Return the names of the columns that have a role."""
        return tuple(each.name for each in self.columns if each.role is role)

    def column(self, name: str) -> ColumnContent | None:
        """Return what is said of a column, if anything is."""
        return next((each for each in self.columns if each.name == name), None)

    @property
    def is_grouped(self) -> bool:
        """Whether numbers of quasi-identifiers are grouped, so that rows alike are fewer still."""
        return any(
            each.role is Role.QUASI and each.treatment is Treatment.GROUPED for each in self.columns
        )

    @property
    def kept_ladders(self) -> frozenset[UUID]:
        """The hierarchies that were brought and that it names."""
        return frozenset(
            each.ladder.kept for each in self.columns if each.ladder and each.ladder.kept
        )

    @property
    def is_by_divisions(self) -> bool:
        """Whether levels are made by the list of divisions."""
        return any(
            each.ladder is not None and each.ladder.kind is Ladder.DIVISIONS
            for each in self.columns
            if each.role is Role.QUASI and each.treatment is None
        )

    def held_to(self, threshold: float) -> tuple[Guard, ...]:
        """Return the models, with a k that no risk above ``threshold`` fits."""
        return (Anonymity(self.alike(threshold)), *self.models)

    @property
    def models(self) -> tuple[Guard, ...]:
        """What rows are held to besides k."""
        found = tuple(each.guard for each in self.guards)
        return (*found, self.population.guard) if self.population else found

    def alike(self, threshold: float) -> int:
        """Return k, how many rows must look alike: as chosen, or as ``threshold`` asks."""
        return self.k or fewest(threshold)


def fewest(threshold: float) -> int:
    """Return how many rows must look alike for no risk to be above ``threshold``."""
    k = max(2, math.floor(1 / threshold))
    return k if 1 / k <= threshold else k + 1
