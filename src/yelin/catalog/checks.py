"""What an entry says, held against the pack, the classification tree and the registers."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Manager

from yelin.catalog import reads, rules, tree
from yelin.catalog.content import EntryContent, SharingType
from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.registers.content import ItemType
from yelin.registers.models import CodeList, DataElement, StandardState


def faults(provider: Body, content: EntryContent) -> list[Fault]:
    """Return what stands against registering an entry of ``provider`` that says ``content``.

    What the guide asks of departments, whoever keeps social data follows by its own choice.
    """
    pack, social = packs.active(), not provider.is_official
    known = rules.Vocabulary(
        divisions=pack.divisions,
        themes={theme.code for theme in pack.themes},
        formats=formats(),
        means={each.key: each.group for each in pack.list("sharing_means").values},
        sharing_types=pack.list("sharing_type").keys,
        opening_types=pack.list("opening_type").keys,
        is_placed=len(content.classification) >= tree.CATEGORY
        and rules.is_social_place(content.classification) is social
        and tree.has(content.classification),
        social=social,
    )
    found = rules.faults(content, known)
    if not social:
        return found
    return [replace(each, duty=each.duty and rules.by_choice(each.duty)) for each in found]


def formats() -> dict[str, str]:
    """Return the formats of the guide, each with its group."""
    return {each.key: each.group for each in packs.active().list("format").values}


def is_table(entry: Entry) -> bool:
    """Whether what is brought in for ``entry`` is a table, and not files as they are."""
    content = entry.content()
    return bool(content.items) or rules.is_tabular(content, formats())


def referring(
    actor: Actor, provider: Body, content: EntryContent, *, before: Entry | None = None
) -> EntryContent:
    """Return what an entry of ``provider`` says, its items and formats as the standards have them.

    Whoever is no department keeps its data to itself, unless it says otherwise.

    Raises ``Incomplete`` for a system or project of another body, an item that contradicts its
    data element, and a related resource that ``actor`` does not see; one that the entry named
    ``before`` may stay.
    """
    wrong = [
        *_own("system_ids", content.system_ids, provider.systems),
        *_own("project_ids", content.project_ids, provider.projects),
        *_related(actor, set(content.related_codes) - set(before.related_codes if before else ())),
        *_listed(content),
    ]
    if wrong:
        raise Incomplete(wrong)
    called = packs.active().list("format").called
    named = ((called(name), name) for name in content.formats)
    keys = dict.fromkeys(found.key if found else name for found, name in named)
    content = content.model_copy(update={"formats": tuple(keys)})
    if not provider.is_official and "sharing_type" not in content.model_fields_set:
        content = content.model_copy(update={"sharing_type": SharingType.NONE})
    return _following(content)


def outdated(content: EntryContent) -> list[Fault]:
    """Return which items follow what holds no longer: that is allowed, and is to be looked at."""
    ended = {"standard__state": StandardState.WITHDRAWN}
    elements = {item.element_id for item in content.items} - {None}
    lists = {item.code_list_id for item in content.items} - {None}
    found: dict[UUID | None, DataElement | CodeList] = {}
    if lists:
        rows = CodeList.objects.filter(pk__in=lists, **ended).select_related("standard")
        found |= {row.pk: row for row in rows}
    if elements:
        followed = DataElement.objects.filter(pk__in=elements, **ended).select_related("standard")
        found |= {row.pk: row for row in followed}
    return [
        Fault(
            "items",
            "{item} follows {name} of {standard}, which held until {day}. Choose what holds now.",
            duties.STANDARDS_MAKE,
            {
                "item": item.name,
                "name": old.name,
                "standard": old.standard.number,
                "day": str(old.standard.in_force_to),
            },
        )
        for item in content.items
        if (old := found.get(item.element_id) or found.get(item.code_list_id))
    ]


def _own(place: str, named: Collection[UUID], own: Manager[Any]) -> Iterable[Fault]:
    if named and not set(named) <= set(own.values_list("pk", flat=True)):
        says = "Choose what stands in the register of the body itself."
        yield Fault(place, says, duties.PUBLIC_MONEY)


def _related(actor: Actor, codes: set[str]) -> Iterable[Fault]:
    for code in sorted(codes - reads.codes_seen(actor, codes)):
        says = "There is no resource with the code {code}."
        yield Fault("related_codes", says, duties.CATALOG_COMPILE, {"code": code})


def _listed(content: EntryContent) -> Iterable[Fault]:
    wanted = {item.code_list_id for item in content.items if item.code_list_id is not None}
    if not wanted:
        return
    rows = CodeList.objects.filter(pk__in=wanted).exclude(standard__state=StandardState.PROPOSED)
    known = set(rows.values_list("pk", flat=True))
    for item in content.items:
        if item.code_list_id is not None and item.code_list_id not in known:
            says = "The code list that {item} follows is not in force."
            yield Fault("items", says, duties.STANDARDS_MAKE, {"item": item.name})


def _following(content: EntryContent) -> EntryContent:
    wanted = {item.element_id for item in content.items if item.element_id is not None}
    if not wanted:
        return content
    rows = DataElement.objects.filter(pk__in=wanted).exclude(standard__state=StandardState.PROPOSED)
    elements = {
        row.pk: rules.Element(ItemType(row.type), row.length, row.code_list_id) for row in rows
    }
    return rules.following(content, elements)
