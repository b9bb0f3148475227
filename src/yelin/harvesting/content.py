"""What a source of catalogs is, and one resource as it is told there: plain data, no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.catalog.content import EntryContent
from yelin.keys import canonical


class SourceKind(StrEnum):
    """In which form a source tells its catalog."""

    CKAN = "ckan"
    DCAT = "dcat"
    SHEET = "sheet"


class SourceContent(BaseModel):
    """What a body says of a source: where its catalog is had, in which form, how often.

    ``mapping`` is the named mapping of a spreadsheet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    kind: SourceKind
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
    every_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    mapping: Annotated[str, StringConstraints(max_length=60)] = "national"


@dataclass(frozen=True, slots=True)
class Remote:
    """One resource of a source; ``id`` stays the same there, whatever else changes.

    ``url`` is where people read of it there, ``licence`` what the source calls it. What
    ``content`` leaves empty, and a cycle that is irregular, the source does not tell.
    """

    id: str
    url: str
    licence: str
    content: EntryContent

    @property
    def digest(self) -> bytes:
        """The SHA-256 of all that is told, by which a change is noticed (RFC 8785)."""
        said = {"id": self.id, "url": self.url, "licence": self.licence}
        told = said | {"content": self.content.model_dump(mode="json")}
        return canonical.digest(told)


@dataclass(frozen=True, slots=True)
class Untaken:
    """One that cannot be taken, by its address where it has one; ``says`` is a message id."""

    address: str
    says: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of what a source lists, and how the next is asked for: nothing after the last."""

    resources: Sequence[Remote | Untaken]
    following: str


class Unreadable(Exception):
    """What a source answered is not what it should be; ``says`` is a message id."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


TITLE, LINE, PROSE = 200, 300, 4000


def cut(text: str, most: int) -> str:
    """Return ``text``, or as much of it as fits into an entry."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
