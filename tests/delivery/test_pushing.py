"""Whoever wants the changes themselves is sent them in parts, as long as it may take the data."""

import hashlib
import json
from collections import Counter

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.delivery.makers import ALL, close, look, make_closed, tell
from tests.gate.makers import make_grant
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body
from tests.warehouse.makers import make_release

from yelin.acts import gate as gate_acts
from yelin.delivery import acts, handing, parts, pushing, reads
from yelin.delivery.models import Delivery, Subscription
from yelin.gate import Mask, Obligations
from yelin.gate.models import Grant
from yelin.gate.obligations import NONE
from yelin.law.refusals import Incomplete
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "年份,海口港,代码\n"


@pytest.fixture
def entry():
    return make_closed()


def subscribed(entry, served, bears=NONE, path="", **over):
    body = make_body()
    purposes = over.pop("purposes", None)
    make_grant(body, entry, bears=bears, **({"purposes": purposes} if purposes else {}))
    make_rule(body, host="127.0.0.1", port=served.port, purpose="delivery")
    actor = make_actor(body)
    address = f"http://127.0.0.1:{served.port}/{path}"
    said = {"wants": "changes", "whole": True} | over
    return acts.subscribe(actor=actor, entry=entry, address=address, **said), actor


class Receiver:
    """A program that drops what came twice, and holds a release once it is complete."""

    def __init__(self):
        self.seen, self.staged, self.step = set(), {}, ""
        self.rows, self.log = Counter(), []

    def take(self, asked):
        if asked["headers"]["webhook-id"] in self.seen:
            return
        self.seen.add(asked["headers"]["webhook-id"])
        head, _, lines = asked["content"].partition(b"\n")
        said = json.loads(head)
        if said["step"] != self.step:
            self.staged, self.step = {}, said["step"]
        assert hashlib.sha256(lines).hexdigest() == said["digest"]
        self.staged[said["part"]] = lines
        if said["complete"]:
            assert sorted(self.staged) == list(range(1, said["of"] + 1))
            whole = b"".join(self.staged.values())
            assert hashlib.sha256(whole).hexdigest() == said["all"]["digest"]
            self._apply(said, whole)
            self.log.append(said["release"])

    def _apply(self, said, whole):
        if said["since"] is None:
            self.rows = Counter()
        for line in whole.splitlines():
            row = json.loads(line)
            change = row.pop("change", "added")
            row.pop("cells", None)
            self.rows[json.dumps(row, sort_keys=True)] += 1 if change in {"added", "after"} else -1
        assert min(self.rows.values(), default=0) >= 0
        self.rows = +self.rows


def received(served, receiver=None):
    receiver = receiver or Receiver()
    for asked in served.asked:
        receiver.take(asked)
    served.asked.clear()
    return receiver


def held(entry, actor):
    rows = handing.rows(actor, entry, ALL).page.rows
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.long
@pytest.mark.duty("quality.keep")
@pytest.mark.duty("trace.whole")
def test_the_whole_release_and_then_each_change_come_in_parts_each_a_delivery(
    entry, served, monkeypatch
):
    monkeypatch.setattr(parts, "PART_BYTES", 60)
    subscription, actor = subscribed(entry, served)
    tell(subscription)
    heads = [json.loads(each["content"].partition(b"\n")[0]) for each in served.asked]
    told = [(each["part"], each["of"], each["since"], each["complete"]) for each in heads]
    assert told == [(1, 3, None, False), (2, 3, None, False), (3, 3, None, True)]
    deliveries = Delivery.objects.filter(channel="push")
    assert [(each.rows, each.outcome) for each in deliveries] == [(1, "finished")] * 3
    address = served.asked[0]["headers"]["x-yelin-receipt"]
    close()
    assert reads.receipt(actor, address.split("/")[-2])
    receiver = received(served)
    make_release(entry, HEADER + "2013,8300,008\n2015,1,010\n", mode="upsert")
    make_release(entry, HEADER + "2012,,\n", mode="delete")
    tell(subscription)
    received(served, receiver)
    assert receiver.log == [1, 2, 3]
    assert receiver.rows == held(entry, actor)
    assert look() == []


def test_what_is_sent_again_is_the_same_to_the_byte_under_the_same_number(entry, served):
    subscription, actor = subscribed(entry, served)
    make_release(entry, HEADER + "2015,1,010\n", mode="append")
    tell(subscription)
    first = [(each["headers"]["webhook-id"], each["content"]) for each in served.asked]
    receiver = received(served)
    acts.replay(actor=actor, subscription=subscription, since=0)
    tell(subscription)
    again = [(each["headers"]["webhook-id"], each["content"]) for each in served.asked]
    assert again == first
    assert received(served, receiver).log == [1, 2]


