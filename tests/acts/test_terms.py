from datetime import date

import pytest
from tests.catalog.makers import make_entry
from tests.law.makers import ANSWER, notices, terms
from tests.parties.makers import make_body

from yelin import gate
from yelin.acts import tasks
from yelin.acts import terms as acts
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse import acts as warehouse

pytestmark = pytest.mark.django_db

# Made up: what a notice for 2027 could say.
OF_2027 = """
[[notices]]
year = 2027
number = "示例"
off = [2027-01-01, 2027-01-04]
work = [2027-01-09]
"""
SYSTEM = Actor.system("clock")


def leaves() -> list[dict]:
    rows = Leaf.objects.filter(act="terms.recount").order_by("pk")
    return [leaf.payload["facts"]["clock"] for leaf in rows]


@pytest.mark.duty("terms.count")
def test_a_notice_moves_the_terms_that_it_touches_and_each_leaves_a_leaf(today):
    today("2026-12-25")
    with terms(ANSWER):
        moved, kept = make_body(), make_body()
        clock.run(moved, "a.answer", since=date(2026, 12, 28))
        clock.run(kept, "a.answer", since=date(2026, 12, 18))
        assert [f"{each.due}" for each in clock.running(moved)] == ["2027-01-05"]
        with notices(OF_2027):
            tasks.recount()
            running = clock.running(moved).get()
            assert (f"{running.due}", running.provisional) == ("2027-01-06", False)
            tasks.recount()
    assert leaves() == [
        {
            "id": str(running.pk),
            "duty": "opening.apply",
            "term": "a.answer",
            "was": "2027-01-05",
            "due": "2027-01-06",
            "provisional": False,
        }
    ]
    assert Leaf.objects.get(act="terms.recount").subject == moved.thing


@pytest.mark.duty("terms.count")
def test_a_term_that_a_notice_leaves_where_it_is_is_provisional_no_more(today):
    today("2026-11-25")
    entry = make_entry(update_cycle="quarterly")
    running = Clock.objects.running().get(thing=entry.thing)
    assert running.provisional
    with notices(OF_2027):
        tasks.recount()
    running.refresh_from_db()
    assert not running.provisional
    assert [(each["was"], each["due"]) for each in leaves()] == [(f"{running.due}",) * 2]


def test_a_notice_that_is_changed_moves_terms_that_were_settled(today):
    today("2026-09-17")
    with terms(ANSWER):
        running = clock.run(make_body(), "a.answer")
        with notices("", instead=("2026-09-20,", "")):
            tasks.recount()
            running.refresh_from_db()
            assert f"{running.due}" == "2026-09-24"


def test_a_lapse_that_a_notice_takes_back_is_taken_back(today):
    today("2026-12-01")
    entry = make_entry(update_cycle="monthly")
    running = Clock.objects.running().get(thing=entry.thing)
    assert f"{running.due}" == "2027-01-08"
    today("2027-01-09")
    warehouse.lapse(actor=SYSTEM, entry=entry, running=running)
    with notices(OF_2027):
        tasks.recount()
    running.refresh_from_db()
    assert (f"{running.due}", running.lapsed_at) == ("2027-01-09", None)


def test_a_term_that_has_ended_or_does_not_move_is_left_alone(today):
    today("2026-09-17")
    with terms(ANSWER):
        body = make_body()
        running = clock.run(body, "a.answer")
        with pytest.raises(OutOfTurn):
            acts.recount(actor=SYSTEM, thing=body.thing, running=running)
        clock.stop(body, duties.OPENING_APPLY)
        with notices("", instead=("2026-09-20,", "")), pytest.raises(OutOfTurn):
            acts.recount(actor=SYSTEM, thing=body.thing, running=running)


def test_nobody_but_the_clock_counts_anew(today):
    today("2026-09-17")
    with terms(ANSWER):
        body = make_body()
        running = clock.run(body, "a.answer")
        with pytest.raises(gate.Refused):
            acts.recount(actor=Actor.system("operator"), thing=body.thing, running=running)
