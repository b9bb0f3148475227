"""Whoever kills a worker loses no job, and two workers that sweep at once do nothing twice."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate.contrib.django import app
from psycopg import sql
from tests.catalog.makers import make_entry
from tests.cli.test_ingesting import address
from tests.notices.makers import make_channel
from tests.parties.makers import make_seat
from tests.running import running
from tests.warehouse.test_tasks import make_unprepared

from yelin.acts import tasks as acts_tasks
from yelin.acts.models import Answered, Proposal, RefusalCount
from yelin.cases.models import Case
from yelin.catalog.models import Entry, Rewording
from yelin.cli import working
from yelin.compiling.models import Export, Import
from yelin.config import config
from yelin.delivery import tasks as delivery_tasks
from yelin.delivery.models import CatalogFile, Check, Kept, Subscription, Tally
from yelin.delivery.models import Delivery as Handed
from yelin.exchange.answering import Watch
from yelin.files.store import store
from yelin.harvesting.models import Run, Source
from yelin.law import clock
from yelin.law.models import Clock
from yelin.ledger.models import Leaf
from yelin.market.acceptance.models import Inspection
from yelin.market.compute.models import Computation
from yelin.market.contract.callbacks import Callback
from yelin.market.contract.models import Contract, Negotiation
from yelin.market.dispute.models import Dispute
from yelin.market.transfer.models import Transfer
from yelin.notices.events import event
from yelin.notices.models import Delivery, DeliveryState, Notice, SignUp
from yelin.notices.telling import tell
from yelin.opening.models import Demand, Draft, Figures, Measured
from yelin.operation import jobs
from yelin.operation import tasks as operation_tasks
from yelin.operation.tasks import forget, retry_stalled
from yelin.oversight.models import Finding
from yelin.parties.models import Person
from yelin.privacy.models import ConsentList, Deidentification, SubjectRequest, Target
from yelin.pulling.models import Pull
from yelin.pulling.models import Run as Fetched
from yelin.talking.models import FollowedSearch, Reuse
from yelin.talking.models import Kept as Followed
from yelin.warehouse import tasks as warehouse_tasks
from yelin.warehouse.models import Erasure, Keeping, Release, Upload
from yelin.warehouse.tasks import ATTEMPTS

pytestmark = pytest.mark.django_db(transaction=True)

HAPPENED = event("test.happened_here", "Something happened to {code}.")
PATIENCE_SECONDS = 120

# Every task, and the rows without which it cannot come to its end.
HELD = {
    "accounts.send_link": Person,
    "accounts.welcome": SignUp,
    "acts.close_refusals": RefusalCount,
    "acts.expire_proposals": Proposal,
    "acts.forget_keys": Answered,
    "cases.sweep": Clock,
    "catalog.reword": Rewording,
    "compiling.clear_leavings": Import,
    "compiling.plan": Import,
    "compiling.run": Import,
    "compiling.write": Export,
    "catalog.sweep_terms": Clock,
    "delivery.clear_kept": Kept,
    "delivery.close_hours": Tally,
    "delivery.close_minutes": Handed,
    "delivery.forget": Handed,
    "delivery.look_for_news": Subscription,
    "delivery.make_ready": Entry,
    "delivery.note_uses": Tally,
    "delivery.tell": Subscription,
    "delivery.tell_of_check": Check,
    "delivery.write_catalog": CatalogFile,
    "deidentify.measure": Deidentification,
    "deidentify.search": Deidentification,
    "deidentify.write": Deidentification,
    "exchange.forget": Watch,
    "harvesting.look": Source,
    "harvesting.run": Run,
    "market.compute": Computation,
    "market.begin_transfer": Transfer,
    "market.call_back": Callback,
    "market.file_trades": Contract,
    "market.inspect_trades": Inspection,
    "market.lapse": Negotiation,
    "market.lapse_disputes": Dispute,
    "market.watch_trades": Contract,
    "market.watch_transfers": Transfer,
    "notices.deliver": Delivery,
    "opening.count": Figures,
    "opening.forget": Draft,
    "opening.measure": Measured,
    "opening.fulfil": Demand,
    "opening.sweep": Clock,
    "operation.forget": Notice,
    "oversight.look": Finding,
    "oversight.sweep": Clock,
    "privacy.copy": SubjectRequest,
    "privacy.find": SubjectRequest,
    "privacy.go_on": Target,
    "privacy.prove": SubjectRequest,
    "privacy.take_lists": ConsentList,
    "privacy.reach": Target,
    "privacy.sweep": Clock,
    "pulling.follow": Fetched,
    "pulling.look": Pull,
    "pulling.run": Fetched,
    "talking.look_at_links": Reuse,
    "talking.look_for_news": Followed,
    "talking.look_for_hits": FollowedSearch,
    "talking.tell_followers": Followed,
    "talking.tell_of_stop": Case,
    "terms.recount": Clock,
    "warehouse.clear_leavings": Upload,
    "warehouse.destroy_past": Keeping,
    "warehouse.lay": Release,
    "warehouse.prepare": Upload,
    "warehouse.redact": Erasure,
    "warehouse.settle_seals": Upload,
    "warehouse.sweep_terms": Clock,
    "warehouse.warn_of_terms": Clock,
}
# It rests on the queue's own rows, so it is killed in a test of its own.
BY_ITSELF = {"operation.retry_stalled"}

# A worker that begins every job at once, so that one kill interrupts them all.
WIDE = f"""
from yelin.cli import house
house.wake()
from yelin.cli import working
with working.queue() as queue:
    queue.run_worker(
        concurrency={2 * len(HELD)}, delete_jobs="successful", update_heartbeat_interval=0.5
    )
