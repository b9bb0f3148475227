"""Values that name a place, put on the map of the province: added up by city and county."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from yelin.law import packs
from yelin.law.lists import Division

Row = Mapping[str, Any]
# So many of ten values must name a place, and so many places, for a map to tell something.
_OF_TEN, _LEAST = 8, 4


def outlines() -> Mapping[str, Any] | None:
    """Return the map of the province as GeoJSON, where its pack has one."""
    found = packs.active().outlines
    return found.drawn if found else None


def is_of_places(values: Iterable[object]) -> bool:
    """Say whether these values are names or codes of places that the map has."""
    found = packs.active().outlines
    if found is None:
        return False
    given = [value for value in values if value is not None]
    known = [division for value in given if (division := found.division_of(value))]
    many = len({division.code for division in known})
    return many >= _LEAST and len(known) * 10 >= len(given) * _OF_TEN


def placed(rows: Sequence[Row], x: str, y: str) -> list[tuple[Division, Decimal]]:
    """Return what each place of the map comes to, the largest first; what is nowhere is left out.

    What lies within a place is added up.
    """
    found = packs.active().outlines
    sums: dict[str, tuple[Division, Decimal]] = {}
    for row in rows if found else ():
        assert found is not None  # noqa: S101 - there are no rows without
        if division := found.division_of(row[x]):
            _, before = sums.get(division.code, (division, Decimal(0)))
            sums[division.code] = division, before + Decimal(str(row[y] or 0))
    return sorted(sums.values(), key=lambda each: -each[1])


def around(rows: Sequence[Row], east: str, north: str) -> Mapping[str, Any] | None:
    """Return the map of the province where most of these points lie on it."""
    found = packs.active().outlines
    if found is None:
        return None
    west, south, to_east, to_north = found.bounds
    inside = [
        row
        for row in rows
        if row[east] is not None
        and row[north] is not None
        and west <= float(row[east]) <= to_east
        and south <= float(row[north]) <= to_north
    ]
    return found.drawn if len(inside) * 10 >= len(rows) * _OF_TEN else None
