"""Whether what a form asks is had elsewhere already: pure functions, without database or clock."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yelin.collecting import names
from yelin.collecting.content import FormContent
from yelin.law import duties
from yelin.law.refusals import Fault

# From here on it is pointed out; found on one half of tests/collecting/cases/pairs.csv.
LIKELY = 0.75


class Why(StrEnum):
    """On which ground two items are taken for the same."""

    ELEMENT = "element"
    NAME = "name"
    LIKE = "like"


@dataclass(frozen=True, slots=True)
class Asked:
    """One item that is to be collected, and the title of the form or entry that asks for it."""

    name: str
    title: str
    element_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One item that others have, and the title of the entry that holds it."""

    name: str
    title: str
    element_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How surely two items are the same, from 0 to 1, and on which ground."""

    score: float
    why: Why


def is_of_account(name: str) -> bool:
    """Whether an item of this name says something of what its table is about."""
    return names.plain(name) not in names.table().of_no_account


def match(asked: Asked, held: Held) -> Match:
    """Return how surely ``held`` gives what ``asked`` wants.

    The same data element is the same thing where it says what it is of; a name is compared in one
    script and one spelling, and with its table's subject where it says nothing alone.
    """
    if not (is_of_account(asked.name) and is_of_account(held.name)):
        return Match(0.0, Why.NAME)
    told, has = names.plain(asked.name), names.plain(held.name)
    everyone = names.table().of_everyone
    if told == has and told in everyone and "人口" in names.subject(held.title):
        return Match(1.0, Why.ELEMENT if _same_element(asked, held) else Why.NAME)
    if _same_element(asked, held) and told not in names.table().of_anything:
        return Match(1.0, Why.ELEMENT)
    this, that = names.whole(asked.name, asked.title), names.whole(held.name, held.title)
    if this == that:
        return Match(1.0, Why.ELEMENT if _same_element(asked, held) else Why.NAME)
    # Who asks writes out what the table that holds it leaves to its title.
    written_out = names.joined(names.subject(held.title), has)
    return Match(max(likeness(this, that), likeness(this, written_out)), Why.LIKE)


def _same_element(asked: Asked, held: Held) -> bool:
    return asked.element_id is not None and asked.element_id == held.element_id


def likeness(one: str, other: str) -> float:
    """Return how alike two names are: the share of their characters and of pairs of these."""
    return (_share(Counter(one), Counter(other)) + _share(pairs(one), pairs(other))) / 2


def pairs(text: str) -> Counter[str]:
    """Return the pairs of neighbouring characters of a name, and how often each stands there."""
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def _share(one: Counter[str], other: Counter[str]) -> float:
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0


def needed(name: str) -> Sequence[Sequence[str]]:
    """Return groups of pairs, of which whatever is ``LIKELY`` the same has one whole.

    A name that is alike enough has at least half of them; so among one group more than it may lack
    there is one of which it lacks nothing.
    """
    found = list(pairs(name))
    groups = len(found) // 2 + 1
    return [found[at::groups] for at in range(min(groups, len(found)))]


def faults(content: FormContent) -> Iterator[Fault]:
    """Yield what stands against reviewing a collection form."""
    if not content.purpose:
        yield Fault("purpose", "Say what the data is needed for.", duties.COLLECT_LAWFULLY)
    if not content.basis:
        says = "Name the law or rule on which the data is collected."
        yield Fault("basis", says, duties.COLLECT_LAWFULLY)
    if not content.items:
        yield Fault("items", "Say what the form asks, one item a line.", duties.COLLECT_LAWFULLY)
    for name, times in Counter(item.name for item in content.items).items():
        if times > 1:
            says = "Two items are called {name}."
            yield Fault("items", says, duties.COLLECT_LAWFULLY, {"name": name})
