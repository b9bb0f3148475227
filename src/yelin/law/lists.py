"""The lists of a statute pack: divisions, themes, licences, choices, resource codes, bodies."""

import unicodedata
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from yelin.law.statute import CiteText, Fixed, Level, Named


class Division(Named):
    """A division of the province (行政区划), or a unit that the standard gives no code."""

    code: str = Field(pattern=r"^[0-9A-Z]{6}$")
    level: Level
    parent: str | None = None
    since: int
    local: bool = False

    @model_validator(mode="after")
    def _local_codes_stand_apart(self) -> "Division":
        if self.local == self.code.isdigit():
            raise ValueError("a local code has a letter in it, a code of the standard has none")
        return self


class HistoricCode(Named):
    """A code that was in force and is no more; old documents and identity numbers carry it."""

    code: str = Field(pattern=r"^\d{6}$")
    since: int
    until: int
    became: str


class Theme(Named):
    """A theme of open data; ``priority`` ones are those that the law opens first."""

    code: str
    priority: bool = False
    basis: str = ""


class PriorityThemes(Fixed):
    """The themes that the law opens first, by code and in its order."""

    basis: CiteText
    themes: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class Licence(Named):
    """A licence under which a resource may be opened."""

    id: str
    url: str = ""
    text_zh: str = ""
    text_en: str = ""
    unconfirmed: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _can_be_read(self) -> "Licence":
        if not self.url and not (self.text_zh and self.text_en):
            raise ValueError("a licence has an address or its text in both languages")
        return self


class Choice(Named):
    """One value of a list; ``code`` is what the national platform writes for it.

    ``aliases`` are other words for it that documents are met with.
    """

    key: str
    code: str = ""
    group: str = ""
    aliases: Annotated[tuple[str, ...], Field(strict=False)] = ()
    days: int | None = None
    months: int | None = None


class ChoiceList(Named):
    """A list of values that forms offer and rules check."""

    name: str
    basis: str = ""
    unconfirmed: bool = False
    note: str = ""
    values: Annotated[tuple[Choice, ...], Field(min_length=1, strict=False)]

    def __getitem__(self, key: str) -> Choice:
        for value in self.values:
            if value.key == key:
                return value
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(value.key == key for value in self.values)

    def called(self, text: str) -> Choice | None:
        """Return the value that ``text`` names by key, name, code or alias, however written."""
        return self._by_word.get(_plain(text))

    @cached_property
    def _by_word(self) -> dict[str, Choice]:
        found: dict[str, Choice] = {}
        for value in self.values:
            for word in (value.key, value.zh, value.en, value.code, *value.aliases):
                found.setdefault(_plain(word), value)
        found.pop("", None)
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in their order."""
        return tuple(value.key for value in self.values)


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split()).lstrip(".")


class Group(Named):
    """A group (项) of a class of the resource code."""

    code: str = Field(pattern=r"^\d{2}$")


class ResourceClass(Named):
    """A class (类) of the resource code."""

    code: str = Field(pattern=r"^[1-9A-Z]$")
    groups: Annotated[tuple[Group, ...], Field(strict=False)]


class Category(Named):
    """A category (目) of the resource code, six digits, or with more a subcategory (细目)."""

    code: str = Field(pattern=r"^[1-9A-Z]\d{5,17}$")


class LegacyCode(Fixed):
    """A credit code of the pilot years that is lawful though its check digit fails."""

    code: str = Field(pattern=r"^[0-9A-Z]{18}$")


class BodyRow(Named):
    """A body that the system starts with."""

    credit_code: str
    short_zh: str
    kind: str
    division: str
    unconfirmed: bool = False


class SameMeaning(Fixed):
    """Words that people use for the same thing, any of which finds the others.

    ``source`` is the text that has one of them; without one they are the house's own choice.
    """

    words: Annotated[tuple[str, ...], Field(min_length=2, strict=False)]
    source: str = ""