@pytest.mark.long
def test_who_lost_all_has_the_newest_release_whole(entry, served):
    subscription, actor = subscribed(entry, served)
    make_release(entry, HEADER + "2015,1,010\n", mode="append")
    tell(subscription)
    served.asked.clear()
    acts.replay(actor=actor, subscription=subscription, whole=True)
    tell(subscription)
    receiver = received(served)
    assert (receiver.log, receiver.rows) == ([2], held(entry, actor))


@pytest.mark.long
def test_each_is_sent_what_it_may_take_and_all_anew_where_that_has_changed(entry, served):
    shown = frozenset({"年份", "海口港"})
    bears = Obligations(masks={"海口港": Mask.NULL}, shown_items=shown)
    subscription, actor = subscribed(entry, served, bears=bears)
    tell(subscription)
    receiver = received(served)
    assert receiver.rows == held(entry, actor)
    assert "7217" not in str(receiver.rows)
    assert "007" not in str(receiver.rows)
    make_grant(subscription.seat.body, entry)
    revoked = Grant.objects.filter(party=subscription.seat.body_id).earliest("since")
    gate_acts.revoke(actor=make_actor(entry.provider), grant=revoked, reason="另行授予")
    assert look() == [str(subscription.pk)]
    tell(subscription)
    received(served, receiver)
    assert (receiver.log, receiver.rows) == ([1, 1], held(entry, actor))


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_what_was_erased_is_erased_at_the_subscriber_too(entry, served):
    subscription, actor = subscribed(entry, served)
    tell(subscription)
    steward = make_actor(entry.provider)
    warehouse.erase(actor=steward, entry=entry, keys=[["2013"]], reason="依申请删除")
    tasks.redact.func(entry=str(entry.pk))
    assert look() == [str(subscription.pk)]
    tell(subscription)
    receiver = received(served)
    assert (receiver.log, receiver.rows) == ([1, 1], held(entry, actor))
    assert "2013" not in str(receiver.rows)


@pytest.mark.duty("security.protect")
def test_who_loses_the_right_between_two_parts_is_sent_nothing_further(entry, served, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 60)
    subscription, _ = subscribed(entry, served)
    steward, send = make_actor(entry.provider), pushing.webhooks.post

    def post(*said, **more):
        failure = send(*said, **more)
        if len(served.asked) == 2:
            gate_acts.revoke(actor=steward, grant=entry.thing.grants.get(), reason="不再需要")
        return failure

    monkeypatch.setattr(pushing.webhooks, "post", post)
    tell(subscription)
    assert len(served.asked) == 2
    assert look() == []
    subscription.refresh_from_db()
    assert subscription.lapsed
    assert Delivery.objects.filter(channel="push", outcome="finished").count() == 2


@pytest.mark.long
def test_what_is_not_taken_counts_as_cut_off_and_the_next_try_goes_on_at_that_part(
    entry, served, monkeypatch
):
    monkeypatch.setattr(parts, "PART_BYTES", 60)
    subscription, _ = subscribed(entry, served, path="busy")
    tell(subscription)
    assert [each.outcome for each in Delivery.objects.filter(channel="push")] == ["cut"]
    Subscription.objects.update(address=f"http://127.0.0.1:{served.port}/", part=0)
    served.asked.clear()
    tell(subscription)
    assert received(served).log == [1]


@pytest.mark.long
def test_no_more_is_sent_in_an_hour_than_a_grant_allows(entry, served, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 60)
    subscription, _ = subscribed(entry, served, bears=Obligations(rate_per_hour=2))
    tell(subscription)
    assert len(served.asked) == 2
    assert (subscription.tries, subscription.part) == (0, 2)
    job = ProcrastinateJob.objects.filter(task_name="delivery.tell").latest("id")
    assert job.scheduled_at is not None


@pytest.mark.long
def test_one_of_several_purposes_is_named_and_recorded(entry, served):
    purposes = ["research", "teaching"]
    with pytest.raises(Incomplete):
        subscribed(entry, served, purposes=purposes)
    subscription, _ = subscribed(entry, served, purposes=purposes, purpose="teaching")
    tell(subscription)
    assert {each.purpose for each in Delivery.objects.filter(channel="push")} == {"teaching"}


@pytest.mark.long
@pytest.mark.parametrize("wrong", [{"wants": "all"}, {"since": 2}, {"since": -1}])
def test_what_cannot_be_chosen_is_told_at_its_field(entry, served, wrong):
    with pytest.raises(Incomplete):
        subscribed(entry, served, whole=False, **wrong)
    assert not Subscription.objects.exists()
