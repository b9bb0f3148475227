import shutil
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.ledger import note, tree
from yelin.ledger.findings import MAX_FINDINGS, Kind
from yelin.ledger.history import append_checkpoint, read_checkpoints
from yelin.ledger.sources import DirectorySource
from yelin.ledger.tiles import TILE_WIDTH, Tile, encode_entries, split_hashes
from yelin.ledger.verify import verify_log


def kinds(report):
    return [finding.kind for finding in report.findings]


def places(report, kind):
    return [finding.index for finding in report.findings if finding.kind == kind]


def test_the_log_of_others_is_whole(cases):
    key = note.parse_key((cases / "tessera-log.vkey").read_text().strip())
    known = [(cases / "tessera-log" / f"checkpoint.{size}").read_text() for size in range(16)]
    report = verify_log(DirectorySource(cases / "tessera-log"), [key], known=known)
    assert report.is_whole, report.findings
    assert report.checkpoint is not None
    assert report.checkpoint.size == 15


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513])
def test_a_log_of_any_size_is_whole(make_log, size):
    """B-59: widths of partial tiles."""
    log = make_log(size)
    report = verify_log(log.source, [log.key], known=log.checkpoints)
    assert report.is_whole, report.findings


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("size", [65_536, 70_000])
def test_a_log_of_three_levels_is_whole_and_its_upper_tiles_are_read(make_log, size):
    """B-59: widths of partial tiles."""
    log = make_log(1000, 65_535, size)
    assert verify_log(log.source, [log.key], known=log.checkpoints).is_whole
    for level, index in [(1, 0), (2, 0)]:
        path = log.path_of(level, index)
        kept = path.read_bytes()
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        report = verify_log(log.source, [log.key])
        assert kinds(report) == [Kind.TILE]
        assert f"tile/{level}/000" in report.findings[0].says
        path.write_bytes(kept)


def test_progress_is_told(make_log):
    log = make_log(600)
    told = []
    verify_log(log.source, [log.key], progress=lambda *counts: told.append(counts))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_a_changed_entry_is_named(make_log, published_entry):
    log = make_log(600)
    entries = list(log.entries)
    entries[300] = published_entry(9999)
    log.rewrite_entries(entries)
    report = verify_log(log.source, [log.key], known=log.checkpoints)
    assert kinds(report) == [Kind.CHANGED]
    assert report.findings[0].index == 300
    assert "entry 300 was changed" in report.findings[0].says


@pytest.mark.parametrize("gone", [0, 100, 254, 255, 256, 300, 511, 512, 599])
def test_a_removed_entry_is_named(make_log, gone):
    log = make_log(600)
    log.rewrite_entries(log.entries[:gone] + log.entries[gone + 1 :])
    report = verify_log(log.source, [log.key])
    assert places(report, Kind.REMOVED) == [gone], report.findings
    assert set(kinds(report)) <= {Kind.REMOVED, Kind.MOVED}
    assert len(places(report, Kind.MOVED)) == 2 - gone // TILE_WIDTH


@pytest.mark.parametrize("at", [0, 100, 255, 256, 300, 512, 598])
def test_an_inserted_entry_is_named(make_log, published_entry, at):
    log = make_log(600)
    log.rewrite_entries([*log.entries[:at], published_entry(9999), *log.entries[at:]])
    report = verify_log(log.source, [log.key])
    assert places(report, Kind.INSERTED)[:1] == [at], report.findings
    assert set(kinds(report)) <= {Kind.INSERTED, Kind.MOVED, Kind.REMOVED}


def test_entries_that_changed_places_are_named(make_log):
    log = make_log(600)
    entries = list(log.entries)
    entries[270], entries[280] = entries[280], entries[270]
    log.rewrite_entries(entries)
    report = verify_log(log.source, [log.key])
    assert [(one.kind, one.says) for one in report.findings] == [
        (Kind.REORDERED, "entries 270 and 280 have changed places")
    ]


def test_a_whole_run_in_another_order_is_named(make_log):
    log = make_log(600)
    log.rewrite_entries(log.entries[:10] + log.entries[10:20][::-1] + log.entries[20:])
    report = verify_log(log.source, [log.key])
    assert report.findings[0].says == "entries 10 to 19 are in another order"


def test_entries_that_changed_places_across_bundles_are_named(make_log):
    log = make_log(600)
    entries = list(log.entries)
    entries[5], entries[590] = entries[590], entries[5]
    log.rewrite_entries(entries)
    report = verify_log(log.source, [log.key])
    assert places(report, Kind.CHANGED) == [5, 590]


