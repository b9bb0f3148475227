"""What the demo of a province is made of: a folder called as its pack, checked before acts run."""

import csv
import tomllib
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yelin.catalog.rules import is_social_place
from yelin.law.soundness import NATIONAL
from yelin.registers.content import CodedValue, ItemType, Step

HERE = Path(__file__).parent
DATA = HERE / "data"

# Who keeps the catalog of a department, and of an enterprise.
KEEPERS = ("steward", "representative")
Kind = Literal["unconditional", "conditional", "none"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Frozen):
    """Someone with a seat in a body; the name is made up and says so."""

    username: str = Field(pattern=r"^demo-[a-z]+$")
    name: str = Field(pattern=r"（演示）$")
    name_en: str = Field(pattern=r"\(demo\)$")
    body: str = ""
    role: Literal["steward", "officer", "auditor", "head", "representative", "citizen"]


class Node(_Frozen):
    """A category or subcategory of the classification tree."""

    code: str
    zh: str
    en: str


class Categories(_Frozen):
    """What the pack does not hold of the tree, and which body lays it down, from above to below."""

    by: str
    nodes: tuple[Node, ...]


class Enterprise(_Frozen):
    """An enterprise that registers itself; its name and code are made up."""

    name: str = Field(pattern=r"（演示）$")
    name_en: str = Field(pattern=r"\(demo\)$")
    division: str = Field(pattern=r"^\d{6}$")
    credit_code: str


class Item(_Frozen):
    """One item of a resource (信息项)."""

    name: str = Field(min_length=1)
    name_en: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: Literal["C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F"]
    length: str = ""
    nullable: bool
    key: bool = False
    unit: str = ""
    note: str = Field(min_length=1)
    grade: int = Field(default=1, ge=1, le=4)
    element: str = ""
    """The data element that it follows: standard and identifier."""
    sharing_type: Kind | None = None
    opening_type: Kind | None = None


class Entry(_Frozen):
    """One entry of the catalog with its national core metadata, its file and what becomes of it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    provider: str
    summary: str = Field(min_length=1)
    classification: str = Field(pattern=r"^[1-3A-Z]\d{2}\d{3}\d*$")
    themes: tuple[str, ...] = Field(min_length=1)
    keywords: tuple[str, ...] = Field(min_length=1)
    formats: tuple[str, ...] = Field(min_length=1)
    format_description: str = ""
    data_scope: str = ""
    office_duties: str = ""
    source_scene: str = ""
    sharing_type: Kind
    sharing_requirements: tuple[str, ...] = ()
    sharing_condition: str = ""
    sharing_scope: str = ""
    sharing_basis: str = ""
    sharing_mode: str = ""
    sharing_means: tuple[str, ...] = ()
    sharing_explanation: str = ""
    opening_type: Kind
    opening_condition: str = ""
    handing_over: Literal["own", "consent", "irreversible"] | None = None
    update_cycle: str
    related: tuple[str, ...] = ()
    grade: int = Field(ge=1, le=4)
    collection_basis: str = Field(min_length=1)
    division: str = Field(pattern=r"^\d{6}$")
    contact_office: str = Field(min_length=1)
    contact_phone: str = Field(pattern=r"^0\d{2,3}-\d{8}$")
    licence: str
    systems: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    outcome: Literal["publish", "confirm", "await", "return"]
    returned_reason: str = ""
    file: str = ""
    filename: str = ""
    items: tuple[Item, ...]

    @property
    def social(self) -> bool:
        """Whether it stands where no government's data does."""
        return is_social_place(self.classification)

    @property
    def path(self) -> Path:
        """Where the file lies that the steward uploads."""
        return DATA / self.file

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        wrong = [says for holds, says in self._demands() if not holds]
        if wrong:
            raise ValueError(f"entry {self.key}: {'; '.join(wrong)}")
        return self

    def _demands(self) -> tuple[tuple[bool, str], ...]:
        shared = self.sharing_type != "none"
        conditional = self.sharing_type == "conditional"
        structured = self.outcome != "confirm" or shared
        asked = shared and not self.social
        cited = self.collection_basis.startswith("《")
        return (
            (cited != self.social, "a department cites a law as its basis, others do not"),
            (asked == bool(self.sharing_requirements), "use requirements go with sharing"),
            (asked == bool(self.sharing_mode), "a way of sharing goes with sharing"),
            (
                (self.social or shared) != bool(self.sharing_basis),
                "not sharing needs a basis, sharing has none",
            ),
            (
                (self.social and shared) == bool(self.handing_over),
                "social data is given to others for a reason",
            ),
            (conditional == bool(self.sharing_condition), "a condition goes with its type"),
            (conditional == bool(self.sharing_scope), "a scope goes with conditional sharing"),
            (
                (self.opening_type == "conditional") == bool(self.opening_condition),
                "an opening condition goes with conditional opening",
            ),
            ((self.opening_type != "none") == bool(self.licence), "a licence goes with opening"),
            ((self.outcome == "confirm") == (not self.file), "a file goes with its outcome"),
            (bool(self.file) == bool(self.filename), "a file has the name it is uploaded under"),
            (not self.file or self.path.is_file(), f"no file {self.file}"),
            (
                (self.outcome == "return") == bool(self.returned_reason),
                "a reason goes with a return",
            ),
            (not structured or bool(self.items), "a table has items"),
            (not structured or any(item.key for item in self.items), "a table has a key"),
            (
                self.grade >= max((item.grade for item in self.items), default=1),
                "an entry is graded no lower than its items",
            ),
        )


