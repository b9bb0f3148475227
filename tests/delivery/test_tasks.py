"""Two workers that list at once list nothing twice, and a killed one lists nothing by half."""

import os
import signal
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from tests.cli.test_ingesting import address
from tests.delivery.makers import make_call, make_closed, make_taker
from tests.parties.makers import make_actor
from tests.running import running

from yelin.config import config
from yelin.delivery import tasks
from yelin.delivery.models import Delivery, Docket
from yelin.law import clock
from yelin.ledger.models import Batch, Leaf

pytestmark = pytest.mark.django_db(transaction=True)

# Lists what waits, as a worker's job does, a minute from now.
LIST = """
from datetime import timedelta
from yelin.cli import house
house.wake()
from yelin.delivery import tasks
from yelin.law import clock
with clock.standing_at(clock.now() + timedelta(minutes=1)):
    tasks.close_minutes.func(timestamp=0)
"""


def listed() -> Counter:
    """Return how often each call stands in a batch."""
    kept = [bytes(batch.hashes) for batch in Batch.objects.all()]
    return Counter(each[at : at + 32] for each in kept for at in range(0, len(each), 32))


def made() -> Counter:
    return Counter(bytes(h) for h in Delivery.objects.values_list("h", flat=True))


def guarded(failed, work, *of):
    try:
        work(*of)
    except Exception as error:  # noqa: BLE001 - whatever it is fails the test
        failed.append(error)
    finally:
        connection.close()


@pytest.mark.long
@pytest.mark.duty("trace.whole")
def test_workers_that_list_while_others_take_list_every_call_once(monkeypatch):
    entry = make_closed()
    takers = [make_taker(entry)[0] for _ in range(3)] + [make_actor(entry.provider)]
    over, failed = threading.Event(), []

    def take(actor):
        for _ in range(12):
            make_call(actor, entry)

    def sweep():
        while not over.is_set():
            tasks.close_minutes.func(timestamp=0)

    # Every minute is over for the workers, so that they list each call as soon as it is made.
    monkeypatch.setattr(clock, "this_minute", clock.now)
    sweeping = [threading.Thread(target=guarded, args=(failed, sweep)) for _ in range(2)]
    taking = [threading.Thread(target=guarded, args=(failed, take, each)) for each in takers]
    for thread in (*sweeping, *taking):
        thread.start()
    for thread in taking:
        thread.join()
    over.set()
    for thread in sweeping:
        thread.join()
    tasks.close_minutes.func(timestamp=0)
    assert failed == []
    assert len(made()) == 48
    assert listed() == made()
    dockets = Docket.objects.all()
    assert Leaf.objects.filter(act="delivery.close_minute").count() == len(dockets)
    assert sum(each.finished for each in dockets) == 48
    for docket in dockets:
        whose = set(docket.deliveries.values_list("grant", "seat"))
        assert len(whose) == 1


def test_a_worker_killed_while_it_lists_leaves_all_to_the_next(still):
    entry = make_closed()
    citizen, _ = make_taker(entry)
    for _ in range(3):
        make_call(citizen, entry)
    told = {
        "DATABASE_URL": address(),
        "YELIN_HOME": str(config.root),
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
    }
    with psycopg.connect(address()) as holder:
        # It has listed everything, and waits to write the leaf.
        holder.execute("LOCK TABLE ledger_leaf IN ACCESS EXCLUSIVE MODE")
        with running([sys.executable, "-c", LIST], env=os.environ | told) as killed:
            until_it_waits(holder)
            killed.send_signal(signal.SIGKILL)
        holder.rollback()
    assert not Docket.objects.exists()
    assert not Batch.objects.exists()
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        tasks.close_minutes.func(timestamp=0)
    assert listed() == made()
    assert Docket.objects.get().finished == 3


def until_it_waits(holder):
    deadline = time.monotonic() + 60
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger_leaf'::regclass"
    while not holder.execute(waits).fetchone()[0]:
        assert time.monotonic() < deadline, "nobody came to write a leaf"
        time.sleep(0.1)
