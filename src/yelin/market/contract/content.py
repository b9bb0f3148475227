"""What acts of settlement take, as they take it."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from yelin.market.contract.settlement import What
from yelin.market.contract.terms import Number


class SettlementContent(BaseModel):
    """What was invoiced, credited, paid or refunded; ``tax`` is part of ``amount``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    what: What
    key: Annotated[str, Field(min_length=1, max_length=80)]
    amount: Number
    tax: Number
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    document: str = Field(max_length=80)
    day: date
    says: str = Field(default="", max_length=500)
