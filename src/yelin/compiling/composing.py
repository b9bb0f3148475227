"""Make of the cells of one resource what an entry says, naming every cell that cannot be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from yelin.catalog.content import EntryContent, ItemContent, OpeningType, SharingType
from yelin.catalog.words import fold
from yelin.compiling import cells
from yelin.compiling.mapping import PARTS
from yelin.law import duties
from yelin.law.refusals import Fault

ITEM = "items."
# A field of these kinds has no "nothing": an empty cell leaves it as it was.
_ALWAYS_SAID = (StrEnum, int, bool)
_SAYS_NOTHING = {"", "-", "—", "无", "無", "/"}
Meanings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the row as the spreadsheet counts, its column's heading, its text."""

    row: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell, or a row as a whole, that cannot be taken, and its mend."""

    row: int
    heading: str
    fault: Fault
    found: str = ""


@dataclass(slots=True)
class Gathered:
    """The rows of one resource: its own cells and those of its items, by field."""

    first: int
    last: int = 0
    rows: int = 1
    cells: dict[str, Cell] = field(default_factory=dict)
    items: list[dict[str, Cell]] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return what stands in the cell of a field, if there is one."""
        cell = self.cells.get(name)
        return cells.plain(cell.text) if cell else ""


def is_secret(gathered: Gathered, meanings: Meanings) -> bool:
    """Whether the rows say of themselves that they are a state secret."""
    said = fold(gathered.text("state_secret"))
    return bool(said) and meanings["state_secret"].get(said) != "no"


def compose(
    gathered: Gathered, filled: frozenset[str], meanings: Meanings, before: EntryContent | None
) -> EntryContent | None:
    """Return what the rows say, over what an entry said ``before``; none where cells are at fault.

    Only fields that a column fills change. Faults are added to ``gathered.flaws``.
    """
    says: dict[str, Any] = before.model_dump() if before else {"state_secret": False}
    says["state_secret"] = False
    read = _Reading(gathered, meanings, before)
    for name in EntryContent.model_fields:
        if name in filled and name != "state_secret":
            read.into(says, name, gathered.cells.get(name), EntryContent)
    if filled.intersection(PARTS):
        says["classification"] = read.classification()
    _open(gathered, read, says, filled)
    if "sharing_basis" not in filled and says.get("sharing_type") == SharingType.NONE:
        # The template has one column for both: the condition, or why there is none.
        says["sharing_basis"] = says.get("sharing_condition", "")
    if "items.listed" in filled:
        says["items"] = _listed(gathered, before)
    elif "items.name" in filled:
        says["items"] = [
            read.item(row, filled, before) for row in gathered.items if _names_item(row)
        ]
    _require_items_once(gathered, says)
    if gathered.flaws:
        return None
    return _content(gathered, says, before)


def _require_items_once(gathered: Gathered, says: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    for place, item in enumerate(says.get("items", ())):
        if item["name"] in seen:
            cell = gathered.items[place].get("items.name") if place < len(gathered.items) else None
            fault = Fault(
                "items",
                "Two items are called {name}.",
                duties.CATALOG_COMPILE,
                {"name": item["name"]},
            )
            where = (cell.row, cell.heading) if cell else (gathered.first, "")
            gathered.flaws.append(Flaw(*where, fault))
        seen.add(item["name"])


def _names_item(row: Mapping[str, Cell]) -> bool:
    return any(cells.plain(cell.text) for cell in row.values())


def _content(
    gathered: Gathered, says: dict[str, Any], before: EntryContent | None
) -> EntryContent | None:
    try:
        content = EntryContent(**says)
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_input=False):
            gathered.flaws.append(_misshapen(gathered, wrong["loc"], wrong.get("ctx", {})))
        return None
    return _left_alone(content, before) if before else content


def _misshapen(gathered: Gathered, at: Sequence[int | str], context: Mapping[str, Any]) -> Flaw:
    name = str(at[0])
    cell = gathered.cells.get(name)
    if name == "items" and len(at) > 2 and len(gathered.items) > int(at[1]):
        cell = gathered.items[int(at[1])].get(f"{ITEM}{at[2]}")
    most = context.get("max_length")
    fault = (
        Fault(name, "At most {most} characters fit here.", params={"most": most})
        if most
        else Fault(name, "This cannot be read as what the field holds.")
    )
    return (
        Flaw(cell.row, cell.heading, fault, cell.text[:200])
        if cell
        else Flaw(gathered.first, "", fault)
    )


