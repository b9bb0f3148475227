"""Hierarchies that follow from the values themselves: dates, numbers, codes of the state, masks."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TypeVar

from yelin.privacy.deidentify.hierarchy import ALL, Hierarchy, HierarchyFault, distinct

_T = TypeVar("_T")

# GB/T 4754-2017: the first two digits of a code, up to which each section (门类) goes.
_SECTIONS = {
    5: "A", 12: "B", 43: "C", 46: "D", 50: "E", 52: "F", 60: "G", 62: "H", 65: "I", 69: "J",
    70: "K", 72: "L", 75: "M", 79: "N", 82: "O", 83: "P", 85: "Q", 90: "R", 96: "S", 97: "T",
}  # fmt: skip
_DIVISION = re.compile(r"\d{6}(\d{3}(\d{3})?)?")
_INDUSTRY = re.compile(r"([A-T])|[A-T]?(\d{2,4})")


def dates(values: Collection[str]) -> Hierarchy:
    """Return day, month, quarter, year, five years, ten years, of ISO dates and times."""
    leaves = distinct(values)
    days = [_read(value, lambda text: date.fromisoformat(text[:10]), "a date") for value in leaves]
    spans = [[f"{d.year // n * n:04}-{d.year // n * n + n - 1:04}" for d in days] for n in (5, 10)]
    levels = [
        [day.isoformat() for day in days],
        [f"{day:%Y-%m}" for day in days],
        [f"{day:%Y}-Q{(day.month + 2) // 3}" for day in days],
        [f"{day:%Y}" for day in days],
        *spans,
    ]
    # Dates alone are their own days.
    return Hierarchy.made(leaves, *(levels[1:] if leaves == levels[0] else levels))


def numbers(
    values: Collection[str],
    widths: Sequence[int | Decimal],
    *,
    least: Decimal | int | None = None,
    most: Decimal | int | None = None,
) -> Hierarchy:
    """Return intervals of growing width, with all below ``least`` as one, and from ``most`` on.

    Each width is a multiple of the one before, so that intervals lie within intervals. Whole
    numbers in whole widths are shown as ``20–24``, others as ``[20, 22.5)``.
    """
    for narrow, wide in pairwise(widths):
        if wide <= narrow or wide % narrow:
            raise HierarchyFault(f"the width {wide} is no multiple of {narrow}")
    if not widths or widths[0] <= 0:
        raise HierarchyFault("a width is above zero")
    leaves = distinct(values)
    found = [_read(value, Decimal, "a number") for value in leaves]
    whole = all(number == int(number) for number in (*found, *widths))

    def label(number: Decimal, width: Decimal) -> str:
        if least is not None and number < least:
            return f"<{least}"
        if most is not None and number >= most:
            return f"≥{most}"
        begin = (number / width).to_integral_value("ROUND_FLOOR") * width
        if whole:
            return f"{begin:f}–{begin + width - 1:f}" if width > 1 else f"{begin:f}"
        return f"[{begin:f}, {begin + width:f})"

    return Hierarchy.made(
        leaves, *([label(number, Decimal(width)) for number in found] for width in widths)
    )


def divisions(values: Collection[str], became: Mapping[str, str] | None = None) -> Hierarchy:
    """Return county, city and province (GB/T 2260) of codes with 6, 9 or 12 digits.

    ``became`` says which code follows one that is in force no more, for as long as one does.
    """
    leaves = distinct(values)
    follows = became or {}
    counties = []
    for value in leaves:
        if not _DIVISION.fullmatch(value):
            raise HierarchyFault(f"{value} is no code of a division")
        code, passed = value[:6], set[str]()
        while code in follows and code not in passed:
            passed.add(code)
            code = follows[code]
        counties.append(code)
    return Hierarchy.made(
        leaves,
        counties,
        [f"{code[:4]}00" for code in counties],
        [f"{code[:2]}0000" for code in counties],
    )


def industries(values: Collection[str]) -> Hierarchy:
    """Return group, division and section (中类, 大类, 门类) of codes of GB/T 4754-2017.

    A code is of any of these levels, with the letter of its section or without.
    """
    leaves = distinct(values)
    digits, sections = [], []
    for value in leaves:
        fits = _INDUSTRY.fullmatch(value)
        if fits is None:
            raise HierarchyFault(f"{value} is no code of an industry")
        section = fits[1]
        if section is None:
            first = int(fits[2][:2])
            section = next((name for end, name in _SECTIONS.items() if first <= end), None)
            if section is None or not first:
                raise HierarchyFault(f"{value} is no code of an industry")
        digits.append(fits[2] or section)
        sections.append(section)
    return Hierarchy.made(
        leaves, digits, [code[:3] for code in digits], [code[:2] for code in digits], sections
    )


def masks(values: Collection[str], *, from_end: bool = True, step: int = 1) -> Hierarchy:
    """Return the values with ever more characters as ``*``, from their end or their beginning."""
    if step < 1:
        raise HierarchyFault("a step is one character at least")
    leaves = distinct(values)
    longest = max(map(len, leaves), default=0)

    def masked(value: str, count: int) -> str:
        kept = max(0, len(value) - count)
        return value[:kept].ljust(len(value), ALL) if from_end else (
            value[len(value) - kept :].rjust(len(value), ALL)
        )  # fmt: skip

    return Hierarchy.made(
        leaves,
        *([masked(value, count) for value in leaves] for count in range(step, longest, step)),
    )


def _read(value: str, reads: Callable[[str], _T], what: str) -> _T:
    try:
        return reads(value)
    except (ValueError, InvalidOperation) as fault:
        raise HierarchyFault(f"{value} is not {what}") from fault
