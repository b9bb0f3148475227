"""How much of all that there is to try a run tries: ``make test`` a part, ``prove.suite`` all.

``make test`` draws the same wherever it runs, so that what passed here passes there; ``make prove``
draws anew. Whoever tells ``DRAW`` has what was drawn with it before.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

# Of the whole, as ``prove.suite`` says.
SCALE = float(os.environ.get("THOROUGH", "0"))
DRAW = os.environ.get("DRAW", "")
# Of a test that asks the database.
CASES = 3


def chance(name: str) -> random.Random:
    """Return by what is drawn under this name: of the same draw, the same."""
    return random.Random(f"{DRAW} {name}")  # noqa: S311 - no secret


def many(whole: int, part: int) -> int:
    """Return how many are tried: ``part`` of the ``whole``, unless a long proof asks for more."""
    return max(part, round(whole * SCALE))


def some(whole: Sequence[T], part: int, of: str = "") -> list[T]:
    """Return those that are tried, drawn by chance; ``of`` sets apart draws of the same size."""
    tried = min(len(whole), many(len(whole), part))
    return chance(f"{tried} of {len(whole)}{of}").sample(whole, tried)


def leave_long(items: Iterable[pytest.Item]) -> None:
    """Mark as long what a test has of cases beyond those that are drawn of it by chance.

    As many are drawn as ``drawn(n)`` says, and ``CASES`` where a test that does not say it asks the
    database. A case more or less changes at most one of the others' lots.
    """
    cases: defaultdict[tuple[str, int], list[pytest.Item]] = defaultdict(list)
    for item in items:
        mark = item.get_closest_marker("drawn")
        if mark or item.get_closest_marker("django_db"):
            part = mark.args[0] if mark else CASES
            cases[item.nodeid.partition("[")[0], part].append(item)
    for (_test, part), all_of_it in cases.items():
        for item in sorted(all_of_it, key=lambda case: chance(case.nodeid).random())[part:]:
            item.add_marker("long")
