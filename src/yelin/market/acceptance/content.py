"""What acts of acceptance take, as they take it."""

from pydantic import BaseModel, ConfigDict, Field


class DefectContent(BaseModel):
    """What is wrong with what was delivered: measures of the contract by code, and words."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    codes: tuple[str, ...] = Field(default=(), max_length=40)
    says: str = Field(default="", max_length=2000)
