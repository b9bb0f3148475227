"""What becomes of a file when workers fail, die or come late."""

import threading
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import PORTS, make_release

from yelin.files.store import scratch
from yelin.warehouse import acts, pipeline, tasks
from yelin.warehouse.models import Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)


# With its header twice, so that two options read it, each in its own way.
TWICE = PORTS.splitlines(keepends=True)[0] + PORTS


def make_unprepared(text=PORTS) -> Upload:
    entry = make_entry(state="registered")
    return acts.receive(
        actor=make_actor(entry.provider),
        entry=entry,
        received=receive([text.encode()], "ports.csv"),
        options=Options(),
    )


def attempt(upload, number):
    tasks.prepare(str(upload.pk), begun=number)
    upload.refresh_from_db()
    return upload


@pytest.mark.duty("quality.keep")
def test_a_worker_that_comes_late_changes_nothing_that_was_published():
    release = make_release()
    upload = release.upload
    before = (upload.state, upload.attempt, upload.rows, upload.stage)
    late = Upload.objects.get(pk=upload.pk)
    for late.attempt in (upload.attempt, str(uuid.uuid4())):
        tasks._Teller(late)(pipeline.Progress("parse", 0.5, 1, 1.0, 1.0))
        tasks._settle(late, state="ready", rows=1, rejected=0)
    upload.refresh_from_db()
    assert (upload.state, upload.attempt, upload.rows, upload.stage) == before


class Halted:
    """A worker that stands still between preparing and settling, as on a frozen machine."""

    def __init__(self, monkeypatch, upload):
        self.stands, self.on = threading.Event(), threading.Event()
        whole = pipeline.prepare

        def halting(*given, **named):
            prepared = whole(*given, **named)
            if threading.current_thread() is self.thread:
                self.stands.set()
                assert self.on.wait(60)
            return prepared

        monkeypatch.setattr(pipeline, "prepare", halting)
        self.thread = threading.Thread(target=self._work, args=(upload,))
        self.thread.start()
        assert self.stands.wait(60)

    def _work(self, upload):
        tasks.prepare(str(upload.pk))
        connection.close()

    def goes_on(self):
        self.on.set()
        self.thread.join()


@pytest.mark.duty("quality.keep")
@pytest.mark.parametrize("late", ["before the newer", "amid the newer", "after the newer"])
def test_a_worker_that_comes_late_settles_nothing_by_older_options(monkeypatch, late):
    upload = make_unprepared(TWICE)
    older = Halted(monkeypatch, upload)
    # It is taken for dead: another prepares the file, and the steward then has it read otherwise.
    assert attempt(upload, 1).report["source"]["header_line"] == 1
    steward = make_actor(upload.entry.provider)
    acts.prepare(actor=steward, upload=upload, options=Options(header_line=2))
    if late == "before the newer":
        older.goes_on()
        upload.refresh_from_db()
        assert (upload.state, upload.rows, upload.report) == ("received", None, {})
    if late == "amid the newer":
        newer = Halted(monkeypatch, upload)
        older.goes_on()
        upload.refresh_from_db()
        assert not upload.is_settled
        newer.goes_on()
    upload = attempt(upload, 0)
    if late == "after the newer":
        older.goes_on()
        upload.refresh_from_db()
    assert (upload.state, upload.rejected) == ("ready", 0)
    assert upload.report["source"]["header_line"] == 2
    assert all(upload.prepared(file["name"]).place.exists() for file in upload.report["files"])


def test_a_file_on_which_every_worker_dies_is_given_up_and_may_be_begun_again():
    upload = make_unprepared()
    assert attempt(upload, tasks.ATTEMPTS).state == "failed"
    assert upload.error["params"] == {"times": tasks.ATTEMPTS}
    acts.prepare(actor=make_actor(upload.entry.provider), upload=upload, options=Options())
    assert attempt(upload, 0).state == "ready"


def test_a_preparation_that_fails_by_itself_is_tried_again(monkeypatch):
    upload = make_unprepared()
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "prepare", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            attempt(upload, 0)
    upload.refresh_from_db()
    assert upload.state == "received"
    assert list(scratch().path.iterdir()) == []
    strategy = tasks.prepare_in_turn.retry_strategy
    assert strategy.get_retry_decision(exception=OSError(), job=SimpleNamespace(attempts=0))
    assert attempt(upload, 1).state == "ready"
