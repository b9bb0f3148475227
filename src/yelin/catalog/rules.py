"""What the law asks of an entry: pure functions that cite a duty, without database or clock."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yelin.catalog.content import EntryContent, ItemContent, OpeningType, SharingType
from yelin.law import duties
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete, Unlawful
from yelin.registers.content import ItemType

# Class and group, three digits for a category, more for a subcategory.
_CATEGORY = re.compile(r"^[1-3]\d{2}\d{3}\d{0,12}$", re.ASCII)
# A classification mark as it is printed on documents: 绝密★30年, 机密★, 秘密☆5年.
_SECRET_MARK = re.compile(r"(绝密|絕密|机密|機密|秘密)\s*[★☆*]")
# What grounds "no sharing" is named as laws are; which kinds may, is a list of the pack.
_BASIS_NAME = re.compile(r"《[^》]{2,}》")

# Groups of formats whose content is a table, so that its items must be described.
_TABLES = frozenset({"spreadsheet", "database"})
_SELF_DESCRIBED = "self_described"
# Of this grade the keys lie apart (duty security.store); the table of grades is our own choice.
LIES_APART = 4
HAND_OVER_SAYS = "Say why the data may be given to others."
# What the law asks of departments about their catalog, and of nobody else.
_OF_DEPARTMENTS = frozenset(
    {
        duties.CATALOG_COMPILE,
        duties.CATALOG_CONFIRM,
        duties.BRING_IN,
        duties.SHARING_TYPE,
        duties.OPENING_TYPE,
    }
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that an entry may use: of the pack's lists, and of the classification tree.

    ``formats`` and ``means`` lead each to its group; ``is_placed`` says whether the tree has the
    entry's category, and ``social`` whether the data is no government's.
    """

    divisions: Collection[str]
    themes: Collection[str]
    formats: Mapping[str, str]
    means: Mapping[str, str]
    sharing_types: Collection[str]
    opening_types: Collection[str]
    is_placed: bool
    social: bool


class Way(StrEnum):
    """By which way data leaves its body: to everyone, on application, to other departments."""

    OPEN = "open"
    APPLIED = "applied"
    SHARED = "shared"


def ways(content: EntryContent) -> list[Way]:
    """Return the ways by which the resource goes out at all."""
    opened = {OpeningType.UNCONDITIONAL: [Way.OPEN], OpeningType.CONDITIONAL: [Way.APPLIED]}
    shared = [] if content.sharing_type is SharingType.NONE else [Way.SHARED]
    return opened.get(content.opening_type, []) + shared


def stays(item: ItemContent, content: EntryContent, way: Way) -> bool:
    """Whether ``item`` is stricter than its resource by ``way``, and so is left out (不低于最严项).

    What is not even shared is not open to everyone either.
    """
    if item.grade > content.grade:
        return True
    if way is Way.SHARED:
        return item.sharing_type is SharingType.NONE
    if way is Way.APPLIED:
        return item.opening_type is OpeningType.NONE
    closed = item.opening_type not in {None, OpeningType.UNCONDITIONAL}
    return closed or item.sharing_type is SharingType.NONE


def kept_back(content: EntryContent) -> frozenset[str]:
    """Return the names of the items that some who have the rest do not get."""
    by = ways(content)
    return frozenset(
        item.name for item in content.items if any(stays(item, content, way) for way in by)
    )


def given(content: EntryContent, way: Way, *, before: Sequence[str] | None) -> list[str] | None:
    """Return the items that go out by ``way``; ``None`` while nothing was ever left out.

    Once something was (``before``), those that go out are named for good: an older release may
    still have the column of an item that was since renamed or taken out.
    """
    names = [item.name for item in content.items if not stays(item, content, way)]
    return None if before is None and len(names) == len(content.items) else names


def is_tabular(content: EntryContent, formats: Mapping[str, str]) -> bool:
    """Whether the entry describes a table (结构化数据); ``formats`` are those of the pack."""
    return any(formats.get(name) in _TABLES for name in content.formats)


def refuse_state_secret(content: EntryContent) -> None:
    """Refuse an entry that is, or is marked as, a state secret (国家秘密).

    The refusal repeats nothing of the entry. Raises ``Unlawful``.
    """
    says = "State secrets are not entered here. Nothing of what you typed was kept."
    if content.state_secret or _SECRET_MARK.search(content.model_dump_json()):
        raise Unlawful(duties.STATE_SECRETS, says, "state_secret")


def faults(content: EntryContent, known: Vocabulary) -> list[Fault]:
    """Return what stands against registering this entry, each with its place and its mend."""
    return [
        *_identity(content, known),
        *_formats(content, known),
        *_types(content, known),
        *(_given_by_choice(content) if known.social else _sharing(content, known)),
        *_opening(content),
        *_protection(content),
        *_items(content),
    ]


def by_choice(duty: Duty) -> Duty:
    """Return by which duty whoever keeps social data does what ``duty`` asks of departments."""
    return duties.SOCIAL_CATALOG if duty in _OF_DEPARTMENTS else duty


def is_social_place(category: str) -> bool:
    """Whether a category stands in the part of the tree that is kept for social data.

    Its class is a letter where all of the government's are digits, so no code of one is ever taken
    for one of the other.
    """
    return category[:1].isalpha()


