"""What a pack says of de-identified data: its risk, small cells, how much noise may tell."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yelin.law.statute import Fixed, Named


class Sharing(Named):
    """One way of sharing (GB/T 37964), and the greatest risk of a row under it, from 0 to 1."""

    code: str = Field(pattern=r"^[a-z]+$")
    risk: float = Field(gt=0, lt=1)
    basis: str
    unconfirmed: bool = False
    note: str = ""


class SmallCells(BaseModel):
    """Which cells of statistics are too small to be told under one way of ``sharing``.

    A count below ``threshold`` is; so is a sum of which the ``greatest`` largest parts make more
    than ``share``, from 0 to 1. A table has ``cells`` cells at most, margins among them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sharing: str
    threshold: int = Field(ge=2, le=1000)
    greatest: int = Field(ge=1, le=10)
    share: float = Field(gt=0, lt=1)
    cells: int = Field(ge=4, le=10_000)
    basis: str
    unconfirmed: bool = False
    note: str = ""

    @property
    def percent(self) -> str:
        """The ``share`` in percent, as it is told."""
        return f"{100 * self.share:g}"

    @property
    def risk(self) -> float:
        """How surely somebody of the smallest cell that is told is one among its members."""
        return 1 / self.threshold


class NoiseBudget(Fixed):
    """How much a resource may tell in all by statistics with noise: epsilon, in exact decimals.

    ``most`` is the greatest limit that its provider may set, ``each`` what one table may spend.
    What was spent never comes back, unless ``renewed_after_days`` says when it counts no more.
    """

    most: Decimal = Field(gt=0, max_digits=9, decimal_places=6, strict=False)
    each: Decimal = Field(gt=0, max_digits=9, decimal_places=6, strict=False)
    renewed_after_days: int | None = Field(default=None, ge=1)
    basis: str
    unconfirmed: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _fits(self) -> "NoiseBudget":
        if self.each > self.most:
            raise ValueError("one table may spend no more than all may")
        return self
