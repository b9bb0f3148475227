"""A question that is composed once a day finds what the same question composed anew would find."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from tests.catalog.makers import make_entry
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_person, make_seat

from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate import composed
from yelin.gate.models import Grant
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


def seen(actor) -> QuerySet[Entry]:
    found = composed.visible_to(actor, "entry.read", Entry.objects.select_related("provider"))
    return found.order_by("-title")


def seen_by_a_moment_of_its_own(actor) -> QuerySet[Entry]:
    return seen(actor).filter(changed_at__lte=clock.now())


def seen_of_nothing(actor) -> QuerySet[Entry]:
    return seen(actor).none()


def test_the_first_of_a_whole_question_are_those_that_django_finds(django_assert_num_queries):
    shut = make_entry(title="丙", opening_type="none")
    own = Actor.of(make_seat(shut.provider))
    for title in ("甲", "乙", "丁"):
        make_entry(title=title)
    for actor in (Actor.anyone(), own):
        for most in (2, 9):
            found = composed.first(seen, actor, most)
            assert found == list(seen(actor)[:most])
            assert [vars(each.provider)["name"] for each in found]
    with django_assert_num_queries(1):
        assert [each.provider.name for each in composed.first(seen, own, 9)]
    make_hold(shut)
    assert shut not in composed.first(seen, own, 9)


def given(actor) -> QuerySet[Entry]:
    return composed.visible_to(actor, "resource.read", Entry.objects.all())


def test_a_whole_question_asks_for_the_moment_each_time():
    entry = make_entry(opening_type="conditional", opening_condition="说明用途")
    citizen = make_person()
    until = make_grant(citizen, entry, days=2).until
    # Both moments are of one day.
    noon = clock.beginning_of(clock.day_of(until)) + timedelta(hours=12)
    Grant.objects.filter(on=entry.pk).update(until=noon)
    composed._whole.cache_clear()
    for hours, found in ((-1, [entry]), (1, []), (-1, [entry])):
        with clock.standing_at(noon + timedelta(hours=hours)):
            assert composed.first(given, Actor.citizen(citizen), 9) == found
    assert composed._whole.cache_info().misses == 1


def test_a_whole_question_takes_no_moment_of_its_own():
    with pytest.raises(ValueError, match="moment_of_its_own"):
        composed.first(seen_by_a_moment_of_its_own, Actor.anyone(), 9)
    # Nothing of the failed one stays: others are asked for their moment again.
    assert not any(each == composed.MOMENT for each in composed.asked_now([clock.now()]))
    assert composed.asked_now([composed.MOMENT]) != (composed.MOMENT,)


def test_a_whole_question_that_finds_nothing_is_not_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert composed.first(seen_of_nothing, Actor.anyone(), 9) == []
