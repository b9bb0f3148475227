"""What a collection notice says, as plain data: no Django."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
# Which purposes of the notice, counted from 1 on, as people count them.
Numbers = Annotated[tuple[Annotated[int, Field(ge=1, le=50)], ...], Field(max_length=50)]


class Basis(StrEnum):
    """On which ground a purpose is served (duty personal.agree)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    DUTY = "duty"
    EMERGENCY = "emergency"
    PUBLIC = "public"
    LAW = "law"


class Refusing(StrEnum):
    """What follows for whoever refuses."""

    NOTHING = "nothing"
    PART = "part"
    SERVICE = "service"


class PurposeContent(BaseModel):
    """One purpose: how its items are used, on which ground, for whom, how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Named
    use: Prose = ""
    basis: Basis = Basis.CONSENT
    law: Line = ""
    recipients: Line = ""
    retention: Line = ""
    refusing: Refusing = Refusing.NOTHING


class ItemContent(BaseModel):
    """One item that is collected, for which purposes, and why they need it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Named
    purposes: Numbers = ()
    need: Prose = ""
    sensitive: bool = False


class ChoiceContent(BaseModel):
    """One box of the collector's own form, by which somebody agrees to purposes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Named
    purposes: Numbers = ()
    ticked: bool = False


class NoticeContent(BaseModel):
    """All that a collector says: the service, its purposes, items and the boxes of its form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Named
    service: Prose = ""
    purposes: Annotated[tuple[PurposeContent, ...], Field(max_length=50)] = ()
    items: Annotated[tuple[ItemContent, ...], Field(max_length=500)] = ()
    choices: Annotated[tuple[ChoiceContent, ...], Field(max_length=50)] = ()
    children: bool = False
    guardians: bool = False

    def items_of(self, number: int) -> tuple[ItemContent, ...]:
        """Return the items that serve the purpose of this number."""
        return tuple(item for item in self.items if number in item.purposes)
