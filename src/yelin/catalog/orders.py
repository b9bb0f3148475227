"""The orders in which entries are listed whatever was asked, and places in them.

Each has an index that is walked in it, and no two rows stand at one place.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yelin.catalog.findable import Findable
from yelin.catalog.listing import Clause

SORTS: Mapping[str, tuple[str, ...]] = {
    "updated": ("-changed_at", "-pk"),
    "used": ("-uses", "-changed_at", "-pk"),
    "title": ("title_sound", "title_text", "pk"),
}
_READS: Mapping[str, Any] = {
    "changed_at": datetime.fromisoformat,
    "uses": int,
    "pk": UUID,
    "title_sound": str,
    "title_text": str,
}


def names_of(order: str) -> list[str]:
    """Return the fields by which an order goes."""
    return [name.removeprefix("-") for name in SORTS[order]]


def on_entries(order: str) -> list[str]:
    """Return the same for entries, of which the rows that are looked through are a part."""
    return [re.sub(r"^-?", r"\g<0>findable__", name) for name in SORTS[order]]


def columns_of(order: str) -> str:
    """Return the columns by which an order goes, as SQL has them."""
    return ", ".join(map(_column, names_of(order)))


def in_sql(order: str) -> str:
    """Return the order as SQL has it."""
    falls = {name: " DESC" if name.startswith("-") else "" for name in SORTS[order]}
    return ", ".join(f"{_column(name.removeprefix('-'))}{fall}" for name, fall in falls.items())


def beyond(order: str, row: Findable) -> Clause:
    """Return that a row comes after ``row``."""
    names = names_of(order)
    sign = "<" if SORTS[order][0].startswith("-") else ">"
    return Clause(
        f"({columns_of(order)}) {sign} ({', '.join(['%s'] * len(names))})",
        tuple(getattr(row, name) for name in names),
    )


def _column(name: str) -> str:
    return "entry_id" if name == "pk" else name


def place_of(order: str, row: Findable) -> str:
    """Return the place of ``row`` in an order, for whoever goes on from it later."""
    values = [order, *(str(getattr(row, name)) for name in names_of(order))]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def at_place(order: str, text: str) -> Findable:
    """Return a row that would stand at the place that ``text`` names; it need not be there.

    Raises ``ValueError`` for what names no place in this order.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        named, *values = json.loads(base64.urlsafe_b64decode(padded.encode()))
        fields = zip(names_of(order), values, strict=True)
        row = Findable(**{name: _READS[name](value) for name, value in fields})
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError("no place in a list") from error
    if named != order or "\x00" in f"{row.title_text}{row.title_sound}":
        raise ValueError("a place in another list")
    return row