class Revision(_Frozen):
    """What a code list loses and gains from one version to the next."""

    ended: tuple[str, ...]
    values: tuple[CodedValue, ...]


class CodeList(_Frozen):
    """A code list of a standard, its values here or in a file, and its later versions."""

    identifier: str
    name: str
    name_en: str
    values: tuple[CodedValue, ...] = ()
    file: str = ""
    revisions: tuple[Revision, ...] = ()

    def all_values(self) -> list[CodedValue]:
        """Return what it holds at first: what is written here, and what stands in its file."""
        if not self.file:
            return list(self.values)
        with (DATA / self.file).open(encoding="utf-8", newline="") as rows:
            return [*self.values, *(CodedValue(**row) for row in csv.DictReader(rows))]


class Element(_Frozen):
    """A data element of a standard, with the code list that has its values."""

    identifier: str
    name: str
    name_en: str
    definition: str
    type: ItemType
    length: str
    code_list: str = ""


class Standard(_Frozen):
    """A national standard as the standardization department enters it, with its source."""

    number: str
    title: str
    title_en: str
    source: str
    in_force_from: date
    code_lists: tuple[CodeList, ...]
    elements: tuple[Element, ...]


class Project(_Frozen):
    """A project that public money pays for; that it is made up stands in its name."""

    body: str
    name: str = Field(pattern=r"（演示）$")
    funding: Literal["whole", "part"]
    approval: str
    approved_on: date


class System(_Frozen):
    """A government system of a department, and the project that builds it, if one does."""

    body: str
    name: str
    purpose: str
    in_service: bool = True
    project: str = ""


class Plan(_Frozen):
    """A plan; it is published, and a special one lies on file with the bodies named."""

    body: str
    kind: Literal["overall", "area", "department", "sector"]
    title: str = Field(pattern=r"（演示）$")
    text: str
    on_file_with: tuple[str, ...] = ()


class ProcessRule(_Frozen):
    """A published rule of the whole process, after the edition of the same title before it."""

    body: str
    title: str = Field(pattern=r"（演示）$")
    title_en: str
    steps: tuple[Step, ...]
    text: str
    number: str = Field(pattern=r"（演示）$")
    in_force_from: date


class WayOut(_Frozen):
    """A host to which a body may send."""

    body: str
    host: str
    purpose: Literal["notice", "delivery", "harvest"]
    days: int


