"""How much of what can be drawn by chance a run draws: ``make test`` a part, ``make prove`` all.

``make test`` draws the same wherever it runs, so that what passed here passes there; ``make prove``
draws anew. Whoever tells ``DRAW`` has what was drawn with it before.
"""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# Of the whole, as ``prove.thorough`` says.
SCALE = float(os.environ.get("THOROUGH", "0"))
DRAW = os.environ.get("DRAW", "")


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
