from datetime import timedelta

import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import handing, tasks
from yelin.delivery.models import Delivery, Tally
from yelin.files.store import scratch
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.query import Filter, Question, UnknownColumn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.duty("opening.free")
def test_anyone_takes_what_is_open_to_all_and_codes_keep_their_zeros():
    entry = make_release().entry
    handed = handing.rows(Actor.anyone(), entry, Question(filters=(Filter("年份", "gte", "2013"),)))
    assert handed.page.total == 2
    assert handed.page.rows[0] == {"年份": 2013, "海口港": 8292.8851, "代码": "008"}
    assert handed.release.number == 1


@pytest.mark.duty("opening.apply")
@pytest.mark.duty("opening.type")
@pytest.mark.parametrize(
    "kind",
    [{"opening_type": "none"}, {"opening_type": "conditional", "opening_condition": "说明用途"}],
)
def test_what_is_not_open_to_all_is_refused_with_its_duty(kind):
    entry = make_release(make_entry(**kind)).entry
    for ask in (handing.rows, lambda *a: handing.download(*a, "csv")):
        with pytest.raises(gate.Refused) as refusal:
            ask(Actor.anyone(), entry, Question())
        assert refusal.value.decision.duty.name.startswith("opening.")
    assert not Tally.objects.exists()


def test_the_warehouse_opens_for_a_decision_on_this_very_thing_only():
    release = make_release()
    other = make_release()
    decision = gate.decide(Actor.anyone(), "resource.read", other.entry)
    with pytest.raises(ValueError, match="does not open"):
        opened.table(decision, release)


def test_whoever_looks_at_its_own_before_confirmation_is_named_and_nothing_else_is_counted():
    body = make_body()
    entry = make_release(make_entry(body, "registered")).entry
    handed = handing.rows(make_actor(body), entry, Question())
    assert handed.page.total == 3
    assert Delivery.objects.get().party_id == body.pk
    assert not Tally.objects.exists()
    with pytest.raises(gate.Refused):
        handing.rows(make_actor(agency(), "officer"), entry, Question())


@pytest.mark.duty("trace.whole")
def test_anonymous_deliveries_enter_the_ledger_as_one_counted_leaf_an_hour(today):
    today("2026-03-02")
    entry = make_release().entry
    for _ in range(3):
        handing.rows(Actor.anyone(), entry, Question())
    cut, whole = (handing.download(Actor.anyone(), entry, Question(), "csv") for _ in range(2))
    cut.begin().cut(1)
    whole.begin().finish(99)
    tasks.close_hours.func(timestamp=0)
    assert not Leaf.objects.filter(act="delivery.close_hour").exists()
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        tasks.close_hours.func(timestamp=0)
        tasks.close_hours.func(timestamp=0)
    leaf = Leaf.objects.get(act="delivery.close_hour")
    assert leaf.subject == entry.thing
    assert leaf.payload["facts"]["tally"] | {} == leaf.payload["facts"]["tally"]
    assert leaf.payload["facts"]["tally"]["queries"] == 3
    assert leaf.payload["facts"]["tally"]["downloads"] == 1


def test_nothing_is_left_in_the_scratch_folder_when_a_download_fails():
    entry = make_release().entry
    with pytest.raises(UnknownColumn):
        handing.download(Actor.anyone(), entry, Question(columns=("没有这一列",)), "csv")
    assert list(scratch().path.iterdir()) == []
