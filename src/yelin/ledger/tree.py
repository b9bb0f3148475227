"""Keep the arithmetic of the ledger's Merkle tree checkable by itself: hashes, roots and proofs.

RFC 6962 section 2.1, over hash tiles as C2SP tlog-tiles lays them out: the tile at level ``L`` and
index ``N`` holds up to 256 hashes of tree level ``8 * L``, the first of them that of node
``256 * N``. Only a full tile has a hash in the tile one level up.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Protocol

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_SIZE
EMPTY_ROOT = sha256(b"").digest()


class ProofFailed(Exception):
    """A proof, or the values it is to connect, do not belong together."""


class TileMissing(LookupError):
    """The tiles at hand do not reach as far as the tree size asked for."""


class TileReader(Protocol):
    """What can show the hashes of a tile."""

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile, as many as are known; none for a tile not yet begun."""
        ...


class TileStore(TileReader, Protocol):
    """What can also keep the hashes of a tile."""

    def put(self, level: int, index: int, hashes: bytes) -> None:
        """Keep the hashes of a tile in place of those kept so far."""
        ...


class TileCache:
    """Read a full tile once, a partial tile every time: only full tiles never change."""

    def __init__(self, tiles: TileReader, *, keep: int = 256) -> None:
        self._tiles = tiles
        self._keep = keep
        self._full: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile; the tile longest unused gives way."""
        key = (level, index)
        if key in self._full:
            self._full.move_to_end(key)
            return self._full[key]
        hashes = self._tiles.get(level, index)
        if len(hashes) == TILE_BYTES:
            self._full[key] = hashes
            if len(self._full) > self._keep:
                self._full.popitem(last=False)
        return hashes


def hash_leaf(entry: bytes) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def append(tiles: TileStore, size: int, leaf_hashes: Sequence[bytes]) -> int:
    """Append leaf hashes to the tree of ``size`` leaves and return its new size.

    Reads and writes only the tiles that grow; a tile comes before the one above it. Tiles that an
    interrupted append left longer than ``size`` says are cut back to it.

    Raises ``TileMissing`` when the tiles are shorter than ``size`` says.
    """
    hashes = b"".join(leaf_hashes)
    if len(hashes) != len(leaf_hashes) * HASH_SIZE:
        raise ValueError("a leaf hash is not 32 bytes long")
    new_size = size + len(leaf_hashes)
    level = 0
    while hashes:
        index, held = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
        if held:
            hashes = _read(tiles, level, index, held) + hashes
        roots = []
        for start in range(0, len(hashes), TILE_BYTES):
            tile = hashes[start : start + TILE_BYTES]
            tiles.put(level, index, tile)
            index += 1
            if len(tile) == TILE_BYTES:
                roots.append(_fold(tile))
        hashes = b"".join(roots)
        level += 1
    return new_size


def root(tiles: TileReader, size: int) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    if size < 0:
        raise ValueError(f"a tree cannot have {size} leaves")
    return _Nodes(tiles).range_root(0, size) if size else EMPTY_ROOT


def inclusion(tiles: TileReader, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of the first ``size`` leaves, leaf first.

    RFC 6962 section 2.1.1.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    nodes = _Nodes(tiles)
    proof = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            proof.append(nodes.range_root(middle, high))
            high = middle
        else:
            proof.append(nodes.range_root(low, middle))
            low = middle
    proof.reverse()
    return proof


def consistency(tiles: TileReader, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is the beginning of the tree of ``new``.

    RFC 6962 section 2.1.2; from the empty tree, and between equal sizes, nothing is to be proved.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old in (0, new):
        return []
    nodes = _Nodes(tiles)
    proof = []
    low, high = 0, new
    while high != old:
        middle = low + _largest_power_below(high - low)
        if old <= middle:
            proof.append(nodes.range_root(middle, high))
            high = middle
        else:
            proof.append(nodes.range_root(low, middle))
            low = middle
    # The old root itself is known to whoever checks when the old tree is one perfect subtree.
    if low:
        proof.append(nodes.range_root(low, high))
    proof.reverse()
    return proof


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Refuse a proof that does not lead from the leaf hash to the root.

    Raises ``ProofFailed`` saying what disagrees. RFC 9162 section 2.1.3.2.
    """
    _require_hashes({"leaf hash": leaf_hash, "root": root}, proof)
    if not 0 <= index < size:
        raise ProofFailed(f"leaf {index} is not in a tree of {size} leaves")
    computed = leaf_hash
    for sibling, is_left in _climb(index, size - 1, proof):
        computed = hash_children(sibling, computed) if is_left else hash_children(computed, sibling)
    _require_same("root", computed, root)


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Refuse a proof that does not show the old tree to be the beginning of the new one.

    Raises ``ProofFailed`` saying what disagrees. RFC 9162 section 2.1.4.2.
    """
    _require_hashes({"old root": old_root, "new root": new_root}, proof)
    if not 0 <= old <= new:
        raise ProofFailed(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old in (0, new):
        if proof:
            raise ProofFailed(f"between {old} and {new} leaves there is nothing to prove")
        _require_same("old root", EMPTY_ROOT if old == 0 else new_root, old_root)
        return
    # The proof starts at the largest perfect subtree that the old tree ends with.
    height = ((old & -old).bit_length()) - 1
    path = [old_root, *proof] if old == 1 << height else list(proof)
    if not path:
        raise ProofFailed("the proof is empty")
    old_computed = new_computed = path[0]
    for sibling, is_left in _climb((old - 1) >> height, (new - 1) >> height, path[1:]):
        if is_left:
            old_computed = hash_children(sibling, old_computed)
            new_computed = hash_children(sibling, new_computed)
        else:
            new_computed = hash_children(new_computed, sibling)
    _require_same("old root", old_computed, old_root)
    _require_same("new root", new_computed, new_root)


def _climb(node: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a proof, and whether it stands to the left, on the way up from ``node``.

    ``last`` is the last node of the same level. Raises ``ProofFailed`` when the proof's length is
    not that of the way.
    """
    for step, sibling in enumerate(proof):
        if last == 0:
            raise ProofFailed(f"the proof has {len(proof)} hashes, {step} lead to the root")
        is_left = bool(node & 1) or node == last
        if is_left:
            # The last node of an odd row has no sibling and rises until it has one.
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        yield sibling, is_left
        node, last = node >> 1, last >> 1
    if last:
        raise ProofFailed(f"the proof has only {len(proof)} hashes and ends below the root")


