"""The classification tree (类、项、目、细目): what the pack has, and what was laid down since."""

from dataclasses import dataclass

from django.db.models import QuerySet

from yelin.catalog.models import Category, Entry
from yelin.law import packs

# How many digits a code has down to each level; a subcategory has any number more.
CLASS, GROUP, CATEGORY = 1, 3, 6


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the tree."""

    code: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        """Return its name in ``lang``; where nobody gave an English one, the Chinese."""
        return self.zh if lang.startswith("zh") or not self.en else self.en


def above(code: str) -> str:
    """Return the code of the node above; nothing above a class."""
    shorter = (length for length in (CATEGORY, GROUP, CLASS) if length < len(code))
    return code[: next(shorter, 0)]


def nodes(under: str = "") -> dict[str, Node]:
    """Return the nodes whose codes begin with ``under``, in the order of their codes."""
    found = {
        code: Node(code, named.zh, named.en)
        for code, named in packs.active().nodes.items()
        if code.startswith(under)
    }
    for row in Category.objects.filter(code__startswith=under):
        found.setdefault(row.code, Node(row.code, row.name, row.name_en))
    return dict(sorted(found.items()))


def has(code: str) -> bool:
    """Whether there is a node of this code."""
    return code in packs.active().nodes or Category.objects.filter(code=code).exists()


def way_to(code: str) -> list[Node]:
    """Return the nodes from the class down to ``code``, as far as there are any."""
    found = nodes(code[:CLASS]) if code else {}
    way = [code]
    while shorter := above(way[0]):
        way.insert(0, shorter)
    return [found[each] for each in way if each in found]


def below(code: str) -> list[Node]:
    """Return the nodes right below ``code``; below nothing are the classes."""
    return [node for node in nodes(code).values() if node.code != code and above(node.code) == code]


def standing(entries: "QuerySet[Entry]", code: str) -> "QuerySet[Entry]":
    """Return those of ``entries`` that stand at ``code`` or below it, newest change first."""
    return entries.filter(classification__startswith=code).order_by("-findable__changed_at", "pk")


def step(code: str) -> int | None:
    """Return how many digits the codes right below ``code`` have; a subcategory has any number."""
    return next((each for each in (CLASS, GROUP, CATEGORY) if each > len(code)), None)
