"""Refusals of callers who named nobody: counted, one row and one leaf for each act and hour."""

from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry

from yelin import gate
from yelin.acts import tasks
from yelin.acts.models import RefusalCount
from yelin.catalog import acts
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.mark.duty("trace.whole")
def test_a_flood_of_refused_strangers_is_one_row_and_then_one_leaf(still):
    entry = make_entry(state="awaiting")
    leaves = Leaf.objects.count()
    for _ in range(30):
        with pytest.raises(gate.Refused):
            acts.confirm(actor=Actor.anyone(), entry=entry)
    with pytest.raises(gate.Refused):
        acts.return_(actor=Actor.anyone(), entry=entry, reason="x")
    assert Leaf.objects.count() == leaves
    counts = dict(RefusalCount.objects.values_list("act", "refusals"))
    assert counts == {"catalog.confirm": 30, "catalog.return": 1}
    tasks.close_refusals(timestamp=0)
    assert Leaf.objects.count() == leaves
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        tasks.close_refusals(timestamp=0)
        tasks.close_refusals(timestamp=0)
    closed = Leaf.objects.filter(act="refusals.close_hour")
    assert sorted(
        (leaf.payload["facts"]["act"], leaf.payload["facts"]["refusals"]) for leaf in closed
    ) == [("catalog.confirm", 30), ("catalog.return", 1)]


def test_a_refused_job_of_the_system_is_not_counted_as_a_stranger():
    with pytest.raises(gate.Refused):
        acts.confirm(actor=Actor.system("clock"), entry=make_entry(state="awaiting"))
    assert not RefusalCount.objects.exists()
