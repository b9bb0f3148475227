"""A server that speaks S3 in a process of its own, with one bucket for each test."""

import json
import socket
import sysconfig
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import requests

from tests.running import running

WEED = Path(sysconfig.get_path("scripts")) / "weed"
KEY_ID, KEY = "yelin-tests", uuid.uuid4().hex
PARTS = ("master", "volume", "filer", "s3")


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run SeaweedFS below ``folder``; yield its address."""
    may = {"accessKey": KEY_ID, "secretKey": KEY}
    who = {"name": "yelin", "credentials": [may], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
    ports = iter(_free_ports(2 * len(PARTS)))
    asked = {f"{part}.port{kind}": next(ports) for part in PARTS for kind in ("", ".grpc")}
    log = folder / "log"
    order = [
        WEED, "-logtostderr=true", "server", f"-dir={folder}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={folder / 's3.json'}",
        "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-volume.max=64",
        # Ports that it would take besides, whoever has them.
        "-s3.port.iceberg=0", "-s3.port.lance=0",
        *(f"-{name}={port}" for name, port in asked.items()),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{asked['s3.port']}"
    try:
        with log.open("wb") as told, running(order, stdout=told, stderr=told) as process:
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None, log.read_text()
                try:
                    requests.get(f"{address}/healthz", timeout=5).raise_for_status()
                    break
                except requests.RequestException:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield address
            # Asked to end it would wait for others.
            process.kill()
    finally:
        for port in asked.values():
            for left in Path(gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink(missing_ok=True)
