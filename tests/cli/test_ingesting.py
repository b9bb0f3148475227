import os
import signal
import subprocess
import sys

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.running import running
from tests.warehouse.makers import PORTS
from tests.warehouse.penalties import PENALTIES, penalties

from yelin.cli import ingesting
from yelin.config import config
from yelin.law.refusals import Incomplete
from yelin.surface import uploads
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.pipeline import Options

pytestmark = pytest.mark.django_db(transaction=True)


def ingest(tmp_path, entry, token, text, *, publish=False, without_rejected=False):
    file = tmp_path / "港口.csv"
    file.write_bytes(text.encode("gb18030"))
    return ingesting.ingest(entry.code, file, token, Options(), publish, without_rejected)


def address():
    """Return where another process finds the database of this test."""
    keep = ("dbname", "user", "host", "port")
    params = connection.get_connection_params()
    return make_conninfo(**{key: params[key] for key in keep if key in params})


@pytest.fixture
def seat():
    return make_seat(make_body(), "steward")


def test_the_command_brings_a_file_in_and_publishes_it(worker, seat, tmp_path, capsys):
    entry = make_entry(seat.body)
    assert ingest(tmp_path, entry, make_token(seat), PORTS, publish=True) == 0
    assert Release.objects.get().rows == 3
    said = capsys.readouterr().out
    assert "Rows that conform: 3; rejected: 0." in said
    assert "Published as version 1." in said


def test_rejected_rows_hold_publishing_back_until_the_steward_says_so(
    worker, seat, tmp_path, capsys
):
    entry = make_entry(seat.body)
    text = PORTS + "2015,约九千,010\n"
    assert ingest(tmp_path, entry, make_token(seat), text, publish=True) == 1
    said = capsys.readouterr()
    assert "rejected: 1." in said.out
    assert "without_rejected" in said.err
    assert not Release.objects.exists()
    assert ingest(tmp_path, entry, make_token(seat), text, without_rejected=True) == 0
    assert Release.objects.get().rejected == 1


def test_a_file_that_cannot_be_used_says_what_to_mend(worker, seat, tmp_path, capsys):
    entry = make_entry(seat.body)
    assert ingest(tmp_path, entry, make_token(seat), "别的,列\n1,2\n") == 1
    assert "年份" in capsys.readouterr().err
    assert Upload.objects.get().state == "failed"


def test_a_stranger_or_another_body_brings_nothing_in(seat, tmp_path, capsys):
    entry = make_entry(seat.body)
    assert ingest(tmp_path, entry, "yln_unknown", PORTS) == 1
    assert ingest(tmp_path, entry, make_token(make_seat(make_body(), "steward")), PORTS) == 1
    said = capsys.readouterr().err
    assert "Article 16(1)" in said
    assert not Upload.objects.exists()


def test_where_no_worker_runs_the_command_says_so_and_can_be_left(seat, tmp_path):
    entry, file = make_entry(seat.body), tmp_path / "ports.csv"
    file.write_text(PORTS)
    words = ["ingest", entry.code, str(file), "--token", make_token(seat), "--publish"]
    with running(
        [sys.executable, "-m", "yelin.cli", *words],
        env=os.environ | {"DATABASE_URL": address(), "YELIN_HOME": str(config.root)},
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as command:
        first = command.stderr.readline()
        command.send_signal(signal.SIGINT)
        said = command.stderr.read()
    assert "No worker is running" in first
    assert command.returncode == ingesting.INTERRUPTED
    assert f"/desk/uploads/{Upload.objects.get().pk}/" in said
    assert "Traceback" not in said
    assert not Release.objects.exists()


@pytest.mark.duty("opening.persons")
def test_persons_hold_publishing_back_until_a_ground_is_cited(worker, seat, tmp_path, capsys):
    entry = penalties(seat.body, state="confirmed")
    assert ingest(tmp_path, entry, make_token(seat), PENALTIES, publish=True) == 1
    said = capsys.readouterr()
    assert "王**" in said.out
    assert "当事人 holds personal information" in said.err
    assert "王海燕" not in said.err + said.out
    assert not Release.objects.exists()
    file = tmp_path / "港口.csv"
    grounds = uploads.grounds(["当事人=penalty:《行政处罚法》第四十八条"], standing=True)
    args = (entry.code, file, make_token(seat), Options(), False, False, False, grounds)
    assert ingesting.ingest(*args) == 0
    assert Release.objects.get().grounds[0]["standing"] is True


@pytest.mark.parametrize("text", ["当事人", "当事人=penalty", f"当事人={'x' * 17}:《法》"])
def test_a_ground_is_written_with_its_citation(text):
    with pytest.raises(Incomplete):
        uploads.grounds([text], standing=False)
