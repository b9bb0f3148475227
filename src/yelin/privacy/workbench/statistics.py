"""Which table of statistics is made of a release, and how it is protected, as plain data.

No Django.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yelin.privacy.workbench.content import Ladder, LadderContent, Name

MOST_DIMENSIONS = 4
MOST_LABELS = 1000
COUNTED = "数量"
# What stands for all labels of a dimension, in rows that are totals.
TOTAL = "合计"


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DimensionContent(_Plain):
    """A column by which rows are told apart, made coarser to ``level`` of its hierarchy.

    ``labels`` are all that there can be, where that is known beforehand; otherwise those that
    occur, of which each then tells that somebody has it.
    """

    name: Name
    ladder: LadderContent | None = None
    level: Annotated[int, Field(ge=0, le=50)] = 0
    labels: Annotated[tuple[Name, ...], Field(max_length=MOST_LABELS)] = ()


class Told(StrEnum):
    """What is told of a numeric column."""

    SUM = "sum"
    MEAN = "mean"


class MeasureContent(_Plain):
    """A numeric column that is told as ``called``; values lie from ``low`` to ``high``."""

    column: Name
    told: Told = Told.SUM
    called: Name
    low: Annotated[float, Field(ge=-1e15, le=1e15)]
    high: Annotated[float, Field(ge=-1e15, le=1e15)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.low >= self.high:
            raise ValueError("the least value lies below the greatest")
        return self


class Suppress(_Plain):
    """Small cells are not told, nor as many others as it takes that none can be computed.

    ``threshold`` is what the way of sharing asks where it is not said, and never below that.
    """

    kind: Literal["suppress"] = "suppress"
    threshold: Annotated[int, Field(ge=2, le=10_000)] | None = None


class AddNoise(_Plain):
    """Every cell is told with noise, which spends ``epsilon`` of the budget of the source's entry.

    ``subject`` names the column that tells whose a row is, of whom ``most`` rows count; without it
    one row is one subject. A sum is told in whole ``step`` s. What no dimension knows is counted
    apart with ``others``, and left out otherwise.
    """

    kind: Literal["noise"] = "noise"
    epsilon: Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=6)]
    subject: Name | None = None
    most: Annotated[int, Field(ge=1, le=1000)] = 1
    step: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)] = Decimal(1)
    others: bool = True


# By its ``kind``.
Protection = Annotated[Suppress | AddNoise, Field(discriminator="kind")]


class StatisticsContent(_Plain):
    """All that is chosen for one table: rows of the source counted by ``dimensions``.

    ``impossible`` names cells that are empty by nature, as labels by dimension: they are told as 0.
    """

    dimensions: Annotated[tuple[DimensionContent, ...], Field(max_length=MOST_DIMENSIONS)] = ()
    counted: Name = COUNTED
    measure: MeasureContent | None = None
    impossible: Annotated[tuple[dict[Name, Name], ...], Field(max_length=1000)] = ()
    protection: Protection = Suppress()

    @property
    def kept_ladders(self) -> frozenset[UUID]:
        """The hierarchies that were brought on which it rests."""
        return frozenset(
            each.ladder.kept for each in self.dimensions if each.ladder and each.ladder.kept
        )

    @property
    def is_by_divisions(self) -> bool:
        """Whether a dimension is made coarser by the list of divisions."""
        ladders = (each.ladder for each in self.dimensions)
        return any(ladder is not None and ladder.kind is Ladder.DIVISIONS for ladder in ladders)
