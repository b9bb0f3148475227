"""What a pack says of de-identified data, by how widely it is shared: its risk, small cells."""

from pydantic import BaseModel, ConfigDict, Field

from yelin.law.statute import Named


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
    def risk(self) -> float:
        """How surely somebody of the smallest cell that is told is one among its members."""
        return 1 / self.threshold
