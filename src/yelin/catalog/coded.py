"""What many hits say alike is counted by a number for it, and looked up once it is counted.

To group ten thousand rows by ten texts each takes longer than to find them. So a row tells one
number for what of it has few values together, and one for each of the others (``told``). What a
number stands for is asked of the same hits, and then known to this process.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from yelin.catalog import told
from yelin.catalog.listing import READABLE, Clause, Listing, Sought

# Class and group stand for a branch of the tree.
CLASS_DIGITS = 3
# Facets by the number that tells them together, each with its column.
TOGETHER: Mapping[str, Mapping[str, str]] = {
    "plain": {
        "social": "social",
        "opening": "opening_type",
        "sharing": "sharing_type",
        "cycle": "update_cycle",
        "grade": "grade",
        "format": "formats",
        "licence": "licence",
    },
    "themes": {"theme": "themes"},
    "division": {"division": "division"},
    "classification": {"classification": f"left(classification, {CLASS_DIGITS})"},
}
_SEEN = frozenset({"social", "opening", "sharing"})
_MOST_KNOWN = 50_000
Values = Mapping[str, Sequence[str]]
_known: dict[tuple[str, int], Values] = {}


def number_of(which: str) -> str:
    """Return as SQL the number of what a row says of the facets told together to who asks."""
    otherwise = f" ELSE {told.part('seen')}" if which == "plain" else ""
    return f"CASE WHEN {READABLE.sql} THEN {told.part(which)}{otherwise} END"


def values(
    listing: Listing, sought: Sought, which: str, numbers: Iterable[int]
) -> Mapping[int, Values]:
    """Return for each of the ``numbers`` found among what is ``sought`` the values of its facets.

    One is missing where its rows were changed since.
    """
    wanted = set(numbers)
    found = {each: known for each in wanted if (known := _known.get((which, each)))}
    if missing := sorted(wanted - found.keys()):
        number = number_of(which)
        asked = [each.to_bytes(8, signed=True) for each in missing]
        is_one = Clause(f"{number} = ANY(%s)", (asked,))
        among = replace(sought, allowed=sought.allowed & is_one)
        columns = f"DISTINCT {number}, jsonb_build_array({_columns(which)})::text"
        for each, text in listing.all_of(among, Clause(columns)).rows():
            said = zip(TOGETHER[which], json.loads(text), strict=True)
            values_of = {name: _as_texts(value) for name, value in said}
            found[int.from_bytes(each, signed=True)] = values_of
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        _known.update({(which, each): found[each] for each in missing if each in found})
    return found


def read(text: str) -> int:
    """Return a number as it is written by sixteen figures."""
    return int.from_bytes(bytes.fromhex(text), signed=True)


def _columns(which: str) -> str:
    return ", ".join(
        column if name in _SEEN else f"CASE WHEN {READABLE.sql} THEN {column} END"
        for name, column in TOGETHER[which].items()
    )


def _as_texts(value: object) -> list[str]:
    each = value if isinstance(value, list) else [value]
    return [
        str(one).lower() if isinstance(one, bool) else str(one)
        for one in each
        if one not in {"", None}
    ]