class _Reading:
    """Cells of one resource on their way to values."""

    def __init__(self, gathered: Gathered, meanings: Meanings, before: EntryContent | None) -> None:
        self.gathered = gathered
        self.meanings = meanings
        self.before = before

    def into(
        self,
        says: dict[str, Any],
        name: str,
        cell: Cell | None,
        shape: type[BaseModel],
        at: str = "",
    ) -> None:
        """Put what a cell says of the field ``name`` into ``says``."""
        kind = _kind(shape, name)
        text = cells.plain(cell.text) if cell else ""
        if cell is None or not text:
            if _may_be_nothing(shape, name):
                says[name] = None
            elif not issubclass(kind, _ALWAYS_SAID):
                says[name] = [] if kind is tuple else ""
            return
        coded, said = self.meanings.get(at + name), says.get(name)
        if kind is tuple:
            parts = cells.split(cell.text)
            if coded:
                parts = [self._meant(at + name, part, cell, said) for part in parts]
            says[name] = parts
        elif coded is not None:
            says[name] = self._meant(at + name, text, cell, said)
        else:
            says[name] = text

    def _meant(self, name: str, text: str, cell: Cell, said: object = None) -> str:
        for each in said if type(said) is tuple else (said,):
            # What was said already stays, whatever the lists say by now.
            if each is not None and cells.plain(str(each)) == text:
                return str(each)
        coded = self.meanings[name]
        value = coded.get(fold(text))
        if value is not None:
            return value
        if name == "formats":
            # Formats beside the guide's are taken as they are called.
            return text.casefold()
        choices = list(dict.fromkeys(coded.values()))
        fault = Fault(
            name,
            "“{value}” is not known here. Use one of {known}, or choose another mapping.",
            params={"value": text[:60], "known": choices},
        )
        self.gathered.flaws.append(Flaw(cell.row, cell.heading, fault, text[:200]))
        return ""

    def classification(self) -> str:
        """Return the digits of class, division, group and subgroup, one after the other.

        The class of social data is a letter.
        """
        code = "".join(self.gathered.text(name) for name in PARTS)
        if self.before and code == cells.plain(self.before.classification):
            return self.before.classification
        for name in PARTS:
            cell = self.gathered.cells.get(name)
            text = cells.plain(cell.text) if cell else ""
            is_letter = name == PARTS[0] and len(text) == 1 and text.isascii() and text.isalpha()
            if cell and text and not (text.isdecimal() or is_letter):
                says = "Write the digits of the classification, such as 3, 07, 010, 001."
                fault = Fault("classification", says, duties.CATALOG_COMPILE)
                self.gathered.flaws.append(Flaw(cell.row, cell.heading, fault, text[:200]))
        return code.upper()

    def item(
        self, row: Mapping[str, Cell], filled: frozenset[str], before: EntryContent | None
    ) -> dict[str, Any]:
        """Return what one row says of an item."""
        named = row.get("items.name")
        name = cells.plain(named.text) if named else ""
        if not name:
            cell = next(iter(row.values()))
            fault = Fault("items", "Name the item in this row.", duties.CATALOG_COMPILE)
            self.gathered.flaws.append(Flaw(cell.row, "", fault))
        says = _item_before(before, name)
        for field_name in ItemContent.model_fields:
            if f"{ITEM}{field_name}" in filled:
                self.into(says, field_name, row.get(f"{ITEM}{field_name}"), ItemContent, ITEM)
        says["length"] = str(says.get("length") or "").replace("，", ",").replace(" ", "")
        return says


def _item_before(before: EntryContent | None, name: str) -> dict[str, Any]:
    for item in before.items if before else ():
        if cells.plain(item.name) == name:
            return item.model_dump()
    return {}


def _open(gathered: Gathered, read: _Reading, says: dict[str, Any], filled: frozenset[str]) -> None:
    """Read the template's "open to the public", unless the kind of opening is said itself."""
    cell = gathered.cells.get("opened")
    if cell is None or gathered.text("opening_type") or not gathered.text("opened"):
        return
    if read._meant("opened", gathered.text("opened"), cell) == "no":
        says["opening_type"] = OpeningType.NONE
    elif says.get("opening_type", OpeningType.NONE) == OpeningType.NONE:
        on_condition = "opening_condition" in filled and bool(gathered.text("opening_condition"))
        says["opening_type"] = (
            OpeningType.CONDITIONAL if on_condition else OpeningType.UNCONDITIONAL
        )


def _listed(gathered: Gathered, before: EntryContent | None) -> list[dict[str, Any]]:
    text = gathered.text("items.listed")
    if text in _SAYS_NOTHING:
        return []
    return [
        _item_before(before, name) | {"name": name, "note": note}
        for name, note in cells.listed(text)
    ]


def _left_alone(content: EntryContent, before: EntryContent) -> EntryContent:
    """Return ``content`` with what differs from ``before`` by stray spaces only as it was."""
    changes = {
        name: getattr(before, name)
        for name in EntryContent.model_fields
        if name != "items" and _same(getattr(content, name), getattr(before, name))
    }
    old = {cells.plain(item.name): item for item in before.items}
    items = tuple(
        _item_left_alone(item, old[item.name]) if item.name in old else item
        for item in content.items
    )
    return content.model_copy(update=changes | {"items": items})


def _item_left_alone(item: ItemContent, before: ItemContent) -> ItemContent:
    names = ItemContent.model_fields
    alike = [name for name in names if _same(getattr(item, name), getattr(before, name))]
    return item.model_copy(update={name: getattr(before, name) for name in alike})


def _same(new: object, old: object) -> bool:
    if isinstance(new, tuple) and isinstance(old, tuple):
        return _values(new) == _values(old)
    if type(new) is str and type(old) is str:
        return cells.plain(new) == cells.plain(old)
    return new == old


def _values(of: tuple[object, ...]) -> list[str]:
    return list(dict.fromkeys(value for each in of if (value := cells.plain(str(each)))))


@cache
def _may_be_nothing(shape: type[BaseModel], name: str) -> bool:
    return type(None) in get_args(shape.model_fields[name].annotation)


@cache
def _kind(shape: type[BaseModel], name: str) -> type:
    """Return the bare type of a field."""
    annotation: Any = shape.model_fields[name].annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(each for each in get_args(annotation) if each is not type(None))
    origin = get_origin(annotation)
    return origin if isinstance(origin, type) else annotation
