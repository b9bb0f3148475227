"""A small ledger in a folder, as any log keeps one, to be verified and to be tampered with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yelin.ledger import entry, note, tree
from yelin.ledger.sources import DirectorySource
from yelin.ledger.tiles import TILE_WIDTH, Tile, encode_entries, grown_tiles, width_at

ORIGIN = "yelin.example/ledger"


class MemoryTiles:
    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads = 0

    def get(self, level: int, index: int) -> bytes:
        self.reads += 1
        return self.tiles.get((level, index), b"")

    def put(self, level: int, index: int, hashes: bytes) -> None:
        self.tiles[level, index] = hashes


@dataclass
class FolderLog:
    """Grow a log and keep in its folder exactly what a checkpoint of it needs."""

    folder: Path
    private: Ed25519PrivateKey
    entries: list[bytes] = field(default_factory=list)
    tiles: MemoryTiles = field(default_factory=MemoryTiles)
    checkpoints: list[str] = field(default_factory=list)

    @property
    def key(self) -> note.VerifierKey:
        return note.VerifierKey(ORIGIN, self.private.public_key().public_bytes_raw())

    @property
    def signer(self) -> note.Signer:
        return note.Signer(self.key, self.private.sign)

    @property
    def source(self) -> DirectorySource:
        return DirectorySource(self.folder)

    def grow(self, entries: list[bytes]) -> str:
        old = len(self.entries)
        self.entries += entries
        hashes = [tree.hash_leaf(one) for one in entries]
        new = tree.append(self.tiles, old, hashes)
        for tile in grown_tiles(old, new):
            self.write(tile, self.tiles.tiles[tile.level, tile.index])
            if tile.level == 0:
                first = tile.index * TILE_WIDTH
                bundle = encode_entries(self.entries[first : first + tile.width])
                self.write(Tile(None, tile.index, tile.width), bundle)
        head = note.Checkpoint(ORIGIN, new, tree.root(self.tiles, new))
        signed = note.sign(str(head), self.signer)
        (self.folder / "checkpoint").write_text(signed)
        self.checkpoints.append(signed)
        return signed

    def write(self, tile: Tile, blob: bytes) -> None:
        path = self.folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)

    def path_of(self, level: int | None, index: int) -> Path:
        """Where the newest form of a tile or bundle lies."""
        width = width_at(level or 0, index, len(self.entries))
        return self.folder / Tile(level, index, width).path

    def rewrite_entries(self, entries: list[bytes]) -> None:
        """Put other entries in the bundles and leave tiles and checkpoint as they are."""
        for index in range(-(-len(self.entries) // TILE_WIDTH)):
            held = entries[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
            self.path_of(None, index).write_bytes(encode_entries(held))


MakeLog = Callable[..., FolderLog]


@pytest.fixture
def make_log(tmp_path: Path) -> MakeLog:
    """Return a maker of logs; ``sizes`` are those at which a checkpoint is signed."""
    made = 0

    def make(*sizes: int, seed: int = 1) -> FolderLog:
        nonlocal made
        made += 1
        folder = tmp_path / f"log{made}"
        folder.mkdir()
        log = FolderLog(folder, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
        old = 0
        for size in sizes:
            log.grow([published(number) for number in range(old, size)])
            old = size
        return log

    return make


def published(number: int) -> bytes:
    return entry.entry_bytes(entry.commit({"act": "catalog.register", "no": number}, bytes(16)))


@pytest.fixture
def published_entry() -> Callable[[int], bytes]:
    return published


@pytest.fixture
def memory_tiles() -> type[MemoryTiles]:
    return MemoryTiles


@pytest.fixture
def cases() -> Path:
    return Path(__file__).with_name("cases")
