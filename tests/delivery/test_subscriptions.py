"""Whoever subscribed is told of each new release, as long as it may take the data."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.delivery.makers import look, make_closed, tell
from tests.gate.makers import make_grant, make_hold
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.registers.makers import make_system
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import gate as gate_acts
from yelin.delivery import acts, reads
from yelin.delivery.models import Subscription
from yelin.delivery.subscriptions import PROBED
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import WAITS, Notice
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Seat
from yelin.registers.acts import systems

pytestmark = pytest.mark.django_db(transaction=True)


def forget_jobs():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'delivery.tell'")


@pytest.fixture
def entry():
    return make_closed()


def subscribed(entry, served, path="") -> tuple[Subscription, Actor]:
    body = make_body()
    make_grant(body, entry)
    make_rule(body, host="127.0.0.1", port=served.port, purpose="delivery")
    actor = make_actor(body)
    address = f"http://127.0.0.1:{served.port}/{path}"
    return acts.subscribe(actor=actor, entry=entry, address=address), actor


@pytest.mark.duty("quality.keep")
def test_a_subscriber_is_told_once_of_a_new_release_and_of_none_of_its_rows(entry, served):
    subscription, _ = subscribed(entry, served)
    assert look() == []
    make_release(entry)
    assert look() == look() == [str(subscription.pk)]
    tell(subscription)
    tell(subscription)
    (asked,) = served.asked
    said = json.loads(asked["content"])
    assert (said["type"], said["data"]["resource"]) == ("release.published", entry.code)
    assert (said["data"]["release"], said["data"]["rows"]) == (2, 3)
    assert asked["headers"]["webhook-signature"].startswith("v1a,")
    assert b"7217" not in asked["content"]
    assert (subscription.told, subscription.failure) == (2, "")


@pytest.mark.long
@pytest.mark.duty("systems.connect")
def test_what_arrives_over_the_way_out_of_a_system_is_its_last_success(entry, served):
    subscription, actor = subscribed(entry, served)
    body = Body.objects.get(pk=actor.body_id)
    rule = EgressRule.objects.get(body=body.pk)
    system = systems.connect_system(actor=actor, system=make_system(body), way_out=rule)
    make_release(entry)
    tell(subscription)
    system.refresh_from_db()
    assert system.succeeded_at is not None


@pytest.mark.long
def test_what_is_not_taken_is_tried_again_later_and_then_stands_until_it_is(entry, served):
    subscription, actor = subscribed(entry, served, "busy")
    make_release(entry)
    for tries, wait in enumerate(WAITS, start=1):
        before = clock.now()
        tell(subscription)
        assert (subscription.tries, subscription.failure, subscription.told) == (
            tries,
            "refused",
            1,
        )
        job = ProcrastinateJob.objects.filter(task_name="delivery.tell").latest("id")
        assert before + wait <= job.scheduled_at <= clock.now() + wait
        # The sweep adds none to the one that waits.
        assert look() == [str(subscription.pk)]
        forget_jobs()
    tell(subscription)
    letter = subscription.dead
    assert (letter.release, letter.failure, subscription.told) == (2, "refused", 1)
    notice = Notice.objects.get(event="subscription.stands")
    assert (notice.to_id, notice.about_id) == (actor.person_id, subscription.pk)
    # Nothing is jumped over: what is published later waits behind it, and is no second letter.
    make_release(entry)
    assert look() == []
    with clock.standing_at(clock.now() + PROBED + timedelta(minutes=1)):
        assert look() == [str(subscription.pk)]
        forget_jobs()
        tell(subscription)
        assert look() == []
    assert len({asked["headers"]["webhook-id"] for asked in served.asked}) == 1
    assert Notice.objects.filter(event="subscription.stands").count() == 1
    Subscription.objects.update(address=f"http://127.0.0.1:{served.port}/")
    with clock.standing_at(clock.now() + 2 * PROBED + timedelta(minutes=2)):
        tell(subscription)
    assert subscription.dead is None
    assert [letter.settled_at is None for letter in subscription.letters.all()] == [False]
    assert (subscription.told, subscription.tries, look()) == (3, 0, [])
    said = [json.loads(asked["content"])["data"]["release"] for asked in served.asked]
    assert said[-2:] == [2, 3]


@pytest.mark.long
def test_whoever_subscribed_has_what_stands_sent_at_once_or_anew_from_a_release(entry, served):
    subscription, actor = subscribed(entry, served, "busy")
    make_release(entry)
    make_release(entry)
    for _ in range(len(WAITS) + 1):
        tell(subscription)
    assert subscription.dead
    assert look() == [str(subscription.pk)]
    Subscription.objects.update(address=f"http://127.0.0.1:{served.port}/")
    with pytest.raises(gate.Refused):
        acts.replay(actor=make_actor(), subscription=subscription)
    acts.replay(actor=actor, subscription=subscription)
    acts.replay(actor=actor, subscription=subscription)
    # It is taken up before what waits to be tried again, and once.
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['sending'], NULL)")
        (taken,) = cursor.fetchone()
    job = ProcrastinateJob.objects.get(pk=taken)
    assert (job.args["subscription"], job.scheduled_at) == (str(subscription.pk), None)
    assert ProcrastinateJob.objects.filter(priority=1).count() == 1
    forget_jobs()
    tell(subscription)
    assert (subscription.told, subscription.dead) == (3, None)
    served.asked.clear()
    acts.replay(actor=actor, subscription=subscription, since=0)
    tell(subscription)
    said = [json.loads(asked["content"])["data"]["release"] for asked in served.asked]
    assert said == [1, 2, 3]
    with pytest.raises(Incomplete):
        acts.replay(actor=actor, subscription=subscription, since=4)
    acts.unsubscribe(actor=actor, subscription=subscription)
    subscription.refresh_from_db()
    with pytest.raises(OutOfTurn):
        acts.replay(actor=actor, subscription=subscription)


def revoke(entry, actor):
    gate_acts.revoke(actor=actor, grant=entry.thing.grants.get(), reason="不再需要")


def hold(entry, actor):
    make_hold(Body.objects.get(pk=actor.body_id))


def leave(entry, actor):
    del entry
    with transaction.atomic():
        Seat.objects.filter(pk=actor.seat_id).end(clock.now())


@pytest.mark.long
@pytest.mark.duty("security.protect")
@pytest.mark.parametrize("stop", [revoke, hold, leave])
def test_who_may_no_longer_take_the_data_is_told_nothing_and_the_subscription_ends(
    entry, served, stop
):
    subscription, actor = subscribed(entry, served)
    make_release(entry)
    stop(entry, actor)
    # The job was there already when it was stopped.
    tell(subscription)
    assert served.asked == []
    assert look() == []
    subscription.refresh_from_db()
    assert subscription.lapsed
    assert subscription.address == ""
    leaf = Leaf.objects.get(act="delivery.lapse_subscription")
    assert leaf.payload["facts"]["lapsed"] is True


def test_who_may_not_take_the_data_does_not_subscribe(entry, served):
    body = make_body()
    make_rule(body, host="127.0.0.1", port=served.port, purpose="delivery")
    address = f"http://127.0.0.1:{served.port}/"
    for actor in (make_actor(body), make_citizen(), Actor.anyone()):
        with pytest.raises(gate.Refused):
            acts.subscribe(actor=actor, entry=entry, address=address)
    assert not Subscription.objects.exists()


def test_a_body_is_told_only_where_a_way_out_for_data_leads(entry, served):
    body = make_body()
    make_grant(body, entry)
    make_rule(body, host="127.0.0.1", port=served.port, purpose="notice")
    for address in (f"http://127.0.0.1:{served.port}/", "file:///etc/passwd"):
        with pytest.raises(Incomplete):
            acts.subscribe(actor=make_actor(body), entry=entry, address=address)


def test_a_subscription_is_ended_by_its_body_and_its_leaves_hold_no_address(entry, served):
    subscription, actor = subscribed(entry, served, "secret-path")
    with pytest.raises(gate.Refused):
        acts.unsubscribe(actor=make_actor(), subscription=subscription)
    colleague = make_actor(Body.objects.get(pk=actor.body_id))
    acts.unsubscribe(actor=colleague, subscription=subscription)
    with pytest.raises(OutOfTurn):
        acts.unsubscribe(actor=actor, subscription=subscription)
    assert list(reads.subscriptions_of(colleague)) == [subscription]
    assert not reads.subscriptions_of(make_actor()).exists()
    leaves = Leaf.objects.filter(act__contains="subscribe", refused=False)
    assert leaves.count() == 2
    assert "secret-path" not in str([leaf.payload for leaf in leaves])
