import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.ledger.tiles import (
    Malformed,
    Tile,
    decode_entries,
    encode_entries,
    grown_tiles,
    parse_path,
    partial_tiles,
    split_hashes,
    width_at,
)

tiles = st.builds(
    Tile,
    level=st.none() | st.integers(0, 63),
    index=st.integers(0, 2**63 - 1),
    width=st.integers(1, 256),
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(3, 1_234_067), "tile/3/x001/x234/067"),
        (Tile(63, 1000, 1), "tile/63/x001/000.p/1"),
        (Tile(None, 999), "tile/entries/999"),
        (Tile(None, 1000, 255), "tile/entries/x001/000.p/255"),
    ],
)
def test_paths_are_spelled_as_the_specification_spells_them(tile, path):
    assert tile.path == path == str(tile)
    assert parse_path(path) == tile


@given(tiles)
def test_every_path_leads_back_to_its_tile(tile):
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/1000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/../000",
        "tile/Entries/000",
        "tile/8/0/000",
        "tile/0/٠٠٠",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_any_other_spelling_of_a_path_is_refused(path):
    with pytest.raises(Malformed):
        parse_path(path)


@pytest.mark.parametrize("bad", [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_that_no_tree_has_is_refused(bad):
    with pytest.raises(Malformed):
        Tile(*bad)


@pytest.mark.parametrize(
    ("size", "partials"),
    [
        (0, []),
        (1, [Tile(0, 0, 1)]),
        (255, [Tile(0, 0, 255)]),
        (256, [Tile(1, 0, 1)]),
        (257, [Tile(0, 1, 1), Tile(1, 0, 1)]),
        (65_536, [Tile(2, 0, 1)]),
        (70_000, [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]),
    ],
)
def test_partial_tiles_have_the_widths_the_specification_counts(size, partials):
    assert list(partial_tiles(size)) == partials


@given(st.integers(0, 200_000), st.integers(0, 2_000))
def test_grown_tiles_are_those_whose_width_differs(old, more):
    new = old + more
    expected = {
        Tile(level, index, width_at(level, index, new))
        for level in range(4)
        for index in range((new >> (8 * level)) // 256 + 1)
        if width_at(level, index, new) != width_at(level, index, old)
    }
    assert set(grown_tiles(old, new)) == expected


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_its_entries_back(entries):
    bundle = encode_entries(entries)
    assert decode_entries(bundle, len(entries)) == decode_entries(bundle) == entries
    with pytest.raises(Malformed, match="entries, not"):
        decode_entries(bundle, len(entries) + 1)
    if bundle:
        with pytest.raises(Malformed):
            decode_entries(bundle[:-1], len(entries))


def test_an_entry_too_long_for_a_bundle_is_refused_with_advice():
    assert decode_entries(encode_entries([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(ValueError, match="enter its digest instead"):
        encode_entries([bytes(65_536)])


def test_half_a_length_is_a_cut_bundle():
    with pytest.raises(Malformed, match="in the middle of its entry 1"):
        decode_entries(b"\x00\x01a\x00", 2)


def test_a_tile_is_split_into_its_hashes():
    assert split_hashes(bytes(64)) == [bytes(32), bytes(32)]
