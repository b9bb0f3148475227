"""What many hits say alike is counted by a number for it, and looked up once it is counted.

To group ten thousand rows by ten texts each takes longer than to find them. So a row has one number
for what of it has few values, and one for its themes. What a number stands for is asked of the same
hits, and then known to this process.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from yelin.catalog.listing import READABLE, Clause, Listing, Sought

# Facets by the number that tells them together, each with its column.
TOGETHER: Mapping[str, Mapping[str, str]] = {
    "plain": {
        "social": "social",
        "opening": "opening_type",
        "sharing": "sharing_type",
        "cycle": "update_cycle",
        "grade": "grade",
        "format": "formats",
    },
    "themes": {"theme": "themes"},
}
# The columns of the row that hold the numbers: of what is read, and of what is only seen.
_NUMBERS = {"plain": ("alike", "alike_seen"), "themes": ("alike_themes", "NULL::bigint")}
_SEEN = frozenset({"social", "opening", "sharing"})
_MOST_KNOWN = 50_000
Values = Mapping[str, Sequence[str]]
_known: dict[tuple[str, int], Values] = {}


def number_of(which: str) -> str:
    """Return as SQL the number of what a readable row says of the facets told together."""
    return _NUMBERS[which][0]


def seen_number_of(which: str) -> str:
    """Return as SQL the number of what a row says of them that is seen, and not read."""
    return _NUMBERS[which][1]


def values(
    listing: Listing, sought: Sought, which: str, numbers: Iterable[int]
) -> Mapping[int, Values]:
    """Return for each of the ``numbers`` found among what is ``sought`` the values of its facets.

    One is missing where its rows were changed since.
    """
    wanted = set(numbers)
    found = {each: known for each in wanted if (known := _known.get((which, each)))}
    if missing := sorted(wanted - found.keys()):
        read, seen = number_of(which), seen_number_of(which)
        number = f"CASE WHEN {READABLE.sql} THEN {read} ELSE {seen} END"
        among = Sought(sought.parts, sought.allowed & Clause(f"{number} = ANY(%s)", (missing,)))
        told = f"DISTINCT {number}, jsonb_build_array({_columns(which)})::text"
        for each, text in listing.all_of(among, Clause(told)).rows():
            said = zip(TOGETHER[which], json.loads(text), strict=True)
            found[each] = {name: _as_texts(value) for name, value in said}
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        _known.update({(which, each): found[each] for each in missing if each in found})
    return found


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
