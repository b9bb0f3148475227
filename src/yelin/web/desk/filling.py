"""An entry's form and what an entry says, each turned into the other; faults to their fields."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from yelin.catalog.content import EntryContent, ItemContent
from yelin.law import packs
from yelin.parties.models import Body
from yelin.registers import reads as registers
from yelin.surface import problems
from yelin.web.desk.forms import EntryForm
from yelin.web.templatetags.yelin import lang

_CLASS_DIGITS = 3
_CATEGORY_DIGITS = 3
Choices = list[tuple[str, Any]]


def form(
    data: Any = None, *, provider: Body, initial: Mapping[str, Any] | None = None
) -> EntryForm:
    """Return the entry form with what the pack and the provider's register offer."""
    pack = packs.active()
    none: Choices = [("", _("Choose"))]
    classes: Choices = [
        (
            each.label(lang()),
            [
                (each.code + group.code, f"{each.code}{group.code} {group.label(lang())}")
                for group in each.groups
            ],
        )
        for each in pack.classes
    ]
    return EntryForm(
        data,
        initial=dict(initial or {}),
        classifications=none + classes,
        divisions=none + [(d.code, f"{d.label(lang())} {d.code}") for d in pack.divisions.values()],
        themes=[(theme.code, theme.label(lang())) for theme in pack.themes],
        licences=none + [(each.id, each.label(lang())) for each in pack.licences],
        requirements=_values("use_requirement"),
        formats=_values("format"),
        modes=_values("sharing_mode"),
        systems=none + [(str(each.pk), each.name) for each in provider.systems.all()],
    )


def elements() -> Choices:
    """Return the data elements that an item may follow."""
    return [
        (str(each.pk), f"{each.name} · {each.standard.number} {each.identifier}")
        for each in registers.elements_in_force()
    ]


def _values(name: str) -> Choices:
    return [(value.key, value.label(lang())) for value in packs.active().list(name).values]


def written(content: EntryContent) -> dict[str, Any]:
    """Return what the form's fields hold of an entry."""
    fields = content.model_dump(mode="json", exclude={"items"})
    code = content.classification
    return fields | {
        "state_secret": "no",
        "system_id": fields["system_id"] or "",
        "classification": code[:_CLASS_DIGITS],
        "category": code[_CLASS_DIGITS : _CLASS_DIGITS + _CATEGORY_DIGITS],
        "subcategory": code[_CLASS_DIGITS + _CATEGORY_DIGITS :],
        "grade": str(content.grade),
    }


def content(filled: EntryForm, items: tuple[ItemContent, ...] = ()) -> EntryContent:
    """Return what a valid form says, with the items the entry has."""
    fields = dict(filled.cleaned_data)
    code = "".join(fields.pop(name) for name in ("classification", "category", "subcategory"))
    return EntryContent(
        **fields
        | {
            "state_secret": fields["state_secret"] == "yes",  # noqa: S105 - an answer, no password
            "classification": code,
            "grade": int(fields["grade"] or 1),
            "system_id": fields["system_id"] or None,
            "items": items,
        }
    )


def tell(shown: BaseForm, error: Exception, *, places: Mapping[str, str] | None = None) -> None:
    """Put the faults of a refused act at the fields of ``shown``, in the words of REST."""
    for fault in problems.of(error).faults:
        field = (places or {}).get(fault["place"], fault["place"])
        shown.add_error(field if field in shown.fields else None, words(fault))


def words(fault: Mapping[str, str]) -> str:
    """Return a fault with the article that asks for it."""
    basis = fault.get("basis")
    return _("{says} ({basis})").format(says=fault["says"], basis=basis) if basis else fault["says"]
