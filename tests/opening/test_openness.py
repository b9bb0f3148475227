"""What drags the index of openness down is found, entry by entry, and counted as it is told."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent
from yelin.opening import openness
from yelin.opening.models import Measured
from yelin.opening.openness import Lack
from yelin.opening.tasks import measure
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = (ItemContent(name="年份", type="I"), ItemContent(name="额", type="I", unit="万元"))


def csv(rows: int, *, blank: bool = False, first: int = 0) -> bytes:
    lines = (f"{first + n},{'' if blank and n else n}" for n in range(rows))
    return "\n".join(["年份,额", *lines]).encode()


def lacks_of(entry) -> set[str]:
    return set(Measured.objects.get(pk=entry.pk).lacks) - {"untold"}


def found() -> dict[str, openness.Measure]:
    return {each.name: each for each in openness.measures(openness.opened(Actor.anyone()))}


@pytest.mark.long
def test_each_lack_is_found_where_it_is_and_nowhere_else():
    body = make_body()
    sound = make_release(make_entry(title="港口吞吐量", items=ITEMS), csv(40)).entry
    empty = make_entry(title="还没有数据", items=ITEMS)
    tiny = make_release(make_entry(title="三行", items=ITEMS), csv(3, first=7)).entry
    wide = (*ITEMS, ItemContent(name="备注", type="C"))
    lines = [f"{n},," for n in range(1, 30)]
    text = "\n".join(["年份,额,备注", "0,1,有", *lines]).encode()
    sparse = make_release(make_entry(title="多为空", items=wide), text).entry
    parts = [
        make_release(
            make_entry(provider=body, title=f"{year}年机动车", items=ITEMS), csv(20, first=year)
        ).entry
        for year in (2019, 2020)
    ]
    other = make_release(make_entry(title="2021年机动车", items=ITEMS), csv(20, first=2021)).entry
    twin = make_release(make_entry(title="又一份港口", items=ITEMS), csv(40)).entry
    measure()
    assert lacks_of(sound) == set()
    assert lacks_of(empty) == {"empty"}
    assert lacks_of(tiny) == {"tiny"}
    assert lacks_of(twin) == {"twin"}
    assert [lacks_of(part) for part in parts] == [{"fragment"}, {"fragment"}]
    # The same table of another body is no part of theirs.
    assert lacks_of(other) == set()
    assert lacks_of(sparse) == {"sparse"}
    counted = openness.lacks(openness.opened(Actor.anyone()))
    assert (counted[Lack.FRAGMENT], counted[Lack.TWIN], counted[Lack.EMPTY]) == (2, 1, 1)
    listed = openness.lacking(openness.opened(Actor.anyone()), Lack.FRAGMENT)
    assert [entry.pk for entry in listed] == [part.pk for part in parts]


def test_each_measure_is_a_part_of_a_whole_that_is_counted():
    make_release(make_entry(title="港口吞吐量", items=ITEMS), csv(40))
    make_entry(title="还没有数据", items=ITEMS)
    closed = make_entry(title="不开放", opening_type="none", items=ITEMS)
    make_release(closed, csv(50))
    measure()
    measures = found()
    assert (measures["effective"].part, measures["effective"].of) == (1, 2)
    assert measures["cells"].part == 80
    assert measures["capacity"].part == 40
    assert measures["items"].share == 0.5
    assert measures["readable"].share == 1
    # Of bodies that keep something, that what they keep is closed counts against them.
    assert (measures["bodies"].part, measures["bodies"].of) == (1, 3)


def test_what_is_overdue_is_late_and_what_is_withdrawn_counts_no_more(today):
    entry = make_release(make_entry(title="每日", items=ITEMS, update_cycle="daily"), csv(40)).entry
    measure()
    assert lacks_of(entry) == set()
    today("2026-12-20")
    measure()
    assert lacks_of(entry) == {"late"}
    assert found()["in_time"].share == 0
    type(entry).objects.filter(pk=entry.pk).update(opening_type="none")
    # At once for whoever reads, and from the next measuring on for good.
    assert not openness.opened(Actor.anyone()).exists()
    measure()
    assert not Measured.objects.exists()


def test_nothing_at_all_is_measured_without_dividing_by_it():
    measure()
    assert openness.measured_at() is None
    assert all(not each.part for each in openness.measures(openness.opened(Actor.anyone())))
