"""Sharing by programs alone: by tokens over REST, with the clock moved on."""

from datetime import timedelta

import pytest
from tests.catalog.makers import agency
from tests.delivery.streams import Slow, make_long_release, streams_beside, until
from tests.exchange.makers import make_shared, wanted
from tests.parties.makers import make_body, make_seat, make_token

from yelin.cases import reads
from yelin.cases.tasks import sweep
from yelin.delivery.models import Ticket
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release

pytestmark = pytest.mark.django_db(transaction=True)
GROUNDS = {"reason": "与申请部门职责无关", "legal_basis": "《海南省大数据开发应用条例》第十五条"}


class Department:
    """A seat of a department that does everything by its token."""

    def __init__(self, client, seat):
        self.client, self.seat = client, seat
        self.headers = {
            "Authorization": f"Bearer {make_token(seat, expires_at=clock.now() + timedelta(400))}"
        }

    def do(self, act, status=200, **sent):
        answer = self.client.post(
            f"/api/v1/acts/{act}", sent, content_type="application/json", headers=self.headers
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    def get(self, path, status=200):
        answer = self.client.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == status, answer.content
        return answer


@pytest.fixture
def world(client):
    """Whoever asks, gives and runs the exchange, and what is asked for."""
    runs = Department(client, make_seat(agency(), "officer"))
    entry = make_shared(make_body())
    gives, asks = Department(client, make_seat(entry.provider)), Department(client, make_seat())
    return entry, asks, gives, runs


def ask(asks, entry, **over):
    asked = wanted(**over).model_dump(mode="json")
    return asks.do("exchange.request", entry=entry.code, asked=asked)["subject"]["code"]


def given(**over):
    return {"until": str(clock.today() + timedelta(days=90))} | over


@pytest.mark.duty("sharing.ask", "sharing.answer")
def test_what_is_granted_is_taken_used_in_sight_of_its_provider_and_cut_off_in_mid_stream(
    world, monkeypatch
):
    entry, asks, gives, runs = world
    make_long_release(entry)
    rows = f"/resources/{entry.slug}/rows?purpose=administrative_basis"
    assert asks.get(rows, 403).json()["basis"]["duty"] == "sharing.ask"
    number = ask(asks, entry, items=["年份", "代码"])
    gives.do("cases.accept", 403, case=number)
    runs.do("cases.accept", case=number)
    facts = gives.do("cases.decide", case=number, approve=True, given=given())["facts"]
    (grant,) = facts["grants"]
    taken = asks.get(rows).json()
    assert set(taken["items"][0]) == {"年份", "代码"}
    used = gives.get(f"/grants/{grant['id']}/use").json()
    assert [use["delivered"] for use in used["uses"]] == [1]
    assert asks.get(f"/grants/{grant['id']}/use").json() == used
    runs.get(f"/grants/{grant['id']}/use")
    for side in (asks, gives):
        way = side.get(f"/resources/{entry.slug}/trace").json()
        (had,) = (node for node in way["nodes"] if node["kind"] == "delivery")
        used = {edge["to"].rsplit("/", 2)[-2] for edge in way["edges"] if edge["of"] == had["id"]}
        assert had["told"]["delivered"] == 1
        assert grant["id"] in used
    with streams_beside(monkeypatch):
        file = f"/resources/{entry.slug}/download?format=csv&purpose=administrative_basis"
        with Slow(asks.get(file, 307)["Location"]) as slow:
            slow.take(50_000)
            gives.do("gate.revoke", grant=grant["id"], reason="用途已变")
            until(lambda: Ticket.objects.get().ended_at)
            with pytest.raises(ConnectionResetError):
                slow.take(10_000_000)
    asks.get(rows, 403)
    until(lambda: entry.deliveries.filter(outcome="cut").exists())


@pytest.mark.duty("sharing.coordinate", "sharing.ask")
def test_what_is_refused_is_coordinated_given_and_goes_on(world, today):
    today("2026-03-02")
    entry, asks, gives, runs = world
    number = ask(asks, entry)
    runs.do("cases.accept", case=number)
    without = gives.do("cases.decide", 422, case=number, approve=False)
    assert {fault["place"] for fault in without["faults"]} == {"reason", "legal_basis"}
    gives.do("cases.decide", case=number, approve=False, **GROUNDS)
    asks.do("cases.appeal", case=number, grounds="依法有权取得")
    gives.do("cases.decide_appeal", 403, case=number, upheld=False, finding="不予支持")
    runs.do("cases.decide_appeal", case=number, upheld=True, finding="属于职责所需")
    facts = gives.do("cases.decide", case=number, approve=True, given=given())["facts"]
    assert (facts["state"], facts["outcome"]) == ("closed", "approved")
    (first,) = facts["grants"]
    today("2026-05-20")
    later = str(clock.today() + timedelta(days=120))
    renewal = asks.do("exchange.renew", grant=first["id"], until=later)["subject"]["code"]
    runs.do("cases.accept", case=renewal)
    gives.do("cases.decide", case=renewal, approve=True, given={"until": later})
    today("2026-08-03")
    states = {grant.state_at(clock.now()) for grant in entry.thing.grants.all()}
    assert states == {"ended", "live"}
    acts = Leaf.objects.filter(act__in=["exchange.request", "exchange.renew", "cases.appeal"])
    assert acts.count() == 3


@pytest.mark.duty("sharing.answer")
def test_what_nobody_answers_lapses_to_whoever_examined_it_and_stays_owed(world, today):
    today("2026-02-10")
    entry, asks, gives, runs = world
    number = ask(asks, entry)
    runs.do("cases.accept", case=number)
    due = gives.get(f"/cases/{number}").json()["due"]
    # Saturdays 14 and 28 February are worked, the Spring Festival is not.
    assert due == "2026-03-02"
    today(due)
    sweep()
    assert gives.get(f"/cases/{number}").json()["state"] == "accepted"
    today("2026-03-03")
    sweep()
    assert asks.get(f"/cases/{number}").json()["state"] == "overdue"
    for each in (gives, runs):
        waiting = reads.waiting_for(Actor.of(each.seat))
        assert [case.number for case in waiting] == [number]
        assert Notice.objects.filter(to=each.seat.person_id, event="case.lapsed").exists()
    # The law of an answer does not end with its term.
    late = given(until="2026-05-11")
    gives.do("cases.decide", case=number, approve=True, given=late)
    assert asks.get(f"/cases/{number}").json()["outcome"] == "approved"
    assert not Release.objects.exists()
