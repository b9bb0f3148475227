from datetime import timedelta

import pytest
from tests.parties.makers import (
    PASSWORD,
    make_body,
    make_citizen,
    make_deputy,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
    make_token,
)

from yelin.gate import OfKind
from yelin.law import clock
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.kinds import SOCIAL, BodyKind
from yelin.surface.actor import TokenUnknown, of_token

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", BodyKind)
def test_a_seat_in_a_public_body_is_an_officials_and_in_a_social_one_a_representatives(kind):
    body = make_body(kind=kind)
    actor = Actor.of(make_seat(body))
    assert body.is_official is (kind not in SOCIAL)
    assert actor.kind is (ActorKind.OFFICIAL if body.is_official else ActorKind.REPRESENTATIVE)
    assert actor.party_id == body.pk


def test_a_citizen_is_a_party_of_its_own():
    citizen = make_citizen()
    assert citizen.party_id == citizen.person_id
    assert citizen.is_identified
    assert citizen.evidence() == {"kind": "citizen", "person": str(citizen.person_id)}
    assert Actor.anyone().party_id is None


def test_a_deputy_is_told_beside_the_seat_and_never_instead_of_it():
    deputy = make_deputy()
    actor = Actor.of(deputy.seat, deputy)
    assert actor.person_id == deputy.person_id != deputy.seat.person_id
    assert actor.evidence()["seat"] == str(deputy.seat_id)
    assert actor.evidence()["deputy"] == str(deputy.person_id)
    with pytest.raises(ValueError, match="does not act in this seat"):
        Actor.of(make_seat(), deputy)


def test_whoever_stands_for_an_unverified_body_stands_for_nobody():
    represents = OfKind(ActorKind.REPRESENTATIVE)
    assert represents.of(make_representative())
    assert not represents.of(make_representative(make_enterprise(verified_at=None)))


def asker(client):
    return client.get("/").wsgi_request._yelin_asker


def signed_in(client, person):
    assert client.login(username=person.user.username, password=PASSWORD)
    return client


def test_someone_without_a_seat_is_a_citizen(client):
    person = make_person()
    found = asker(signed_in(client, person))
    assert (found.actor.kind, found.actor.person_id) == (ActorKind.CITIZEN, person.pk)


def test_whoever_holds_a_seat_may_still_act_for_nobody_but_oneself(client):
    seat = make_seat()
    signed_in(client, seat.person)
    assert asker(client).actor.kind is ActorKind.OFFICIAL
    client.post("/desk/seat/", {"seat": "myself"})
    assert asker(client).actor.kind is ActorKind.CITIZEN


def test_a_seat_that_ended_acts_no_longer_at_the_very_next_request(client):
    seat = make_seat()
    token = make_token(seat)
    signed_in(client, seat.person)
    assert asker(client).seat == seat
    assert of_token(token).seat == seat
    seat.until = clock.now()
    seat.save()
    assert asker(client).actor.kind is ActorKind.CITIZEN
    with pytest.raises(TokenUnknown):
        of_token(token)


def test_a_deputy_acts_only_when_chosen_and_only_between_its_days(client):
    today = clock.today()
    deputy = make_deputy(since=today - timedelta(1), until=today)
    signed_in(client, deputy.person)
    assert asker(client).seat.person == deputy.person
    client.post("/desk/seat/", {"seat": str(deputy.seat_id)})
    assert asker(client).actor.deputy_id == deputy.pk
    deputy.since = deputy.until = today - timedelta(1)
    deputy.save()
    assert asker(client).actor.deputy_id is None


def test_the_token_of_a_blocked_login_is_not_known_any_more():
    seat = make_seat()
    token = make_token(seat)
    seat.person.user.is_active = False
    seat.person.user.save()
    with pytest.raises(TokenUnknown):
        of_token(token)
