"""What the checks find when something is broken for real, and where nothing is."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from django.apps import apps
from django.db import connection
from procrastinate.contrib.django import app
from tests.cli.test_ingesting import address
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.parties.makers import make_body
from tests.warehouse.makers import make_release

from yelin.config import Config, config
from yelin.delivery.tasks import forget
from yelin.keys import signing
from yelin.law import clock
from yelin.ledger import log, sequencer
from yelin.operation import checks, jobs, reads
from yelin.operation.findings import Level

pytestmark = pytest.mark.django_db(transaction=True)


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


def levels(check) -> dict[str, Level]:
    found = checks.examine(check)
    assert all(each.mend for each in found if each.level is Level.WRONG)
    return {each.name: each.level for each in found}


def test_a_house_in_order_has_nothing_wrong_but_its_missing_worker():
    make_release()
    sequencer.settle()
    found = checks.examine(*checks.THOROUGH)
    wrong = [each for each in found if each.level is Level.WRONG]
    assert {each.name for each in wrong} <= {"worker", "streams", "durability", "disk"}
    assert "worker" in {each.name for each in wrong}
    assert all(each.title and each.says for each in found)


def test_a_worker_counts_until_three_heartbeats_are_missed():
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert levels(checks.worker) == {"worker": Level.WELL}
    silent = config.stalled_seconds + 1
    run("UPDATE procrastinate_workers SET last_heartbeat = now() - %s * interval '1 s'", silent)
    assert levels(checks.worker) == {"worker": Level.WRONG}


def test_deliveries_past_their_term_of_keeping_are_told_until_they_are_forgotten(today):
    today("2026-03-02")
    entry = make_closed()
    make_call(make_taker(entry)[0], entry)
    close()
    sequencer.settle()
    for day, level in (("2029-03-04", Level.WELL), ("2029-03-05", Level.WATCH)):
        today(day)
        assert levels(checks.keeping) == {"keeping": level}
    forget.func()
    assert levels(checks.keeping) == {"keeping": Level.WELL}


@pytest.mark.parametrize(
    ("minutes", "level"), [(9, Level.WELL), (11, Level.WATCH), (61, Level.WRONG)]
)
def test_a_queue_that_stands_still_is_told_by_its_oldest_job(minutes, level):
    app.configure_task("acts.forget_keys").defer(timestamp=0)
    run("UPDATE procrastinate_events SET at = now() - %s * interval '1 minute'", minutes)
    assert levels(checks.queue) == {"queue": level}


def test_a_job_whose_time_has_not_come_does_not_stand_still():
    app.configure_task("acts.forget_keys", schedule_in={"hours": 2}).defer(timestamp=0)
    run("UPDATE procrastinate_events SET at = now() - interval '1 day'")
    (queue,) = jobs.queues()
    assert (queue.waiting, queue.later, queue.waiting_since) == (0, 1, None)
    assert levels(checks.queue) == {"queue": Level.WELL}


def test_what_was_given_up_is_told_until_it_runs_again():
    for _ in range(2):
        app.configure_task("acts.forget_keys", queueing_lock="acts.forget_keys").defer(timestamp=0)
        run("UPDATE procrastinate_jobs SET status = 'failed'")
    assert levels(checks.failed) == {"failed": Level.WATCH}
    assert len(jobs.failed()) == 2
    # One run of a periodic task does the work of both.
    assert jobs.run_again() == 1
    assert levels(checks.failed) == {"failed": Level.WELL}
    states = apps.get_model("procrastinate", "ProcrastinateJob").objects
    assert list(states.values_list("status", flat=True)) == ["todo"]


def test_a_key_that_others_may_open_is_wrong():
    signing.make("trial")
    assert levels(checks.keys) == {"keys": Level.WELL}
    signing.path("trial").chmod(0o640)
    assert levels(checks.keys) == {"keys": Level.WRONG}


def test_a_lost_master_key_is_wrong():
    make_release()
    assert levels(checks.keys) == {"keys": Level.WELL}
    for master in (config.root / "keys" / "master").iterdir():
        master.rename(config.root / master.name)
    assert levels(checks.keys) == {"keys": Level.WRONG}


def test_a_release_whose_file_is_gone_is_wrong():
    release = make_release()
    assert levels(checks.releases) == {"releases": Level.WELL}
    release.copy("data.parquet").place.unlink()
    assert levels(checks.releases) == {"releases": Level.WRONG}


def test_a_checkpoint_file_that_is_gone_is_wrong():
    make_release()
    assert levels(checks.ledger) == {"ledger": Level.WELL}
    sequencer.settle()
    assert levels(checks.ledger) == {"ledger": Level.WELL}
    log.checkpoint_file().unlink()
    assert levels(checks.ledger) == {"ledger": Level.WRONG}


def test_a_lost_key_of_the_ledger_is_wrong_and_no_new_one_is_made():
    make_release()
    sequencer.settle()
    signing.path(log.KEY).unlink()
    assert levels(checks.ledger) == {"ledger": Level.WRONG}
    assert not signing.path(log.KEY).exists()


def test_leaves_that_nobody_numbers_are_wrong_after_a_minute():
    moment = clock.now()
    with clock.standing_at(moment - timedelta(minutes=2)):
        make_release()
    assert Level.WRONG in levels(checks.ledger).values()


def test_a_store_that_cannot_be_written_to_is_wrong():
    assert levels(checks.store) == {"store": Level.WELL}
    shutil.rmtree(config.root / "store")
    (config.root / "store").write_text("in the way")
    assert levels(checks.store) == {"store": Level.WRONG}


def test_the_store_is_weighed_and_its_growth_projected():
    make_release()
    held = reads.disk()
    assert {folder.name: folder.files > 0 for folder in held.folders} == {
        "uploads": True,
        "releases": True,
    }
    assert held.grown == sum(folder.size for folder in held.folders)
    assert held.days_left == held.free * 30 // held.grown


@pytest.mark.duty("terms.count")
def test_terms_are_counted_duty_by_duty(today):
    today("2026-09-01")
    from tests.law.makers import ANSWER, terms  # noqa: PLC0415 - the pack is changed for this test

    with terms(ANSWER):
        clock.run(make_body(), "a.answer")
        (counted,) = reads.terms()
        assert (counted.running, counted.near, counted.overdue) == (1, 0, 0)
        assert levels(checks.terms) == {"terms": Level.WELL}
        today("2026-09-30")
        (counted,) = reads.terms()
        assert (counted.running, counted.overdue) == (1, 1)
        assert levels(checks.terms) == {"terms": Level.WATCH}


@pytest.mark.parametrize(
    ("days", "level"), [(90, Level.WELL), (20, Level.WATCH), (3, Level.WRONG), (-1, Level.WRONG)]
)
def test_a_certificate_is_watched_until_its_end(tmp_path, monkeypatch, days, level):
    ends = clock.now() + timedelta(days=days)
    issued = trustme.CA().issue_cert(
        "data.example", not_before=ends - timedelta(days=200), not_after=ends
    )
    file = tmp_path / "cert.pem"
    issued.cert_chain_pems[0].write_to_path(file)
    monkeypatch.setattr(reads, "config", Config(tls_certificate=file))
    assert levels(checks.certificate) == {"certificate": level}


def test_a_certificate_that_is_none_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(reads, "config", Config(tls_certificate=tmp_path / "none.pem"))
    assert levels(checks.certificate) == {"certificate": Level.WRONG}


def doctor(*args, **env):
    told = {
        "DATABASE_URL": address(),
        "YELIN_HOME": str(config.root),
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
    }
    return subprocess.run(
        [Path(sys.executable).parent / "yelin", "doctor", *args],
        env=os.environ | told | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_doctor_tells_programs_the_same_and_fails_where_something_is_wrong():
    told = doctor("--json", "--language", "zh-hans")
    assert told.returncode == 1, told.stderr
    found = {each["name"]: each for each in json.loads(told.stdout)}
    assert found["worker"]["level"] == "wrong"
    assert found["worker"]["mend"] == "请启动后台进程：yelin worker。"
    assert found["migrations"]["level"] == "well"


@pytest.mark.long
def test_the_doctor_needs_no_database_to_say_that_there_is_none():
    told = doctor(DATABASE_URL="postgresql://yelin:geheim@127.0.0.1:1/yelin")
    assert told.returncode == 1
    assert "WRONG  Database: The database does not answer" in told.stdout
    assert "ok     Statute pack" in told.stdout
    assert "geheim" not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.long
def test_the_doctor_names_a_pack_that_is_not_sound():
    told = doctor(YELIN_PACK="atlantis")
    assert told.returncode == 1
    assert "WRONG  Statute pack: The pack is not sound: atlantis: there is no such" in told.stdout
    assert "Traceback" not in told.stderr
