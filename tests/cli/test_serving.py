"""What is started together ends together, however its first process ends."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.cli.test_ingesting import address
from tests.running import running

from yelin import lifeline, postgres
from yelin.config import config

PATIENCE_SECONDS = 60


def until(what, says):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, says
        time.sleep(0.1)


def gone(processes):
    return psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1] == []


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


def start(code, port, **env):
    told = {"DATABASE_URL": address(), "YELIN_HOME": str(config.root), "PORT": str(port)}
    return running([sys.executable, "-c", code], env=os.environ | told | env)


SERVE = "import sys; sys.argv = ['yelin', 'serve']; from yelin.cli import main; main()"
DEMO = f"""
import os, signal, subprocess, sys
os.environ["{lifeline.IN_DEMO}"] = str(os.getpid())
for part in ("serve", "worker"):
    subprocess.Popen([sys.executable, "-m", "yelin.cli", part], start_new_session=True)
signal.pause()
"""


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_killed_leaves_no_child_at_its_port(port):
    with start(SERVE, port) as server:
        until(lambda: answers(port), "the server does not answer")
        children = psutil.Process(server.pid).children(recursive=True)
        assert children
        server.send_signal(signal.SIGKILL)
        assert gone(children)
    assert not answers(port)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_servers_of_one_port_share_what_comes_and_one_takes_all_when_the_other_goes(port):
    with start(SERVE, port) as server, start(SERVE, port) as other:
        try:
            until(lambda: listens(server) and listens(other), "not both of them listen")
            assert all(answers(port) for _ in range(20))
            children = psutil.Process(other.pid).children(recursive=True)
            other.send_signal(signal.SIGKILL)
            assert gone(children)
            assert all(answers(port) for _ in range(20))
        finally:
            server.terminate()
            other.kill()


def listens(server):
    lines = []
    for each in psutil.Process(server.pid).children(recursive=True):
        # Some only ask something of the machine, and are gone meanwhile.
        with contextlib.suppress(psutil.NoSuchProcess):
            lines += each.net_connections("tcp")
    return any(line.status == psutil.CONN_LISTEN for line in lines)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_demo_that_is_killed_takes_its_server_and_worker_with_it(port):
    with start(DEMO, port) as demo:
        until(lambda: answers(port), "the server does not answer")
        # Server and worker, and the child that the server has its pages from.
        family = psutil.Process(demo.pid)
        until(lambda: len(family.children(recursive=True)) >= 3, "not all of it is there")
        children = family.children(recursive=True)
        demo.send_signal(signal.SIGKILL)
        assert gone(children)
    assert not answers(port)


@pytest.mark.drawn(1)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("variable", ["PORT", "YELIN_STREAM_PORT"])
def test_a_demo_whose_port_is_taken_says_so_and_starts_nothing(port, variable):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        told = {"DATABASE_URL": address(), "YELIN_HOME": str(config.root), "PORT": str(port)}
        done = subprocess.run(
            [sys.executable, "-m", "yelin.cli", "demo"],
            env=os.environ | told | {variable: taken},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {taken} cannot be had" in done.stderr
    assert f"{variable}=" in done.stderr
    assert done.stdout == ""


HOLD = """
import sys
from pathlib import Path
from yelin import postgres
print(postgres.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def hold(folder):
    return running(
        [sys.executable, "-c", HOLD, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def server_of(folder):
    return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))


@pytest.fixture
def deep(tmp_path):
    """Return a data folder whose name no socket could bear."""
    folder = tmp_path / ("很深 的文件夹" * 5) / ("deep" * 20) / "postgres"
    folder.parent.mkdir(parents=True)
    assert len(os.fsencode(folder)) > postgres.SOCKET_BYTES
    return folder


def test_the_embedded_database_stops_with_its_last_user_though_another_was_killed(deep):
    with hold(deep) as killed:
        url = killed.stdout.readline().strip()
        server = server_of(deep)
        with hold(deep) as other:
            assert other.stdout.readline().strip() == url
            # Nobody waits for it yet, as where the first process of all reaps no orphans.
            killed.send_signal(signal.SIGKILL)
            until(lambda: psutil.Process(killed.pid).status() == "zombie", "it does not die")
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            other.stdin.close()
            other.wait()
    assert gone([server])


def test_the_socket_of_a_deep_folder_lies_where_only_its_owner_may_enter(deep):
    with hold(deep) as holder:
        url = holder.stdout.readline().strip()
        socket_file = next(deep.glob(".s.PGSQL.*"))
        assert socket_file.is_socket()
        assert stat.S_IMODE(deep.stat().st_mode) == 0o700
        way = Path(url.partition("host=")[2])
        assert way.resolve() == deep
        assert way.parent.stat().st_uid == os.geteuid()
        assert not way.parent.stat().st_mode & 0o022
        holder.stdin.close()


def test_a_folder_for_links_that_others_may_write_to_is_refused(deep, monkeypatch):
    # The folder of a test may itself be too deep.
    with tempfile.TemporaryDirectory() as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        place = Path(short) / f"yelin-{os.geteuid()}"
        place.mkdir()
        place.chmod(0o777)
        with pytest.raises(SystemExit, match="only you may write to"):
            postgres.address(deep)


def test_a_temporary_folder_that_is_too_deep_itself_is_refused(deep, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(deep.parent))
    with pytest.raises(SystemExit, match="107 bytes"):
        postgres.address(deep)
