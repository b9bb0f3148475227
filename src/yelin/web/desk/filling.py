"""An entry's form and what an entry says, each turned into the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.forms import BoundField, ChoiceField
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _

from yelin.catalog import checks, tree
from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.rules import is_social_place
from yelin.law import packs
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body
from yelin.registers import reads as registers
from yelin.registers.models import CodeList, DataElement, StandardState
from yelin.surface import problems
from yelin.web import mending
from yelin.web.choices import Choices
from yelin.web.entry_forms import EntryForm, SocialEntryForm, audience
from yelin.web.templatetags.yelin import lang


def form(
    data: Any = None, *, provider: Body, initial: Mapping[str, Any] | None = None
) -> EntryForm:
    """Return the entry form with what the pack, the tree and the provider's registers offer."""
    pack = packs.active()
    none = [("", _("Choose"))]
    asks = EntryForm if provider.is_official else SocialEntryForm
    return asks(
        data,
        initial=dict(initial or {}),
        offers={
            "classification": [
                (node.code, node.label(lang()))
                for node in _places(provider)
                if len(node.code) >= tree.CATEGORY
            ],
            "division": none
            + [(d.code, f"{d.label(lang())} {d.code}") for d in pack.divisions.values()],
            "themes": [(theme.code, theme.label(lang())) for theme in pack.themes],
            "licence": none + [(each.id, each.label(lang())) for each in pack.licences],
            "sharing_requirements": _values("use_requirement"),
            "formats": _formats(),
            "sharing_mode": _values("sharing_mode"),
            "sharing_means": _values("sharing_means"),
            "system_ids": [(str(each.pk), each.name) for each in provider.systems.all()],
            "project_ids": [(str(each.pk), each.name) for each in provider.projects.all()],
        },
    )


def _places(provider: Body) -> list[tree.Node]:
    """Return where in the classification tree the provider's entries may stand."""
    return [
        node for node in tree.nodes().values() if is_social_place(node.code) != provider.is_official
    ]


def _formats() -> Choices:
    """Return the formats in their groups."""
    values = packs.active().list("format").values
    return [
        (group.label(lang()), [(f.key, f.label(lang())) for f in values if f.group == group.key])
        for group in packs.active().list("format_group").values
    ]


def in_groups(field: BoundField) -> list[tuple[str, list[BoundWidget]]]:
    """Return the choices of ``field`` under the names of their groups."""
    offered = cast("list[tuple[str, Choices]]", cast("ChoiceField", field.field).choices)
    choices = iter(field)
    return [(name, [next(choices) for _each in group]) for name, group in offered]


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree with what hangs below it; ``leads`` to the chosen one, or is it."""

    code: str
    name: str
    leads: bool
    below: list["Branch"]


def branches(provider: Body, chosen: str) -> list[Branch]:
    """Return the classification tree for the provider's entries with the way to ``chosen``."""
    hanging: dict[str, list[Branch]] = {}
    for node in reversed(_places(provider)):
        below = hanging.pop(node.code, [])
        branch = Branch(node.code, node.label(lang()), chosen.startswith(node.code), below[::-1])
        hanging.setdefault(tree.above(node.code), []).append(branch)
    return hanging.get("", [])[::-1]


def standards(items: Sequence[ItemContent] = ()) -> dict[str, Choices]:
    """Return the data elements and the code lists that an item may follow.

    What ``items`` follow already they may go on with, though it holds no longer.
    """
    elements = registers.elements_to_follow(item.element_id for item in items)
    code_lists = registers.code_lists_to_follow(item.code_list_id for item in items)
    return {
        "elements": [(str(each.pk), _followed(each)) for each in elements],
        "code_lists": [(str(each.pk), _followed(each)) for each in code_lists],
    }


def _followed(each: DataElement | CodeList) -> str:
    called = f"{each.name} · {each.standard.number} {each.identifier}"
    if each.standard.state == StandardState.IN_FORCE:
        return called
    return _("{standard} (no longer in force)").format(standard=called)


def warnings(content: EntryContent) -> list[str]:
    """Return what does not stand against an entry and is to be looked at, in words."""
    found = checks.outdated(content)
    return mending.told(Incomplete(found)) if found else []


def _values(name: str) -> Choices:
    return [(value.key, value.label(lang())) for value in packs.active().list(name).values]


def written(content: EntryContent) -> dict[str, Any]:
    """Return what the form's fields hold of an entry."""
    fields = content.model_dump(mode="json", exclude={"items"})
    return fields | {
        "state_secret": "no",
        "grade": str(content.grade),
        "audience": audience(content.sharing_type, content.opening_type),
        "handing_over": fields["handing_over"] or "",
    }


def content(filled: EntryForm, items: tuple[ItemContent, ...] = ()) -> EntryContent:
    """Return what a valid form says, with the items the entry has."""
    return EntryContent(**_said(filled), items=items)


def _said(filled: EntryForm) -> dict[str, Any]:
    said = filled.cleaned_data
    return said | {
        "state_secret": said.get("state_secret") == "yes",  # an answer, no password
        "grade": int(said.get("grade") or 1),
    }


@dataclass(frozen=True, slots=True)
class Lack:
    """What a form still lacks for registration, and the field where it belongs."""

    id: str
    label: str
    says: str


def lacking(filled: EntryForm, provider: Body, items: tuple[ItemContent, ...] = ()) -> list[Lack]:
    """Return what stands against registering what the form of ``provider`` says so far."""
    wrong = [
        (name, str(error))
        for name, errors in filled.errors.items()
        if name != "state_secret"
        for error in errors
    ]
    told = {name for name, _error in wrong}
    untitled = {"title": filled.cleaned_data.get("title") or "-"}
    said = {name: value for name, value in _said(filled).items() if value != ""} | untitled
    found = checks.faults(provider, EntryContent(**said | {"state_secret": False}, items=items))
    faults = problems.of(Incomplete(found)).faults if found else ()
    wrong += [
        (fault["place"], mending.cited(fault)) for fault in faults if fault["place"] not in told
    ]
    return [
        Lack(filled[name].auto_id, str(filled[name].label), says)
        if name in filled.fields
        else Lack("", _("Items"), says)
        for name, says in wrong
    ]


def parted(line: str) -> list[str]:
    """Return the cells of a typed or pasted line, parted by commas of either kind or tabs."""
    return [part.strip() for part in line.replace("\t", ",").replace("，", ",").split(",")]
