"""Leaving, handing over, deputies, invitations: seats end at once, and no body loses its last."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import (
    make_actor,
    make_body,
    make_deputy,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
    make_token,
)

from yelin import gate
from yelin.acts import parties, seats
from yelin.catalog import acts as catalog
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Seat, Token
from yelin.surface.actor import TokenUnknown, of_token

pytestmark = pytest.mark.django_db


@pytest.mark.duty("governance.powers")
def test_a_seat_is_left_by_its_holder_or_ended_by_the_head_and_its_token_with_it():
    for leaver in ("holder", "head"):
        seat = make_seat()
        token = make_token(seat)
        actor = Actor.of(seat) if leaver == "holder" else make_actor(seat.body, "head")
        ended = seats.leave(actor=actor, seat=seat)
        assert ended.until is not None
        with pytest.raises(TokenUnknown):
            of_token(token)
        with pytest.raises(ValueError, match="left"):
            Actor.of(ended)
        with pytest.raises(OutOfTurn):
            seats.leave(actor=make_actor(seat.body, "head"), seat=seat)


def test_no_colleague_and_no_deputy_ends_a_seat():
    seat = make_seat()
    for other in (make_actor(seat.body, "officer"), Actor.of(seat, make_deputy(seat))):
        with pytest.raises(gate.Refused):
            seats.leave(actor=other, seat=seat)


@pytest.mark.parametrize("kind", ["department", "enterprise"])
def test_the_last_who_answers_for_a_body_hands_over_instead_of_leaving(kind):
    body = make_body(kind=kind, verified_at=clock.now())
    first, second = make_seat(body, body.leading_role), make_seat(body, body.leading_role)
    seats.leave(actor=Actor.of(first), seat=first)
    with pytest.raises(OutOfTurn, match="hand it over"):
        seats.leave(actor=Actor.of(second), seat=second)


def test_handing_over_moves_what_waits_and_ends_the_old_seat_its_token_and_its_deputies():
    seat = make_seat()
    entry = make_entry(seat.body, "draft")
    token, deputy, heir = make_token(seat), make_deputy(seat), make_person()
    new = seats.hand_over(actor=Actor.of(seat), seat=seat, person=heir)
    seat.refresh_from_db()
    deputy.refresh_from_db()
    assert (new.person, new.body, new.role) == (heir, seat.body, seat.role)
    assert seat.until
    assert deputy.ended_at
    assert not Token.objects.live(token, clock.now())
    assert catalog.register(actor=Actor.of(new), entry=entry).code
    leaf = Leaf.objects.get(act="parties.hand_over")
    assert (leaf.subject_id, leaf.payload["facts"]["person"]) == (new.pk, str(heir.pk))


def test_a_seat_is_handed_over_to_a_living_login_that_does_not_hold_it():
    seat = make_seat()
    holder = make_seat(seat.body, seat.role).person
    gone = make_person()
    gone.user = None
    gone.save()
    for heir in (holder, seat.person, gone):
        with pytest.raises(Incomplete, match="person"):
            seats.hand_over(actor=Actor.of(seat), seat=seat, person=heir)
    seat.refresh_from_db()
    assert seat.until is None


@pytest.mark.django_db(transaction=True)
def test_of_two_hand_overs_at_once_one_wins():
    seat = make_seat()
    heirs = [make_person(), make_person()]
    ready, told = threading.Barrier(2), []

    def hand_over(heir):
        mine = Seat.objects.select_related("body", "person").get(pk=seat.pk)
        actor = Actor.of(mine)
        ready.wait()
        try:
            told.append(seats.hand_over(actor=actor, seat=mine, person=heir).person)
        except OutOfTurn:
            told.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_over, args=(heir,)) for heir in heirs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(None) == 1
    assert Seat.objects.live().get(body=seat.body).person in heirs


@pytest.mark.django_db(transaction=True)
def test_the_last_two_heads_cannot_leave_at_once():
    body = make_body()
    heads = [make_seat(body, "head"), make_seat(body, "head")]
    ready = threading.Barrier(2)

    def leave(pk):
        mine = Seat.objects.select_related("body", "person").get(pk=pk)
        ready.wait()
        try:
            seats.leave(actor=Actor.of(mine), seat=mine)
        except OutOfTurn:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(seat.pk,)) for seat in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Seat.objects.live().filter(body=body, role="head").count() == 1


def test_a_deputy_acts_in_the_seat_and_the_leaf_names_both():
    seat = make_seat(agency(), "officer")
    colleague = make_seat(seat.body, "auditor").person
    day = clock.today()
    deputy = seats.depute(
        actor=Actor.of(seat), seat=seat, person=colleague, since=day, until=day + timedelta(3)
    )
    entry = make_entry(state="awaiting")
    catalog.confirm(actor=Actor.of(seat, deputy), entry=entry)
    told = Leaf.objects.get(act="catalog.confirm").payload["actor"]
    assert (told["seat"], told["deputy"]) == (str(seat.pk), str(colleague.pk))
    seats.end_deputy(actor=Actor.of(seat), deputy=deputy)
    assert not Deputy.objects.live(day).exists()
    with pytest.raises(ValueError, match="does not act"):
        Actor.of(seat, deputy)


def test_a_deputy_is_a_colleague_for_days_to_come_and_names_no_further_one():
    seat = make_seat()
    colleague = make_seat(seat.body, "auditor").person
    yesterday = clock.today() - timedelta(1)

    def depute(person, since, until, actor=None):
        return seats.depute(
            actor=actor or Actor.of(seat), seat=seat, person=person, since=since, until=until
        )

    for person, since, until, place in (
        (make_person(), yesterday, date.max, "person"),
        (seat.person, yesterday, date.max, "person"),
        (colleague, yesterday, yesterday, "until"),
        (colleague, date.max, yesterday, "until"),
    ):
        with pytest.raises(Incomplete, match=place):
            depute(person, since, until)
    deputy = depute(colleague, yesterday, date.max)
    acting = Actor.of(seat, deputy)
    with pytest.raises(gate.Refused):
        depute(colleague, yesterday, date.max, acting)
    with pytest.raises(gate.Refused):
        parties.issue_token(actor=acting, holder=seat, label="x", secret=Token.fresh())


def test_an_enterprise_has_several_representatives_who_came_by_their_own_will():
    first = make_representative()
    body = Seat.objects.get(pk=first.seat_id).body
    guest, stranger = make_person(), make_person()
    invitation = seats.invite(actor=first, body=body, person=guest)
    with pytest.raises(Incomplete, match="invited already"):
        seats.invite(actor=first, body=body, person=guest)
    with pytest.raises(gate.Refused):
        seats.accept(actor=Actor.citizen(stranger), invitation=invitation)
    seat = seats.accept(actor=Actor.citizen(guest), invitation=invitation)
    assert (seat.role, seat.body) == ("representative", body)
    for act in (seats.accept, seats.decline):
        with pytest.raises(OutOfTurn):
            act(actor=Actor.citizen(guest), invitation=invitation)
    with pytest.raises(Incomplete, match="person"):
        seats.invite(actor=Actor.of(seat), body=body, person=guest)
    with pytest.raises(gate.Refused):
        seats.invite(actor=make_representative(), body=body, person=stranger)


def test_an_invitation_runs_out_and_can_be_given_again(today):
    today("2026-03-02")
    first = make_representative(make_enterprise())
    body = Seat.objects.get(pk=first.seat_id).body
    guest = make_person()
    old = seats.invite(actor=first, body=body, person=guest)
    today("2026-03-17")
    with pytest.raises(OutOfTurn, match="run out"):
        seats.accept(actor=Actor.citizen(guest), invitation=old)
    new = seats.invite(actor=first, body=body, person=guest)
    assert seats.accept(actor=Actor.citizen(guest), invitation=new)


def test_a_head_gives_no_password_of_someone_who_also_sits_elsewhere():
    seat = make_seat()
    head = make_actor(seat.body, "head")
    assert seats.give_link(actor=head, seat=seat) == seat
    make_seat(person=seat.person)
    with pytest.raises(OutOfTurn, match="keeps the register"):
        seats.give_link(actor=head, seat=seat)
    assert seats.give_link(actor=make_actor(agency(), "officer"), seat=seat)
    with pytest.raises(gate.Refused):
        seats.give_link(actor=make_actor(role="head"), seat=seat)
