"""The real server in a process of its own, on the database of the tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import requests
from django.db import connection

from tests.running import running
from yelin.config import config


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen]:
    asked = connection.settings_dict
    user = ":".join(quote(asked[key], safe="") for key in ("USER", "PASSWORD") if asked[key])
    server = f"host={quote(asked['HOST'], safe='')}&port={asked['PORT'] or 5432}"
    with running(
        [sys.executable, "-m", "yelin.cli", "serve"],
        env=os.environ
        | {
            "DATABASE_URL": f"postgresql://{user}@/{asked['NAME']}?{server}",
            "YELIN_HOME": str(config.root),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "yelin.settings",
        },
        process_group=0,
    ) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except requests.RequestException:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield process
        process.terminate()
