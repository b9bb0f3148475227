"""What a leaf said can be destroyed, by two people and on record; that it stood there cannot."""

import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.acts import ledger as acts
from yelin.acts import proposals
from yelin.acts.frame import AwaitsSecond
from yelin.cli import verifying
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import entry, log, sequencer
from yelin.ledger.models import Leaf, Shredding
from yelin.surface import receipts

pytestmark = pytest.mark.django_db(transaction=True)

GROUND = "consent_withdrawn"


def shred(index, ground=GROUND, keeper=None):
    keeper = keeper or agency()
    with pytest.raises(AwaitsSecond) as awaits:
        acts.shred(actor=make_actor(keeper, "officer"), keeper=keeper, index=index, ground=ground)
    proposals.approve(actor=make_actor(keeper, "officer"), proposal=awaits.value.proposal)
    return Shredding.objects.get(leaf__index=index)


@pytest.fixture
def signed():
    make_entry()
    sequencer.settle()
    return Leaf.objects.get(index=1)


@pytest.mark.duty("personal.erase")
def test_a_shredded_leaf_keeps_its_place_and_nothing_of_what_it_said(signed):
    """B-58: only a salted hash was ever in the log."""
    before = log.receipt_of(signed, opened=True)
    shred(1)
    leaf = Leaf.objects.get(index=1)
    assert (leaf.salt, leaf.payload, leaf.act, leaf.duty, leaf.body) == (b"", {}, "", "", None)
    assert bytes(leaf.h) == before.h
    assert leaf.subject.kind == "shredding"
    told = Leaf.objects.get(act="ledger.shred")
    assert {name: told.payload["facts"][name] for name in ("index", "ground")} == {
        "index": 1,
        "ground": GROUND,
    }
    assert told.payload["facts"]["second"]["seat"] != told.payload["actor"]["seat"]
    assert before.payload["subject"]["id"] not in str(told.payload)


@pytest.mark.duty("personal.erase")
def test_its_receipt_says_so_and_still_leads_to_the_signed_root(signed):
    body = signed.body
    shred(1)
    sequencer.settle()
    shown = receipts.show(make_actor(body), Leaf.objects.get(index=1))
    assert not shown.opened
    again = entry.parse_receipt(shown.receipt.to_json())
    assert again.shredded is not None
    assert again.payload is None
    assert entry.check(again, [log.verifier_key()]).payload is None


def test_the_log_is_whole_after_it_and_says_what_was_shredded(signed, capsys):
    shred(1)
    sequencer.settle()
    assert verifying.verify_here(None) == 0
    assert "entry 1 was shredded on" in capsys.readouterr().out


def test_words_destroyed_without_an_act_are_missed(signed, capsys):
    thing = Leaf.objects.get(index=0).subject
    Leaf.objects.filter(index=1).update(
        salt=b"", payload={}, act="", duty="", body=None, subject=thing, shredded_at=signed.at
    )
    assert verifying.verify_here(None) == 1
    assert "entry 1: its words were destroyed, and no act" in capsys.readouterr().err


@pytest.mark.duty("personal.erase")
def test_only_two_officers_of_the_ledgers_keeper_shred(signed):
    for actor, keeper in (
        (make_actor(agency(), "steward"), agency()),
        (make_actor(signed.body, "officer"), signed.body),
        (make_actor(make_body(), "officer"), agency()),
    ):
        with pytest.raises(gate.Refused):
            acts.shred(actor=actor, keeper=keeper, index=1, ground=GROUND)
    officer = make_actor(agency(), "officer")
    with pytest.raises(AwaitsSecond) as awaits:
        acts.shred(actor=officer, keeper=agency(), index=1, ground=GROUND)
    with pytest.raises(gate.Refused):
        proposals.approve(actor=officer, proposal=awaits.value.proposal)
    assert Leaf.objects.get(index=1).payload


def test_neither_an_unsigned_leaf_nor_one_twice_nor_a_shredding_is_shredded(signed):
    make_entry()
    with pytest.raises(Incomplete):
        shred(Leaf.objects.count())
    with pytest.raises(Incomplete):
        shred(1, ground="because")
    shred(1)
    with pytest.raises(OutOfTurn):
        shred(1)
    sequencer.settle()
    with pytest.raises(Incomplete):
        shred(Leaf.objects.get(act="ledger.shred").index)
