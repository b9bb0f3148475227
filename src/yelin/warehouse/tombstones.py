"""Rows that were erased and come back in no release: known by salted digests of their keys."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from yelin.warehouse import values
from yelin.warehouse.engine import literal
from yelin.warehouse.items import DECIMAL_TYPES, FLOAT_TYPES, NUMBER_TYPES

_BETWEEN = "\x1f"


def comparable(value: str, type_: str) -> str:
    """Return SQL by which two values of an item are one, whatever places their numbers have."""
    return values.written(value, type_, None) if type_ in NUMBER_TYPES - {"I"} else value


def plain(text: str, type_: str) -> str:
    """Return a value of a key, as somebody writes it, as the engine writes it.

    Raises ``ValueError`` for what is no value of the type.
    """
    if type_ in DECIMAL_TYPES:
        try:
            number = Decimal(text)
        except InvalidOperation as fault:
            raise ValueError(text) from fault
        if not number.is_finite():
            raise ValueError(text)
        return format(number.normalize() + 0, "f")
    if type_ in FLOAT_TYPES:
        return str(float(text)).removesuffix(".0")
    if type_ == "I":
        return str(int(text))
    if type_ == "D":
        return date.fromisoformat(text).isoformat()
    if type_ == "T":
        moment = datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ")
        return moment.rstrip("0") if "." in moment else moment
    if type_ == "L" and text not in {"true", "false"}:
        raise ValueError(text)
    return text


def _digest(salt: str, key: Sequence[str]) -> str:
    return hashlib.sha256((salt + _BETWEEN.join(key)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What was erased of one resource by the key ``items``; nothing here is a value in clear."""

    items: tuple[str, ...]
    salt: str
    digests: frozenset[str]

    @classmethod
    def of(cls, items: Iterable[str], keys: Iterable[Sequence[str]]) -> "Tombstones":
        """Return the tombstones of rows with these keys, each its values as text."""
        salt = secrets.token_hex(16)
        return cls(tuple(items), salt, frozenset(_digest(salt, key) for key in keys))

    def has(self, item: str, value: str) -> bool:
        """Whether rows with this value of one ``item`` are erased."""
        return self.items == (item,) and _digest(self.salt, [value]) in self.digests

    def covers(self, values_of: Mapping[str, tuple[str, str]]) -> str:
        """Say in SQL that a row was erased: of its items the SQL of each value, and its type.

        What lacks one of the items cannot be told to be such a row.
        """
        if not set(self.items) <= values_of.keys():
            return "false"
        texts = ", ".join(f"CAST({comparable(*values_of[name])} AS VARCHAR)" for name in self.items)
        listed = ", ".join(map(literal, sorted(self.digests)))
        key = f"concat_ws(chr({ord(_BETWEEN)}), {texts})"
        return f"sha256({literal(self.salt)} || {key}) IN ({listed})"
