"""People's own accounts: little is asked, all of it can be taken along and erased."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import (
    PASSWORD,
    make_actor,
    make_body,
    make_citizen,
    make_deputy,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
    make_token,
)

from yelin import gate
from yelin.acts import accounts, notices, registering, seats
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Feed
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Person, Seat, Token, User

pytestmark = pytest.mark.django_db


def sign_up(username="zhangsan", name="张三丰", password=PASSWORD) -> Person:
    asked = registering.begin(f"{username}@example.com", "zh-hans")
    return accounts.register(
        actor=Actor.anyone(),
        person=Person(name=name),
        username=username,
        password=password,
        asked=asked.pk,
        secret=asked.secret,
    )


@pytest.mark.duty("collection.lawful")
def test_whoever_signs_up_gives_a_name_and_a_login_and_the_ledger_knows_neither():
    person = sign_up()
    assert person.user.email == ""
    leaf = Leaf.objects.get(act="accounts.register")
    assert leaf.subject_id == person.pk
    assert "张三丰" not in str(leaf.payload)
    assert "zhangsan" not in str(leaf.payload)


def test_nobody_signs_up_twice_or_without_a_password():
    with pytest.raises(Incomplete, match="password"):
        sign_up(password="")
    sign_up()
    with pytest.raises(Incomplete, match="username"):
        sign_up()
    asked = registering.begin("yi@example.com", "zh-hans")
    with pytest.raises(gate.Refused):
        accounts.register(
            actor=make_citizen(),
            person=Person(name="乙"),
            username="yi",
            password=PASSWORD,
            asked=asked.pk,
            secret=asked.secret,
        )


def test_a_name_is_corrected_by_oneself_alone():
    person = sign_up()
    accounts.amend(actor=Actor.citizen(person), person=person, name="张三")
    assert Person.objects.get(pk=person.pk).name == "张三"
    with pytest.raises(gate.Refused):
        accounts.amend(actor=make_citizen(), person=person, name="x")


@pytest.mark.duty("collection.lawful")
def test_what_was_deleted_leaves_neither_name_nor_login_and_history_holds(client):
    person = sign_up()
    before = Leaf.objects.get(act="accounts.register")
    assert client.login(username="zhangsan", password=PASSWORD)
    accounts.delete(actor=Actor.citizen(person), person=person)
    erased = Person.objects.get(pk=person.pk)
    assert (erased.name, erased.user) == ("", None)
    assert not User.objects.filter(username="zhangsan").exists()
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert Leaf.objects.get(pk=before.pk).subject_id == person.pk
    assert "张三丰" not in str(erased)
    assert sign_up().pk != person.pk


def test_deleting_ends_seats_tokens_deputies_and_invitations_of_whoever_is_not_needed():
    first = make_representative(make_enterprise())
    body = Seat.objects.get(pk=first.seat_id).body
    person = make_person()
    seat = make_seat(body, "representative", person)
    token = make_token(seat)
    inviter = make_representative()
    other = seats.invite(actor=inviter, body=_own(inviter), person=person)
    accounts.delete(actor=Actor.of(seat), person=person)
    seat.refresh_from_db()
    other.refresh_from_db()
    assert seat.until
    assert other.answered_at
    assert not Token.objects.live(token, clock.now())
    assert Token.objects.get(seat=seat).label == ""


def test_deleting_erases_where_one_was_told_and_ends_ones_calendars():
    person = sign_up()
    actor = Actor.citizen(person)
    channel = notices.open_channel(
        actor=actor,
        person=person,
        kind="mail",
        address="zhang@example.com",
        language="en",
        scope="all",
    )
    feed = notices.issue_feed(actor=actor, person=person, secret=Feed.fresh())
    accounts.delete(actor=actor, person=person)
    channel.refresh_from_db()
    feed.refresh_from_db()
    assert channel.address == ""
    assert feed.ended_at


def _own(actor: Actor):
    return Seat.objects.get(pk=actor.seat_id).body


def test_an_official_and_the_last_representative_cannot_vanish():
    official = make_seat()
    with pytest.raises(OutOfTurn, match="public body"):
        accounts.delete(actor=Actor.of(official), person=official.person)
    alone = make_seat(make_enterprise(), "representative")
    with pytest.raises(OutOfTurn, match="last seat"):
        accounts.delete(actor=Actor.of(alone), person=alone.person)
    alone.refresh_from_db()
    assert alone.until is None
    assert alone.person.user is not None


def test_another_deletes_nobody():
    person = sign_up()
    for other in (make_citizen(), make_actor(make_body(kind="agency"), "officer")):
        with pytest.raises(gate.Refused):
            accounts.delete(actor=other, person=person)


def test_a_deputy_who_deletes_the_account_acts_no_longer():
    holder = make_seat(make_enterprise(), "representative")
    colleague = make_seat(holder.body, "representative")
    deputy = make_deputy(holder, colleague.person)
    accounts.delete(actor=Actor.of(colleague), person=colleague.person)
    assert not Deputy.objects.live(clock.today()).filter(pk=deputy.pk).exists()


def test_an_entry_of_someone_gone_still_names_its_seat():
    seat = make_seat()
    entry = make_entry(seat.body, "draft")
    seats.leave(actor=make_actor(seat.body, "head"), seat=seat)
    accounts.delete(actor=Actor.citizen(seat.person), person=seat.person)
    entry.refresh_from_db()
    assert entry.provider == seat.body
