"""Tests that start processes leave none behind, and wait for none without an end."""

import ast
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.running import running

TESTS = Path(__file__).parents[1]
FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]


def test_what_fails_beside_a_process_ends_it():
    with pytest.raises(AssertionError), running(FOREVER) as process:
        raise AssertionError
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_does_not_end_with_its_block_is_ended_and_told_of():
    with pytest.raises(subprocess.TimeoutExpired), running(FOREVER, patience=0) as process:
        pass
    assert process.returncode == -signal.SIGKILL


def test_every_test_starts_processes_by_that_alone():
    starting = [
        path
        for path in sorted(TESTS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Popen")
    ]
    assert starting == [TESTS / "running.py"]
