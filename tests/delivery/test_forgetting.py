"""After its term a single call is forgotten: never before, never unsigned, and never from the sums.

The receipt that its taker keeps holds for ever.
"""

import threading

import psycopg
import pytest
from django.db import OperationalError
from tests.cli.test_ingesting import address
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.delivery.test_tasks import guarded, until_it_waits
from tests.gate.makers import make_hold
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import acts, reads, tasks
from yelin.delivery.models import Delivery, Docket, Forgetting, Taken
from yelin.law.refusals import OutOfTurn
from yelin.ledger import batch, log, sequencer
from yelin.ledger.models import Batch, Leaf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def taken(today):
    """A resource of which a citizen and the provider took something, listed and signed."""
    today("2026-03-02")
    entry = make_closed()
    citizen, _ = make_taker(entry, purposes=["research"], days=2000)
    calls = [make_call(citizen, entry) for _ in range(3)]
    steward = make_actor(entry.provider)
    for _ in range(2):
        make_call(steward, entry)
    close()
    sequencer.settle()
    return entry, citizen, calls


def told(entry):
    return [
        (each.body, each.person, each.purpose, each.delivered, each.rows, each.first, each.last)
        for each in reads.recipients(make_actor(entry.provider), entry)
    ]


@pytest.mark.duty("trace.keep")
def test_a_call_is_kept_to_the_last_day_of_its_term_and_then_its_sum_alone(taken, today):
    entry, citizen, calls = taken
    receipt = reads.receipt(citizen, calls[0].pk).to_json()
    before = told(entry)
    today("2029-03-02")
    tasks.forget.func()
    assert Delivery.objects.count() == 5
    today("2029-03-03")
    tasks.forget.func()
    assert not Delivery.objects.exists()
    assert told(entry) == before
    assert [each.delivered for each in reads.taken_before(citizen)] == [3]
    with pytest.raises(gate.Unseen):
        reads.receipt(citizen, calls[0].pk)
    # Dockets, their leaves and the hashes in them stay, so what was kept elsewhere proves the same.
    assert sum(len(each.hashes) for each in Batch.objects.all()) == 5 * 32
    assert batch.check(batch.parse(receipt), [log.verifier_key()]).payload
    assert Docket.objects.count() == 2
    leaf = Leaf.objects.get(act="delivery.forget")
    assert leaf.payload["facts"] == {"entry": entry.code, "before": "2026-03-03", "calls": 5}


@pytest.mark.long
def test_what_is_taken_later_is_added_to_the_sum(taken, today):
    entry, citizen, _ = taken
    today("2028-06-01")
    make_release(entry)
    make_call(citizen, entry, number=1)
    close()
    sequencer.settle()
    today("2029-03-03")
    tasks.forget.func()
    (mixed,) = [each for each in reads.recipients(make_actor(entry.provider), entry) if each.person]
    assert (mixed.delivered, mixed.rows, mixed.first.year, mixed.last.year) == (4, 12, 2026, 2028)
    today("2031-06-02")
    tasks.forget.func()
    assert (Taken.objects.get(party=citizen.person_id).delivered, Taken.objects.count()) == (4, 2)


@pytest.mark.long
def test_what_stands_in_no_signed_leaf_is_never_forgotten(today):
    today("2026-03-02")
    entry = make_closed()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry)
    today("2031-01-05")
    tasks.forget.func()
    close()
    tasks.forget.func()
    assert Delivery.objects.get().docket
    assert not Forgetting.objects.exists()


@pytest.mark.long
def test_a_hold_that_names_it_keeps_the_calls_of_one_resource_as_evidence(taken, today):
    entry, _, _ = taken
    today("2026-03-02")
    other = make_closed()
    make_call(make_taker(other)[0], other)
    close()
    sequencer.settle()
    hold = make_hold(entry, "delivery.forget")
    today("2029-03-05")
    tasks.forget.func()
    assert set(Delivery.objects.values_list("entry", flat=True)) == {entry.pk}
    hold.lifted_at = hold.placed_at
    hold.save()
    tasks.forget.func()
    assert not Delivery.objects.exists()


@pytest.mark.long
def test_two_sweeps_at_once_forget_in_batches_and_sum_up_every_call_once(taken, today, monkeypatch):
    entry, _, _ = taken
    before = told(entry)
    monkeypatch.setattr(acts, "MOST", 1)
    today("2029-03-03")
    failed = []
    sweeps = [threading.Thread(target=guarded, args=(failed, tasks.forget.func)) for _ in range(3)]
    for thread in sweeps:
        thread.start()
    for thread in sweeps:
        thread.join()
    assert failed == []
    assert told(entry) == before
    assert list(Forgetting.objects.values_list("calls", flat=True)) == [1] * 5
    with pytest.raises(OutOfTurn):
        acts.forget(actor=tasks.CLOCK, entry=entry)


def test_a_sweep_that_dies_while_it_forgets_has_forgotten_nothing(taken, today):
    entry, _, _ = taken
    before = told(entry)
    today("2029-03-03")
    failed = []
    with psycopg.connect(address()) as holder:
        # Calls are deleted and summed up, and it waits to write the leaf.
        holder.execute("LOCK TABLE ledger_leaf IN EXCLUSIVE MODE")
        sweep = threading.Thread(target=guarded, args=(failed, tasks.forget.func))
        sweep.start()
        until_it_waits(holder)
        holder.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE NOT granted AND relation = 'ledger_leaf'::regclass"
        )
        sweep.join()
        holder.rollback()
    assert [type(each) for each in failed] == [OperationalError]
    assert (Delivery.objects.count(), Taken.objects.count()) == (5, 0)
    tasks.forget.func()
    assert told(entry) == before
    assert not Delivery.objects.exists()