def _given_by_choice(content: EntryContent) -> Iterator[Fault]:
    """Yield what stands against how social data is given to others: by choice, and lawfully."""
    for place, kind in (
        ("sharing_type", content.sharing_type),
        ("opening_type", content.opening_type),
    ):
        if kind == SharingType.CONDITIONAL:
            says = "Social data is kept, brought together or open to all. Name parties one by one."
            yield Fault(place, says, duties.SOCIAL_GIVE)
    if ways(content) and content.handing_over is None:
        yield Fault("handing_over", HAND_OVER_SAYS, duties.HAND_OVER)


def _identity(content: EntryContent, known: Vocabulary) -> Iterator[Fault]:
    if not content.summary:
        yield Fault(
            "summary", "Say in a few sentences what the resource holds.", duties.CATALOG_COMPILE
        )
    if not known.is_placed:
        yield Fault(
            "classification",
            "Choose a category or subcategory of the classification tree.",
            duties.CATALOG_COMPILE,
        )
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
    if content.division not in known.divisions:
        yield Fault("division", "Choose the division that the data covers.", duties.CATALOG_COMPILE)
    if unknown := [theme for theme in content.themes if theme not in known.themes]:
        yield Fault("themes", "Unknown theme: {theme}.", None, {"theme": unknown[0]})


def _formats(content: EntryContent, known: Vocabulary) -> Iterator[Fault]:
    if not content.formats:
        yield Fault("formats", "Choose at least one format.", duties.CATALOG_COMPILE)
    if unknown := [name for name in content.formats if name not in known.formats]:
        says = "The guide has no format called {format}. Describe it as a format of your own."
        yield Fault("formats", says, duties.CATALOG_COMPILE, {"format": unknown[0]})
    groups = {known.formats.get(name) for name in content.formats}
    if _SELF_DESCRIBED in groups and not content.format_description:
        yield Fault(
            "format_description",
            "Describe the format that the guide does not have.",
            duties.CATALOG_COMPILE,
        )


def _types(content: EntryContent, known: Vocabulary) -> Iterator[Fault]:
    """Yield what is shared or opened in a way that the law here does not have."""
    shared = {content.sharing_type, *(item.sharing_type for item in content.items)} - {None}
    opened = {content.opening_type, *(item.opening_type for item in content.items)} - {None}
    if not shared <= set(known.sharing_types):
        says = "The law here has no such kind of sharing."
        yield Fault("sharing_type", says, duties.SHARING_TYPE)
    if not opened <= set(known.opening_types):
        says = "The law here has no such kind of opening."
        yield Fault("opening_type", says, duties.OPENING_TYPE)


def _sharing(content: EntryContent, known: Vocabulary) -> Iterator[Fault]:
    keeps = any(item.sharing_type is SharingType.NONE for item in content.items)
    if content.sharing_type is SharingType.NONE or keeps:
        if not content.sharing_basis:
            yield Fault(
                "sharing_basis",
                "Not sharing needs a basis in law.",
                duties.SHARING_BASIS,
            )
        elif not _BASIS_NAME.search(content.sharing_basis):
            yield Fault(
                "sharing_basis",
                "Name the basis in 《》 with its article, such as 《统计法》第九条.",
                duties.SHARING_BASIS,
            )
    if content.sharing_type is not SharingType.NONE:
        yield from _shared(content, known)


def _shared(content: EntryContent, known: Vocabulary) -> Iterator[Fault]:
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
    if content.sharing_mode not in known.means.values():
        yield Fault("sharing_mode", "Say in which way it is shared.", duties.SHARING_TYPE)
    elif any(known.means.get(each) != content.sharing_mode for each in content.sharing_means):
        yield Fault(
            "sharing_means", "Choose means that belong to the way of sharing.", duties.SHARING_TYPE
        )
    if content.sharing_mode == "other" and not content.sharing_explanation:
        yield Fault(
            "sharing_explanation",
            "Say why the platform cannot be used, and how it is shared instead.",
            duties.SHARING_TYPE,
        )


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
    if content.items and any(
        all(stays(item, content, way) for item in content.items) for way in ways(content)
    ):
        yield Fault(
            "items",
            "Every item is stricter than the resource, so nothing would be handed out.",
            duties.GRADE,
        )


@dataclass(frozen=True, slots=True)
class Element:
    """What a data element lays down for the items that follow it."""

    type: ItemType
    length: str
    code_list_id: UUID | None


def following(content: EntryContent, elements: Mapping[UUID, Element]) -> EntryContent:
    """Return ``content`` with what its items take from ``elements``.

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
    if item.code_list_id not in {None, element.code_list_id}:
        says = "{item} contradicts its data element, which has another code list."
        found.append(Fault("items", says, duties.STANDARDS_MAKE, {"item": item.name}))
        return item
    taken = {name: getattr(element, name) for name in ("type", "length", "code_list_id")}
    return item.model_copy(update=taken)


def category_faults(code: str, name: str, *, above: bool) -> Iterator[Fault]:
    """Yield what stands against laying down a category; ``above`` says whether it hangs on one."""
    if not _CATEGORY.match(code):
        says = "Three digits make a category, up to twelve more a subcategory."
        yield Fault("code", says, duties.CATALOG_CLASSIFY)
    elif not above:
        says = "There is nothing in the classification tree under which this could stand."
        yield Fault("code", says, duties.CATALOG_CLASSIFY)
    if not name:
        yield Fault("name", "Give it its name in Chinese.", duties.CATALOG_CLASSIFY)


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
