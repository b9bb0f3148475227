"""What a collection form asks, as plain data: no Django."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.registers.content import ItemType

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class From(StrEnum):
    """Of whom a form asks (采集对象)."""

    CITIZENS = "citizens"
    ENTERPRISES = "enterprises"
    BODIES = "bodies"


class AskedItem(BaseModel):
    """One thing that a form asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    type: ItemType = ItemType.TEXT
    element_id: UUID | None = None


class FormContent(BaseModel):
    """All that a body says of a collection form (数据采集表): what for, of whom, on which basis."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    purpose: Prose = ""
    asked_of: From = From.CITIZENS
    basis: Prose = ""
    items: Annotated[tuple[AskedItem, ...], Field(max_length=500)] = ()
