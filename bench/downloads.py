"""Long files over HTTP: their speed beside DuckDB's COPY, and what whoever takes them costs.

Five million rows as CSV, whole and broken off again and again; by fifty at once and by one so
slowly that it outlasts them; and in a ZIP, which is packed while it leaves.
"""

import hashlib
import random
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import psutil

from bench import brought
from bench.brought import MIB
from bench.table import Figure
from prove import house
from yelin.warehouse.models import DATA, Release

ROWS = 5_000_000
TAKERS = 50
TAKEN = 30 << 20


def main(scale: float = 1.0) -> list[Figure]:
    """Return the speed of a long file as a ratio, and how many bytes the processes hold."""
    with house.standing() as here, tempfile.TemporaryDirectory(prefix="bench-downloads-") as work:
        csv = Path(work) / "t.csv"
        brought.write(csv, max(50_000, round(ROWS * scale)))
        cast = house.appoint(departments=1, stewards=1, officers=1)
        release = brought.publish(cast, csv, "企业登记")
        here.start("serve", "stream")
        return [_speed(here.url, release), _memory(here, release), _zipped(here, release)]


def _speed(url: str, release: Release) -> Figure:
    address = f"{url}/api/v1/resources/{release.entry.slug}/download?format=csv"
    place = release.copy(DATA).place
    bare, ours = [], []
    size = 0
    for turn in range(3):
        out = Path(tempfile.gettempdir()) / f"bench-downloads-{turn}.csv"
        began = time.perf_counter()
        with duckdb.connect(config={"threads": 2}) as engine:
            engine.execute(f"COPY (SELECT * FROM read_parquet('{place}')) TO '{out}' (HEADER)")  # noqa: S608 - ours
        bare.append(time.perf_counter() - began)
        out.unlink()
        began = time.perf_counter()
        # Another question each time, for a file is made once.
        again = f"{address}&" + urlencode({"filter[序号][gte]": -turn})
        with urllib.request.urlopen(again) as answer:  # noqa: S310 - our own address
            size = sum(len(piece) for piece in iter(lambda: answer.read(MIB), b""))
        ours.append(time.perf_counter() - began)
    ratio = statistics.median(b / a for a, b in zip(ours, bare, strict=True))
    whole, parts = _digest(address, 1), _digest(address, 8)
    assert whole == parts, "a file that was broken off is another"  # noqa: S101 - a benchmark that measures faults
    return Figure(
        f"{release.rows:,} rows as CSV over HTTP: speed ÷ DuckDB's COPY to a file",
        f"{ratio:.2f}",
        f"{size / MIB:,.0f} MiB made and taken in {statistics.median(ours):.1f} s",
    )


def _digest(address: str, parts: int) -> str:
    """Take a whole file, broken off and gone on with so often, and return its digest."""
    found, at, tag, draw = hashlib.sha256(), 0, "", random.Random(parts)  # noqa: S311 - no secret
    while True:
        asked = urllib.request.Request(address)  # noqa: S310 - our own address
        if at:
            asked.add_header("Range", f"bytes={at}-")
            asked.add_header("If-Range", tag)
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - our own address
            tag = answer.headers.get("ETag", tag)
            left = int(answer.headers.get("Content-Length", 1 << 40))
            if parts > 1 and left == 1 << 40:
                raise AssertionError("a finished file has its length")
            # Broken off somewhere, to the byte.
            most = left if parts <= 1 else draw.randrange(1, left // parts * 2)
            taken = 0
            while taken < most and (piece := answer.read(min(MIB, most - taken))):
                found.update(piece)
                taken += len(piece)
            at += taken
        if parts <= 1 or taken == left:
            return found.hexdigest()
        parts -= 1


def _memory(here: house.House, release: Release) -> Figure:
    """Let fifty take a part of a long file at once, and one so slowly that it outlasts them."""
    address = f"{here.url}/api/v1/resources/{release.entry.slug}/download?format=csv"
    held = _holding(here, "serve", "stream")

    def take(_: int) -> None:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own address
            left = TAKEN
            while left > 0 and (piece := answer.read(min(MIB, left))):
                left -= len(piece)

    before, most = held(), 0
    with urllib.request.urlopen(address) as slow, ThreadPoolExecutor(TAKERS) as takers:  # noqa: S310 - our own address
        slow.read(1)
        taking = [takers.submit(take, number) for number in range(TAKERS)]
        while not all(each.done() for each in taking):
            most = max(most, held())
            slow.read(4_096)
            time.sleep(0.05)
        for each in taking:
            each.result()
    return Figure(
        f"memory of pages and streams, {TAKERS} downloads at once and a slow one",
        f"{most / MIB:.0f} MiB",
        f"{before / MIB:.0f} MiB before; {TAKEN / MIB:.0f} MiB taken by each",
    )


def _zipped(here: house.House, release: Release) -> Figure:
    """Take a long file in a ZIP, which is packed while it leaves."""
    address = f"{here.url}/api/v1/batch?resource={release.entry.slug}&format=csv"
    held = _holding(here, "stream")
    before, most, size = held(), 0, 0
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own address
        while piece := answer.read(MIB):
            size += len(piece)
            most = max(most, held())
    return Figure(
        "memory of the streams while a ZIP leaves",
        f"{most / MIB:.0f} MiB",
        f"{before / MIB:.0f} MiB before; {release.rows:,} rows packed to {size / MIB:.0f} MiB",
    )


def _holding(here: house.House, *names: str) -> Callable[[], int]:
    """Return what tells how many bytes these parts hold in memory, with all their processes."""
    parts = [psutil.Process(here.parts[name].pid) for name in names]
    every = [each for part in parts for each in (part, *part.children(recursive=True))]
    return lambda: sum(each.memory_info().rss for each in every)
