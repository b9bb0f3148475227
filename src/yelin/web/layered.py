"""Lay a graph without circles out in columns: what comes of something stands right of it.

Pure: boxes come in with their widths of words, and come out with places.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

BOX, HEIGHT, GAP, ROW = 200, 48, 40, 60
# So often columns are put in order by what stands beside them.
SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands: its left upper corner."""

    x: int
    y: int

    @property
    def inner(self) -> int:
        """Where its words begin."""
        return self.x + 12

    @property
    def first(self) -> int:
        """How high its first line stands."""
        return self.y + 20

    @property
    def second(self) -> int:
        """How high its second line stands."""
        return self.y + 37


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of all boxes, the lines between them, and how much room they take."""

    places: Mapping[str, Place]
    lines: Sequence[str]
    width: int
    height: int


def laid_out(boxes: Sequence[str], flows: Iterable[tuple[str, str]]) -> Layout:
    """Return the layout of ``boxes`` joined by ``flows``, each from what is earlier.

    The boxes stand in an order in which each follows all that it came of.
    """
    before: defaultdict[str, list[str]] = defaultdict(list)
    after: defaultdict[str, list[str]] = defaultdict(list)
    for earlier, later in dict.fromkeys(flows):
        before[later].append(earlier)
        after[earlier].append(later)
    column = _columns(boxes, before, after)
    columns: list[list[str]] = [[] for _ in range(max(column.values(), default=0) + 1)]
    for box in boxes:
        columns[column[box]].append(box)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for boxes_of_one in columns if forth else reversed(columns):
            _put_in_order(boxes_of_one, columns, before if forth else after)
    tallest = max(map(len, columns), default=0)
    places = {
        box: Place(x * (BOX + GAP), (tallest - len(boxes_of_one)) * ROW // 2 + y * ROW)
        for x, boxes_of_one in enumerate(columns)
        for y, box in enumerate(boxes_of_one)
    }
    lines = [_line(places[one], places[other]) for one, other in _shortest(boxes, after)]
    width, height = len(columns) * (BOX + GAP) - GAP, max(tallest, 1) * ROW - (ROW - HEIGHT)
    return Layout(places, lines, width, height)


def _columns(
    boxes: Sequence[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> dict[str, int]:
    """Return the column of each box: behind all that it came of, and close to what comes of it."""
    column: dict[str, int] = {}
    for box in boxes:
        column[box] = max((column[each] + 1 for each in before.get(box, ())), default=0)
    # What comes of nothing need not stand at the far left, away from what came of it.
    for box in reversed(boxes):
        if not before.get(box) and (next_ := [column[each] for each in after.get(box, ())]):
            column[box] = min(next_) - 1
    return column


def _shortest(boxes: Sequence[str], after: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the flows that are drawn: one that a longer way says as well would cross its boxes."""
    reached: dict[str, set[str]] = {}
    for box in reversed(boxes):
        nexts = after.get(box, ())
        beyond = set().union(*(reached[each] for each in nexts))
        reached[box] = beyond.union(nexts)
        yield from ((box, each) for each in nexts if each not in beyond)


def _put_in_order(
    boxes: list[str], columns: Sequence[Sequence[str]], beside: Mapping[str, list[str]]
) -> None:
    """Put the boxes of one column in the order of the middle of what each is joined with."""
    height = {box: y - len(others) / 2 for others in columns for y, box in enumerate(others)}

    def middle(box: str) -> float:
        joined = beside.get(box, ())
        return sum(height[each] for each in joined) / len(joined) if joined else height[box]

    boxes.sort(key=middle)


def _line(one: Place, other: Place) -> str:
    left, right = one.x + BOX, other.x
    begins, ends, bend = one.y + HEIGHT // 2, other.y + HEIGHT // 2, (left + right) // 2
    return f"M{left} {begins}C{bend} {begins} {bend} {ends} {right} {ends}"
