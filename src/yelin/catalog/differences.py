"""What changed between two versions of an entry: element by element, item by item."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yelin.catalog.content import EntryContent, ItemContent


class How(StrEnum):
    """What became of an item."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Changed:
    """One element, by its name in ``EntryContent`` or ``ItemContent``: what it said and says."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of one item; one that has moved as well keeps its two places."""

    how: How
    name: str
    changed: tuple[Changed, ...] = ()
    place_before: int | None = None
    place_after: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two versions."""

    elements: tuple[Changed, ...]
    items: tuple[ItemChange, ...]

    def __bool__(self) -> bool:
        return bool(self.elements or self.items)


def between(before: EntryContent, after: EntryContent) -> Difference:
    """Return what differs from ``before`` to ``after``."""
    outside = {"items", "state_secret"}
    said, says = before.model_dump(exclude=outside), after.model_dump(exclude=outside)
    return Difference(_changed(said, says), tuple(_items(before.items, after.items)))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    return tuple(
        Changed(name, before[name], after[name]) for name in after if before[name] != after[name]
    )


def _items(before: Sequence[ItemContent], after: Sequence[ItemContent]) -> Iterator[ItemChange]:
    had, has = _placed(before), _placed(after)
    renamed = _renamed(
        [i for i in before if i.name not in has], [i for i in after if i.name not in had]
    )
    moved = _moved([name for name in has if name in had], had)
    for name, (place, item) in has.items():
        if name in renamed:
            former = renamed[name]
            said = Changed("name", former, name)
            yield ItemChange(How.RENAMED, name, (said,), had[former][0], place)
        elif name not in had:
            yield ItemChange(How.ADDED, name, _told(item), None, place)
        elif changed := _changed(had[name][1].model_dump(), item.model_dump()):
            was = had[name][0] if name in moved else place
            yield ItemChange(How.CHANGED, name, changed, was, place)
        elif name in moved:
            yield ItemChange(How.MOVED, name, (), had[name][0], place)
    former_names = set(renamed.values())
    for name, (place, item) in had.items():
        if name not in has and name not in former_names:
            gone = tuple(Changed(each.name, each.after, None) for each in _told(item))
            yield ItemChange(How.REMOVED, name, gone, place, None)


def _placed(items: Sequence[ItemContent]) -> dict[str, tuple[int, ItemContent]]:
    return {item.name: (place, item) for place, item in enumerate(items, start=1)}


def _told(item: ItemContent) -> tuple[Changed, ...]:
    """Return what an item says beyond its name and what goes without saying."""
    said = item.model_dump(exclude={"name"})
    plain = ItemContent(name=item.name).model_dump(exclude={"name"})
    return tuple(
        Changed(name, None, value)
        for name, value in said.items()
        if name == "type" or value != plain[name]
    )


def _renamed(gone: Sequence[ItemContent], new: Sequence[ItemContent]) -> dict[str, str]:
    """Return new names with the former ones, where nothing but the name differs."""
    renamed: dict[str, str] = {}
    for item in new:
        likes = [
            each.name
            for each in gone
            if each.name not in renamed.values()
            and each.model_copy(update={"name": item.name}) == item
        ]
        if len(likes) == 1:
            renamed[item.name] = likes[0]
    return renamed


def _moved(names: Sequence[str], had: Mapping[str, tuple[int, ItemContent]]) -> set[str]:
    """Return the fewest of ``names`` that explain why their order is another one now."""
    places = [had[name][0] for name in names]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, place in enumerate(places):
        spot = bisect_left(tails, place)
        before.append(ends[spot - 1] if spot else -1)
        tails[spot : spot + 1] = [place]
        ends[spot : spot + 1] = [at]
    kept, at = set(), ends[-1] if ends else -1
    while at >= 0:
        kept.add(names[at])
        at = before[at]
    return set(names) - kept
