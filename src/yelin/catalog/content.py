"""What an entry says: the core metadata of the national compilation guide, as plain data.

Source: 政務信息資源目錄編制指南(試行), 發改高技術〔2017〕1272號; three-valued opening by
``opening.type``. No Django: forms, REST and files all fill this one shape.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class SharingType(StrEnum):
    """How other departments have it (共享類型)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class OpeningType(StrEnum):
    """How the public has it (開放類型)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class UpdateCycle(StrEnum):
    """How often the provider brings in the next release (更新週期)."""

    REALTIME = "realtime"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"
    NEVER = "never"


class ItemType(StrEnum):
    """The guide's letters for an item's type (數據類型)."""

    TEXT = "C"
    NUMBER = "N"
    MONEY = "Y"
    DATE = "D"
    MOMENT = "T"
    TRUTH = "L"
    NOTE = "M"
    GENERAL = "G"
    DOUBLE = "B"
    WHOLE = "I"
    FLOAT = "F"


class ItemContent(BaseModel):
    """One information item (信息項): a column with its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    name_en: Line = ""
    type: ItemType = ItemType.TEXT
    length: Annotated[str, StringConstraints(pattern=r"^(\d{1,5}(,\d{1,2})?)?$")] = ""
    nullable: bool = True
    key: bool = False
    unit: Line = ""
    note: Prose = ""
    grade: Annotated[int, Field(ge=1, le=4)] = 1


class EntryContent(BaseModel):
    """All that a provider says of one information resource (信息資源).

    A draft may lack anything but its title; ``rules.faults`` says what registration still needs.
    ``state_secret`` is asked of everyone and never stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_secret: bool
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    title_en: Line = ""
    summary: Prose = ""
    classification: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    formats: tuple[Line, ...] = ()
    sharing_type: SharingType = SharingType.UNCONDITIONAL
    sharing_requirements: tuple[Line, ...] = ()
    sharing_condition: Prose = ""
    sharing_scope: Prose = ""
    sharing_basis: Prose = ""
    sharing_mode: Line = "platform"
    opening_type: OpeningType = OpeningType.NONE
    opening_condition: Prose = ""
    update_cycle: UpdateCycle = UpdateCycle.YEARLY
    related_codes: tuple[Line, ...] = ()
    grade: Annotated[int, Field(ge=1, le=4)] = 1
    collection_basis: Prose = ""
    themes: tuple[Line, ...] = ()
    keywords: tuple[Line, ...] = ()
    division: Line = ""
    contact_office: Line = ""
    contact_phone: Line = ""
    licence: Line = ""
    items: tuple[ItemContent, ...] = ()
