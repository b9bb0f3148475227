"""A log that lost something goes on only where two accept it, on record, under another key."""

from urllib.parse import urlsplit

import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body, make_seat, make_token
from tests.web.makers import sign_in

from yelin import gate
from yelin.acts import ledger as acts
from yelin.acts import proposals
from yelin.acts.frame import AwaitsSecond
from yelin.acts.models import Proposal
from yelin.cli import losing, verifying
from yelin.keys import signing
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import entry, history, log, note, sequencer
from yelin.ledger.loss import ACT
from yelin.ledger.models import Checkpoint, Leaf, Loss, Tile
from yelin.surface import receipts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed():
    """Sign a log twice, and return the checkpoint of the end."""
    agency()
    make_entry()
    sequencer.settle()
    make_entry()
    sequencer.settle()
    return Checkpoint.objects.latest()


def restore(size):
    """Bring the database back to when the log had ``size`` leaves, as an old dump would."""
    tiles = {
        (tile.level, tile.index): bytes(tile.hashes)[: (size - 256 * tile.index) * 32]
        for tile in Tile.objects.filter(level=0)
    }
    Leaf.objects.filter(index__gte=size).delete()
    Checkpoint.objects.filter(size__gt=size).delete()
    for (level, index), hashes in tiles.items():
        Tile.objects.filter(level=level, index=index).update(hashes=hashes)


def accept(cause="restored"):
    keeper = agency()
    with pytest.raises(AwaitsSecond) as awaits:
        acts.accept_loss(actor=make_actor(keeper, "officer"), keeper=keeper, cause=cause)
    proposals.approve(actor=make_actor(keeper, "officer"), proposal=awaits.value.proposal)
    return Loss.objects.latest("era")


def binding():
    return Leaf.objects.get(act=ACT, refused=False)


@pytest.mark.duty("trace.whole")
def test_a_log_that_was_cut_goes_on_after_a_leaf_that_binds_what_was_signed(signed, capsys):
    first = Checkpoint.objects.order_by("size").first()
    old = log.verifier_key()
    kept_receipt = log.receipt_of(Leaf.objects.get(index=0), opened=True)
    restore(first.size)
    make_entry(title="办了别的事")
    with pytest.raises(log.LogBroken):
        sequencer.settle()
    loss = accept()
    sequencer.settle()

    assert (loss.kept, loss.agreed) == (first.size, first.size)
    assert loss.findings[0] == f"entries {first.size} to {signed.size - 1} are gone"
    leaf = binding()
    # Before whatever was done while the log was broken.
    assert leaf.index == first.size
    bound = note.open_checkpoint(leaf.payload["facts"]["checkpoint"], [old])
    assert (bound.size, bound.root) == (signed.size, bytes(signed.root))
    assert leaf.payload["facts"]["second"]["seat"] != leaf.payload["actor"]["seat"]

    new = log.verifier_key()
    assert new.name != old.name
    assert note.open_checkpoint(log.newest_checkpoint().note, [new]).size > leaf.index
    assert verifying.verify_here(None) == 0
    told = capsys.readouterr()
    assert f"{old.name} broke: {first.size} of its leaves were taken over" in told.out
    # What was kept of it elsewhere holds on, by the key of then and by that of now.
    assert entry.check(kept_receipt, [old]).payload
    again = log.receipt_of(Leaf.objects.get(index=0), opened=True)
    assert entry.check(again, [new]).checkpoint.origin == new.name


@pytest.mark.duty("trace.whole")
def test_everyone_may_read_what_was_lost(signed):
    restore(2)
    accept()
    sequencer.settle()
    assert receipts.show(make_actor(make_body()), binding()).opened


def test_a_gap_is_named_and_what_stood_behind_it_is_placed_anew(signed):
    behind = Leaf.objects.get(index=3)
    Leaf.objects.filter(index=2).delete()
    Tile.objects.filter(level=0).update(hashes=b"")
    loss = accept("tampered")
    sequencer.settle()
    assert loss.findings[0] == "entries 2 to 2 are gone"
    assert loss.kept == 2
    assert binding().index == 2
    behind.refresh_from_db()
    assert behind.index > 2
    indices = list(Leaf.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(len(indices)))
    assert verifying.verify_here(None) == 0


