"""Where very many hits are expected, half of them are looked for beside the other half."""

from collections import Counter
from itertools import chain

import pytest
from tests.catalog.makers import make_entry, make_many
from tests.parties.makers import make_actor, make_body

from yelin.catalog import counting, reads
from yelin.parties.actor import Actor
from yelin.things import beside

SEARCHES = (
    reads.Search("港口"), reads.Search("港口 货物", sort="updated"), reads.Search(),
    reads.Search(chosen={"opening": ["none"]}), reads.Search("港口", {"sharing": ["none"]}),
    reads.Search("港口", sort="title"), reads.Search("没有的"),
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_halves_tell_what_the_whole_tells(monkeypatch):
    body = make_body()
    make_many(body, [f"港口货物{n}" for n in range(40)])
    closed = {"opening_type": "none", "sharing_type": "none", "sharing_basis": "《统计法》第九条"}
    for n in range(12):
        state = ("registered", "awaiting", "confirmed")[n % 3]
        make_entry(body, state, title=f"港口{n}", **closed)
    asked, both = Counter(), beside.both

    def counted(*halves):
        asked["both"] += 1
        return both(*halves)

    monkeypatch.setattr(beside, "both", counted)
    askers = (Actor.anyone(), make_actor(body), make_actor(make_body()))
    told = {}
    try:
        for worth in (10**9, 0):
            monkeypatch.setattr(counting, "_WORTH_TWO", worth)
            found = [reads.find(*each) for each in chain.from_iterable(
                ((asker, search) for search in SEARCHES) for asker in askers)]  # fmt: skip
            told[worth] = [(each.total, each.best(0, 60), each.facets()) for each in found]
            assert bool(asked["both"]) is (worth == 0)
    finally:
        beside.let_go()
    assert told[0] == told[10**9]
    assert max(total for total, *_ in told[0]) >= 44
    assert min(total for total, *_ in told[0]) == 0