class SharingRequest(_Frozen):
    """What a department asks for of an entry; given, where it is, at so many calls an hour."""

    entry: str
    by: str
    days: int
    basis: str
    scenario: str
    purpose: str
    mode: Literal["take", "verify"] = "take"
    items: tuple[str, ...]
    safeguards: str
    given: bool = False
    rate_per_hour: int | None = None


class Application(_Frozen):
    """What one of the public asks of a conditionally open entry, and how it is answered."""

    entry: str
    by: str
    purpose: str
    scenario: str
    days: int
    safeguards: str
    outcome: Literal["new", "accept", "approve", "refuse"]
    reason: str = ""
    legal_basis: str = ""


class Demand(_Frozen):
    """What one of the public wants opened, who reads and supports it, and what is answered."""

    by: str
    title: str
    purpose: str = Field(pattern=r"（演示）$")
    body: str
    reader: str
    theme: str = ""
    supporters: tuple[str, ...] = ()
    answer: Literal["unread", "open", "plan", "decline", "release"]
    words: str = ""
    legal_basis: str = ""
    entry: str = ""
    days: int = 60


class PlannedEntry(_Frozen):
    """An entry that a plan of opening names, and by which day of the year."""

    entry: str
    month: int
    day: int


class OpeningPlan(_Frozen):
    """What is opened in the present year."""

    body: str
    title: str = Field(pattern=r"（演示）$")
    text: str
    lines: tuple[PlannedEntry, ...]


class Province(_Frozen):
    """The people and entries of the demo, in the order in which they act.

    Whatever a law does not order has no place in the demo under it, so most parts may be missing.
    """

    people: tuple[Person, ...]
    categories: Categories | None = None
    enterprises: tuple[Enterprise, ...] = ()
    standards: tuple[Standard, ...] = ()
    projects: tuple[Project, ...] = ()
    systems: tuple[System, ...] = ()
    plans: tuple[Plan, ...] = ()
    process_rules: tuple[ProcessRule, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    requests: tuple[SharingRequest, ...] = ()
    applications: tuple[Application, ...] = ()
    demands: tuple[Demand, ...] = ()
    opening_plans: tuple[OpeningPlan, ...] = ()
    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        keys = [entry.key for entry in self.entries]
        wrong = [f"key {key} twice" for key in set(keys) if keys.count(key) > 1]
        names = [person.username for person in self.people]
        wrong += [f"person {name} twice" for name in set(names) if names.count(name) > 1]
        firms = {firm.name for firm in self.enterprises}
        wrong += [
            f"person {person.username}: a {person.role} of {person.body or 'nobody'}"
            for person in self.people
            if (person.role == "citizen") != (not person.body)
            or (person.role == "representative") != (person.body in firms)
        ]
        served = {person.body for person in self.people if person.role in KEEPERS}
        for entry in self.entries:
            if entry.provider not in served:
                wrong.append(f"entry {entry.key}: {entry.provider} has no steward")
            wrong += [
                f"entry {entry.key}: no entry {key} to relate to"
                for key in entry.related
                if key not in keys or key == entry.key
            ]
        if wrong:
            raise ValueError("; ".join(sorted(wrong)))
        return self

    def steward_of(self, entry: Entry) -> Person:
        """Return who registers and uploads ``entry``."""
        return next(
            person
            for person in self.people
            if person.role in KEEPERS and person.body == entry.provider
        )


def has(pack: str) -> bool:
    """Say whether there is a demo of the province whose law is ``pack``."""
    return (HERE / pack / "province.toml").is_file()


def read(pack: str) -> Province:
    """Read the demo of the province whose law is ``pack``, after the standards of the nation.

    Raises ``pydantic.ValidationError`` which names the entry and what it lacks.
    """
    nation, own = (
        tomllib.loads((HERE / file).read_text(encoding="utf-8"))
        for file in (f"{NATIONAL}/standards.toml", f"{pack}/province.toml")
    )
    standards = [*nation["standards"], *own.get("standards", ())]
    return Province.model_validate(own | {"standards": standards})
