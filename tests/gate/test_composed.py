"""A question that is composed once a day finds what the same question composed anew would find."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from tests.catalog.makers import make_entry
from tests.gate.makers import make_hold
from tests.parties.makers import make_seat

from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate import composed
from yelin.law import clock
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def readable(actor, at) -> QuerySet[Entry]:
    return Entry.objects.filter(gate.condition(actor, "entry.read", Entry, at=at))


def unchanged_by_now(actor, at) -> QuerySet[Entry]:
    return readable(actor, at).filter(changed_at__lte=at)


def of_its_own_moment(actor, at) -> QuerySet[Entry]:
    return readable(actor, at).filter(changed_at__lte=clock.now())


def none_at_all(actor, at) -> QuerySet[Entry]:
    return readable(actor, at).none()


def test_it_finds_what_the_question_composed_anew_finds_for_each_who_asks():
    open_, closed = make_entry(title="开放"), make_entry(title="不开放", opening_type="none")
    own = Actor.of(make_seat(closed.provider))
    for actor, expected in ((Actor.anyone(), {open_}), (own, {open_, closed})):
        for _ in range(2):
            assert set(composed.rows(readable, actor)) == expected
            assert set(readable(actor, clock.now())) == expected


def test_what_is_held_since_is_found_no_more():
    entry = make_entry()
    assert composed.rows(readable, Actor.anyone()).get() == entry
    make_hold(entry)
    assert not composed.rows(readable, Actor.anyone()).exists()


def test_each_time_it_asks_for_the_moment_though_it_is_composed_once():
    entry, noon = make_entry(), clock.beginning_of(clock.today()) + timedelta(hours=12)
    Entry.objects.filter(pk=entry.pk).update(changed_at=noon)
    composed._composed.cache_clear()
    for hours, found in ((-1, False), (1, True), (-1, False)):
        with clock.standing_at(noon + timedelta(hours=hours)):
            assert composed.rows(unchanged_by_now, Actor.anyone()).exists() is found
    assert composed._composed.cache_info().misses == 1


def test_what_takes_a_moment_of_its_own_is_not_kept_for_a_day():
    with pytest.raises(ValueError, match="of_its_own_moment"):
        composed.rows(of_its_own_moment, Actor.anyone())


def test_a_question_that_finds_nothing_whatever_there_is_is_not_asked(
    django_assert_num_queries,
):
    with django_assert_num_queries(0):
        assert not composed.rows(none_at_all, Actor.anyone())
