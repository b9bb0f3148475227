"""When data last passed between a system and the platform: brought in by it, or told to it."""

from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body, make_seat, make_token
from tests.registers.makers import make_system, officer_of
from tests.warehouse.makers import PORTS

from yelin import gate
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.outbound.models import Purpose
from yelin.outbound.rules import Destination
from yelin.parties.actor import Actor
from yelin.parties.models import Token
from yelin.registers import reads
from yelin.registers.acts import systems
from yelin.registers.models import GovernmentSystem
from yelin.warehouse import acts, tasks
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db


@pytest.mark.duty("systems.connect")
def test_what_comes_by_the_token_of_a_system_is_its_last_success_once_it_conforms():
    body = make_body()
    seat, system = make_seat(body), make_system(body)
    make_token(seat)
    token = Token.objects.get(seat=seat)
    system = systems.connect_system(actor=Actor.of(seat), system=system, token=token)
    by_program = Actor.of(seat).by_token(token.pk)
    entry = make_entry(body, "registered")
    for text, noted in (("\x00", False), (PORTS, True)):
        received = receive([text.encode()], "ports.csv")
        upload = acts.receive(actor=by_program, entry=entry, received=received, options=Options())
        assert upload.token_id == token.pk
        tasks.prepare(upload=str(upload.pk))
        system.refresh_from_db()
        assert (system.succeeded_at is not None) is noted


def test_what_others_bring_in_is_nothing_of_the_system():
    body = make_body()
    system = make_system(body)
    received = receive([PORTS.encode()], "ports.csv")
    entry = make_entry(body, "registered")
    upload = acts.receive(actor=make_actor(body), entry=entry, received=received, options=Options())
    tasks.prepare(upload=str(upload.pk))
    system.refresh_from_db()
    assert system.succeeded_at is None


@pytest.mark.duty("systems.connect")
def test_a_system_is_reached_where_its_way_out_leads_and_nowhere_else():
    body = make_body()
    rule = make_rule(body, host="data.example.cn", purpose=Purpose.DELIVERY)
    system = make_system(body)
    systems.connect_system(actor=make_actor(body), system=system, way_out=rule)
    rows = GovernmentSystem.objects.all()
    there = Destination.parse("https://data.example.cn/hook")
    assert list(rows.reached_at(there, body.pk)) == [system]
    assert not rows.reached_at(Destination.parse("https://example.cn/hook"), body.pk)
    assert not rows.reached_at(there, make_body().pk)


def test_a_system_is_connected_by_what_is_its_own_alone():
    body = make_body()
    system, steward = make_system(body), make_actor(body)
    make_token(make_seat())
    notices = make_rule(body, purpose=Purpose.NOTICE)
    foreign = make_rule(make_body(), purpose=Purpose.DELIVERY)
    for said in ({"token": Token.objects.get()}, {"way_out": notices}, {"way_out": foreign}):
        with pytest.raises(Incomplete) as told:
            systems.connect_system(actor=steward, system=system, **said)
        assert [fault.place for fault in told.value.faults] == list(said)
    with pytest.raises(gate.Refused):
        systems.connect_system(actor=make_actor(make_body()), system=system)


@pytest.mark.duty("systems.connect")
def test_whoever_supervises_finds_those_from_which_nothing_ever_came_first(client):
    never, long_ago, just_now = (make_system(name=name) for name in "丙乙甲")
    now = clock.now()
    for system, at in ((just_now, now), (long_ago, now - timedelta(days=9))):
        GovernmentSystem.objects.filter(pk=system.pk).note_success(at)
    agency = officer_of("agency")
    assert list(reads.systems(agency)) == [never, long_ago, just_now]
    assert not reads.systems(make_actor()).exists()
    secret = make_token(make_seat(never.body))
    told = client.get("/api/v1/systems", headers={"Authorization": f"Bearer {secret}"}).json()
    assert [(each["name"], each["succeeded_at"]) for each in told["items"]] == [("丙", None)]
    assert client.get("/api/v1/systems").json() == {"items": [], "total": 0}
