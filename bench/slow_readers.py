"""Pages while fifty people take a long file slowly; how fast it leaves for one who is fast.

The readers and the peer of the throughput, a bare ``sendfile``, run in processes of their own;
pages are asked for with and without readers by turns.
"""

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from prove.house import House

from bench import brought
from bench.table import Figure
from prove import house
from yelin.delivery.models import Kept
from yelin.warehouse.models import Release

READERS = 50
ROUNDS = 4
PAGES = 300
ASKERS = 4
ROWS = 2_000_000
DOWNLOADS = 5
MIB = 1 << 20

# Takes its file at forty kilobytes a second, and as little in advance as it can.
READ = """
import socket, sys, threading, time
from urllib.parse import urlsplit

def take(url):
    where = urlsplit(url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
    line.connect((where.hostname, where.port))
    line.sendall(f"GET {where.path} HTTP/1.1\\r\\nHost: {where.netloc}\\r\\n\\r\\n".encode())
    while line.recv(4096):
        time.sleep(0.1)

for url in sys.stdin.read().split():
    threading.Thread(target=take, args=(url,), daemon=True).start()
print("reading", flush=True)
time.sleep(3600)
"""

SEND = """
import socket, sys

with socket.create_server(("127.0.0.1", 0)) as door:
    print(door.getsockname()[1], flush=True)
    while True:
        line, _ = door.accept()
        with line, open(sys.argv[1], "rb") as file:
            line.recv(4096)
            line.sendfile(file)
"""


def main(scale: float = 1.0) -> list[Figure]:
    """Return the pages' times with and without readers, memory, and the throughput."""
    with house.standing() as here:
        here.start("serve", "stream")
        release = _release(max(50_000, round(ROWS * scale)))
        address = f"{here.url}/api/v1/resources/{release.entry.slug}/download?format=csv"
        began = time.perf_counter()
        size = _take(address)
        made = Figure(
            f"a file of {size / MIB:,.0f} MiB, asked for the first time",
            f"{time.perf_counter() - began:.1f} s",
            "made, kept and taken",
        )
        return [made, *_pages(here, release, address, scale), *_speed(address, size)]


def _release(rows: int) -> Release:
    cast = house.appoint(departments=1, stewards=1, officers=1)
    lines = (
        f"{n},{n * 7919 % 1000003}.25,{n * 104729 % 10**9:09d}\n".encode() for n in range(rows)
    )
    with tempfile.TemporaryDirectory(prefix="bench-slow-readers-") as work:
        csv = Path(work) / "ports.csv"
        with csv.open("wb") as file:
            file.write("序号,吞吐量,代码\n".encode())
            file.writelines(lines)
        return brought.released(cast, csv, house.content_of("港口货物吞吐量"))


def _take(address: str) -> int:
    """Take a whole file, following where it is led, and return its size."""
    size = 0
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own address
        while piece := answer.read(MIB):
            size += len(piece)
    return size


def _pages(here: House, release: Release, address: str, scale: float) -> list[Figure]:
    page = f"{here.url}/resources/{release.entry.slug}/"
    number = max(40, round(PAGES * scale))
    stream = psutil.Process(here.parts["stream"].pid)
    _ask(page, number)
    alone, among, ratios = [], [], []
    idle, busy = stream.memory_info().rss, 0
    for _ in range(ROUNDS):
        without = _ask(page, number)
        with _readers(address):
            time.sleep(1)
            beside = _ask(page, number)
            busy = max(busy, stream.memory_info().rss)
        alone += without
        among += beside
        ratios.append(_p99(beside) / _p99(without))
    how = f"{ROUNDS} × {number} pages by {ASKERS} askers, by turns"
    return [
        _spread("a page, nobody reading", alone, how),
        _spread(f"a page, {READERS} slow readers of a long file", among, how),
        Figure("p99 with readers ÷ without", f"{statistics.median(ratios):.2f}", "median of turns"),
        Figure(
            f"memory of the stream process, {READERS} readers",
            f"{busy / MIB:.0f} MiB",
            f"{idle / MIB:.0f} MiB without",
        ),
    ]


def _ask(page: str, number: int) -> list[float]:
    def once(_: int) -> float:
        began = time.perf_counter()
        with urllib.request.urlopen(page) as answer:  # noqa: S310 - our own address
            answer.read()
        return time.perf_counter() - began

    with ThreadPoolExecutor(ASKERS) as askers:
        return list(askers.map(once, range(number)))


@contextlib.contextmanager
def _readers(address: str) -> Iterator[None]:
    """Let fifty read until the block ends, each by a ticket of its own."""
    tickets = "\n".join(_ticket(address) for _ in range(READERS))
    reading = subprocess.Popen(
        [sys.executable, "-c", READ], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with reading:
        reading.stdin.write(tickets)
        reading.stdin.close()
        reading.stdout.readline()
        try:
            yield
        finally:
            reading.kill()


class _Unled(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # type: ignore[override]  # never
        return None


def _ticket(address: str) -> str:
    try:
        urllib.request.build_opener(_Unled).open(address)
    except urllib.error.HTTPError as led:
        return str(led.headers["Location"])
    raise AssertionError("a long file leaves by the page process")


def _speed(address: str, size: int) -> list[Figure]:
    place = Kept.objects.get().place
    bare, ours = [], []
    sending = subprocess.Popen(
        [sys.executable, "-c", SEND, str(place)], stdout=subprocess.PIPE, text=True
    )
    with sending:
        port = int(sending.stdout.readline())
        for _ in range(DOWNLOADS):
            bare.append(_seconds(f"http://127.0.0.1:{port}/", size))
            ours.append(_seconds(_ticket(address), size))
        sending.kill()
    ratio = statistics.median(own / other for own, other in zip(ours, bare, strict=True))
    speed = size / 1e6 / statistics.median(ours)
    return [
        Figure("a long file, taken as fast as it comes", f"{speed:,.0f} MB/s", f"of {DOWNLOADS}"),
        Figure("its time ÷ that of a bare sendfile", f"{ratio:.2f}", "median of neighbours"),
    ]


def _seconds(url: str, size: int) -> float:
    where, room, began, taken = urlsplit(url), bytearray(MIB), time.perf_counter(), 0
    with socket.create_connection((str(where.hostname), int(where.port or 80))) as line:
        line.sendall(f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
        while taken < size:
            got = line.recv_into(room)
            if not got:
                raise RuntimeError("the file ended early")
            taken += got
    return time.perf_counter() - began


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def _spread(what: str, seconds: list[float], how: str) -> Figure:
    cuts = statistics.quantiles(seconds, n=100)
    return Figure(what, f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms", how)
