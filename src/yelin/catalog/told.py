"""What hits tell, each in one piece of bytes: ten thousand are ranked and counted in one pass.

To hand ten columns of ten thousand rows from one step of a question to the next takes as long as to
find them, and to group them by each as long again. So the database makes one piece of what a row
tells (``catalog_told``); those of all hits come as one, and are taken apart here.
"""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64] | npt.NDArray[np.uint64]
# As ``catalog_told`` writes it.
_NUMBERS = {
    "id_high": ">u8", "id_low": ">u8", "provider_high": ">u8", "provider_low": ">u8",
    "changed_at": ">i8", "uses": ">i8", "seen": ">i8", "plain": ">i8", "themes": ">i8",
    "division": ">i8", "classification": ">i8",
}  # fmt: skip
_HIT, _BYTES = np.dtype(list(_NUMBERS.items())), 8
# Orders that go by numbers alone, by what stands in a piece, the greatest first.
ORDERS = {
    "used": ("uses", "changed_at", "id_high", "id_low"),
    "updated": ("changed_at", "id_high", "id_low"),
}


def part(name: str) -> str:
    """Return as SQL the part of a row's piece that holds a number."""
    return f"substr(told, {1 + _BYTES * list(_NUMBERS).index(name)}, {_BYTES})"


class Hits:
    """Hits with how well each answers, and whether it is readable to who asks.

    ``ranks`` holds both in one number each: twice the rank, and one more where it is readable.
    Where their order goes by more than numbers, ``placed`` has their ids in it.
    """

    def __init__(self, pieces: bytes, ranks: bytes, placed: bytes | None = None) -> None:
        self._rows = np.frombuffer(pieces, _HIT)
        marks = np.frombuffer(ranks, ">i4").astype(np.int64)
        self._ranks, self._readable = marks >> 1, (marks & 1).astype(np.bool_)
        self._placed = placed

    def best(self, order: str, first: int, limit: int) -> list[UUID]:
        """Return the ids of a part of them, those of the lowest rank first, then in ``order``."""
        if self._placed is not None:
            return _ids(self._placed[16 * first : 16 * (first + limit)])
        # Of whole numbers the greatest is the smallest when all their bits are turned.
        keys = [self._ranks, *(~self._column(name) for name in ORDERS[order])]
        rows = self._rows[_smallest(keys, first + limit)[first:]]
        return _ids(_together(rows, "id"))

    def numbers(self, name: str) -> list[tuple[int, int]]:
        """Return what they tell by a number that only a reader knows, with how many tell it.

        What is plainly seen has another number for whoever does not read it.
        """
        if name == "plain":
            told = np.where(self._readable, self._column("plain"), self._column("seen"))
        else:
            told = self._column(name)[self._readable]
        found, many = np.unique(told, return_counts=True)
        return list(zip(found.tolist(), many.tolist(), strict=True))

    def providers(self, most: int) -> list[tuple[UUID, int]]:
        """Return those whose they are most, with how many are theirs."""
        # The half of an id that is random tells bodies apart.
        _, places, many = np.unique(
            self._column("provider_low"), return_index=True, return_counts=True
        )
        rows = self._rows[places]
        order = np.lexsort((rows["provider_low"], rows["provider_high"], -many))[:most]
        ids = _ids(_together(rows[order], "provider"))
        return list(zip(ids, many[order].tolist(), strict=True))

    def _column(self, name: str) -> Ints:
        column = self._rows[name]
        return column.astype(column.dtype.newbyteorder("="))


def _smallest(keys: Sequence[Ints], most: int) -> npt.NDArray[np.intp]:
    """Return where the smallest stand, in order, by the first of ``keys`` and then by the next.

    To put all in order takes ten times as long as to part the smallest from the rest.
    """
    found, left, wanted = [], np.arange(len(keys[0])), most
    for key in keys:
        if len(left) <= wanted:
            break
        told = key[left]
        last = np.partition(told, wanted - 1)[wanted - 1]
        found.append(left[told < last])
        wanted -= len(found[-1])
        left = left[told == last]
    among = np.concatenate([*found, left])
    return among[np.lexsort([key[among] for key in reversed(keys)])][:most]


def _together(rows: npt.NDArray[np.void], name: str) -> bytes:
    """Return the ids that stand in two halves in ``rows``."""
    halves = [rows[f"{name}_high"], rows[f"{name}_low"]]
    return np.stack(halves, axis=1).astype(">u8").tobytes()


def _ids(told: bytes) -> list[UUID]:
    return [UUID(bytes=told[at : at + 16]) for at in range(0, len(told), 16)]
