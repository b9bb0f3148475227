"""What acts do inside the worker holds as it does elsewhere."""

import time

import pytest
from django.apps import apps
from procrastinate.contrib.django import app
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import PORTS

from yelin.ledger.models import Leaf
from yelin.warehouse import acts
from yelin.warehouse.models import Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)


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

    def cut(**_):
        deferred.append(jobs().count() - before)
        raise PowerCut

    def do():
        # The leaf is written last, when the body of the act has deferred its job.
        with monkeypatch.context() as power:
            power.setattr(Leaf.objects, "create", cut)
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
