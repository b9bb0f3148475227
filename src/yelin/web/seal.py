"""Draw the ring of a checkpoint's seal from its root hash, so that it changes with the root."""

from functools import lru_cache
from math import cos, pi, sin

_INNER = 33.0  # the ring lies between the two circles of a drawing 100 wide
_OUTER = 47.5


@lru_cache(maxsize=64)
def petals(root: bytes) -> str:
    """Return the ring as a path: a petal a byte, its length the high half, its width the low half.

    Every byte changes its own petal, so two roots that differ have rings that differ.
    """
    path = []
    for position, byte in enumerate(root):
        angle = 2 * pi * position / len(root)
        length = 5.0 + (byte >> 4) * (_OUTER - _INNER - 6.5) / 15
        width = 0.06 + (byte & 15) * 0.12 / 15
        foot, tip = _INNER + 1.5, _INNER + 1.5 + length
        middle = (foot + tip) / 2
        points = (
            _point(angle, foot),
            _point(angle - width, middle),
            _point(angle, tip),
            _point(angle + width, middle),
        )
        start, left, end, right = points
        path.append(f"M{start}Q{left} {end}Q{right} {start}Z")
    return "".join(path)


def _point(angle: float, radius: float) -> str:
    return f"{50 + radius * sin(angle):.1f} {50 - radius * cos(angle):.1f}"
