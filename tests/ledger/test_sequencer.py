import hashlib
import threading
import time

import pytest
from django.db import connections
from tests.catalog.makers import make_entry

from yelin.cli import verifying
from yelin.keys import signing
from yelin.ledger import append, entry, history, log, sequencer, tree
from yelin.ledger.entry import State
from yelin.ledger.models import Checkpoint, Leaf, Tile
from yelin.ledger.verify import verify_log

pytestmark = pytest.mark.django_db(transaction=True)


def grow(acts=3):
    make_entry()
    return Leaf.objects.count()


@pytest.mark.duty("trace.whole")
def test_a_leaf_is_pending_then_integrated_then_published():
    count = grow()
    leaf = Leaf.objects.order_by("id").first()
    assert log.state_of(leaf, log.published_size()) is State.PENDING
    assert sequencer.integrate() == count
    leaf.refresh_from_db()
    assert leaf.index == 0
    assert log.state_of(leaf, log.published_size()) is State.INTEGRATED
    checkpoint = sequencer.publish()
    assert checkpoint.size == count
    assert log.state_of(leaf, log.published_size()) is State.PUBLISHED
    assert list(history.read_checkpoints(log.checkpoint_file())) == [checkpoint.note]


@pytest.mark.duty("signature.use")
def test_a_receipt_is_checked_with_nothing_but_the_logs_key():
    grow()
    sequencer.settle()
    for leaf in Leaf.objects.all():
        receipt = entry.parse_receipt(log.receipt_of(leaf, opened=True).to_json())
        checked = entry.check(receipt, [log.verifier_key()], origin=log.verifier_key().name)
        assert receipt.state is State.PUBLISHED
        assert checked.payload is True
        assert checked.checkpoint.size == Leaf.objects.count()


def test_batches_of_any_size_give_the_tree_that_one_batch_gives():
    grow()
    leaves = [
        entry.leaf_hash(bytes(h)) for h in Leaf.objects.order_by("id").values_list("h", flat=True)
    ]
    while sequencer.integrate(limit=2):
        sequencer.publish()

    def naive(hashes):
        if len(hashes) == 1:
            return hashes[0]
        split = 1 << (len(hashes) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + naive(hashes[:split]) + naive(hashes[split:])).digest()

    assert bytes(Checkpoint.objects.latest().root) == naive(leaves)
    assert verifying.verify_here(None) == 0


def test_a_late_committer_with_an_early_id_is_not_passed_over():
    grow()
    early = Leaf.objects.order_by("id").first()
    late = {f.name: getattr(early, f.name) for f in Leaf._meta.concrete_fields}
    Leaf.objects.filter(pk=early.pk).delete()
    sequencer.settle()
    late["h"] = entry.commit(late["payload"], bytes(late["salt"]))
    Leaf.objects.create(**late)
    assert sequencer.settle() == 1
    assert verifying.verify_here(None) == 0


def test_several_sequencers_at_once_number_every_leaf_once():
    for _ in range(4):
        grow()

    def run():
        try:
            while sequencer.integrate(limit=1):
                sequencer.publish()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequencer.settle()
    numbers = sorted(Leaf.objects.values_list("index", flat=True))
    assert numbers == list(range(Leaf.objects.count()))
    assert verifying.verify_here(None) == 0


