"""A difference between two versions of an entry as people read it: labels, words, what is new."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.catalog.differences import Changed, Difference
from yelin.registers.models import CodeList, DataElement, FundedProject, GovernmentSystem
from yelin.web.entry_forms import EntryForm
from yelin.web.item_forms import ItemForm
from yelin.web.names import area_name, licence_name, listed, theme_name
from yelin.web.words import word

# Shorter words are read at a glance; longer ones would take too long to compare.
_PROSE = range(12, 1500)
# Where less is left than this, marking single words confuses more than it tells.
_ALIKE = 0.4
_SHORTEST_LEFT = 2


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the words, marked where they differ from those on the other side."""

    text: str
    marked: bool


Words = Sequence[Part]


@dataclass(frozen=True, slots=True)
class Line:
    """One element: its label, what it said and what it says."""

    label: str
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item: what became of it, where it stood and stands, and what differs in it."""

    how: str
    name: str
    place_before: int | None
    place_after: int | None
    lines: Sequence[Line]

    @property
    def has_moved(self) -> bool:
        """Whether it stood elsewhere before."""
        return bool(self.place_before and self.place_after) and (
            self.place_before != self.place_after
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """All that differs, as a page shows it."""

    elements: Sequence[Line]
    items: Sequence[ItemLine]


def shown(difference: Difference) -> Shown:
    """Return a difference in the reader's language."""
    return Shown(
        [_line(each, _ELEMENTS, EntryForm.base_fields) for each in difference.elements],
        [
            ItemLine(
                each.how.value,
                each.name,
                each.place_before,
                each.place_after,
                [_line(c, _ITEMS, ItemForm.base_fields) for c in each.changed],
            )
            for each in difference.items
        ],
    )


Say = Callable[[Any], str]


def _line(changed: Changed, says: Mapping[str, Say], fields: Mapping[str, Any]) -> Line:
    say = says.get(changed.name, _plain)
    label = _LABELS.get(changed.name) or getattr(fields.get(changed.name), "label", None)
    before, after = _marked(_said(say, changed.before), _said(say, changed.after))
    return Line(str(label or changed.name), before, after)


def _said(say: Say, value: Any) -> str:
    return "" if value in (None, "", (), []) else say(value)


def _marked(before: str, after: str) -> tuple[Words, Words]:
    """Mark what differs: all of it, or within prose that is much alike the words that changed."""
    whole = (
        [Part(before, marked=True)] if before else [],
        [Part(after, marked=True)] if after else [],
    )
    if len(before) not in _PROSE or len(after) not in _PROSE:
        return whole
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return whole
    old, new = _Side(), _Side()
    for tag, i, j, k, m in matcher.get_opcodes():
        kept = tag == "equal" and j - i >= _SHORTEST_LEFT
        old.add(before[i:j], marked=not kept)
        new.add(after[k:m], marked=not kept)
    return old.parts, new.parts


class _Side:
    """The words of one side, neighbours that are marked alike joined."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def add(self, text: str, *, marked: bool) -> None:
        if text and self.parts and self.parts[-1].marked is marked:
            text = self.parts.pop().text + text
        if text:
            self.parts.append(Part(text, marked=marked))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (list, tuple)):
        return _(", ").join(map(str, value))
    return str(value)


def _word(kind: str) -> Say:
    return lambda value: str(word(kind, value).says)


def _each(say: Say) -> Say:
    return lambda values: _(", ").join(map(say, values))


def _called(model: Any) -> Say:
    return lambda pk: str(model.objects.filter(pk=pk).first() or pk)


_LABELS = {
    "classification": gettext_lazy("Classification"),
    "title_protected_by": gettext_lazy("Law by which the title is not public"),
    "element_id": gettext_lazy("Data element"),
}
_ELEMENTS: Mapping[str, Say] = {
    "sharing_type": _word("sharing"),
    "opening_type": _word("opening"),
    "update_cycle": _word("cycle"),
    "grade": _word("grade"),
    "formats": lambda values: listed("format", values),
    "themes": _each(theme_name),
    "sharing_requirements": lambda values: listed("use_requirement", values),
    "sharing_mode": lambda value: listed("sharing_mode", [value]),
    "division": area_name,
    "licence": licence_name,
    "sharing_means": lambda values: listed("sharing_means", values),
    "system_ids": _each(_called(GovernmentSystem)),
    "project_ids": _each(_called(FundedProject)),
}
_ITEMS: Mapping[str, Say] = {
    "type": _word("item"),
    "grade": _word("grade"),
    "element_id": _called(DataElement),
    "code_list_id": _called(CodeList),
    "sharing_type": _word("sharing"),
    "opening_type": _word("opening"),
}
