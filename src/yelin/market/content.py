"""What an arrangement says, as its acts take it."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from yelin.market.models import Way


class ArrangementContent(BaseModel):
    """How the operator was found, for what, on which basis, and on which days it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    way: Way
    title: str = Field(max_length=200)
    purpose: str = Field(max_length=4000)
    basis: str = Field(max_length=300)
    since: date
    until: date
    trades: bool = False
