"""What fits in a picture: names along an axis, figures at the ends of bars, steps of nothing."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

Spec = dict[str, Any]

# Names above are cut in the picture, and stand whole in its table.
LONGEST = 120
# So many letters in which all names begin alike say nothing on an axis, nor does a code before a
# name of more letters than fit.
_ALIKE, _FIT = 6, 9
_CODED = re.compile(r"(?=[A-Za-z]*\d)[0-9A-Za-z]{4,}[\s_—-]*(?=[^\x00-\x7f])")
# What stands in figures at the end of a bar; a rest so many times the longest bar is none.
_WRITTEN, SQUEEZES = 62, 2
_MOST_STEPS = 1_000
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


def longest(data: Sequence[Spec]) -> float:
    """Return how long the longest bar is, in either direction."""
    return max((abs(each["long"] or 0) for each in data), default=0)


def room(data: Sequence[Spec], width: int) -> list[float]:
    """Return from where to where bars reach, with room for what is written at their ends."""
    names = max(
        (sum(13 if ord(c) > 0x2E80 else 7.5 for c in each["x"]) for each in data), default=0
    )
    wide = width - 24 - min(LONGEST, names)
    sizes = [0.0, *(each["long"] or 0 for each in data)]
    low, high = min(sizes), max(sizes)
    sides = (low < 0) + (high > 0)
    spare = (high - low) * _WRITTEN / (wide - sides * _WRITTEN)
    return [low - (spare if low < 0 else 0), high + spare if high > 0 else spare * 0.1 or 1]


def apart(names: Sequence[str]) -> dict[str, str]:
    """Return how long names are written that begin alike, or with codes: by what tells them apart.

    Cut at their ends, as the axis cuts them, they would read the same.
    """
    if any(len(name) > _FIT for name in names) and all(map(_CODED.match, names)):
        behind = {name: f"…{_CODED.sub('', name)}" for name in names}
        if len(set(behind.values())) == len(behind) == len(names):
            return behind
    alike = 0
    if len(names) > 1:
        pairs = zip(min(names), max(names), strict=False)
        alike = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if alike < _ALIKE or len(set(names)) < len(names):
        return {}
    return {name: f"…{name[alike:]}" for name in names if len(name) > alike}


def with_none(data: Sequence[Spec], span: str) -> list[Spec]:
    """Return what is counted by steps of time with the steps in which there is nothing."""
    counted = {each["x"][:10]: each for each in data}
    steps = [date.fromisoformat(each) for each in counted]
    at, last = (min(steps), max(steps)) if steps else (date.min, date.min)
    whole: list[Spec] = []
    while at <= last and len(whole) <= _MOST_STEPS:
        whole.append(counted.get(at.isoformat(), {"x": at.isoformat(), "y": 0}))
        months = _MONTHS.get(span)
        if months is None:
            at += timedelta(days=1)
        else:
            at = date(at.year + (at.month - 1 + months) // 12, (at.month - 1 + months) % 12 + 1, 1)
    return whole if len(whole) <= _MOST_STEPS else list(data)
