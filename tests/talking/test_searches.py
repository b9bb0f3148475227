"""Whoever follows a search is told once a day what it finds anew, and of nothing hidden."""

import threading

import pytest
from django.db import connection
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_citizen, make_person, make_seat
from tests.talking.makers import make_open_entry

from yelin.acts import accounts
from yelin.catalog.reads import Search
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.talking import reads, rules, searches
from yelin.talking.models import FollowedSearch

pytestmark = pytest.mark.django_db
PORTS = Search("灯塔", {"opening": ["unconditional"]})


@pytest.fixture
def fan(today) -> Person:
    today("2026-03-02")
    person = make_person()
    searches.follow(person, PORTS)
    return person


def told(person) -> list[str]:
    found = Notice.objects.filter(to=person.pk, event="followed.hits").order_by("pk")
    return [f"{each.params['n']}: {each.params['codes']}" for each in found]


@pytest.mark.duty("talk.say")
def test_what_a_search_finds_anew_is_told_on_the_next_day_and_once(fan, today):
    entry = make_open_entry(title="灯塔分布")
    make_open_entry(title="道路拥堵")
    assert (searches.look(), told(fan)) == (0, [])
    today("2026-03-03")
    assert searches.look() == 1
    assert told(fan) == [f"1: {entry.code}"]
    assert searches.look() == 0
    today("2026-03-04")
    assert (searches.look(), len(told(fan))) == (0, 1)


@pytest.mark.duty("talk.say")
def test_two_searches_make_one_notice_that_names_each_hit_once(fan, today):
    entry = make_open_entry(title="灯塔分布")
    searches.follow(fan, Search("分布"))
    today("2026-03-03")
    searches.look()
    assert told(fan) == [f"1: {entry.code}"]


def test_nobody_is_told_of_what_may_not_be_seen(fan, today):
    searches.follow(fan, Search("灯塔"))
    hidden = make_entry(
        title="灯塔安防部署",
        sharing_type="none",
        opening_type="none",
        sharing_basis="《安防办法》第一条",
        title_protected_by="《安防办法》第一条",
    )
    insider = make_seat(hidden.provider).person
    searches.follow(insider, Search("灯塔"))
    today("2026-03-03")
    searches.look()
    assert (told(fan), told(insider)) == ([], [f"1: {hidden.code}"])


def test_the_same_search_is_followed_once_and_let_go_at_once(fan, today):
    again = searches.follow(fan, Search("灯塔", {"opening": ["unconditional"], "theme": []}))
    assert list(searches.followed(fan)) == [again]
    other = make_person()
    assert not searches.let_go(other, again.pk)
    make_open_entry(title="灯塔分布")
    assert searches.let_go(fan, again.pk)
    today("2026-03-03")
    assert (searches.look(), told(fan)) == (0, [])


def test_what_asks_for_nothing_and_one_too_many_is_not_followed(fan, monkeypatch):
    for empty in (Search(), Search("", {"theme": []}), Search(sort="title")):
        with pytest.raises(Incomplete):
            searches.follow(fan, empty)
    monkeypatch.setattr(rules, "MOST_SEARCHES", 1)
    with pytest.raises(Incomplete):
        searches.follow(fan, Search("道路"))


def test_it_is_in_no_leaf_in_ones_copy_alone_and_goes_with_the_account():
    citizen = make_citizen()
    person, before = Person.objects.get(pk=citizen.person_id), Leaf.objects.count()
    searches.follow(person, PORTS)
    assert Leaf.objects.count() == before
    assert reads.copy_of(person.pk)["searches"][0]["words"] == "灯塔"
    accounts.delete(actor=Actor.citizen(person), person=person)
    assert not FollowedSearch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_look_at_once_one_tells(today):
    today("2026-03-02")
    agency()
    person = make_person()
    searches.follow(person, PORTS)
    make_open_entry(title="灯塔分布")
    today("2026-03-03")
    begin, counts = threading.Barrier(2), []

    def run():
        try:
            begin.wait()
            counts.append(searches.look())
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(counts) == [0, 1]
    assert len(told(person)) == 1
