"""Put leaves into bundles under the signed checkpoint of one moment, as many as are asked for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from yelin.law import clock
from yelin.ledger import log, tree
from yelin.ledger.bundle import Bundle, BundledLeaf
from yelin.ledger.models import Leaf


class NothingSigned(Exception):
    """No leaf that was asked for is under a signed checkpoint yet."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest signed checkpoint as it was when this was asked for, and the tiles beneath it."""

    vkey: str
    note: str
    size: int
    tiles: tree.TileReader

    @classmethod
    def now(cls) -> Self:
        """Return the present one. Raises ``NothingSigned`` before the first."""
        head = log.newest_checkpoint()
        if head is None:
            raise NothingSigned
        tiles = tree.TileCache(log.TileRows())
        return cls(str(log.verifier_key()), head.note, head.size, tiles)

    def holds(self, leaf: Leaf) -> bool:
        """Whether a leaf is under it."""
        return leaf.index is not None and leaf.index < self.size

    def bundle(self, leaves: Iterable[Leaf], opened: Collection[int]) -> Bundle:
        """Return those of ``leaves`` under it, in their order; ``opened`` are opened, by their ids.

        Raises ``NothingSigned`` where there are none.
        """
        signed = sorted((leaf for leaf in leaves if self.holds(leaf)), key=lambda x: x.index or 0)
        if not signed:
            raise NothingSigned
        return Bundle(
            vkey=self.vkey,
            checkpoint=self.note,
            leaves=tuple(self._bundled(leaf, opened=leaf.pk in opened) for leaf in signed),
        )

    def _bundled(self, leaf: Leaf, *, opened: bool) -> BundledLeaf:
        shredded = leaf.shredded_at
        index = leaf.index or 0
        return BundledLeaf(
            index=index,
            h=bytes(leaf.h),
            proof=tuple(tree.inclusion(self.tiles, index, self.size)),
            payload=leaf.payload if opened else None,
            salt=bytes(leaf.salt) if opened else None,
            shredded=None if shredded is None else clock.day_of(shredded).isoformat(),
        )