def test_a_changed_tile_is_blamed_not_its_entries(make_log):
    log = make_log(600)
    path = log.path_of(0, 1)
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    report = verify_log(log.source, [log.key])
    assert [(one.kind, one.index) for one in report.findings] == [(Kind.TILE, 256)]
    assert "tile/0/001" in report.findings[0].says


def test_a_tile_changed_with_the_tile_above_it_is_blamed_with_it(make_log):
    log = make_log(600)
    path = log.path_of(0, 1)
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    hashes = split_hashes(path.read_bytes())
    while len(hashes) > 1:
        hashes = [tree.hash_children(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    above = log.path_of(1, 0)
    above.write_bytes(above.read_bytes()[:32] + hashes[0])
    report = verify_log(log.source, [log.key])
    assert [one.says.split()[0] for one in report.findings] == ["tile/0/001", "tile/1/000.p/2"]


def test_missing_parts_are_named(make_log):
    log = make_log(600)
    log.path_of(None, 1).unlink()
    report = verify_log(log.source, [log.key])
    assert [(one.kind, one.index) for one in report.findings] == [(Kind.MISSING, 256)]
    assert "entries 256 to 511 cannot be had" in report.findings[0].says
    log.path_of(0, 1).unlink()
    report = verify_log(log.source, [log.key])
    assert set(kinds(report)) == {Kind.MISSING, Kind.TILE}
    log.path_of(1, 0).unlink()
    assert verify_log(log.source, [log.key]).findings


def test_a_missing_tile_does_not_hide_a_changed_entry(make_log, published_entry):
    log = make_log(600)
    entries = list(log.entries)
    entries[300] = published_entry(9999)
    log.rewrite_entries(entries)
    log.path_of(0, 0).unlink()
    report = verify_log(log.source, [log.key])
    assert Kind.CHANGED in kinds(report)
    assert Kind.ROOT in kinds(report)


def test_a_cut_bundle_is_named(make_log):
    log = make_log(600)
    path = log.path_of(None, 2)
    path.write_bytes(path.read_bytes()[:-5])
    report = verify_log(log.source, [log.key])
    assert kinds(report) == [Kind.MISSING]
    assert "in the middle of its entry 87" in report.findings[0].says


def test_entries_and_tiles_rewritten_together_do_not_lead_to_the_signed_root(
    make_log, published_entry
):
    log = make_log(600)
    signed = (log.folder / "checkpoint").read_text()
    forged = make_log(seed=1)
    forged.grow([*log.entries[:300], *(published_entry(9000 + number) for number in range(300))])
    (forged.folder / "checkpoint").write_text(signed)
    report = verify_log(forged.source, [log.key])
    assert kinds(report) == [Kind.ROOT]


def test_an_upper_tile_is_checked_even_when_all_below_is_well(make_log):
    log = make_log(600)
    path = log.path_of(1, 0)
    path.write_bytes(path.read_bytes()[:32] + bytes(32))
    report = verify_log(log.source, [log.key])
    assert kinds(report) == [Kind.TILE]
    assert "tile/1/000.p/2" in report.findings[0].says


def rewritten(make_log, published_entry, log, first):
    """Make a log signed by the same key, with other entries from ``first`` on."""
    other = make_log()
    size = len(log.entries)
    other.grow(log.entries[:first] + [published_entry(5000 + at) for at in range(first, size)])
    return other


@pytest.mark.parametrize("last", [1, 44, 300])
def test_a_log_whose_tail_was_cut_and_signed_again_is_found(make_log, last):
    """B-73: the last k entries are deleted."""
    log = make_log(200, 300, 600)
    short = make_log(600 - last)
    report = verify_log(short.source, [log.key], known=log.checkpoints)
    assert kinds(report) == [Kind.CUT]
    assert report.findings[0].index == 600 - last
    assert f"entries {600 - last} to 599 were cut off" in report.findings[0].says


def test_a_log_whose_last_entries_are_gone_is_found(make_log):
    log = make_log(600)
    log.rewrite_entries(log.entries[:-10])
    report = verify_log(log.source, [log.key], known=log.checkpoints)
    assert [(one.kind, one.index) for one in report.findings] == [(Kind.REMOVED, 590)]
    assert "entries 590 to 599 were removed" in report.findings[0].says


def test_a_log_that_is_gone_altogether_is_an_error(make_log):
    """B-73: the whole log is deleted."""
    log = make_log(600)
    empty = make_log(0)
    report = verify_log(empty.source, [log.key], known=log.checkpoints)
    assert kinds(report) == [Kind.CUT]
    assert "the whole log is gone" in report.findings[0].says
    shutil.rmtree(log.folder)
    report = verify_log(log.source, [log.key], known=log.checkpoints)
    assert kinds(report) == [Kind.CHECKPOINT, Kind.CUT]
    assert kinds(verify_log(log.source, [log.key])) == [Kind.CHECKPOINT]


def test_a_rewritten_suffix_is_found_and_bounded_by_the_checkpoints_kept(make_log, published_entry):
    """B-73: a suffix is rewritten."""
    log = make_log(100, 280, 320, 600)
    other = rewritten(make_log, published_entry, log, 300)
    report = verify_log(other.source, [log.key], known=log.checkpoints)
    assert [(one.kind, one.index) for one in report.findings] == [(Kind.HISTORY, 280)]
    assert "entries 280 to 319 are not those that were signed" in report.findings[0].says


def test_a_log_rewritten_from_its_beginning_is_found(make_log, published_entry):
    """B-73: all is rewritten, and the count goes on from there."""
    log = make_log(100, 280, 600)
    other = rewritten(make_log, published_entry, log, 0)
    other.grow([published_entry(number) for number in range(50)])
    report = verify_log(other.source, [log.key], known=log.checkpoints)
    assert [(one.kind, one.index) for one in report.findings] == [(Kind.HISTORY, 0)]


def test_a_log_signed_by_a_strange_key_is_no_log(make_log):
    log, strange = make_log(10), make_log(10, seed=2)
    report = verify_log(strange.source, [log.key], known=log.checkpoints)
    assert kinds(report) == [Kind.CHECKPOINT, Kind.CUT]


def test_checkpoints_kept_that_prove_nothing_are_named(make_log):
    log, strange = make_log(10, 20), make_log(5, seed=2)
    known = [*strange.checkpoints, log.checkpoints[1], log.checkpoints[0], "nonsense"]
    report = verify_log(log.source, [log.key], known=known)
    assert [one.says.split(":")[0] for one in report.findings] == [
        "checkpoint 1 of those kept is not valid",
        "checkpoint 3 of those kept has 10 leaves, one before it had 20",
        "checkpoint 4 of those kept is not valid",
    ]


def test_two_signed_roots_of_one_size_are_a_rewritten_past(make_log, published_entry):
    log = make_log(20)
    other = rewritten(make_log, published_entry, log, 7)
    known = [*log.checkpoints, *other.checkpoints]
    report = verify_log(log.source, [log.key], known=known)
    assert kinds(report) == [Kind.HISTORY]


def test_the_checkpoints_kept_in_a_file_are_met(make_log, tmp_path):
    log = make_log(10, 300, 600)
    path = tmp_path / "checkpoints"
    for signed in log.checkpoints:
        append_checkpoint(path, signed)
    assert verify_log(log.source, [log.key], known=read_checkpoints(path)).is_whole
    path.write_bytes(path.read_bytes().replace(b"\n10\n", b"\n11\n"))
    report = verify_log(log.source, [log.key], known=read_checkpoints(path))
    assert kinds(report) == [Kind.HISTORY]
    assert "cannot be read" in report.findings[0].says


def test_findings_past_the_limit_are_counted(make_log, published_entry):
    log = make_log(600)
    log.rewrite_entries([published_entry(7000 + number) for number in range(600)])
    report = verify_log(log.source, [log.key])
    assert len(report.findings) == MAX_FINDINGS
    assert report.uncounted == 600 - MAX_FINDINGS


@settings(
    max_examples=many(40, 10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(st.data())
def test_no_single_changed_byte_goes_unseen(make_log, data):
    log = make_log(20, 520)
    files = sorted(path for path in log.folder.rglob("*") if path.is_file())
    # The form of a tile at an older size is not part of the log of 520.
    files = [path for path in files if not path.match("000.p/20")]
    path = data.draw(st.sampled_from(files))
    kept = path.read_bytes()
    at = data.draw(st.integers(0, len(kept) - 1))
    changed = bytearray(kept)
    changed[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    report = verify_log(log.source, [log.key], known=log.checkpoints)
    assert not report.is_whole


@pytest.mark.long
@pytest.mark.slow
def test_memory_does_not_grow_with_the_log(make_log):
    def peak(size):
        log = make_log(size)
        tracemalloc.start()
        try:
            assert verify_log(log.source, [log.key]).is_whole
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(16_384) < 1.5 * peak(2_048)


def test_bundles_are_written_as_others_write_them(make_log):
    log = make_log(3)
    assert log.path_of(None, 0) == log.folder / Tile(None, 0, 3).path
    assert log.path_of(None, 0).read_bytes() == encode_entries(log.entries)
