"""Figures that are the same for everyone are counted once for all who look, and kept meanwhile."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.catalog.makers import make_entry
from tests.parties.makers import make_seat
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent
from yelin.law import clock
from yelin.opening import counting, figures, openness
from yelin.opening.figures import COUNT, FRESH, OLDEST, Kept
from yelin.opening.models import Figures
from yelin.opening.tasks import count, measure
from yelin.operation import jobs
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = (ItemContent(name="年份", type="I"), ItemContent(name="额", type="I", unit="万元"))
LINES = ["年份,额", *(f"{n},{n}" for n in range(40))]
LOOKERS = 50
PATIENCE_SECONDS = 120


class Counter:
    """Counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def kept(counter) -> Kept[int]:
    return Kept("test", int, counter)


def age(by: timedelta) -> None:
    """Let what is kept be older than it was."""
    Figures.objects.update(counted_at=F("counted_at") - by, asked_at=F("asked_at") - by)


def told_of(kept: Kept):
    return kept.look().figures


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=COUNT, status="todo").count()


def until(what) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def at_once(do) -> list:
    """Return what ``do`` returns to so many who come at the same time."""
    together, found = threading.Barrier(LOOKERS), []

    def look():
        try:
            # Whoever waits for a connection would come too late.
            connection.ensure_connection()
            together.wait(60)
            found.append(do())
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(LOOKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_figures_are_the_same_as_counted_at_once():
    entry = make_release(make_entry(title="港口", items=ITEMS), "\n".join(LINES).encode()).entry
    make_entry(title="不开放", opening_type="none")
    measure()
    for each, now in (
        (counting.IN_CATALOG, counting.in_catalog()),
        (counting.OPENED, counting.opened()),
        (counting.USES, counting.days()),
        (counting.INDEX, counting.index()),
    ):
        assert each.look().figures == now
        # What was read from the database, and what was counted by whoever looked first.
        assert each.look().figures == now
    told = counting.OPENED.look().figures
    assert (told.resources, told.rows, told.bodies) == (1, 40, 1)
    assert told.by_body[0].code == entry.provider.credit_code
    measures = {each.name: each for each in counting.INDEX.look().figures.measures}
    assert isinstance(measures["cells"].part, int)


def test_what_was_counted_is_told_until_a_job_has_counted_anew(kept, counter):
    first = kept.look()
    assert (first.figures, first.at) == (1, Figures.objects.get(pk="test").counted_at)
    age(FRESH / 2)
    assert told_of(kept) == 1
    assert waiting() == 0
    age(FRESH / 2)
    # Old, so it is asked for; the same is told, and nobody asks a second time.
    assert told_of(kept) == told_of(kept) == 1
    assert (waiting(), counter.asked) == (1, 1)
    before = clock.now()
    figures.renew([kept])
    assert told_of(kept) == 2
    assert kept.look().at >= before
    assert Figures.objects.get(pk="test").asked_at is None


def test_what_a_lost_job_did_not_count_is_asked_for_again(kept):
    kept.look()
    age(FRESH)
    kept.look()
    ProcrastinateJob.objects.all().delete()
    kept.look()
    assert waiting() == 0
    age(FRESH)
    kept.look()
    assert waiting() == 1


def test_fifty_who_look_first_count_once(kept, counter):
    assert {told.figures for told in at_once(kept.look)} == {1}
    assert counter.asked == 1


def test_fifty_who_find_it_old_wait_for_nobody_and_cause_one_count(kept, counter):
    kept.look()
    age(FRESH)
    with connection.cursor() as cursor:
        # Whoever counts holds this: nobody who looks waits for it.
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{COUNT}:test"])
        assert at_once(lambda: told_of(kept)) == [1] * LOOKERS
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert waiting() == 1
    at_once(lambda: figures.renew([kept]))
    assert (counter.asked, told_of(kept)) == (2, 2)


def test_what_nobody_looks_at_is_no_older_than_the_sweep_lets_it_be():
    count.func(timestamp=0)
    first = dict(Figures.objects.values_list("name", "counted_at"))
    assert set(first) == {each.name for each in counting.EVERY}
    age(OLDEST / 2)
    count.func(timestamp=0)
    half = {name: at - OLDEST / 2 for name, at in first.items()}
    assert dict(Figures.objects.values_list("name", "counted_at")) == half
    age(OLDEST / 2)
    now = clock.now()
    count.func(timestamp=0)
    assert all(row.counted_at >= now for row in Figures.objects.all())


def test_a_count_that_fails_leaves_the_old_figure_and_is_told_to_the_operator(monkeypatch, worker):
    for each in counting.EVERY:
        each.look()
    age(FRESH)
    monkeypatch.setattr(counting.INDEX, "_count", lambda: 1 / 0)
    # The worker may be so quick that a later kind is asked for apart.
    old = {row.name: row.counted_at for row in Figures.objects.all()}
    for each in counting.EVERY:
        each.look()
    # One that fails stands in the way of none.
    until(lambda: all(each.look().at > old[each.name] for each in counting.EVERY[:-1]))
    until(jobs.failed)
    assert {each.task for each in jobs.failed()} == {COUNT}
    assert counting.INDEX.look().at == old["index"]


def test_what_an_older_program_kept_in_another_shape_is_counted_anew(kept):
    Figures(name="test", said={"of": "old"}, counted_at=clock.now()).save()
    assert kept.look().figures == 1


def test_only_what_a_stranger_may_know_is_counted_whoever_looks(client):
    body = make_seat().body
    make_entry(title="公开", provider=body)
    make_entry(title="草稿", provider=body, state="draft")
    measure()
    told = counting.IN_CATALOG.look().figures
    assert told.confirmed == counting.catalog.sizes(Actor.anyone()).seen == 1


def test_who_is_taken_back_leaves_every_list_at_once_whatever_the_figure_says():
    entry = make_entry(title="还没有数据")
    measure()
    lack = openness.Lack.EMPTY
    assert counting.INDEX.look().figures.lacks[lack] == 1
    type(entry).objects.filter(pk=entry.pk).update(opening_type="none")
    assert counting.INDEX.look().figures.lacks[lack] == 1
    assert not openness.lacking(openness.opened(Actor.anyone()), lack).exists()


def test_measuring_has_everything_counted_anew():
    counting.INDEX.look()
    make_entry(title="还没有数据")
    measure()
    assert waiting() == 1
    count.func(timestamp=0)
    assert told_of(counting.INDEX).lacks[openness.Lack.EMPTY] == 1
