"""Find out from its published parts alone whether a ledger is whole, and name what is not.

Every entry is read and the tree computed anew, twice where entries and tiles disagree: from each.
Which of the two leads to the signed root is the true one, and the other is blamed. Checkpoints
kept elsewhere are met on the way, so a rewritten past or a cut tail shows even when somebody with
the signing key has signed it again. Memory does not grow with the log.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from yelin.ledger import history, note, tree
from yelin.ledger.findings import MAX_FINDINGS, Comparison, Finding, Findings, Kind
from yelin.ledger.note import Checkpoint, VerifierKey
from yelin.ledger.sources import LogSource, Unavailable
from yelin.ledger.tiles import (
    Malformed,
    Tile,
    decode_entries,
    partial_tiles,
    split_hashes,
    width_at,
)
from yelin.ledger.tree import TILE_BYTES, TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Report:
    """What a log was found to be; ``checkpoint`` is its signed head, None when it has no valid one.

    Past ``findings.MAX_FINDINGS`` faults are only counted, in ``uncounted``.
    """

    checkpoint: Checkpoint | None
    findings: tuple[Finding, ...]
    uncounted: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not self.findings


def verify_log(
    source: LogSource,
    keys: Iterable[VerifierKey],
    *,
    known: Iterable[str] = (),
    origin: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Verify a whole log, against the signed checkpoints ``known`` from before, oldest first.

    ``progress`` is told how many entries have been read, and of how many.
    """
    keys = tuple(keys)
    found = Findings()
    kept = _Kept(known, keys, origin, found)
    checkpoint = None
    try:
        checkpoint = note.open_checkpoint(source.checkpoint(), keys, origin=origin)
    except (Unavailable, note.Malformed, note.Unverified) as error:
        found.add(Kind.CHECKPOINT, None, f"there is no valid signed checkpoint: {error}")
        kept.require_reached(0)
    else:
        size = checkpoint.size
        reading = _Reading(source, kept, found)
        for bundle in range(-(-size // TILE_WIDTH)):
            reading.take(bundle, width_at(0, bundle, size))
            if progress is not None:
                progress(min(size, (bundle + 1) * TILE_WIDTH), size)
        reading.conclude(checkpoint)
        kept.require_reached(size)
    return Report(checkpoint, tuple(found.named), found.uncounted)


class _Kept:
    """Hand out the checkpoints kept from before, as the tree grows to their sizes."""

    def __init__(
        self,
        notes: Iterable[str],
        keys: tuple[VerifierKey, ...],
        origin: str | None,
        found: Findings,
    ) -> None:
        self._found = found
        self._checkpoints = self._open(notes, keys, origin)
        self._next = next(self._checkpoints, None)

    def up_to(self, size: int) -> list[Checkpoint]:
        """Return the checkpoints not yet handed out, of at most ``size`` leaves."""
        due: list[Checkpoint] = []
        while self._next is not None and self._next.size <= size:
            if self._next not in due[-1:]:
                due.append(self._next)
            self._next = next(self._checkpoints, None)
        return due

    def require_reached(self, size: int) -> None:
        """Find the tail cut when a checkpoint of more than ``size`` leaves is kept."""
        self.up_to(size)
        longest = None
        while self._next is not None:
            longest = self._next
            self._next = next(self._checkpoints, None)
        if longest is None:
            return
        lost = f"entries {size} to {longest.size - 1} were cut off"
        says = (
            f"the log has {size} leaves, a signed checkpoint kept of it {longest.size}:"
            f" {lost if size else 'the whole log is gone'}"
        )
        self._found.add(Kind.CUT, size, says)

    def _open(
        self, notes: Iterable[str], keys: tuple[VerifierKey, ...], origin: str | None
    ) -> Iterator[Checkpoint]:
        size = 0
        try:
            for number, text in enumerate(notes, start=1):
                try:
                    checkpoint = note.open_checkpoint(text, keys, origin=origin)
                except (note.Malformed, note.Unverified) as error:
                    self._add(f"checkpoint {number} of those kept is not valid: {error}")
                    continue
                if checkpoint.size < size:
                    self._add(
                        f"checkpoint {number} of those kept has {checkpoint.size} leaves,"
                        f" one before it had {size}"
                    )
                    continue
                size = checkpoint.size
                yield checkpoint
        except history.Damaged as error:
            self._add(f"the checkpoints kept cannot be read: {error}")

    def _add(self, says: str) -> None:
        self._found.add(Kind.HISTORY, None, says)


@dataclass(slots=True, eq=False)
class _Side:
    """Grow one computed tree, keeping only the last tile of each level.

    ``grown`` are the tiles above level 0 that became full and were not yet compared.
    """

    size: int = 0
    is_whole: bool = True
    grown: list[Tile] = field(default_factory=list)
    bad_tiles: list[Tile] = field(default_factory=list)
    last_agreed: int = 0
    disagreed: Checkpoint | None = None
    _last: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile, if it is the last of its level."""
        held, hashes = self._last.get(level, (None, b""))
        return hashes if held == index else b""

    def put(self, level: int, index: int, hashes: bytes) -> None:
        """Keep the last tile of a level."""
        self._last[level] = (index, hashes)
        if level and len(hashes) == TILE_BYTES:
            self.grown.append(Tile(level, index))

    def extend(self, hashes: list[bytes], due: list[Checkpoint]) -> None:
        """Append leaf hashes, comparing with each checkpoint at its size."""
        taken = 0
        for checkpoint in due:
            until = taken + checkpoint.size - self.size
            self.size = tree.append(self, self.size, hashes[taken:until])
            taken = until
            if tree.root(self, self.size) == checkpoint.root:
                self.last_agreed = checkpoint.size
            elif self.disagreed is None:
                self.disagreed = checkpoint
        self.size = tree.append(self, self.size, hashes[taken:])


class _Reading:
    """Go through a log bundle by bundle."""

    def __init__(self, source: LogSource, kept: _Kept, found: Findings) -> None:
        self._source = source
        self._kept = kept
        self._found = found
        # One tree until entries and tiles first disagree: till then both sides are the same.
        self._by_entries = self._by_tiles = _Side()
        self._comparison = Comparison()
        self._differing: list[Tile] = []
        self._by_entries.extend([], kept.up_to(0))

    def take(self, bundle: int, width: int) -> None:
        """Read the next entry bundle and the hash tile beside it, and grow the trees by them."""
        tile = Tile(0, bundle, width)
        entries, hashes = self._read_entries(tile), self._read_leaves(tile)
        if entries != hashes and self._by_tiles is self._by_entries:
            self._by_tiles = copy.deepcopy(self._by_entries)
        if entries is not None and hashes is not None:
            self._comparison.compare(bundle * TILE_WIDTH, hashes, entries)
            if entries != hashes and len(self._differing) < MAX_FINDINGS:
                self._differing.append(tile)
        due = self._kept.up_to(bundle * TILE_WIDTH + width)
        found_by = {self._by_tiles: hashes, self._by_entries: entries}
        for side, found in found_by.items():
            if found is None or len(found) != width:
                side.is_whole = False
            elif side.is_whole:
                side.extend(found, due)
        self._compare_grown()

    def conclude(self, checkpoint: Checkpoint) -> None:
        """Say which side leads to the signed root, and blame the other."""
        for tile in partial_tiles(checkpoint.size):
            if tile.level:
                self._compare_tile(tile)
        roots = {side: tree.root(side, side.size) for side in self._whole_sides()}
        true = next((side for side, root in roots.items() if root == checkpoint.root), None)
        if true is self._by_entries:
            for tile in self._differing:
                says = f"{tile} is not what the entries beside it hash to"
                self._found.add(Kind.TILE, tile.index * TILE_WIDTH, says)
        else:
            self._found.extend(self._comparison.conclude())
        if true is None:
            for side, root in roots.items():
                what = "entries" if side is self._by_entries else "tiles"
                says = f"the {what} give the root {root.hex()}, signed is {checkpoint.root.hex()}"
                self._found.add(Kind.ROOT, None, says)
        for side in roots if true is None else [true]:
            self._report_side(side)

    def _report_side(self, side: _Side) -> None:
        for tile in side.bad_tiles:
            self._found.add(Kind.TILE, None, f"{tile} is not what the tiles below it hash to")
        if side.disagreed is not None:
            kept = side.disagreed
            says = (
                f"the log never had the root {kept.root.hex()} of the checkpoint kept of its first"
                f" {kept.size} leaves: entries {side.last_agreed} to {max(kept.size, 1) - 1}"
                " are not those that were signed"
            )
            self._found.add(Kind.HISTORY, side.last_agreed, says)

    def _whole_sides(self) -> list[_Side]:
        return [side for side in {self._by_entries: 0, self._by_tiles: 0} if side.is_whole]

    def _read_entries(self, tile: Tile) -> list[bytes] | None:
        first = tile.index * TILE_WIDTH
        try:
            entries = decode_entries(self._source.entries(tile.index, tile.width))
        except (Unavailable, Malformed) as error:
            says = f"entries {first} to {first + tile.width - 1} cannot be had: {error}"
            self._found.add(Kind.MISSING, first, says)
            return None
        return [tree.hash_leaf(entry) for entry in entries]

    def _read_leaves(self, tile: Tile) -> list[bytes] | None:
        hashes = self._read_tile(0, tile)
        return None if hashes is None else split_hashes(hashes)

    def _read_tile(self, level: int, tile: Tile) -> bytes | None:
        try:
            return self._source.tile(level, tile.index, tile.width)
        except Unavailable as error:
            self._found.add(Kind.TILE, None, f"{tile} cannot be had: {error}")
            return None

    def _compare_grown(self) -> None:
        # Whole sides grow in step, so the first one speaks for all.
        for side in self._whole_sides()[:1]:
            for tile in side.grown:
                self._compare_tile(tile)
        for side in (self._by_entries, self._by_tiles):
            side.grown.clear()

    def _compare_tile(self, tile: Tile) -> None:
        level = tile.level or 0
        sides = self._whole_sides()
        served = self._read_tile(level, tile) if sides else None
        for side in sides:
            if served not in {None, side.get(level, tile.index)}:
                side.bad_tiles.append(tile)
