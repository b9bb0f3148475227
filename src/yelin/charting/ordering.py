"""Kinds in an order of their own: months, days of the week, steps, codes."""

import re
import unicodedata
from collections.abc import Sequence

_DIGITS = "零一二三四五六七八九"
_NUMERAL = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[零一二三四五六七八九]")
_RUN = re.compile(r"\d+(?:\.\d+)?")
# fmt: off
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# fmt: on
_WEEK = re.compile(r"(?:星期|周|礼拜|週|禮拜)[一二三四五六日天]")

Key = tuple[float, ...]


def natural(values: Sequence[str]) -> list[Key] | None:
    """Return by what these values are sorted, or nothing where they have no order of their own.

    That is so where they are alike but for their numbers: 1月 and 10月, 18-24岁 and 25-34岁.
    """
    if len(values) < 2:
        return None
    for names in (_MONTHS, _DAYS):
        places = [_place(value, names) for value in values]
        if None not in places:
            return [(place,) for place in places if place is not None]
    if all(_WEEK.fullmatch(value) for value in values):
        return [("一二三四五六日".index(value[-1].replace("天", "日")),) for value in values]
    apart = [_apart(value) for value in values]
    shapes = {shape for shape, _key in apart}
    if len(shapes) > 1 or not all(key for _shape, key in apart):
        return None
    return [key for _shape, key in apart]


def _place(value: str, names: Sequence[str]) -> int | None:
    """Return where a name stands among these, in full or by its first letters."""
    short = value.casefold().rstrip(".")
    found = (n for n, name in enumerate(names) if len(short) > 2 and name.startswith(short))
    return next(found, None)


def _apart(value: str) -> tuple[str, Key]:
    """Return a value without its numbers, and these."""
    flat = _NUMERAL.sub(_figure, unicodedata.normalize("NFKC", value))
    numbers = tuple(float(found) for found in _RUN.findall(flat))
    return _RUN.sub("#", flat), numbers


def _figure(found: re.Match[str]) -> str:
    tens, ten, ones = found[0].partition("十")
    if not ten:
        return str(_DIGITS.index(tens))
    return str((_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0))
