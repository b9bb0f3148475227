"""The map of a province: outlines of its cities and counties, and which of them a value names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from yelin.law.lists import Division

# Names of peoples have one character or stand here.
_PEOPLES = "蒙古|维吾尔|哈萨克|柯尔克孜|土家|布依|朝鲜|撒拉|东乡|保安|裕固|仡佬|拉祜|傈僳|纳西|景颇"
_ENDINGS = re.compile(rf"(?:(?:(?:{_PEOPLES}|[\u4e00-\u9fff])族)+自治[县州]|市|县|区|省)$")
_CODE = re.compile(r"(\d{6})(?:0{6})?")


class Outlines:
    """Outlines as GeoJSON, each feature by the code of its division; one without is a line."""

    def __init__(
        self, drawn: Mapping[str, Any], divisions: Sequence[Division], became: Mapping[str, str]
    ) -> None:
        self.drawn = drawn
        self._divisions = {division.code: division for division in divisions}
        self._province = next(each for each in divisions if each.parent is None)
        self._became = became

    def division_of(self, value: object) -> Division | None:
        """Return the division on the map in which the place of this name or code lies, if any.

        A code may have twelve digits, and be one of the past; a name may be in short.
        """
        text = str(value).strip()
        if code := _CODE.fullmatch(text):
            return self._around(self._became.get(code[1], code[1]))
        short = _ENDINGS.sub("", text.removeprefix(self._province.zh))
        return self._named.get(text) or self._named.get(short)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what stands where it is, in degrees."""
        places = [
            place
            for each in self.drawn["features"]
            if not each["properties"].get("inset")
            for place in _places(each["geometry"]["coordinates"])
        ]
        east, north = zip(*places, strict=True)
        return min(east), min(north), max(east), max(north)

    @property
    def many(self) -> int:
        """Return how many divisions the map has."""
        return len(self._codes)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(each["id"] for each in self.drawn["features"] if each.get("id"))

    @cached_property
    def _named(self) -> Mapping[str, Division]:
        """By each way of writing the name of a place, where on the map it lies."""
        found: dict[str, Division] = {}
        for division in self._divisions.values():
            if around := self._around(division.code):
                for name in (division.zh, _ENDINGS.sub("", division.zh), division.en):
                    found.setdefault(name, around)
        return found

    def _around(self, code: str) -> Division | None:
        division = self._divisions.get(code)
        while division is not None and division.code not in self._codes:
            division = self._divisions.get(division.parent) if division.parent else None
        return division


def _places(coordinates: Sequence[Any]) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for inner in coordinates:
            yield from _places(inner)
