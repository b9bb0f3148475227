"""Acts that take two people."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from tests.acts.conftest import NAME
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body, make_seat

from yelin import gate
from yelin.acts import proposals, tasks
from yelin.acts.frame import AwaitsSecond, named
from yelin.acts.models import PROPOSAL_STANDS, Proposal
from yelin.law import clock
from yelin.law.refusals import OutOfTurn, Unlawful
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Seat

pytestmark = pytest.mark.django_db


def propose(rename, actor, entry, title="新名称", **more) -> Proposal:
    with pytest.raises(AwaitsSecond) as awaits:
        rename(actor=actor, entry=entry, title=title, **more)
    return awaits.value.proposal


def test_what_one_person_proposes_is_not_done_yet_but_recorded(rename, two):
    entry, first, _ = two
    before = entry.title
    proposal = propose(rename, first, entry)
    entry.refresh_from_db()
    assert entry.title == before
    assert proposal.arguments == {"entry": str(entry.pk), "title": "新名称", "after": None}
    leaf = Leaf.objects.get(act="proposals.propose")
    assert leaf.subject_id == proposal.pk
    assert "新名称" not in str(leaf.payload)
    assert not Leaf.objects.filter(act=NAME).exists()


@pytest.mark.duty("governance.powers")
def test_a_second_person_approves_and_it_is_done_once_in_both_names(rename, two):
    entry, first, second = two
    other = make_entry(entry.provider)
    proposal = propose(rename, first, entry, after=other)
    approved = proposals.approve(actor=second, proposal=proposal)
    entry.refresh_from_db()
    assert entry.title == "新名称"
    assert approved.state == "done"
    leaf = Leaf.objects.get(act=NAME)
    assert leaf.payload["actor"]["seat"] == str(first.seat_id)
    assert leaf.payload["facts"]["second"]["seat"] == str(second.seat_id)
    assert leaf.payload["facts"]["second"]["proposal"] == str(proposal.pk)
    with pytest.raises(OutOfTurn):
        proposals.approve(actor=second, proposal=proposal)
    assert Leaf.objects.filter(act=NAME).count() == 1


def test_the_proposer_cannot_approve_not_even_from_another_seat(rename, two):
    entry, first, _ = two
    proposal = propose(rename, first, entry)
    same_person = Seat.objects.get(pk=first.seat_id).person
    elsewhere = make_seat(make_body(), person=same_person)
    for actor in (first, Actor.of(elsewhere)):
        with pytest.raises(gate.Refused):
            proposals.approve(actor=actor, proposal=proposal)
    assert Leaf.objects.filter(act="proposals.approve", refused=True).count() == 2


def test_only_who_may_do_the_act_sees_and_approves_its_proposal(rename, two):
    entry, first, second = two
    proposal = propose(rename, first, entry)
    stranger, auditor = make_actor(make_body()), make_actor(entry.provider, "auditor")
    for action in ("proposal.see", "proposals.approve"):
        for actor in (first, second, stranger, auditor, Actor.anyone()):
            listed = gate.visible_to(actor, action, Proposal.objects.all()).exists()
            assert listed == gate.decide(actor, action, proposal).allowed
            assert listed == (actor is second or (actor is first and action == "proposal.see"))


def test_who_may_not_do_the_act_cannot_propose_it_either(rename, two):
    entry, *_ = two
    with pytest.raises(gate.Refused):
        rename(actor=make_actor(make_body()), entry=entry, title="新名称")
    assert not Proposal.objects.exists()


def test_what_fails_when_it_is_approved_leaves_the_proposal_as_it_was(rename, two):
    entry, first, second = two
    proposal = propose(rename, first, entry)
    entry.title = "新名称"
    entry.save()
    with pytest.raises(OutOfTurn):
        proposals.approve(actor=second, proposal=proposal)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert not Leaf.objects.filter(act="proposals.approve").exists()


def test_whoever_left_the_seat_proposes_nothing_any_more(rename, two):
    entry, first, second = two
    proposal = propose(rename, first, entry)
    Seat.objects.filter(pk=first.seat_id).update(until=clock.now())
    with pytest.raises(OutOfTurn, match="left"):
        proposals.approve(actor=second, proposal=proposal)


def test_a_proposal_is_taken_back_by_its_proposer_alone(rename, two):
    entry, first, second = two
    proposal = propose(rename, first, entry)
    with pytest.raises(gate.Refused):
        proposals.withdraw(actor=second, proposal=proposal)
    proposals.withdraw(actor=first, proposal=proposal)
    with pytest.raises(OutOfTurn):
        proposals.approve(actor=second, proposal=proposal)


def test_a_proposal_expires_and_the_sweep_says_so_once(rename, two):
    entry, first, second = two
    proposal = propose(rename, first, entry)
    tasks.expire_proposals(timestamp=0)
    with clock.standing_at(clock.now() + PROPOSAL_STANDS + timedelta(seconds=1)):
        with pytest.raises(OutOfTurn):
            proposals.approve(actor=second, proposal=proposal)
        tasks.expire_proposals(timestamp=0)
        tasks.expire_proposals(timestamp=0)
    proposal.refresh_from_db()
    assert proposal.state == "expired"
    assert Leaf.objects.filter(act="proposals.expire").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does_it(rename):
    body = make_body()
    entry, first = make_entry(body), make_actor(body)
    others = [make_actor(body) for _ in range(4)]
    proposal = propose(rename, first, entry)
    together = threading.Barrier(len(others))
    came: list[str] = []

    def approve(actor):
        together.wait()
        try:
            proposals.approve(actor=actor, proposal=Proposal.objects.get(pk=proposal.pk))
            came.append("done")
        except OutOfTurn:
            came.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(actor,)) for actor in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["done", "late", "late", "late"]
    assert Leaf.objects.filter(act=NAME, refused=False).count() == 1


def test_the_system_and_strangers_propose_nothing(rename, two):
    entry, first, _ = two
    with pytest.raises(Unlawful, match="two people"):
        named(NAME).perform(replace(first, person_id=None), entry=entry, title="新名称")
