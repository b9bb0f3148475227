"""What an item's name means: spellings folded to one, and what of a table's title it stands for.

Pure functions over the table ``names.toml``; scripts fold as in search.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from yelin.catalog.words import fold

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Names and titles repeat within a form and a query; of those past nothing is kept for ever.
_KEPT = 4_096
_MARKS = re.compile(r"[\s_/、,.:;·\-]+")


@dataclass(frozen=True, slots=True)
class Names:
    """The table of names, each part ready for use."""

    spellings: re.Pattern[str]
    standing: dict[str, str]
    of_anything: frozenset[str]
    of_no_account: frozenset[str]
    of_everyone: frozenset[str]
    of_who_asks: re.Pattern[str]
    of_tables: re.Pattern[str]


@cache
def table() -> Names:
    """Return the table of names."""
    said = tomllib.loads((files(__package__) / "names.toml").read_text("utf-8"))
    standing = {other: group[0] for group in said["same"] for other in group}
    return Names(
        spellings=re.compile(_either(standing)),
        standing=standing,
        of_anything=frozenset(said["of_anything"]),
        of_no_account=frozenset(said["of_no_account"]),
        of_everyone=frozenset(said["of_everyone"]),
        of_who_asks=re.compile(f"^({_either(said['of_who_asks'])})(?=.)"),
        of_tables=re.compile(f"({_either(said['of_tables'])})+$"),
    )


def _either(words: "dict[str, str] | list[str]") -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(_KEPT)
def plain(name: str) -> str:
    """Return an item's name in its one spelling, without asides and without who asks."""
    names = table()
    told = _MARKS.sub("", _ASIDE.sub("", fold(name)))
    told = names.of_who_asks.sub("", told)
    # Twice, because one spelling may hold another.
    for _ in range(2):
        told = names.spellings.sub(lambda found: names.standing[found[0]], told)
    return told


@lru_cache(_KEPT)
def subject(title: str) -> str:
    """Return what a table is about: its title without the words that any table's title has."""
    told = plain(title)
    return table().of_tables.sub("", told) or told


def whole(name: str, title: str) -> str:
    """Return a name with what its table is about where it says nothing alone.

    ``名称`` in 旅游景区名录 is 旅游景区名称; 许可证编号 in 食品经营许可信息 is 食品经营许可证号.
    """
    told = plain(name)
    return joined(subject(title), told) if told in table().of_anything else told


def joined(front: str, back: str) -> str:
    """Return both in one, what they have in common at the seam once."""
    most = min(len(front), len(back) - 1)
    common = next((n for n in range(most, 0, -1) if front.endswith(back[:n])), 0)
    return front + back[common:]
