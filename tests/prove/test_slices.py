"""Long proofs at a small scale, in processes, homes and databases of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests import shaped
from tests.thorough import DRAW

from prove import tlog

ROOT = Path(__file__).parents[2]
OUR_OWN = ("YELIN_", "PROVE_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PORT")

pytestmark = pytest.mark.slow


def shown(*proofs, **environment):
    """Run proofs on one database of their own and return what they say; they must succeed."""
    with shaped.copy() as address:
        return alone(*proofs, PROVE_DATABASE_URL=address, **environment)


def alone(*proofs, **environment):
    """Run proofs, which find their own database."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OUR_OWN)}
    done = subprocess.run(
        [sys.executable, "-m", "prove", "+".join(proofs)],
        cwd=ROOT,
        env={"DRAW": DRAW or "slice"} | kept | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.duty("quality.keep")
def test_every_row_of_a_file_is_kept_or_refused_whatever_the_file():
    assert "ok: no row is lost in silence" in shown("outcomes=0.1")


@pytest.mark.long
@pytest.mark.duty("trace.whole")
def test_no_leaf_is_lost_doubled_or_reordered_and_whatever_is_done_to_the_log_is_found():
    # Those that look at the whole log share a house, and threads are the first in it.
    said = shown("eight_threads=0.05", "tampering=0.1", "independent=0.05")
    assert "160 acts of 8 threads" in said
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
    if tlog.is_possible():
        # A verifier that is not ours.
        assert "ok " in said
        assert "one row changed: fault: entry" in said


@pytest.mark.duty("catalog.compile")
@pytest.mark.duty("quality.keep")
@pytest.mark.duty("trace.whole")
def test_killed_while_files_come_in_the_house_loses_and_doubles_nothing():
    said = shown("kill_loop=0.1", YELIN_HEARTBEAT_SECONDS="1")
    assert "each with its leaf" in said
    assert "versions as they were published" in said


@pytest.mark.long
@pytest.mark.duty("catalog.compile")
@pytest.mark.duty("quality.keep")
@pytest.mark.duty("trace.whole")
def test_killed_at_any_moment_in_whatever_it_does_the_house_loses_and_doubles_nothing():
    """One house, killed in ingests, acts, releases upon releases, harvests, storms, pushes."""
    proofs = ("kill_loop=0.1", "modes=0.05", "harvest=0.02", "storm=0.004", "subscribers=0.02")
    # Dead workers are missed sooner, so that the test need not wait as long as a province may.
    said = shown(*proofs, YELIN_HEARTBEAT_SECONDS="1")
    assert said.count("versions as they were published") == 8
    for outcome in (
        "each with its leaf",
        "no orphans",
        "of 1 kills came in the middle",
        "a last reading changed nothing",
        "2 subscribers have 4 releases each",
        "each once and in its order",
        "files delivered",
    ):
        assert outcome in said


@pytest.mark.duty("security.protect")
def test_whatever_is_asked_by_sql_nothing_comes_out_but_what_was_lent():
    said = alone("console=0.0005")
    assert "past the first wall" in said
