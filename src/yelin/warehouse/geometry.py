"""Write a shape as well-known text (ISO 19125), its numbers as they are written unless moved."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Move = Callable[[float, float], tuple[float, float]] | None
# A centimetre is about the seventh decimal place of a degree.
_PLACES = 8
# How deep the positions of each kind lie.
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class Odd(Exception):
    """It is no shape, or one whose coordinates are no degrees: the reason."""


def text_of(shape: Mapping[str, Any], move: Move) -> str:
    """Return a GeoJSON geometry as text. Raises ``Odd``."""
    kind = shape.get("type")
    if kind == "GeometryCollection":
        parts = shape.get("geometries")
        if not isinstance(parts, list):
            raise Odd("geometry")
        inner = ", ".join(text_of(dict(part), move) for part in parts)
        return f"GEOMETRYCOLLECTION ({inner})" if inner else "GEOMETRYCOLLECTION EMPTY"
    if kind not in _DEPTHS:
        raise Odd("geometry")
    places = shape.get("coordinates")
    if not isinstance(places, Sequence) or isinstance(places, str):
        raise Odd("geometry")
    name = kind.upper()
    if not places:
        return f"{name} EMPTY"
    first = places
    for _ in range(_DEPTHS[kind]):
        first = first[0] if first else ()
    height = " Z" if len(first) > 2 else ""
    inner = _nested(places, _DEPTHS[kind], move)
    return f"{name}{height} ({inner})" if kind == "Point" else f"{name}{height} {inner}"


def _nested(places: Any, depth: int, move: Move) -> str:
    if depth == 0:
        return _position(places, move)
    if not isinstance(places, Sequence) or isinstance(places, str):
        raise Odd("geometry")
    return f"({', '.join(_nested(each, depth - 1, move) for each in places)})"


def _position(place: Any, move: Move) -> str:
    try:
        longitude, latitude = float(place[0]), float(place[1])
    except (TypeError, ValueError, IndexError, KeyError):
        raise Odd("geometry") from None
    # What is not a number is not within, either.
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise Odd("degrees")
    numbers = [*map(_plain, place[:3])]
    if move:
        numbers[:2] = [f"{each:.{_PLACES}f}" for each in move(longitude, latitude)]
    return " ".join(numbers)


def _plain(number: Any) -> str:
    text = str(number)
    return format(Decimal(text), "f") if "e" in text.lower() else text
