"""How much of what can be drawn by chance a run draws: ``make test`` a part, ``make prove`` all.

Other draws each time: what a part leaves out today, it may try tomorrow.
"""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# Of the whole, as ``prove.thorough`` says.
SCALE = float(os.environ.get("THOROUGH", "0"))


def many(whole: int, part: int) -> int:
    """Return how many are tried: ``part`` of the ``whole``, unless a long proof asks for more."""
    return max(part, round(whole * SCALE))


def some(whole: Sequence[T], part: int) -> list[T]:
    """Return those that are tried, drawn by chance."""
    return random.sample(whole, min(len(whole), many(len(whole), part)))
