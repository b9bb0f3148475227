"""What becomes of a file when workers fail, die or come late."""

import uuid
from types import SimpleNamespace

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import PORTS, make_release

from yelin.files.store import scratch
from yelin.warehouse import acts, pipeline, tasks
from yelin.warehouse.models import Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)


def make_unprepared() -> Upload:
    entry = make_entry(state="registered")
    return acts.receive(
        actor=make_actor(entry.provider),
        entry=entry,
        received=receive([PORTS.encode()], "ports.csv"),
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
    tell = tasks._Teller(upload)
    tell(pipeline.Progress("parse", 0.5, 1, 1.0, 1.0))
    tasks._settle(upload, state="ready", attempt=str(uuid.uuid4()), rows=1, rejected=0)
    upload.refresh_from_db()
    assert (upload.state, upload.attempt, upload.rows, upload.stage) == before


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
