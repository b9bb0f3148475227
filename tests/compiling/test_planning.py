import pytest
from tests.compiling.makers import bring, entered, national, outcomes, ports

from yelin.catalog.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def flaws(batch):
    return [(f["row"], f["heading"], f["place"]) for p in batch.planned.all() for f in p.flaws]


@pytest.mark.drawn(1)
@pytest.mark.parametrize("merged", [True, False])
def test_the_national_layout_becomes_entries_with_their_items(merged):
    batch = bring(national([ports(), ports("船舶登记")], merged=merged))
    assert (batch.state, batch.error) == ("ready", {})
    assert flaws(batch) == []
    assert outcomes(batch) == {"make": 2}
    assert Entry.objects.count() == 0
    batch = entered(batch)
    assert batch.state == "done"
    entry = Entry.objects.get(title="沿海主要港口货物吞吐量").content()
    assert entry.classification == "307010001"
    assert entry.summary == "海口港、八所港历年货物吞吐量。\n单位万吨。"
    assert entry.formats == ("xlsx", "csv")
    assert entry.sharing_requirements == ("reference",)
    assert (entry.opening_type, entry.update_cycle) == ("unconditional", "yearly")
    assert [(i.name, i.type, i.length) for i in entry.items] == [
        ("年份", "I", "4"),
        ("海口港", "N", "10,2"),
    ]
