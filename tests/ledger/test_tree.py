import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.ledger import tree

CASES = Path(__file__).with_name("cases")


class Tiles:
    def __init__(self):
        self.tiles = {}
        self.reads = 0
        self.puts = []

    def get(self, level, index):
        self.reads += 1
        return self.tiles.get((level, index), b"")

    def put(self, level, index, hashes):
        self.puts.append((level, index))
        self.tiles[level, index] = hashes


def naive_root(leaves):
    """RFC 6962 section 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_tiles(leaves):
    tiles = {}
    level, hashes = 0, leaves
    while hashes:
        for start in range(0, len(hashes), 256):
            tiles[level, start // 256] = b"".join(hashes[start : start + 256])
        whole = len(hashes) // 256
        hashes = [naive_root(hashes[256 * at : 256 * at + 256]) for at in range(whole)]
        level += 1
    return tiles


def leaves_of(count):
    return [sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


def grown(count):
    tiles = Tiles()
    tree.append(tiles, 0, leaves_of(count))
    return tiles


MANY = grown(70_000)
sizes = st.one_of(
    st.integers(1, 70_000),
    st.sampled_from([1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000]),
)


def vectors(kind):
    rows = json.loads((CASES / f"{kind}.json").read_text())
    return [pytest.param(row, id=row["case"]) for row in rows]


def decoded(text):
    return base64.b64decode(text)


@pytest.mark.parametrize("row", vectors("inclusion"))
def test_inclusion_proofs_of_others_are_judged_as_they_judge_them(row):
    arguments = (
        decoded(row["leafHash"]),
        row["leafIdx"],
        row["treeSize"],
        [decoded(step) for step in row["proof"] or []],
        decoded(row["root"]),
    )
    if row["wantErr"]:
        with pytest.raises(tree.ProofFailed):
            tree.verify_inclusion(*arguments)
    else:
        tree.verify_inclusion(*arguments)


@pytest.mark.parametrize("row", vectors("consistency"))
def test_consistency_proofs_of_others_are_judged_as_they_judge_them(row):
    arguments = (
        row["size1"],
        row["size2"],
        [decoded(step) for step in row["proof"] or []],
        decoded(row["root1"]),
        decoded(row["root2"]),
    )
    if row["wantErr"]:
        with pytest.raises(tree.ProofFailed):
            tree.verify_consistency(*arguments)
    else:
        tree.verify_consistency(*arguments)


def test_an_entry_and_a_node_never_hash_alike():
    left, right = leaves_of(2)
    assert tree.hash_leaf(b"") == sha256(b"\x00").digest()
    assert tree.hash_children(left, right) == sha256(b"\x01" + left + right).digest()
    assert tree.hash_leaf(left + right) != tree.hash_children(left, right)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_any_batches_give_the_same_tiles_and_root(batches):
    leaves = leaves_of(sum(batches))
    tiles, size = Tiles(), 0
    for batch in batches:
        size = tree.append(tiles, size, leaves[size : size + batch])
    assert size == len(leaves)
    assert tiles.tiles == naive_tiles(leaves)
    assert tree.root(tiles, size) == naive_root(leaves)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 70_000])
def test_sizes_on_the_edges_of_tiles_have_the_right_root(size):
    assert tree.root(MANY, size) == naive_root(leaves_of(size))


@pytest.mark.long
def test_seventy_thousand_leaves_lie_in_the_tiles_the_specification_counts():
    by_level = {}
    for (level, _), hashes in MANY.tiles.items():
        by_level.setdefault(level, []).append(len(hashes) // 32)
    assert by_level == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}


def test_appending_touches_only_tiles_that_grow():
    tiles = grown(70_000)
    tiles.puts.clear()
    tree.append(tiles, 70_000, leaves_of(1))
    assert tiles.puts == [(0, 273)]
    tiles.puts.clear()
    tree.append(tiles, 70_001, leaves_of(143))
    assert tiles.puts == [(0, 273), (1, 1)]


def test_an_interrupted_append_is_appended_over():
    leaves = leaves_of(600)
    tiles = grown(300)
    tree.append(tiles, 300, [bytes(32)] * 250)
    tree.append(tiles, 300, leaves[300:])
    assert tree.root(tiles, 600) == naive_root(leaves)


@given(sizes, st.data())
def test_every_inclusion_proof_verifies_and_every_changed_one_fails(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaf = sha256(index.to_bytes(4, "big")).digest()
    root = tree.root(MANY, size)
    proof = tree.inclusion(MANY, index, size)
    tree.verify_inclusion(leaf, index, size, proof, root)
    for changed in mutated(data, proof):
        with pytest.raises(tree.ProofFailed):
            tree.verify_inclusion(leaf, index, size, changed, root)
    with pytest.raises(tree.ProofFailed, match="root"):
        tree.verify_inclusion(flipped(data, leaf), index, size, proof, root)
    with pytest.raises(tree.ProofFailed, match="root"):
        tree.verify_inclusion(leaf, index, size, proof, flipped(data, root))
    other = data.draw(st.integers(0, size).filter(lambda place: place != index))
    with pytest.raises(tree.ProofFailed):
        tree.verify_inclusion(leaf, other, size, proof, root)


@given(sizes, sizes, st.data())
def test_every_consistency_proof_verifies_and_every_changed_one_fails(one, other, data):
    old, new = sorted((one, other))
    old_root, new_root = tree.root(MANY, old), tree.root(MANY, new)
    proof = tree.consistency(MANY, old, new)
    tree.verify_consistency(old, new, proof, old_root, new_root)
    for changed in mutated(data, proof):
        with pytest.raises(tree.ProofFailed):
            tree.verify_consistency(old, new, changed, old_root, new_root)
    with pytest.raises(tree.ProofFailed):
        tree.verify_consistency(old, new, proof, flipped(data, old_root), new_root)
    with pytest.raises(tree.ProofFailed):
        tree.verify_consistency(old, new, proof, old_root, flipped(data, new_root))
    if old < new:
        with pytest.raises(tree.ProofFailed):
            tree.verify_consistency(new, old, proof, new_root, old_root)


def flipped(data, value):
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def mutated(data, proof):
    yield [*proof, data.draw(st.binary(min_size=32, max_size=32))]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        yield [*proof[:at], flipped(data, proof[at]), *proof[at + 1 :]]
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], proof[at][:-1], *proof[at + 1 :]]
    if len(set(proof)) > 1:
        yield proof[::-1]


def test_proofs_small_enough_to_try_all():
    leaves = leaves_of(34)
    for size in range(1, 35):
        root = naive_root(leaves[:size])
        for index in range(size):
            proof = tree.inclusion(MANY, index, size)
            tree.verify_inclusion(leaves[index], index, size, proof, root)
        for old in range(size + 1):
            proof = tree.consistency(MANY, old, size)
            tree.verify_consistency(old, size, proof, naive_root(leaves[:old]), root)


def test_the_empty_tree_is_the_beginning_of_every_tree_but_only_with_its_own_root():
    root = tree.root(MANY, 5)
    tree.verify_consistency(0, 5, [], tree.EMPTY_ROOT, root)
    with pytest.raises(tree.ProofFailed, match="old root"):
        tree.verify_consistency(0, 5, [], root, root)
    with pytest.raises(tree.ProofFailed, match="nothing to prove"):
        tree.verify_consistency(0, 5, [root], tree.EMPTY_ROOT, root)


def test_a_proof_reads_few_tiles():
    MANY.reads = 0
    tree.inclusion(MANY, 12_345, 70_000)
    assert MANY.reads <= 6


def test_a_cache_reads_full_tiles_once_and_partial_tiles_again():
    tiles = grown(300)
    cache = tree.TileCache(tiles)
    tiles.reads = 0
    cache.get(0, 0)
    cache.get(0, 0)
    assert tiles.reads == 1
    tree.append(tiles, 300, leaves_of(1))
    tiles.reads = 0
    assert len(cache.get(0, 1)) == 45 * 32
    tree.append(tiles, 301, leaves_of(1))
    assert len(cache.get(0, 1)) == 46 * 32
    tiles.reads = 0
    one = tree.TileCache(tiles, keep=0)
    assert one.get(0, 0) == one.get(0, 0)
    assert tiles.reads == 2


def test_the_tile_longest_unused_gives_way():
    tiles = grown(3 * 256)
    cache = tree.TileCache(tiles, keep=2)
    for index in (0, 1, 0, 2):
        cache.get(0, index)
    tiles.reads = 0
    cache.get(0, 0), cache.get(0, 2)
    assert tiles.reads == 0
    cache.get(0, 1)
    assert tiles.reads == 1


def test_missing_tiles_are_named():
    with pytest.raises(tree.TileMissing, match="tile 0 of level 0 has 3 hashes, 4 are needed"):
        tree.root(grown(3), 4)
    with pytest.raises(tree.TileMissing):
        tree.append(grown(3), 4, leaves_of(1))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tree.root(MANY, -1),
        lambda: tree.inclusion(MANY, 5, 5),
        lambda: tree.inclusion(MANY, -1, 5),
        lambda: tree.consistency(MANY, 6, 5),
        lambda: tree.consistency(MANY, -1, 5),
        lambda: tree.append(Tiles(), 0, [b"short"]),
    ],
)
def test_what_makes_no_tree_is_refused(ask):
    with pytest.raises(ValueError, match=r"leaves|bytes"):
        ask()