class _Nodes:
    """Compute nodes of the tree from tiles, reading each tile once."""

    def __init__(self, tiles: TileReader) -> None:
        self._tiles = tiles
        self._read: dict[tuple[int, int], bytes] = {}

    def range_root(self, low: int, high: int) -> bytes:
        """Return the root over the leaves from ``low`` up to, not with, ``high``."""
        peaks = []
        while low < high:
            height = (high - low).bit_length() - 1
            peaks.append(self._perfect(low, height))
            low += 1 << height
        computed = peaks.pop()
        while peaks:
            computed = hash_children(peaks.pop(), computed)
        return computed

    def _perfect(self, low: int, height: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        index, first = divmod(low >> (TILE_HEIGHT * level), TILE_WIDTH)
        end = first + (1 << above)
        held = self._read.get((level, index), b"")
        if len(held) < end * HASH_SIZE:
            held = self._tiles.get(level, index)
            if len(held) < end * HASH_SIZE:
                raise TileMissing(_shortage(level, index, end, held))
            self._read[level, index] = held
        return _fold(held[first * HASH_SIZE : end * HASH_SIZE])


def _read(tiles: TileReader, level: int, index: int, width: int) -> bytes:
    hashes = tiles.get(level, index)
    if len(hashes) < width * HASH_SIZE:
        raise TileMissing(_shortage(level, index, width, hashes))
    return hashes[: width * HASH_SIZE]


def _shortage(level: int, index: int, width: int, hashes: bytes) -> str:
    return (
        f"tile {index} of level {level} has {len(hashes) // HASH_SIZE} hashes, {width} are needed"
    )


def _fold(hashes: bytes) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > HASH_SIZE:
        hashes = b"".join(
            [
                sha256(b"\x01" + hashes[start : start + 2 * HASH_SIZE]).digest()
                for start in range(0, len(hashes), 2 * HASH_SIZE)
            ]
        )
    return hashes


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _require_hashes(named: dict[str, bytes], proof: Sequence[bytes]) -> None:
    for name, value in named.items():
        if len(value) != HASH_SIZE:
            raise ProofFailed(f"the {name} is {len(value)} bytes long, not {HASH_SIZE}")
    for step, value in enumerate(proof, start=1):
        if len(value) != HASH_SIZE:
            raise ProofFailed(f"hash {step} of the proof is {len(value)} bytes long, not 32")


def _require_same(name: str, computed: bytes, given: bytes) -> None:
    if computed != given:
        raise ProofFailed(f"the {name} comes out as {computed.hex()}, given was {given.hex()}")
