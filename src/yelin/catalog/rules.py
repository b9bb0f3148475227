"""What the law asks of an entry: pure functions that cite a duty, without database or clock."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from yelin.catalog.content import EntryContent, ItemContent, OpeningType, Share, SharingType
from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete, Unlawful
from yelin.registers.content import ItemType

CLASSIFICATION = re.compile(r"^[1-3]\d{2}\d{3}\d*$")
# A classification mark as it is printed on documents: 绝密★30年, 机密★, 秘密☆5年.
_SECRET_MARK = re.compile(r"(绝密|絕密|机密|機密|秘密)\s*[★☆*]")
# Only these ground "no sharing": laws, administrative regulations, State Council policy.
_BASIS_NAME = re.compile(r"《[^》]{2,}》")

# Formats of the guide whose content is a table, so that its items must be described.
TABULAR = frozenset(
    [
        "csv",
        "et",
        "xls",
        "xlsx",
        "json",
        "xml",
        "dm",
        "kingbasees",
        "access",
        "dbf",
        "dbase",
        "sybase",
        "oracle",
        "db2",
        "mysql",
    ]
) | {"sql server"}


def is_tabular(content: EntryContent) -> bool:
    """Whether the entry describes a table (結構化數據)."""
    return any(format_.casefold() in TABULAR for format_ in content.formats)


def refuse_state_secret(content: EntryContent) -> None:
    """Refuse an entry that is, or is marked as, a state secret (國家秘密).

    The refusal repeats nothing of the entry. Raises ``Unlawful``.
    """
    says = "State secrets are not entered here. Nothing of what you typed was kept."
    if content.state_secret or _SECRET_MARK.search(content.model_dump_json()):
        raise Unlawful(duties.STATE_SECRETS, says, "state_secret")


def faults(
    content: EntryContent, *, divisions: frozenset[str], themes: frozenset[str]
) -> list[Fault]:
    """Return what stands against registering this entry, each with its place and its mend."""
    return [
        *_identity(content, divisions, themes),
        *_sharing(content),
        *_opening(content),
        *_protection(content),
        *_items(content),
    ]


def _identity(
    content: EntryContent, divisions: frozenset[str], themes: frozenset[str]
) -> Iterator[Fault]:
    if not content.summary:
        yield Fault(
            "summary", "Say in a few sentences what the resource holds.", duties.CATALOG_COMPILE
        )
    if not CLASSIFICATION.match(content.classification):
        yield Fault(
            "classification",
            "Give class, division, group and subgroup as digits, such as 307010001.",
            duties.CATALOG_COMPILE,
        )
    if not content.formats:
        yield Fault("formats", "Choose at least one format.", duties.CATALOG_COMPILE)
    if not content.collection_basis:
        yield Fault(
            "collection_basis",
            "Name the law or rule on which the data is collected.",
            duties.COLLECT_LAWFULLY,
        )
    if not content.contact_office:
        yield Fault(
            "contact_office",
            "Name the office that answers for this resource.",
            duties.CATALOG_COMPILE,
        )
    if content.division not in divisions:
        yield Fault("division", "Choose the division that the data covers.", duties.CATALOG_COMPILE)
    if unknown := [theme for theme in content.themes if theme not in themes]:
        yield Fault("themes", "Unknown theme: {theme}.", None, {"theme": unknown[0]})


def _sharing(content: EntryContent) -> Iterator[Fault]:
    if content.sharing_type is SharingType.NONE:
        if not content.sharing_basis:
            yield Fault(
                "sharing_basis",
                "Not sharing needs a basis: a law, regulation of the State Council or its policy.",
                duties.SHARING_BASIS,
            )
        elif not _BASIS_NAME.search(content.sharing_basis):
            yield Fault(
                "sharing_basis",
                "Name the basis in 《》 with its article, such as 《统计法》第九条.",
                duties.SHARING_BASIS,
            )
        return
    if not content.sharing_requirements:
        yield Fault(
            "sharing_requirements", "Say for what the shared data may be used.", duties.SHARING_TYPE
        )
    if content.sharing_type is SharingType.CONDITIONAL:
        if not content.sharing_condition:
            yield Fault(
                "sharing_condition", "Say on which condition it is shared.", duties.SHARING_TYPE
            )
        if not content.sharing_scope:
            yield Fault("sharing_scope", "Say with whom it is shared.", duties.SHARING_TYPE)


def _opening(content: EntryContent) -> Iterator[Fault]:
    if content.opening_type is OpeningType.CONDITIONAL and not content.opening_condition:
        yield Fault("opening_condition", "Say on which condition it is open.", duties.OPENING_TYPE)
    if content.opening_type is OpeningType.UNCONDITIONAL:
        if content.grade > 1:
            yield Fault("grade", "Only grade 1 is open to everyone.", duties.GRADE)
        if content.sharing_type is SharingType.NONE:
            yield Fault(
                "opening_type",
                "What is not even shared cannot be open to everyone.",
                duties.OPENING_TYPE,
            )
        if not content.licence:
            yield Fault(
                "licence", "Choose the licence under which it is open.", duties.OPEN_REUSABLE
            )


def _protection(content: EntryContent) -> Iterator[Fault]:
    if not content.title_protected_by:
        return
    if not _BASIS_NAME.search(content.title_protected_by):
        yield Fault(
            "title_protected_by",
            "Name the law that protects the title in 《》 with its article.",
            duties.SHARING_BASIS,
        )
    if {content.sharing_type, content.opening_type} != {"none"}:
        yield Fault(
            "title_protected_by",
            "Only the title of a resource that is neither shared nor open is protected.",
            duties.SHARING_BASIS,
        )


def _items(content: EntryContent) -> Iterator[Fault]:
    for name, times in Counter(item.name for item in content.items).items():
        if times > 1:
            yield Fault(
                "items", "Two items are called {name}.", duties.CATALOG_COMPILE, {"name": name}
            )
    strictest = max((item.grade for item in content.items), default=1)
    if strictest > content.grade:
        yield Fault(
            "grade",
            "The resource is no less strict than its strictest item: grade {grade}.",
            duties.GRADE,
            {"grade": strictest},
        )


@dataclass(frozen=True, slots=True)
class Element:
    """What a data element lays down for the items that follow it."""

    type: ItemType
    length: str


def following(content: EntryContent, elements: Mapping[UUID, Element]) -> EntryContent:
    """Return ``content`` with the types and lengths that its items take from ``elements``.

    Raises ``Incomplete`` for every item that contradicts its element, or follows an unknown one.
    """
    found: list[Fault] = []
    items = tuple(_followed(item, elements, found) for item in content.items)
    if found:
        raise Incomplete(found)
    return content.model_copy(update={"items": items})


def _followed(
    item: ItemContent, elements: Mapping[UUID, Element], found: list[Fault]
) -> ItemContent:
    if item.element_id is None:
        return item
    element = elements.get(item.element_id)
    if element is None:
        says = "The data element that {item} follows is not in force."
        found.append(Fault("items", says, duties.STANDARDS_MAKE, {"item": item.name}))
        return item
    chose_type = "type" in item.model_fields_set
    if (chose_type and item.type != element.type) or item.length not in {"", element.length}:
        says = "{item} contradicts its data element, which has type {type} and length {length}."
        about = {"item": item.name, "type": element.type.value, "length": element.length or "–"}
        found.append(Fault("items", says, duties.STANDARDS_MAKE, about))
        return item
    return item.model_copy(update={"type": element.type, "length": element.length})


def change_faults(
    what: str, codes: Collection[str], *, known: Collection[str | None]
) -> Iterator[Fault]:
    """Yield what stands against noting a change that touches the entries with these codes."""
    if not what.strip():
        yield Fault("what", "Name the law, or the decision on functions.", duties.CATALOG_REVISE)
    if not codes:
        yield Fault("entries", "Choose the entries that it touches.", duties.CATALOG_REVISE)
    for code in codes:
        if code not in known:
            yield Fault(
                "entries",
                "The body has no confirmed entry with the code {code}.",
                params={"code": code},
            )


def share_faults(
    given: Share, *, items: Collection[str], uses: Collection[str], today: date
) -> Iterator[Fault]:
    """Yield what stands against giving this much of a resource that has ``items``.

    ``uses`` are the required uses that its entry names.
    """
    if given.until < today:
        yield Fault("until", "Name today or a day to come.", duties.SHARING_TYPE)
    named = [*given.items, *given.veils, *(each.column for each in given.rows)]
    for name in dict.fromkeys(named):
        if name not in items:
            yield Fault("items", "There is no item called {name}.", params={"name": name})
    for name in given.veils:
        if given.items and name in items and name not in given.items:
            yield Fault("veils", "{name} is veiled, and not given at all.", params={"name": name})
    if others := [use for use in given.purposes if use not in uses]:
        yield Fault(
            "purposes",
            "The entry is not shared for this use: {use}.",
            duties.SHARING_TYPE,
            {"use": others[0]},
        )
