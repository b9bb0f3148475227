"""Files that programs attach by REST and by the command line, once, whole, or not at all."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cli.test_ingesting import address
from tests.files.makers import docx, pdf, picture
from tests.opening.makers import make_application
from tests.parties.makers import make_body, make_enterprise, make_seat, make_token
from tests.personal import personal

from yelin.cases.models import Case
from yelin.cli import attaching
from yelin.config import config
from yelin.files.models import FOLDER, Attachment
from yelin.files.store import scratch, store
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse.tasks import clear_leavings

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "欧阳演示丙的营业执照.pdf"
ADDRESS = "/api/v1/attachments"


@pytest.fixture
def seat():
    return make_seat(make_enterprise(), "representative")


@pytest.fixture
def case(seat) -> Case:
    return make_application(actor=Actor.of(seat))


def bearer(token, **more):
    return {"Authorization": f"Bearer {token}"} | more


def send(client, token, case, content, **headers):
    return client.post(
        f"{ADDRESS}?on={case.number}",
        {"file": SimpleUploadedFile(personal(NAME), content, "text/html")},
        headers=bearer(token, **headers),
    )


def test_a_program_sends_lists_takes_and_removes_a_file(client, seat, case):
    token, content = make_token(seat), pdf()
    made = send(client, token, case, content)
    assert made.status_code == 201, made.content
    document = made.json()
    assert document["name"] == NAME
    assert (document["kind"], document["bytes"]) == ("pdf", len(content))
    assert client.get(f"{ADDRESS}?on={case.pk}", headers=bearer(token)).json() == [document]
    taken = client.get(f"{ADDRESS}/{document['id']}", headers=bearer(token))
    assert taken.getvalue() == content
    assert taken["Content-Type"] == "application/pdf"
    assert taken["Content-Disposition"].startswith("attachment;")
    assert taken["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in taken["Content-Security-Policy"]
    removed = client.post(
        "/api/v1/acts/files.remove",
        {"attachment": document["id"]},
        content_type="application/json",
        headers=bearer(token),
    )
    assert removed.status_code == 200, removed.content
    assert client.get(f"{ADDRESS}/{document['id']}", headers=bearer(token)).status_code == 410
    (left,) = client.get(f"{ADDRESS}?on={case.pk}", headers=bearer(token)).json()
    assert left["name"] is None
    assert left["removed_at"]


@pytest.mark.long
def test_a_picture_may_be_shown_and_everything_else_is_only_kept(client, seat, case):
    token = make_token(seat)
    shown = send(client, token, case, picture("PNG")).json()
    taken = client.get(f"{ADDRESS}/{shown['id']}", headers=bearer(token))
    assert taken["Content-Type"] == "image/png"
    assert taken["Content-Disposition"].startswith("inline;")
    assert "sandbox" in taken["Content-Security-Policy"]
    assert taken.getvalue().startswith(b"\x89PNG")


@pytest.mark.long
def test_sent_again_under_its_key_a_file_hangs_once_and_another_is_refused(client, seat, case):
    token, content = make_token(seat), docx()
    first = send(client, token, case, content, **{"Idempotency-Key": "k"})
    again = send(client, token, case, content, **{"Idempotency-Key": "k"})
    assert again.json() == first.json()
    other = send(client, token, case, pdf(), **{"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert Attachment.objects.count() == 1
    assert Leaf.objects.filter(act="files.attach").count() == 1
    assert list(scratch().path.iterdir()) == []


def test_what_is_hidden_from_a_program_takes_no_file_and_shows_none(client, seat, case):
    made = send(client, make_token(seat), case, pdf()).json()
    stranger = make_token(make_seat(make_body(), "steward"))
    assert send(client, stranger, case, pdf()).status_code == 404
    for path in (f"{ADDRESS}/{made['id']}", f"{ADDRESS}?on={case.pk}"):
        assert client.get(path, headers=bearer(stranger)).status_code == 404
        assert client.get(path).status_code == 404


def test_what_cannot_be_taken_says_why_and_leaves_nothing(client, seat, case):
    refused = send(client, make_token(seat), case, b"MZ" + bytes(90))
    assert refused.status_code == 422
    (fault,) = refused.json()["faults"]
    assert fault["place"] == "file"
    assert "程序" in fault["says"]
    assert list(store().keys(FOLDER)) == []
    assert list(scratch().path.iterdir()) == []


def test_a_file_beyond_the_limit_is_not_taken(client, seat, case, monkeypatch):
    monkeypatch.setitem(vars(config), "attachment_limit_mb", 1)
    refused = send(client, make_token(seat), case, bytes(1_000_001))
    assert refused.status_code == 422
    assert "1 MB" in refused.json()["faults"][0]["says"]


def test_the_command_attaches_a_file(seat, case, tmp_path, capsys):
    (tmp_path / "a.bin").write_bytes(pdf())
    assert attaching.attach(case.number, tmp_path / "a.bin", make_token(seat)) == 0
    assert "application/pdf" in capsys.readouterr().out
    (tmp_path / "a.bin").write_bytes(b"MZ")
    assert attaching.attach(case.number, tmp_path / "a.bin", make_token(seat)) == 1
    assert "program" in capsys.readouterr().err


DIES = """
import os, signal, sys
from pathlib import Path
from yelin.cli import house
house.wake()
from yelin.acts import frame
from yelin.cli import attaching

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

# After the bytes lie in the store, before anything is committed.
frame.append = die
attaching.attach(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
"""


@pytest.mark.long
def test_killed_in_the_middle_nothing_is_attached_and_the_sweep_takes_what_lies_there(
    seat, case, tmp_path
):
    (tmp_path / "a.pdf").write_bytes(pdf())
    token = make_token(seat)
    run = subprocess.run(
        check=False,
        args=[sys.executable, "-c", DIES, case.number, str(tmp_path / "a.pdf"), token],
        env=os.environ | {"DATABASE_URL": address(), "YELIN_HOME": str(config.root)},
    )
    assert run.returncode == -signal.SIGKILL
    assert not Attachment.objects.exists()
    assert not Leaf.objects.filter(act="files.attach").exists()
    assert len(list(store().keys(FOLDER))) == 1
    with clock.standing_at(clock.now() + timedelta(days=2)):
        clear_leavings(timestamp=0)
    assert list(store().keys(FOLDER)) == []
    assert list(scratch().path.iterdir()) == []
