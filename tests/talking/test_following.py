"""Whoever follows data is told of what is new, once, in lots; nobody else knows who follows."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_body, make_citizen
from tests.talking.makers import make_open_entry
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import accounts
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.talking import following, reads, tasks
from yelin.talking.models import Kept, KeptAs, Rating

pytestmark = pytest.mark.django_db


def person_of(actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def follow(on, actor=None):
    actor = actor or make_citizen()
    following.keep(actor, person_of(actor), on, KeptAs.FOLLOWED)
    return actor


def told(actor) -> list[str]:
    found = Notice.objects.filter(to=actor.person_id).order_by("pk")
    return list(found.values_list("event", flat=True))


def run() -> int:
    """Look for news and tell it, as the worker would; return how many jobs that were."""
    following.look()
    jobs = 0
    while job := ProcrastinateJob.objects.filter(
        task_name="talking.tell_followers", status="todo"
    ).first():
        tasks.tell_followers.func(**job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).delete()
        jobs += 1
    return jobs


@pytest.mark.duty("talk.say")
def test_who_follows_a_resource_is_told_of_each_new_version_once():
    entry = make_release(make_open_entry()).entry
    fan = follow(entry)
    assert (run(), told(fan)) == (0, [])
    make_release(entry)
    assert (run(), told(fan)) == (1, ["followed.released"])
    assert (run(), told(fan)) == (0, ["followed.released"])
    assert Notice.objects.get(to=fan.person_id).params == {"code": entry.code, "release": 2}


def test_who_follows_is_told_that_the_entry_changed_and_that_it_was_withdrawn():
    entry = make_open_entry()
    fan = follow(entry)
    Entry.objects.filter(pk=entry.pk).update(version=entry.version + 1)
    run()
    Entry.objects.filter(pk=entry.pk).update(
        state="withdrawn", withdrawn_on=clock.today(), withdrawn_reason="不再采集"
    )
    run()
    assert told(fan) == ["followed.changed", "followed.withdrawn"]


def test_who_follows_a_body_is_told_of_what_it_opens_but_not_of_what_was_there():
    agency()
    provider = make_body()
    make_entry(provider, opening_type="unconditional")
    fan = follow(provider)
    assert run() == 0
    make_entry(provider, opening_type="unconditional")
    make_open_entry()
    assert (run(), told(fan)) == (1, ["followed.appeared"])


def test_nobody_is_told_of_what_one_may_not_know():
    entry = make_open_entry()
    fan = follow(entry)
    Entry.objects.filter(pk=entry.pk).update(
        opening_type="none", sharing_type="conditional", version=entry.version + 1
    )
    assert (run(), told(fan)) == (1, [])


def test_followers_are_told_in_lots_and_a_lot_that_is_told_again_tells_nobody_twice(monkeypatch):
    monkeypatch.setattr(following, "LOT", 2)
    entry = make_open_entry()
    fans = [follow(entry) for _ in range(5)]
    make_release(entry)
    following.look()
    first = ProcrastinateJob.objects.get(task_name="talking.tell_followers", status="todo").args
    # Killed after the commit and before the job ended, it is run again.
    tasks.tell_followers.func(**first)
    assert run() == 5
    assert [told(fan) for fan in fans] == [["followed.released"]] * 5


def test_who_follows_no_more_is_told_no_more():
    entry = make_open_entry()
    fan = follow(entry)
    following.let_go(person_of(fan), entry.pk, KeptAs.FOLLOWED)
    make_release(entry)
    assert (run(), told(fan)) == (0, [])


def test_to_follow_and_to_rate_is_in_no_leaf_and_in_ones_own_copy_alone():
    entry, fan = make_open_entry(), make_citizen()
    before = Leaf.objects.count()
    follow(entry, fan)
    following.rate(fan, person_of(fan), entry, 4)
    assert Leaf.objects.count() == before
    copied = reads.copy_of(fan.person_id)
    assert [each["on"] for each in (*copied["kept"], *copied["ratings"])] == [entry.code] * 2
    accounts.delete(actor=fan, person=person_of(fan))
    assert not Kept.objects.exists()
    assert not Rating.objects.exists()


def test_what_is_hidden_is_neither_followed_nor_rated_and_a_stranger_does_neither():
    hidden, fan = make_entry(state="registered"), make_citizen()
    with pytest.raises((gate.Refused, gate.Unseen)):
        follow(hidden, fan)
    for entry, actor in ((hidden, fan), (make_open_entry(), Actor.anyone())):
        with pytest.raises(gate.Refused):
            following.rate(actor, person_of(fan), entry, 5)


def test_one_person_has_one_rating_and_the_average_is_of_all():
    entry, first, second = make_open_entry(), make_citizen(), make_citizen()
    for stars in (1, 4):
        following.rate(first, person_of(first), entry, stars)
    following.rate(second, person_of(second), entry, 5)
    found = reads.stars(entry, person_of(first))
    assert (found.average, found.count, found.own) == (4.5, 2, 4)
    for stars in (0, 6, -1):
        with pytest.raises(Incomplete):
            following.rate(first, person_of(first), entry, stars)


def test_ratings_have_their_pace(monkeypatch):
    monkeypatch.setattr("yelin.talking.rules.RATINGS_AN_HOUR", 2)
    fan = make_citizen()
    for _ in range(2):
        following.rate(fan, person_of(fan), make_open_entry(), 5)
    with pytest.raises(Incomplete):
        following.rate(fan, person_of(fan), make_open_entry(), 5)
