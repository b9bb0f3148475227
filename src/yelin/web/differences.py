"""A difference between two versions of an entry as people read it: labels, words, what is new."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.catalog.differences import Changed, Difference
from yelin.registers.models import DataElement, GovernmentSystem
from yelin.web.desk.forms import EntryForm, ItemForm
from yelin.web.portal.cards import area_name
from yelin.web.portal.resources import theme_name
from yelin.web.portal.story import licence_name, listed
from yelin.web.words import word


@dataclass(frozen=True, slots=True)
class Words:
    """Words of which the middle differs from those on the other side."""

    start: str = ""
    marked: str = ""
    end: str = ""

    @property
    def whole(self) -> str:
        """The words without a mark."""
        return self.start + self.marked + self.end


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
    """Mark the part between what both sides begin and end with, where they share something."""
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])

    def cut(text: str) -> Words:
        last = len(text) - end
        return Words(text[:start], text[start:last], text[last:])

    return cut(before), cut(after)


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


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
    "formats": _each(str.upper),
    "themes": _each(theme_name),
    "sharing_requirements": lambda values: listed("use_requirement", values),
    "sharing_mode": lambda value: listed("sharing_mode", [value]),
    "division": area_name,
    "licence": licence_name,
    "system_id": _called(GovernmentSystem),
}
_ITEMS: Mapping[str, Say] = {
    "type": _word("item"),
    "grade": _word("grade"),
    "element_id": _called(DataElement),
}