def test_a_crash_between_the_file_and_the_row_is_gone_on_from(monkeypatch):
    grow()
    sequencer.integrate()
    real = Checkpoint.objects.create
    monkeypatch.setattr(
        Checkpoint.objects, "create", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        sequencer.publish()
    monkeypatch.setattr(Checkpoint.objects, "create", real)
    grow()
    sequencer.settle()
    assert verifying.verify_here(None) == 0
    assert Checkpoint.objects.count() == 1
    assert len(list(history.read_checkpoints(log.checkpoint_file()))) == 2


def swap(first, second):
    Leaf.objects.filter(pk__in=[first.pk, second.pk]).update(index=None)
    Leaf.objects.filter(pk=first.pk).update(index=second.index)
    Leaf.objects.filter(pk=second.pk).update(index=first.index)


def empty():
    for model in (Leaf, Tile, Checkpoint):
        model.objects.all().delete()


TAMPERINGS = {
    "changed words": lambda: Leaf.objects.filter(index=2).update(payload={"act": "other"}),
    "changed hash": lambda: Leaf.objects.filter(index=2).update(h=bytes(32)),
    "removed": lambda: Leaf.objects.filter(index=2).delete(),
    "reordered": lambda: swap(Leaf.objects.get(index=1), Leaf.objects.get(index=2)),
    "cut off": lambda: Leaf.objects.filter(index__gte=3).delete(),
    "emptied": empty,
}


@pytest.mark.duty("trace.whole")
@pytest.mark.parametrize("how", TAMPERINGS)
def test_whatever_is_done_to_the_rows_is_found_and_named(how, capsys):
    """B-73: in the database itself, as whoever keeps it could."""
    grow()
    sequencer.settle()
    TAMPERINGS[how]()
    assert verifying.verify_here(None) == 1
    said = capsys.readouterr().err
    if how in {"changed words", "changed hash", "removed"}:
        assert "entry 2" in said
    if how == "reordered":
        assert "entries 1 and 2" in said or "entry 1" in said


@pytest.mark.parametrize("how", ["cut off", "emptied"])
def test_nothing_is_signed_on_top_of_a_log_that_was_cut(how):
    grow()
    sequencer.settle()
    before = list(history.read_checkpoints(log.checkpoint_file()))
    TAMPERINGS[how]()
    grow()
    with pytest.raises(log.LogBroken):
        sequencer.settle()
    assert list(history.read_checkpoints(log.checkpoint_file())) == before


def lose_the_key(how):
    file = signing.path(log.KEY)
    file.rename(file.with_suffix(".lost"))
    if how == "another":
        signing.make(log.KEY)
        signing._read.cache_clear()
    return file.with_suffix(".lost")


@pytest.mark.duty("signature.use")
@pytest.mark.parametrize("how", ["gone", "another"])
@pytest.mark.parametrize("left", ["file", "rows", "both"])
def test_no_other_key_signs_a_log_that_was_signed(how, left, capsys):
    grow()
    sequencer.settle()
    before, origin = list(history.read_checkpoints(log.checkpoint_file())), log.verifier_key().name
    if left == "file":
        Checkpoint.objects.all().delete()
    if left == "rows":
        log.checkpoint_file().unlink()
    kept = lose_the_key(how)
    grow()
    with pytest.raises(log.KeyLost, match=f"{origin}.*Put the log's own key back"):
        sequencer.settle()
    if how == "gone":
        assert not signing.path(log.KEY).exists()
    assert verifying.verify_here(None) == 1
    assert Checkpoint.objects.count() == (left != "file")
    assert Leaf.objects.filter(index=None).exists()
    if left == "rows":
        assert not log.checkpoint_file().exists()
    else:
        assert list(history.read_checkpoints(log.checkpoint_file())) == before
    kept.replace(signing.path(log.KEY))
    signing._read.cache_clear()
    assert sequencer.settle() > 0


def test_the_log_with_no_leaf_at_all_and_no_earlier_checkpoint_is_not_called_whole(capsys):
    assert verifying.verify_here(None) == 1
    assert "checkpoint" in capsys.readouterr().err


def test_tiles_of_a_proof_are_only_those_needed():
    grow()
    sequencer.settle()
    read = []

    class Counting:
        def get(self, level, index):
            read.append((level, index))
            return log.TileRows().get(level, index)

    size = log.published_size()
    proof = tree.inclusion(tree.TileCache(Counting()), 0, size)
    tree.verify_inclusion(
        entry.leaf_hash(bytes(Leaf.objects.get(index=0).h)),
        0,
        size,
        proof,
        tree.root(log.TileRows(), size),
    )
    assert len(read) < 10
    assert verify_log(log.RowSource(), [log.verifier_key()]).is_whole


def crash_between_file_and_row(monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(
            Checkpoint.objects, "create", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            sequencer.publish()


def test_a_log_whose_last_checkpoint_a_crash_kept_from_the_rows_is_whole(monkeypatch, capsys):
    grow()
    sequencer.settle()
    grow()
    sequencer.integrate()
    crash_between_file_and_row(monkeypatch)
    assert log.published_size() < Leaf.objects.count()
    assert verifying.verify_here(None) == 0
    assert str(Leaf.objects.count()) in capsys.readouterr().out


def test_leaves_removed_after_such_a_crash_are_missed_all_the_same(monkeypatch, capsys):
    grow()
    sequencer.settle()
    grow()
    sequencer.integrate()
    crash_between_file_and_row(monkeypatch)
    Leaf.objects.filter(index__gte=log.published_size()).delete()
    assert verifying.verify_here(None) == 1
    assert "cut off" in capsys.readouterr().err


def test_a_log_that_grows_while_it_is_verified_is_not_called_cut(monkeypatch):
    grow()
    sequencer.settle()
    read = log.RowSource.entries

    def growing(source, index, width):
        grow()
        sequencer.settle()
        return read(source, index, width)

    monkeypatch.setattr(log.RowSource, "entries", growing)
    assert verifying.verify_here(None) == 0


@pytest.fixture
def sequencing():
    """Run the sequencer as the worker does, beside the test."""
    over = threading.Event()

    def run():
        sequencer.run(over.is_set)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    append._tell()
    thread.join()


def seconds_until_signed():
    began = time.monotonic()
    while log.published_size() < Leaf.objects.count():
        assert time.monotonic() < began + 20
        time.sleep(0.002)
    return time.monotonic() - began


def test_a_leaf_is_signed_when_it_is_told_of_and_not_at_the_next_look(sequencing, monkeypatch):
    monkeypatch.setattr(sequencer, "POLL_SECONDS", 60.0)
    grow()
    seconds_until_signed()
    # The wait that runs already is still the old one.
    time.sleep(1.2)
    grow()
    assert seconds_until_signed() < 15


def test_a_leaf_that_nobody_told_of_is_found_all_the_same(sequencing, monkeypatch):
    monkeypatch.setattr("yelin.ledger.append._tell", lambda: None)
    grow()
    assert seconds_until_signed() < 15
    monkeypatch.undo()