"""


# The jobs of a request of a person, by what each is of.
OF_A_PERSON = {
    "privacy.copy": "request",
    "privacy.find": "case",
    "privacy.prove": "request",
    "privacy.reach": "target",
}


def rows():
    return apps.get_model("procrastinate", "ProcrastinateJob").objects


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def until(what, says):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, says()
        time.sleep(0.1)


def start(*command):
    told = {
        "DATABASE_URL": address(),
        "YELIN_HOME": str(config.root),
        "YELIN_HEARTBEAT_SECONDS": "0.5",
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
    }
    return running([sys.executable, *command], env=os.environ | told)


def own_tasks() -> set[str]:
    foreign = ("builtin", "procrastinate", "tests")
    return {name for name in app.tasks if not name.startswith(foreign)}


def test_every_task_is_killed_here():
    assert set(HELD) | BY_ITSELF == own_tasks()


def test_what_a_killed_worker_was_at_is_done_by_the_next_whatever_its_task():
    upload = make_unprepared()
    seat = make_seat()
    make_channel(seat)
    tell(HAPPENED, to=[seat.person_id], about=seat, at=clock.now(), params={"code": "1"})
    delivery = Delivery.objects.get(notice__event=HAPPENED.name)
    leaving = store().local("uploads/00000000-0000-4000-8000-000000000000/original")
    leaving.parent.mkdir(parents=True)
    leaving.write_bytes(b"left by a crash")
    old = time.time() - timedelta(days=2).total_seconds()
    os.utime(leaving, (old, old))
    acts_tasks.send_link.defer(person=str(seat.person_id))
    # Nobody subscribed, which it finds out once it may look.
    app.configure_task("delivery.tell").defer(subscription=str(upload.pk))
    # Nor did anybody ask for an account.
    app.configure_task("accounts.welcome").defer(asked=str(upload.pk))
    # Nor are there such imports and exports, such work on the bench, and such readings.
    for task, of in {
        "compiling.plan": "batch",
        "compiling.run": "batch",
        "compiling.write": "export",
        "deidentify.search": "work",
        "deidentify.write": "work",
        "deidentify.measure": "work",
        "market.compute": "computation",
    }.items():
        app.configure_task(task).defer(**{of: str(upload.pk)})
    app.configure_task("delivery.make_ready").defer(entry=str(upload.entry_id))
    app.configure_task("delivery.tell_of_check").defer(check=0, at=clock.now().isoformat())
    for task in ("harvesting.run", "pulling.run", "pulling.follow"):
        app.configure_task(task).defer(run=0)
    app.configure_task("talking.tell_followers").defer(
        entry=str(upload.entry_id),
        event="followed.changed",
        release=0,
        version=1,
        after="",
        at=clock.now().isoformat(),
    )
    stopped = {"stopped": True, "at": clock.now().isoformat(), "after": ""}
    app.configure_task("talking.tell_of_stop").defer(case=str(upload.pk), **stopped)
    # Nor did anybody ask what is held of them.
    for task, of in {
        "copy": "request",
        "prove": "request",
        "find": "case",
        "reach": "target",
    }.items():
        app.configure_task(f"privacy.{task}").defer(**{of: str(upload.pk)})
    # Nor does any connector take anything, or wait to be called.
    for task in ("market.begin_transfer", "market.call_back"):
        app.configure_task(task).defer(of=str(upload.pk))
    app.configure_task("warehouse.redact").defer(entry=str(upload.entry_id))
    order = {"item": None, "descending": False}
    app.configure_task("warehouse.lay").defer(release=str(upload.pk), **order)
    waiting = set(rows().values_list("task_name", flat=True))
    assert {"warehouse.prepare", "notices.deliver"} <= waiting
    for task in set(HELD) - waiting:
        app.configure_task(task).defer(timestamp=0)
    begun = set(rows().values_list("pk", flat=True))

    def doing():
        at_work = rows().filter(status="doing").values_list("task_name", flat=True)
        return set(HELD) <= set(at_work)

    with psycopg.connect(address()) as holder:
        for table in {model._meta.db_table for model in HELD.values()}:
            lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE")
            holder.execute(lock.format(sql.Identifier(table)))
        with start("-c", WIDE) as killed:
            until(doing, lambda: Counter(rows().values_list("task_name", "status")))
            time.sleep(0.5)
            killed.send_signal(signal.SIGKILL)
        holder.rollback()
    assert doing()
    with start("-m", "yelin.cli", "worker") as worker:
        left = rows().filter(pk__in=begun)
        until(lambda: not left.exists(), lambda: list(left.values_list("task_name", "status")))
        # Where another of its kind waited already, that one does the work.
        until(lambda: not leaving.exists(), lambda: "what a crash left lies there still")
        worker.send_signal(signal.SIGTERM)
    upload.refresh_from_db()
    delivery.refresh_from_db()
    assert upload.state == "ready"
    assert delivery.state == DeliveryState.SENT


def left_by_the_dead(task, **over) -> int:
    """Leave a job as a killed worker leaves it, once its row of workers is gone."""
    job = app.configure_task(task, **over).defer(timestamp=0)
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE id = %s", job)
    return job


def sweep(at_once=1):
    with working.queue() as queue:

        async def all_at_once():
            async with queue.open_async():
                await asyncio.gather(*(retry_stalled(timestamp=0) for _ in range(at_once)))

        asyncio.run(all_at_once())


def states() -> dict[int, tuple[str, int]]:
    return {pk: (status, n) for pk, status, n in rows().values_list("pk", "status", "attempts")}


def test_a_killed_sweep_does_not_stand_in_the_way_of_what_it_was_to_bring_back():
    lock = {"queueing_lock": "operation.retry_stalled"}
    killed = left_by_the_dead("operation.retry_stalled", **lock)
    other = left_by_the_dead("acts.forget_keys", queueing_lock="acts.forget_keys")
    waiting = app.configure_task("operation.retry_stalled", **lock).defer(timestamp=0)
    sweep()
    assert states() == {waiting: ("todo", 0), other: ("todo", 1)}
    assert killed not in states()


def test_a_job_on_which_every_worker_dies_is_given_up_in_sight():
    job = left_by_the_dead("acts.forget_keys")
    run("UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s", ATTEMPTS - 1, job)
    sweep()
    assert states() == {job: ("todo", ATTEMPTS)}
    run("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job)
    sweep()
    (given_up,) = jobs.failed()
    assert (given_up.id, given_up.task) == (job, "acts.forget_keys")


def test_two_sweeps_at_once_bring_every_job_back_once():
    left = [left_by_the_dead("acts.forget_keys", queueing_lock=f"{n}") for n in range(30)]
    sweep(at_once=2)
    assert states() == dict.fromkeys(left, ("todo", 1))


def at_once(*works):
    """Run each of ``works`` twice, all at the same time, as two workers would."""
    together = threading.Barrier(2 * len(works))
    failed = []

    def work(do):
        try:
            together.wait(30)
            do()
        except Exception as error:  # noqa: BLE001 - whatever it is fails the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(do,)) for do in works for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.duty("aggregation.bring_in")
def test_two_workers_that_sweep_at_once_leave_one_leaf_for_each_hour_and_term(today):
    today("2026-09-01")
    entries = [make_entry(update_cycle="daily") for _ in range(5)]
    for number, entry in enumerate(entries):
        for hours in (1, 2):
            hour = clock.this_hour() - timedelta(hours=hours)
            Tally(entry=entry, hour=hour, queries=1).save()
            RefusalCount(act=f"trial.{number}", hour=hour, refusals=1).save()
    today("2026-09-30")
    before = Leaf.objects.count()
    at_once(
        lambda: delivery_tasks.close_hours.func(timestamp=0),
        lambda: acts_tasks.close_refusals.func(timestamp=0),
        lambda: warehouse_tasks.sweep_terms.func(timestamp=0),
        lambda: warehouse_tasks.warn_of_terms.func(timestamp=0),
        lambda: acts_tasks.recount.func(timestamp=0),
    )
    left = Counter(Leaf.objects.order_by("id").values_list("act", flat=True)[before:])
    assert left == {
        "delivery.close_hour": 10,
        "refusals.close_hour": 10,
        "warehouse.lapse": 5,
    }


def told(seat, *, read_days_ago=None):
    tell(HAPPENED, to=[seat.person_id], about=seat, at=clock.now(), params={"code": "1"})
    notice = Notice.objects.latest("pk")
    if read_days_ago is not None:
        notice.read_at = clock.now() - timedelta(days=read_days_ago)
        notice.save()
    return notice


def test_what_was_read_and_sent_is_forgotten_after_its_term_and_the_unread_never():
    seat = make_seat()
    make_channel(seat)
    Notice.objects.all().delete()
    unread, old, fresh = told(seat), told(seat, read_days_ago=366), told(seat, read_days_ago=364)
    long_ago = clock.now() - timedelta(days=4000)
    Notice.objects.filter(pk=unread.pk).update(at=long_ago)
    deliveries = Delivery.objects.all()
    deliveries.filter(notice=unread).update(state=DeliveryState.SENT, changed_at=long_ago)
    # One that still waits is never forgotten, however old.
    deliveries.filter(notice=fresh).update(changed_at=long_ago)
    forget.func(timestamp=0)
    assert set(Notice.objects.values_list("pk", flat=True)) == {unread.pk, fresh.pk}
    assert [each.notice_id for each in deliveries.all()] == [fresh.pk]
    assert old.pk not in Notice.objects.values_list("pk", flat=True)


def test_sessions_that_ended_are_forgotten_so_many_at_once(monkeypatch):
    monkeypatch.setattr(operation_tasks, "FORGOTTEN_AT_ONCE", 2)
    for number in range(3):
        ended = clock.now() - timedelta(days=number + 1)
        Session.objects.create(session_key=f"ended{number}", expire_date=ended)
    running = clock.now() + timedelta(days=1)
    Session.objects.create(session_key="running", expire_date=running)
    forget.func(timestamp=0)
    assert Session.objects.count() == 2
    forget.func(timestamp=0)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
