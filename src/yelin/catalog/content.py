"""What an entry says: the core metadata of the national compilation guide, as plain data.

Source: 政务信息资源目录编制指南(试行), 发改高技术〔2017〕1272号; three-valued opening by
``opening.type``. No Django: forms, REST and files all fill this one shape.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from yelin.keys import canonical
from yelin.registers.content import ItemType, Length

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]

# Of a list, what is blank is none.
Lines = Annotated[tuple[Line, ...], AfterValidator(lambda lines: tuple(filter(None, lines)))]

# Which ones, not in which order: whatever reads them has them the same way.
Those = Annotated[tuple[UUID, ...], AfterValidator(lambda ids: tuple(sorted(set(ids))))]


class SharingType(StrEnum):
    """How other departments have it (共享类型)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class OpeningType(StrEnum):
    """How the public has it (开放类型)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class UpdateCycle(StrEnum):
    """How often the provider brings in the next release (更新周期)."""

    REALTIME = "realtime"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"
    NEVER = "never"


class HandingOver(StrEnum):
    """Why others may have what an enterprise or association keeps (向他人提供的依据)."""

    OWN = "own"
    CONSENT = "consent"
    IRREVERSIBLE = "irreversible"


class ItemContent(BaseModel):
    """One information item (信息项): a column with its meaning.

    One that follows the data element ``element_id`` has type, length and code list from it. Without
    a sharing or opening type of its own it is shared and opened as its resource.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    name_en: Line = ""
    type: ItemType = ItemType.TEXT
    length: Length = ""
    nullable: bool = True
    key: bool = False
    unit: Line = ""
    note: Prose = ""
    grade: Annotated[int, Field(ge=1, le=4)] = 1
    element_id: UUID | None = None
    code_list_id: UUID | None = None
    sharing_type: SharingType | None = None
    opening_type: OpeningType | None = None


class EntryContent(BaseModel):
    """All that a provider says of one information resource (信息资源).

    A draft may lack anything but its title; ``checks.faults`` says what registration still needs.
    ``state_secret`` is asked of everyone and never stored; ``system_ids`` are the government
    systems of the provider in which the data arises, ``project_ids`` the projects paid from public
    money that bring it forth; ``title_protected_by`` the law by which not even the title is public,
    of a resource that is neither shared nor open. ``handing_over`` is asked where the data is no
    government's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_secret: bool
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    title_en: Line = ""
    summary: Prose = ""
    classification: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    formats: Lines = ()
    format_description: Line = ""
    data_scope: Prose = ""
    office_duties: Prose = ""
    source_scene: Prose = ""
    sharing_type: SharingType = SharingType.UNCONDITIONAL
    sharing_requirements: Lines = ()
    sharing_condition: Prose = ""
    sharing_scope: Prose = ""
    sharing_basis: Prose = ""
    sharing_mode: Line = "platform"
    sharing_means: Lines = ()
    sharing_explanation: Prose = ""
    opening_type: OpeningType = OpeningType.NONE
    opening_condition: Prose = ""
    update_cycle: UpdateCycle = UpdateCycle.YEARLY
    related_codes: Lines = ()
    grade: Annotated[int, Field(ge=1, le=4)] = 1
    collection_basis: Prose = ""
    themes: Lines = ()
    keywords: Lines = ()
    division: Annotated[Line, Field(max_length=12)] = ""
    contact_office: Line = ""
    contact_phone: Line = ""
    licence: Line = ""
    system_ids: Those = ()
    project_ids: Those = ()
    title_protected_by: Prose = ""
    handing_over: HandingOver | None = None
    items: tuple[ItemContent, ...] = ()


def digest(content: EntryContent) -> bytes:
    """Return the SHA-256 of what an entry says, in canonical form (RFC 8785)."""
    return canonical.digest(content.model_dump(mode="json"))


def kept(said: Mapping[str, Any]) -> EntryContent:
    """Return what was kept of an entry as plain data; no state secret ever was."""
    # An entry that named one system, before there could be several, named it so.
    one = said.get("system_id")
    named = {"system_ids": [one]} if one else {}
    known = {name: value for name, value in said.items() if name != "system_id"}
    return EntryContent.model_validate({**named, **known, "state_secret": False})