def test_where_only_tiles_were_damaged_no_leaf_is_lost(signed):
    Tile.objects.filter(level=0).update(hashes=b"")
    loss = accept("damaged")
    sequencer.settle()
    assert (loss.kept, loss.agreed) == (signed.size, signed.size)
    assert verifying.verify_here(None) == 0


def test_a_leaf_that_was_changed_is_kept_but_counts_for_nothing_signed(signed):
    first = Checkpoint.objects.order_by("size").first()
    Leaf.objects.filter(index=first.size).update(h=b"\0" * 32)
    Tile.objects.filter(level=0).update(hashes=b"")
    loss = accept("tampered")
    assert (loss.kept, loss.agreed) == (signed.size, first.size)


def test_a_second_break_begins_a_third_log(signed):
    restore(3)
    accept()
    sequencer.settle()
    make_entry()
    sequencer.settle()
    restore(4)
    Checkpoint.objects.filter(era=1).delete()
    with pytest.raises(log.LogBroken):
        sequencer.settle()
    loss = accept()
    sequencer.settle()
    assert loss.era == 2
    assert len({key.name for key in (*log.former_keys(), log.verifier_key())}) == 3
    assert verifying.verify_here(None) == 0
    assert history.last_checkpoint(log.checkpoint_file()) == log.newest_checkpoint().note


def test_a_log_that_goes_on_has_no_loss_to_accept(signed):
    with pytest.raises(OutOfTurn, match="no loss"):
        accept()
    assert not Loss.objects.exists()


def test_a_key_that_is_missing_is_no_loss(signed):
    place = signing.path(log.KEY)
    place.rename(place.with_suffix(".away"))
    with pytest.raises(OutOfTurn, match="key"):
        accept()


def test_the_key_of_the_new_log_is_not_made_anew_when_it_is_gone(signed):
    restore(2)
    accept()
    signing.path(log.key_of(1)).unlink()
    with pytest.raises(log.KeyLost):
        sequencer.settle()


def test_a_row_that_was_deleted_does_not_bring_the_broken_log_back(signed):
    restore(2)
    accept()
    sequencer.settle()
    Loss.objects.all().delete()
    with pytest.raises(log.LogBroken):
        sequencer.publish()


def test_only_officers_of_the_keeper_accept_and_only_for_a_cause(signed):
    restore(2)
    with pytest.raises(gate.Refused):
        acts.accept_loss(actor=make_actor(role="officer"), keeper=agency(), cause="restored")
    with pytest.raises(Incomplete, match="cause"):
        accept("whatever")


def test_the_command_says_what_is_broken_and_a_second_officer_approves_at_the_desk(
    signed, capsys, client
):
    token = make_token(make_seat(agency(), "officer"))
    assert losing.propose("restored", token) == 1
    restore(2)
    assert losing.propose("restored", token) == 0
    told = capsys.readouterr()
    assert f"{signed.size} leaves were signed and only 2 are there" in told.out
    assert not Loss.objects.exists()
    address = urlsplit(told.out.split()[-1]).path
    sign_in(client, make_seat(agency(), "officer"))
    assert "数据库由较早的备份恢复" in client.get(address).content.decode()
    proposals.approve(
        actor=make_actor(agency(), "officer"), proposal=Proposal.objects.latest("proposed_at")
    )
    assert Loss.objects.get().cause == "restored"


def test_the_ledgers_page_shows_the_loss_to_everyone(signed, client):
    restore(2)
    loss = accept()
    sequencer.settle()
    page = client.get("/ledger/", {"lang": "en"}).content.decode()
    assert "The database was restored from an older copy" in page
    assert f"entries 2 to {signed.size - 1} are gone" in page
    assert loss.vkey.split("+")[0] in page
    assert client.get(f"/ledger/leaves/{binding().receipt_text}/").status_code == 200
