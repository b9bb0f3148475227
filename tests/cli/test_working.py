"""What acts do inside the worker holds as it does elsewhere, and no job holds up another kind."""

import contextlib
import ipaddress
import os
import signal
import socket
import sys
import time

import pytest
from django.apps import apps
from procrastinate.contrib.django import app
from tests.catalog.makers import make_entry
from tests.cli.test_ingesting import address
from tests.notices.makers import make_channel
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_seat
from tests.running import running
from tests.warehouse.makers import PORTS
from tests.warehouse.test_tasks import make_unprepared

from yelin.cli import working
from yelin.config import config
from yelin.law import clock
from yelin.ledger import log
from yelin.ledger.models import Leaf
from yelin.notices.events import event
from yelin.notices.telling import tell
from yelin.warehouse import acts
from yelin.warehouse.models import Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)

HAPPENED = event("test.happened_at_work", "Something happened to {code}.")
NETWORK = "127.0.0.1/32"


class PowerCut(Exception):
    """The transaction of an act ends before it is committed."""


@pytest.fixture
def in_a_job():
    """Return how to run a function as a job of the worker, and what it raised."""

    def run(do):
        ended = []

        @app.task(name="tests.do")
        def job():
            try:
                do()
            except PowerCut as cut:
                ended.append(cut)
            else:
                ended.append(None)

        job.defer()
        deadline = time.monotonic() + 30
        while not ended:
            assert time.monotonic() < deadline, "the worker did not run the job"
            time.sleep(0.05)
        return ended[0]

    yield run
    app.tasks.pop("tests.do", None)


def bring_in(entry):
    acts.receive(
        actor=make_actor(entry.provider),
        entry=entry,
        received=receive([PORTS.encode()], "ports.csv"),
        options=Options(),
    )


def jobs():
    jobs = apps.get_model("procrastinate", "ProcrastinateJob").objects
    return jobs.filter(task_name="warehouse.prepare")


def test_a_job_deferred_by_an_act_in_the_worker_is_undone_with_the_act(
    worker, in_a_job, monkeypatch
):
    entry, before = make_entry(), jobs().count()
    deferred = []

    def cut(*_, **__):
        deferred.append(jobs().count() - before)
        raise PowerCut

    def do():
        # The leaf is written last, when the body of the act has deferred its job.
        with monkeypatch.context() as power:
            power.setattr(Leaf, "save", cut)
            bring_in(entry)

    assert isinstance(in_a_job(do), PowerCut)
    assert deferred == [1]
    assert not Upload.objects.exists()
    assert jobs().count() == before


def test_a_job_deferred_by_an_act_in_the_worker_is_run_once_the_act_is_there(worker, in_a_job):
    entry = make_entry()
    assert in_a_job(lambda: bring_in(entry)) is None
    deadline = time.monotonic() + 30
    while Upload.objects.get().state != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_every_task_is_in_a_queue_that_the_worker_serves():
    # The queue's own tasks are deferred by nobody.
    queues = {task.queue for task in app.tasks.values()} - {"builtin"}
    assert queues == set(working.QUEUES)


def until(what, says, patience=90):
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, says
        time.sleep(0.1)


def doing(task):
    jobs = apps.get_model("procrastinate", "ProcrastinateJob").objects
    return jobs.filter(task_name=task, status="doing").count()


@contextlib.contextmanager
def a_worker():
    told = {
        "DATABASE_URL": address(),
        "YELIN_HOME": str(config.root),
        "YELIN_OUTBOUND_NETWORKS": f'["{NETWORK}"]',
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
    }
    command = [sys.executable, "-m", "yelin.cli", "worker"]
    with running(command, env=os.environ | told) as worker:
        yield worker
        worker.send_signal(signal.SIGTERM)


@pytest.mark.long
def test_receivers_that_never_answer_hold_up_neither_files_nor_the_ledger(monkeypatch):
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network(NETWORK),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)
    seat = make_seat()
    # It takes the line and says nothing: each delivery is given up after ten seconds.
    with socket.create_server((NETWORK.partition("/")[0], 0)) as silent:
        port = silent.getsockname()[1]
        make_rule(seat.body, host="127.0.0.1", port=port)
        make_channel(seat, "webhook", address=f"http://127.0.0.1:{port}/")
        for number in range(4 * config.sending_jobs):
            params = {"code": str(number)}
            tell(HAPPENED, to=[seat.person_id], about=seat, at=clock.now(), params=params)
        with a_worker():
            until(lambda: doing("notices.deliver") == config.sending_jobs, "nothing is sent")
            upload = make_unprepared()
            waiting = Leaf.objects.latest("pk")

            def is_done():
                upload.refresh_from_db()
                waiting.refresh_from_db()
                return upload.state == "ready" and log.published_size() > (waiting.index or 10**9)

            until(is_done, "the file waits for the receivers", patience=30)
            assert doing("notices.deliver") == config.sending_jobs
