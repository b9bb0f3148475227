"""A master and two workers of Spark on loopback answer as DuckDB does: whole corpus, all signs."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 120
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"


def main(_scale: float) -> None:
    """Run the tests of the cluster against one that is sealed as its operator must have it."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        sys.exit("Install what it needs: .venv/bin/uv sync --extra spark, and a Java 17.")
    with TemporaryDirectory(prefix="yelin-spark-") as folder, cluster(Path(folder)) as told:
        began = time.monotonic()
        tests = ("tests/warehouse/test_cluster.py", "tests/warehouse/test_questions.py")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "--durations=8", *tests],
            env=os.environ | told,
            check=False,
        )
        print(f"   asked for {time.monotonic() - began:.0f} s")
        sys.exit(done.returncode)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment in which a cluster of a master and two workers is found."""
    told = {
        "SPARK_HOME": str(Path(find_spec("pyspark").origin).parent),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        # As an installation has it, and not as the tests that are in a hurry.
        "PYSPARK_SUBMIT_ARGS": "pyspark-shell",
        "SPARK_MASTER": f"spark://127.0.0.1:{_free()}",
    }
    defaults = folder / "spark-defaults.conf"
    defaults.touch(mode=0o600)
    defaults.write_text(
        "spark.authenticate true\n"
        f"spark.authenticate.secret {secrets.token_hex(32)}\n"
        "spark.network.crypto.enabled true\n"
        "spark.io.encryption.enabled true\n"
        "spark.executor.memory 512m\n"
        "spark.driver.memory 512m\n"
        "spark.ui.enabled false\n"
    )
    _, host, port = told["SPARK_MASTER"].replace("//", "").split(":")
    with contextlib.ExitStack() as running:
        _start(running, told, folder, _MASTER, "--host", host, "--port", port, "--webui-port", "0")
        _await(host, int(port))
        for number in (1, 2):
            _start(
                running, told, folder, _WORKER, "--cores", "1", "--memory", "700m", "--webui-port",
                "0", "--work-dir", str(folder / f"worker{number}"), told["SPARK_MASTER"],
            )  # fmt: skip
        yield told


def _start(
    running: contextlib.ExitStack, told: dict[str, str], folder: Path, *command: str
) -> None:
    log = running.enter_context((folder / f"{command[0].rpartition('.')[2]}.log").open("ab"))
    called = [f"{told['SPARK_HOME']}/bin/spark-class", *command]
    process = subprocess.Popen(called, env=os.environ | told, stdout=log, stderr=log)
    running.callback(process.wait, SECONDS)
    running.callback(process.terminate)


def _await(host: str, port: int) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
            return
        time.sleep(0.2)
    raise TimeoutError(f"no master at {host}:{port}")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
