"""What an information item (信息项) promises about its values, as the national guide codes it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import opencc

from yelin.warehouse.findings import Unfit

TYPES = {
    "C": ("字符型", "text"),
    "N": ("数值型", "number"),
    "Y": ("货币型", "money"),
    "D": ("日期型", "date"),
    "T": ("日期时间型", "date and time"),
    "L": ("逻辑型", "yes or no"),
    "M": ("备注型", "remarks"),
    "G": ("通用型", "general text"),
    "B": ("双精度型", "double precision"),
    "I": ("整型", "whole number"),
    "F": ("浮点型", "floating point"),
}
# What a value of the type is called in the reason for refusing a cell.
EXPECTED = {
    "N": ("数字", "a number"),
    "Y": ("金额", "an amount of money"),
    "D": ("日期", "a date"),
    "T": ("日期时间", "a date and time"),
    "L": ("“是”或“否”", "yes or no"),
    "B": ("数字", "a number"),
    "I": ("整数", "a whole number"),
    "F": ("数字", "a number"),
}
TEXT_TYPES = frozenset("CMG")
DECIMAL_TYPES = frozenset("NY")
FLOAT_TYPES = frozenset("BF")
NUMBER_TYPES = DECIMAL_TYPES | FLOAT_TYPES | {"I"}

_LENGTH = re.compile(r"(\d{1,9})(?:[,，.](\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Codes:
    """The values of one version of a code list; ``says`` which, by standard, list and version.

    ``names`` says what each value is called.
    """

    says: str
    values: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """One information item as the catalog entry declares it.

    ``type`` is a letter of the national guide; ``length`` is ``"12"``, or ``"10,2"`` for decimals;
    ``key`` items together identify a row; a value is one of ``codes``, where there are any.
    """

    name: str
    type: str
    length: str | None = None
    nullable: bool = True
    key: bool = False
    note: str = ""
    codes: Codes | None = None
    unit: str = ""

    @property
    def precision(self) -> int | None:
        """Return the whole length: characters of text, digits of a number."""
        return self._length()[0]

    @property
    def scale(self) -> int | None:
        """Return the digits after the decimal point, when the length says so."""
        return self._length()[1]

    @property
    def is_text(self) -> bool:
        """Say whether values are kept letter by letter."""
        return self.type in TEXT_TYPES

    def _length(self) -> tuple[int | None, int | None]:
        if not self.length:
            return None, None
        found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", self.length).strip())
        if not found:
            return None, None
        return int(found[1]) or None, int(found[2]) if found[2] else None


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(name: str) -> str:
    """Return the form under which two names count as the same.

    Width, case, blanks and Traditional or Simplified script do not tell names apart.
    """
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()
    # Without its blanks a name may have letters that combine.
    flat = unicodedata.normalize("NFKC", flat)
    return str(_simplifier().convert(flat)) if not flat.isascii() else flat


def require_sound(items: Sequence[ItemSpec]) -> None:
    """Refuse items that no table could satisfy.

    Raises ``Unfit`` for an unknown type, an empty name, or two names that fold to one.
    """
    seen: dict[str, str] = {}
    for item in items:
        if item.type not in TYPES:
            raise Unfit(
                "items.type",
                "The item “{name}” has the unknown type {type}",
                {"name": item.name, "type": item.type},
                column=item.name,
            )
        folded = fold(item.name)
        if not folded:
            raise Unfit("items.name", "An item has no name")
        if folded in seen:
            raise Unfit(
                "items.alike",
                "The items “{first}” and “{second}” have the same name",
                {"first": seen[folded], "second": item.name},
                column=item.name,
            )
        seen[folded] = item.name
