"""A right to call is decided once, and ends in the moment in which anything it rests on does."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from tests.exchange.makers import make_shared
from tests.exchange.services import make_caller, make_key, make_service, signed
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_actor

from yelin.catalog.models import Entry
from yelin.delivery.models import Delivery, Outcome, Pace
from yelin.delivery.pace import TooOften
from yelin.exchange import acts, calling, together
from yelin.exchange.calling import Admitted, Asked, Resting
from yelin.exchange.resting import Way
from yelin.exchange.services import FAILURES, PAUSE, Circuit
from yelin.exchange.together import Changed, End, Exchanged
from yelin.gate import deciding
from yelin.gate.models import Grant
from yelin.gate.obligations import Obligations
from yelin.keys.messages import Fields, NotSigned, Request
from yelin.law import clock, duties
from yelin.outbound.models import EgressRule
from yelin.parties.models import Token, User
from yelin.surface import actor as asking

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://api.example.cn"
TARGET = "https://relay.test/v1/echo"
NOBODY = calling.Call("", "127.0.0.1")


def right_of(who, service):
    secret = who["Authorization"].removeprefix("Bearer ")
    actor = asking.of_token(secret).actor
    return calling.decide(actor, Way.by(secret, service.entry.code), "")


def begin(right, **fields):
    request = Request("GET", TARGET, Fields(fields.items()))
    return right.call(Asked("/v1/echo", "", request, has_content=False), NOBODY)


def end(admitted, outcome=Outcome.FINISHED, failure=""):
    said = {"method": "GET", "target": TARGET, "digest": "00"}
    return End(admitted, Exchanged(said, {"status": 200, "digest": "00"}, 2), outcome, failure)


def other_entry(right):
    return make_grant(right.entry.provider, make_shared())


# What ends a right, and what does not.
ENDS = {
    "the grant is revoked": lambda it: Grant.objects.filter(pk=it.grant.pk).update(
        revoked_at=clock.now(), revoked_because="用途已改变"
    ),
    "another grant is given": lambda it: make_grant(
        it.seat.body, it.right.entry, action="service.call", duty=duties.SHARING_ANSWER
    ),
    "a hold on the resource": lambda it: make_hold(it.right.entry),
    "a hold on the body": lambda it: make_hold(it.seat.body),
    "a hold on the person": lambda it: make_hold(it.seat.person),
    "a hold on the seat": lambda it: make_hold(it.seat),
    "a hold on the grant": lambda it: make_hold(it.grant),
    "the token is forgotten": lambda it: Token.objects.filter(seat=it.seat).delete(),
    "the token only reads": lambda it: it.seat.tokens.update(only_reads=True),
    "the seat is left": lambda it: (
        type(it.seat).objects.filter(pk=it.seat.pk).update(until=clock.now())
    ),
    "the login is closed": lambda it: User.objects.filter(pk=it.seat.person.user_id).update(
        is_active=False
    ),
    "the resource is worked on": lambda it: Entry.objects.filter(pk=it.right.entry.pk).update(
        summary="海口港"
    ),
    "the provider moves": lambda it: (
        type(it.seat.body).objects.filter(pk=it.right.entry.provider_id).update(division="460100")
    ),
    "the way out ends": lambda it: EgressRule.objects.filter(
        body=it.right.entry.provider_id
    ).update(ended_at=clock.now()),
    "the service ends": lambda it: acts.end_service(
        actor=make_actor(it.right.entry.provider),
        service=it.right.entry.services.get(),
    ),
    "a key is registered": lambda it: make_key(it.seat),
}
MOMENTS = {
    "the grant is over": timedelta(days=31),
    "the token is over": timedelta(days=400),
    "another day has its own law": timedelta(days=1),
}


@pytest.mark.duty("sharing.type")
@pytest.mark.parametrize("what", ENDS)
def test_whatever_a_right_rests_on_ends_it_at_once(what):
    service = make_service(URL)
    who, grant, seat = make_caller(service)
    right = right_of(who, service)
    assert isinstance(together.settle([begin(right)])[0], Admitted)
    ENDS[what](SimpleNamespace(right=right, seat=seat, grant=grant))
    (told,) = together.settle([begin(right)])
    assert isinstance(told, Changed)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("what", MOMENTS)
def test_what_ends_by_itself_ends_a_right_as_well(what):
    service = make_service(URL)
    who, *_ = make_caller(service)
    right = right_of(who, service)
    with clock.standing_at(clock.now() + MOMENTS[what]):
        (told,) = together.settle([begin(right)])
    assert isinstance(told, Changed)


def test_what_others_do_meanwhile_leaves_a_right_standing():
    service = make_service(URL)
    who, *_ = make_caller(service)
    right = right_of(who, service)
    make_caller(service)
    other_entry(right)
    make_hold(make_shared())
    make_caller(make_service("https://other.example.cn"))
    assert isinstance(together.settle([begin(right)])[0], Admitted)


def test_nothing_is_asked_of_a_resource_on_which_no_right_is_known_to_rest():
    """An arm that looks at another row than those must be added to what a right rests on."""
    rests_on = {"revision", "provider"}
    asked = set()

    def look(condition):
        for part in [
            *getattr(condition, "parts", ()),
            *filter(None, [vars(condition).get("part")]),
        ]:
            look(part)
        asked.add(vars(condition).get("_path", ""))

    offered = [deciding._allows, deciding._refuses]
    for arms in offered:
        for arm in (*arms["service.call", Entry], *arms["entry.see", Entry]):
            look(arm.when)
    own = {field.name for field in Entry._meta.get_fields()} | {"pk", ""}
    own |= {field.attname for field in Entry._meta.concrete_fields}
    for path in asked:
        first, _, rest = path.partition("__")
        assert first in own
        assert not rest or first in rests_on, path
        assert "__" not in rest, path


# Many at once.


def test_calls_that_begin_together_share_what_is_left_of_their_pace(still):
    service = make_service(URL)
    who, *_ = make_caller(service, bears=Obligations(rate_per_hour=5))
    right = right_of(who, service)
    told = together.settle([begin(right) for _ in range(8)])
    admitted = [each for each in told if isinstance(each, Admitted)]
    assert len(admitted) == 5
    assert sum(isinstance(each, TooOften) for each in told) == 3
    assert min(each.notes.left.left for each in admitted) == 0
    assert (Delivery.objects.count(), Pace.objects.get().used) == (5, 5)


def test_processes_that_begin_calls_at_once_never_exceed_a_pace(still):
    service = make_service(URL)
    who, *_ = make_caller(service, bears=Obligations(rate_per_hour=20))
    right = right_of(who, service)
    barrier = threading.Barrier(4)

    def several(_):
        try:
            barrier.wait()
            return [
                isinstance(each, Admitted)
                for _ in range(4)
                for each in together.settle([begin(right) for _ in range(3)])
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        told = [each for group in threads.map(several, range(4)) for each in group]
    assert (len(told), sum(told)) == (48, 20)
    assert Delivery.objects.count() == 20


def test_beginnings_and_ends_of_others_are_written_together():
    service = make_service(URL)
    who, *_ = make_caller(service)
    right = right_of(who, service)
    first, second = together.settle([begin(right), begin(right)])
    told = together.settle([end(first), begin(right), end(second, Outcome.CUT, "time")])
    assert [type(each) for each in told] == [type(None), Admitted, type(None)]
    outcomes = sorted(Delivery.objects.values_list("outcome", flat=True))
    assert outcomes == ["begun", "cut", "finished"]
    assert Circuit.objects.get().failures == 1
    # What has ended stays as it ended.
    together.settle([end(first, Outcome.CUT)])
    ended = Delivery.objects.get(pk=first.delivery.pk)
    assert (ended.outcome, ended.size) == ("finished", 2)
    assert bytes(ended.h)


def test_a_signature_that_comes_twice_at_once_counts_once():
    service = make_service(URL)
    who, _, seat = make_caller(service)
    private = make_key(seat)
    right = right_of(who, service)
    fields = signed(private, "GET", TARGET, b"")
    told = together.settle([begin(right, **fields), begin(right, **fields)])
    assert sorted(type(each).__name__ for each in told) == ["Admitted", "NotSigned"]
    (again,) = together.settle([begin(right, **fields)])
    assert isinstance(again, NotSigned)
    assert Delivery.objects.count() == 1


def test_who_has_no_pace_left_takes_nobody_the_trial_of_a_service_that_rests(still):
    service = make_service(URL)
    who, *_ = make_caller(service, bears=Obligations(rate_per_hour=1))
    other, *_ = make_caller(service)
    right = right_of(who, service)
    assert isinstance(together.settle([begin(right)])[0], Admitted)
    now = clock.now()
    Circuit.objects.update(failures=FAILURES, failed_at=now, opened_at=now)
    (told,) = together.settle([begin(right_of(other, service))])
    assert isinstance(told, Resting)
    Circuit.objects.update(opened_at=now - PAUSE)
    (told,) = together.settle([begin(right)])
    assert isinstance(told, TooOften)
    assert Circuit.objects.get().trying_until is None
    first, second = together.settle([begin(right_of(other, service)) for _ in range(2)])
    assert isinstance(first, Admitted)
    assert isinstance(second, Resting)
    together.settle([end(first)])
    assert Circuit.objects.get().opened_at is None
