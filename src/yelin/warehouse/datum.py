"""Bring coordinates of China's web maps back to the earth, to within a few centimetres.

GCJ-02 (国测局坐标系) shifts WGS 84 by sums of sines, BD-09 (百度坐标系) shifts GCJ-02 once more.
The formulas were never published; these constants are those that map clients have used since 2010.
"""

from collections.abc import Callable
from math import atan2, cos, pi, sin, sqrt

Point = tuple[float, float]
_A, _E2 = 6_378_245.0, 0.00669342162296594323  # Krasovsky's ellipsoid
_TURNS = 30
_CLOSE = 1e-10
_BAIDU = pi * 3000 / 180


def _shifts(longitude: float, latitude: float) -> bool:
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def to_gcj02(longitude: float, latitude: float) -> Point:
    """Return where a point of WGS 84 stands in GCJ-02; abroad, where it stands."""
    if not _shifts(longitude, latitude):
        return longitude, latitude
    x, y = longitude - 105, latitude - 35
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    angle = latitude / 180 * pi
    bend = 1 - _E2 * sin(angle) ** 2
    north *= 180 / (_A * (1 - _E2) / (bend * sqrt(bend)) * pi)
    east *= 180 / (_A / sqrt(bend) * cos(angle) * pi)
    return longitude + east, latitude + north


def from_gcj02(longitude: float, latitude: float) -> Point:
    """Return the point of WGS 84 that stands here in GCJ-02, found by coming nearer each turn."""
    x, y = longitude, latitude
    for _ in range(_TURNS):
        shifted = to_gcj02(x, y)
        east, north = longitude - shifted[0], latitude - shifted[1]
        x, y = x + east, y + north
        if max(abs(east), abs(north)) < _CLOSE:
            break
    return x, y


def from_bd09(longitude: float, latitude: float) -> Point:
    """Return the point of WGS 84 that stands here in BD-09."""
    x, y = longitude - 0.0065, latitude - 0.006
    far = sqrt(x * x + y * y) - 0.00002 * sin(y * _BAIDU)
    angle = atan2(y, x) - 0.000003 * cos(x * _BAIDU)
    return from_gcj02(far * cos(angle), far * sin(angle))


# How points of each system that a steward may name become points of the earth: as they are, since
# CGCS2000 and WGS 84 are the same to a few centimetres, or shifted back.
MOVES: dict[str, Callable[[float, float], Point] | None] = {
    "cgcs2000": None,
    "wgs84": None,
    "gcj02": from_gcj02,
    "bd09": from_bd09,
}
EARTH = "cgcs2000"
