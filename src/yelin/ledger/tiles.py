"""Give every part of the published ledger its path and its bytes, as C2SP tlog-tiles names them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yelin.ledger.tree import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH

MAX_ENTRY_BYTES = 0xFFFF
MAX_LEVEL = 63
# A tree size is a signed 64-bit number in every known client, so no index is larger.
_MAX_INDEX = (1 << 63) - 1
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class Malformed(ValueError):
    """A path or a bundle is not as tlog-tiles writes it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The name of a hash tile, or of an entry bundle when ``level`` is None."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if self.level is not None and not 0 <= self.level <= MAX_LEVEL:
            raise Malformed(f"a tile's level is 0 to {MAX_LEVEL}, not {self.level}")
        if not 0 <= self.index <= _MAX_INDEX:
            raise Malformed(f"a tile's index is 0 to 2^63 - 1, not {self.index}")
        if not 1 <= self.width <= TILE_WIDTH:
            raise Malformed(f"a tile's width is 1 to {TILE_WIDTH}, not {self.width}")

    @property
    def path(self) -> str:
        """The path below the log's prefix, without a leading slash."""
        level = "entries" if self.level is None else str(self.level)
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        index = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index}{partial}"

    def __str__(self) -> str:
        return self.path


def parse_path(path: str) -> Tile:
    """Return what a path names.

    Raises ``Malformed`` for any spelling but the one that ``Tile.path`` gives.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(f"{path!r} is no tile path")
    level = match["level"]
    tile = Tile(
        level=None if level == "entries" else int(level),
        index=int(match["index"].replace("x", "").replace("/", "")),
        width=int(match["width"] or TILE_WIDTH),
    )
    if tile.path != path:
        raise Malformed(f"{path!r} is written {tile.path!r}")
    return tile


def width_at(level: int, index: int, size: int) -> int:
    """Return how many hashes a tile holds in the tree of ``size`` leaves; 0 when it has none."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH))


def partial_tiles(size: int) -> Iterator[Tile]:
    """Yield the partial hash tiles of a tree of ``size`` leaves, level 0 first."""
    for level in range(MAX_LEVEL + 1):
        index, width = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
        if width:
            yield Tile(level, index, width)
        elif not index:
            return


def grown_tiles(old: int, new: int) -> Iterator[Tile]:
    """Yield the hash tiles which the growth from ``old`` to ``new`` leaves made or widened."""
    for level in range(MAX_LEVEL + 1):
        before, after = old >> (TILE_HEIGHT * level), new >> (TILE_HEIGHT * level)
        if before == after:
            return
        for index in range(before // TILE_WIDTH, (after - 1) // TILE_WIDTH + 1):
            yield Tile(level, index, width_at(level, index, new))


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of entries: each after its length as two bytes, high byte first.

    Raises ``ValueError`` for an entry longer than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(
                f"an entry of {len(entry)} bytes does not fit a bundle; enter its digest instead"
            )
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def decode_entries(bundle: bytes, width: int | None = None) -> list[bytes]:
    """Return the entries of a bundle; exactly ``width`` of them where it is given.

    Raises ``Malformed`` when there are fewer or more, or when the last one is cut.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise Malformed(f"the bundle ends in the middle of its entry {len(entries)}")
        entries.append(bundle[at + 2 : end])
        at = end
    if width is not None and len(entries) != width:
        raise Malformed(f"the bundle has {len(entries)} entries, not {width}")
    return entries


def split_hashes(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile one by one."""
    return [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]
