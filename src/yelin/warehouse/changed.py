"""How a file's columns differ from those of the release before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yelin.warehouse.items import fold

# A column that loses so large a share of its values is told of, in hundredths of all rows.
EMPTIER_BY = 20


@dataclass(frozen=True, slots=True)
class Last:
    """What the file of the latest release had: its header, and what each item was.

    ``carried`` names the header by which an item came, None where it had none; ``types`` and
    ``codes`` say how it was read, ``empty`` how many hundredths of its rows held nothing.
    """

    number: int
    header: tuple[str, ...]
    carried: Mapping[str, str | None] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    empty: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, report: Mapping[str, Any]) -> "Last":
        """Return it from the report of the upload that became the release."""
        columns = {each["name"]: each for each in report["columns"]}
        rows = report["rows"]
        return cls(
            number=number,
            header=tuple(report["header"]),
            carried={each["item"]: each["header"] for each in report["mapping"]},
            types={name: each["type"] for name, each in columns.items()},
            codes={name: each["codes"] for name, each in columns.items()},
            empty={name: _share(each["nulls"], rows) for name, each in columns.items()},
        )

    def knew(self, header: str) -> bool:
        """Say whether the file had this column, as an item or left out."""
        return fold(header) in {fold(name) for name in self.header}


@dataclass(frozen=True, slots=True)
class Now:
    """What the present file has of an item."""

    item: str
    header: str | None
    type: str
    codes: str
    nulls: int


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of which ``kind``, in what, from what it was to what it is.

    ``kind`` is renamed, gone, back, new, type, codes or emptier; the rest is as people read it.
    """

    kind: str
    column: str
    was: str = ""
    now: str = ""


def changes(last: Last, header: Sequence[str], rows: int, columns: Sequence[Now]) -> list[Change]:
    """Return every difference between the columns of the last file and those of this one."""
    found: list[Change] = []
    for column in columns:
        if column.item not in last.carried:
            # The entry has it since: that was confirmed there.
            continue
        found += _of_one(last, column, rows)
    carrying = {column.header for column in columns}
    found += [
        Change("new", name) for name in header if name not in carrying and not last.knew(name)
    ]
    items = {column.item for column in columns}
    found += [
        Change("dropped", item, was=carried)
        for item, carried in last.carried.items()
        if item not in items and carried
    ]
    return found


def _of_one(last: Last, column: Now, rows: int) -> list[Change]:
    item, was = column.item, last.carried[column.item]
    if was and not column.header:
        return [Change("gone", item, was=was)]
    found = []
    if column.header and not was:
        found.append(Change("back", item, now=column.header))
    elif was and column.header and fold(was) != fold(column.header):
        found.append(Change("renamed", item, was=was, now=column.header))
    if last.types[item] != column.type:
        found.append(Change("type", item, was=last.types[item], now=column.type))
    if last.codes[item] != column.codes:
        found.append(Change("codes", item, was=last.codes[item], now=column.codes))
    now = _share(column.nulls, rows)
    if was and rows and now - last.empty[item] >= EMPTIER_BY:
        found.append(Change("emptier", item, was=f"{last.empty[item]}%", now=f"{now}%"))
    return found


def _share(nulls: int, rows: int) -> int:
    return nulls * 100 // rows if rows else 0
