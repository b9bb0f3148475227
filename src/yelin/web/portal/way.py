"""Draw the way from a leaf to the signed root: what is computed, and beside it what is given.

The drawing is lines, boxes and words with places; the template only writes them down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yelin.ledger import entry, tree
from yelin.ledger.entry import Receipt

BOX_WIDTH = 92
BOX_HEIGHT = 30
ROW = 62
BESIDE = 118
# More levels than these are folded in the middle: the first ones, and the last ones under the root.
FIRST = 3
LAST = 2


@dataclass(frozen=True, slots=True)
class Box:
    """One hash: ``computed`` from those below, ``given`` beside, the ``leaf`` or the ``root``."""

    kind: str
    x: int
    y: int
    hash: str

    @property
    def left(self) -> int:
        """Where its left edge is."""
        return self.x - BOX_WIDTH // 2

    @property
    def middle(self) -> int:
        """How high its words stand."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Way:
    """The drawing, root on top; ``folded`` levels are left out at the height ``folded_at``."""

    boxes: Sequence[Box]
    lines: Sequence[tuple[str, str]]
    levels: int
    height: int
    folded: int = 0
    folded_at: int = 0
    sizes: tuple[int, int] = field(default=(BOX_WIDTH, BOX_HEIGHT))


@dataclass(frozen=True, slots=True)
class _Join:
    """One level: the hash given beside, on which side, and what comes out above."""

    given: bytes
    is_left: bool
    result: bytes


def draw(receipt: Receipt) -> Way | None:
    """Return the drawing of a published leaf's way; None for a leaf that has none yet."""
    if receipt.index is None or receipt.size is None or receipt.proof is None:
        return None
    leaf = entry.leaf_hash(receipt.h)
    joins = _joins(leaf, receipt.index, receipt.size, receipt.proof)
    folded = max(0, len(joins) - FIRST - LAST)
    if folded < 2:
        folded = 0
    kept: list[_Join | None] = [*joins]
    if folded:
        kept[FIRST : FIRST + folded] = [None]
    bottom = ROW * len(kept)
    boxes = [Box("leaf" if joins else "root", 0, bottom, leaf.hex())]
    lines: list[tuple[str, str]] = []
    folded_at = 0
    for step, join in enumerate(kept):
        y = bottom - ROW * step
        if join is None:
            lines.append(("folded computed", f"M0 {y}V{y - ROW + BOX_HEIGHT}"))
            folded_at = y - (ROW - BOX_HEIGHT) // 2
            # The fold's own row ends in the hash that comes out of the last level left out.
            boxes.append(Box("computed", 0, y - ROW, joins[FIRST + folded - 1].result.hex()))
            continue
        x = -BESIDE if join.is_left else BESIDE
        turn = y - (ROW - BOX_HEIGHT) // 2
        boxes.append(Box("given", x, y, join.given.hex()))
        lines.append(("given", f"M{x} {y}V{turn}H0"))
        lines.append(("computed", f"M0 {y}V{y - ROW + BOX_HEIGHT}"))
        kind = "root" if step == len(kept) - 1 else "computed"
        boxes.append(Box(kind, 0, y - ROW, join.result.hex()))
    return Way(boxes, lines, len(joins), bottom + BOX_HEIGHT, folded, folded_at)


def _joins(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> list[_Join]:
    joins = []
    computed, node, last = leaf, index, size - 1
    for given in proof:
        # The last node of an odd row has no sibling and rises until it has one.
        while node == last and not node & 1:
            node, last = node >> 1, last >> 1
        is_left = bool(node & 1)
        pair = (given, computed) if is_left else (computed, given)
        computed = tree.hash_children(*pair)
        joins.append(_Join(given, is_left, computed))
        node, last = node >> 1, last >> 1
    return joins
