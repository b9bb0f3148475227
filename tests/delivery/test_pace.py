"""Limits are kept exactly, whoever asks at once, and nobody's address is kept."""

import contextlib
import threading
from datetime import timedelta
from ipaddress import ip_address

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.delivery.makers import make_call, make_closed, make_taker
from tests.warehouse.makers import make_release

from yelin.config import config
from yelin.delivery import handing, pace, tasks
from yelin.delivery.models import Delivery, Pace
from yelin.delivery.opening import Call
from yelin.delivery.pace import Limit, TooOften
from yelin.gate import Obligations
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.warehouse.query import Question

# What is taken is counted by the hour.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("still")]


@pytest.fixture
def fair(monkeypatch):
    """Let the fair limit be a small one."""

    def be(most):
        monkeypatch.setitem(vars(config), "fair_use_per_hour", most)

    return be


@pytest.mark.duty("opening.apply")
def test_a_grants_rate_is_kept_and_begins_anew_with_the_hour(today):
    today("2026-03-02")
    noon = clock.now()
    entry = make_closed()
    citizen, _ = make_taker(entry, bears=Obligations(rate_per_hour=2))
    lefts = [handing.rows(citizen, entry, Question()).notes.left for _ in range(2)]
    assert [(left.left, left.seconds) for left in lefts] == [(1, 3600), (0, 3600)]
    with clock.standing_at(noon + timedelta(minutes=20)), pytest.raises(TooOften) as late:
        handing.download(citizen, entry, Question(), "csv")
    assert (late.value.left.name, late.value.left.seconds) == ("grant", 2400)
    assert Delivery.objects.count() == 2
    with clock.standing_at(noon + timedelta(hours=1)):
        make_call(citizen, entry)


def test_of_many_who_ask_at_once_no_more_than_the_limit_are_answered():
    limit = Limit("grant", 25, b"x" * 32)
    together = threading.Barrier(8)
    taken = []

    def ask():
        together.wait(30)
        with contextlib.suppress(TooOften):
            taken.extend(pace.take(limit).left for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(25))
    assert Pace.objects.get().used == 25


@pytest.mark.long
def test_a_stranger_is_counted_by_address_and_somebody_known_by_name(fair):
    fair(1)
    entry = make_release().entry

    def ask(actor, address):
        return handing.rows(actor, entry, Question(), call=Call(address=address))

    citizen, _ = make_taker(make_closed())
    ask(Actor.anyone(), "203.0.113.7")
    ask(Actor.anyone(), "203.0.113.8")
    ask(citizen, "203.0.113.7")
    for actor, address in ((Actor.anyone(), "203.0.113.7"), (citizen, "203.0.113.9")):
        with pytest.raises(TooOften) as often:
            ask(actor, address)
        assert often.value.left.name == "fair-use"


def test_addresses_of_one_network_of_version_6_are_one():
    first, same, other = (
        Limit.fair(None, address, 1).of
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert first == same
    assert first != other
    mapped = Limit.fair(None, "::ffff:203.0.113.7", 1)
    assert mapped == Limit.fair(None, "203.0.113.7", 1)


@given(st.ip_addresses(v=4).map(str) | st.from_regex(r"[0-9]{1,3}([.][0-9]{1,3}){2,4}\n?"))
def test_addresses_of_version_4_stand_for_themselves_and_all_that_are_none_for_one(address):
    try:
        stands = str(ip_address(address))
    except ValueError:
        stands = ""
    assert pace._network(address) == stands


def test_an_address_is_not_known_again_the_next_day(today):
    today("2026-03-02")
    before = Limit.fair(None, "203.0.113.7", 1)
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert Limit.fair(None, "203.0.113.7", 1).of != before.of


def test_counts_are_forgotten_once_their_hour_is_over(today):
    today("2026-03-02")
    handing.rows(Actor.anyone(), make_release().entry, Question())
    tasks.close_hours.func(timestamp=0)
    assert Pace.objects.count() == 1
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        tasks.close_hours.func(timestamp=0)
    assert not Pace.objects.exists()


def test_who_provides_the_data_has_no_limit(fair):
    fair(1)
    entry = make_closed()
    citizen, _ = make_taker(entry)
    for _ in range(3):
        assert handing.rows(citizen, entry, Question()).notes.left is None
    assert config.fair_use_per_hour == 1
