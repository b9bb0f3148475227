"""Each long proof at a small scale, in processes, homes and databases of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests import shaped

ROOT = Path(__file__).parents[2]
OUR_OWN = ("YELIN_", "PROVE_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PORT")

pytestmark = pytest.mark.slow


def shown(name, scale, **environment):
    """Run one proof on a database of its own and return what it says; it must succeed."""
    with shaped.copy() as address:
        return alone(name, scale, PROVE_DATABASE_URL=address, **environment)


def alone(name, scale, **environment):
    """Run one proof, which finds its own database."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OUR_OWN)}
    done = subprocess.run(
        [sys.executable, "-m", "prove", name, "--scale", str(scale)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.duty("quality.keep")
def test_every_row_of_a_file_is_kept_or_refused_whatever_the_file():
    assert "ok: no row is lost in silence" in shown("outcomes", 0.2)


@pytest.mark.duty("trace.whole")
def test_eight_threads_at_once_lose_double_and_reorder_no_leaf():
    said = shown("eight_threads", 0.05)
    assert "160 acts of 8 threads" in said
    assert "ok: " in said


@pytest.mark.duty("trace.whole")
def test_whatever_is_done_to_the_log_is_found_and_the_leaf_named():
    said = shown("tampering", 0.1)
    for fault in (
        "entry 313: the words kept",
        "entry 313 was changed",
        "entry 313 was removed",
        "entries 313 and 369 have changed places",
        "were cut off",
        "the whole log is gone",
        "does not fit the note above it",
    ):
        assert fault in said


@pytest.mark.skipif(
    shutil.which("go") is None or not Path("/usr/share/gocode/src/golang.org/x/mod").is_dir(),
    reason="the verifier in Go needs the Debian packages golang-go and golang-golang-x-mod-dev",
)
def test_a_verifier_that_is_not_ours_accepts_the_log_and_finds_a_changed_row():
    said = shown("independent", 0.05)
    assert "ok " in said
    assert "one row changed: fault: entry" in said


@pytest.mark.skipif(
    not Path("/usr/lib/postgresql/15/bin/initdb").exists(),
    reason="this needs the Debian package postgresql-15",
)
def test_the_whole_way_is_gone_on_debians_postgresql_15():
    said = alone("postgres15", 0.1)
    assert "postgres (PostgreSQL) 15" in said
    assert "found and downloaded by a stranger" in said


@pytest.mark.duty("trace.whole")
@pytest.mark.duty("quality.keep")
def test_killed_in_the_middle_of_ingests_and_acts_the_house_loses_nothing():
    # Dead workers are missed sooner, so that the test need not wait as long as a province may.
    said = shown("kill_loop", 0.2, PROVE_SEED="slice", YELIN_HEARTBEAT_SECONDS="1")
    assert said.count("releases are as they were published") == 3
    assert "each with its leaf" in said


@pytest.mark.duty("quality.keep")
def test_killed_in_whatever_mode_a_release_is_the_old_one_or_the_new():
    said = shown("modes", 0.05, PROVE_SEED="slice", YELIN_HEARTBEAT_SECONDS="1")
    assert said.count("releases are as they were published") == 2
    assert "no orphans" in said


@pytest.mark.duty("trace.whole")
def test_in_a_storm_of_kills_no_act_is_lost_and_no_file_counts_that_nobody_has():
    said = shown("storm", 0.004, PROVE_SEED="slice", YELIN_HEARTBEAT_SECONDS="1")
    assert "each once and in its order" in said
    assert "files delivered" in said


@pytest.mark.duty("catalog.compile")
def test_catalogs_that_are_read_while_the_worker_is_killed_stand_here_once():
    said = shown("harvest", 0.02, PROVE_SEED="slice")
    assert "of 1 kills came in the middle" in said
    assert "a last reading changed nothing" in said


@pytest.mark.duty("security.protect")
def test_whatever_is_asked_by_sql_nothing_comes_out_but_what_was_lent():
    said = alone("console", 0.0005, PROVE_SEED="slice")
    assert "past the first wall" in said
