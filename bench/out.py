"""Rows over HTTP beside Datasette: the same table with the same indexes, the same questions.

Ours stand in two processes at one port, as a machine of two cores has them, and Datasette in the
one that it knows. Each answers a hundred rows with the exact total, asked by turns over connections
that stay open, with arguments drawn anew for each request. Datasette is asked as it comes, and
without facets and suggestions. Then pages near and deep, with the copies that serve them and from
the release's own files; and what was asked before.

Beside the time that each request takes stands what the servers computed for it, PostgreSQL
included: where other programs are at work on the machine, that is the fairer figure.

Each turn ends after so many requests or seconds: whoever is slow is asked less often.
"""

import contextlib
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import duckdb
import psutil

from bench import brought, computing
from bench.brought import ITEMS
from bench.table import Figure, percentile
from prove import house
from yelin.warehouse import serving
from yelin.warehouse.models import Release

ROWS = 1_000_000
ROUNDS = 5
REQUESTS = 200
SECONDS = 2.5
SIZE = 100
CONNECTIONS = (1, 8)
BESIDE = ("serve 2",)
# Looked up, filtered, sorted and grouped by; Datasette's table has an index on each.
INDEXED = ("信用代码", "名称", "行政区", "类别", "注册资本")

Ask = Callable[[random.Random], str]


def main(scale: float = 1.0) -> list[Figure]:
    """Return the ratios to Datasette, the flatness of pages, and the file's to a bare COPY."""
    rows = max(50_000, round(ROWS * scale))
    with house.standing() as here, tempfile.TemporaryDirectory(prefix="bench-out-") as work:
        csv = Path(work) / "t.csv"
        brought.write(csv, rows)
        cast = house.appoint(departments=1, stewards=1, officers=1)
        release = brought.publish(cast, csv, "企业登记")
        base = f"{here.url}/api/v1/resources/{release.entry.slug}/rows?page_size={SIZE}"
        here.start("serve", *BESIDE)
        _await_all(here)
        requests = max(10, round(REQUESTS * min(scale, 1)))
        figures = _pages("from the files", base, rows, requests)
        _settle(release)
        figures += _pages("from copies", base, rows, requests)
        figures += _again(base, requests)
        with _datasette(csv, Path(work) / "t.db") as (theirs, program):
            pages = [here.parts[name].pid for name in ("serve", *BESIDE)]
            servers = ((*pages, *computing.database()), (program,))
            figures += _beside(base, theirs, rows, requests, servers)
        return figures


def _await_all(here: house.House) -> None:
    """Wait until each process of the pages listens: the port answers as soon as one does."""
    deadline = time.monotonic() + house.PATIENCE_SECONDS
    for name in ("serve", *BESIDE):
        own = psutil.Process(here.parts[name].pid)
        while not any(
            each.status == psutil.CONN_LISTEN
            for child in own.children(recursive=True)
            for each in child.net_connections("tcp")
        ):
            assert time.monotonic() < deadline, f"{name} does not listen"  # noqa: S101 - a benchmark that measures faults
            time.sleep(0.1)


def _settle(release: Release) -> None:
    """Make the copies that the questions below would have made one after the other."""
    for item, descending in _orders():
        serving.lay(release, item, descending=descending)
    serving.lay_texts(release, [name for name, _ in ITEMS].index("名称"))


def _orders() -> Iterator[tuple[int | None, bool]]:
    names = [name for name, _ in ITEMS]
    yield None, False
    yield from ((names.index(name), False) for name in INDEXED)
    yield names.index("注册资本"), True


@contextlib.contextmanager
def _datasette(csv: Path, db: Path) -> Iterator[tuple[str, int]]:
    """Serve the same rows by Datasette until the block ends; yield where, and its process."""
    listed = ", ".join(f'"{name}"' for name, _ in ITEMS)
    types = {"I": "INTEGER", "N": "REAL"}
    made = ", ".join(f'"{name}" {types.get(kind, "TEXT")}' for name, kind in ITEMS)
    with contextlib.closing(sqlite3.connect(db)) as base, base:
        base.execute(f"CREATE TABLE t ({made})")
        marks = ", ".join("?" * len(ITEMS))
        read = duckdb.connect().execute(
            f"SELECT {listed} FROM read_csv('{csv}', all_varchar=true)"  # noqa: S608 - ours
        )
        while batch := read.fetchmany(20_000):
            base.executemany(f"INSERT INTO t VALUES ({marks})", batch)  # noqa: S608 - ours
        for name in INDEXED:
            base.execute(f'CREATE INDEX "i_{name}" ON t ("{name}")')
        base.execute("ANALYZE")
    port = house.free_port()
    program = Path(sys.executable).with_name("datasette")
    limit = ("--setting", "sql_time_limit_ms", "60000")
    command = [program, "serve", str(db), "--port", str(port), *limit]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log) as serving_,
    ):
        try:
            url = f"http://127.0.0.1:{port}/t/t.json?_shape=objects&_size={SIZE}"
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(url).close()
                    break
                time.sleep(0.1)
            yield url, serving_.pid
        finally:
            serving_.terminate()


def _asked(rows: int) -> dict[str, tuple[Ask, Ask]]:
    """Return what is asked, of us and of Datasette, for a draw of chance."""

    def code(draw: random.Random) -> str:
        return f"C{draw.randrange(rows) * 7919 % 1000000007:017d}"

    def part(draw: random.Random) -> str:
        return f"{draw.randrange(1000, 10_000)}"

    def low(draw: random.Random) -> int:
        return draw.randrange(2_000_000)

    def deep(draw: random.Random) -> int:
        return draw.randrange(rows // 2, rows - SIZE) // SIZE * SIZE

    grouped = "SELECT 行政区, count(*), sum(注册资本) FROM t WHERE 类别 >= :k GROUP BY 行政区"
    return {
        "equality": (
            lambda draw: "&" + urlencode({"filter[类别]": draw.randrange(977)}),
            lambda draw: "&" + urlencode({"类别": draw.randrange(977)}),
        ),
        "point look-up": (
            lambda draw: "&" + urlencode({"filter[信用代码]": code(draw)}),
            lambda draw: "&" + urlencode({"信用代码": code(draw)}),
        ),
        "contains": (
            lambda draw: "&" + urlencode({"filter[名称][contains]": part(draw)}),
            lambda draw: "&" + urlencode({"名称__contains": part(draw)}),
        ),
        "range + sort": (
            lambda draw: "&" + urlencode({"filter[注册资本][gte]": low(draw), "sort": "注册资本"}),
            lambda draw: "&" + urlencode({"注册资本__gte": low(draw), "_sort": "注册资本"}),
        ),
        "deep page": (
            lambda draw: f"&page={deep(draw) // SIZE + 1}",
            lambda draw: f"&_next={deep(draw)}",
        ),
        "group-by": (
            lambda draw: (
                "&"
                + urlencode(
                    {
                        "filter[类别][gte]": draw.randrange(500),
                        "group": "行政区",
                        "aggregate": "count,sum:注册资本",
                    }
                )
            ),
            lambda draw: "!" + urlencode({"sql": grouped, "k": draw.randrange(500)}),
        ),
    }


def _beside(
    ours: str,
    theirs: str,
    rows: int,
    requests: int,
    servers: tuple[Sequence[int], Sequence[int]],
) -> list[Figure]:
    figures = []
    query = theirs.replace("/t/t.json?_shape=objects", "/t.json?_shape=objects")
    for what, (us, them) in _asked(rows).items():
        ways: dict[str, Ask] = {
            "ours": lambda draw, us=us: ours + us(draw),
            "Datasette": lambda draw, them=them: _of(them(draw), theirs, query),
            "Datasette without facets": lambda draw, them=them: _of(
                them(draw), f"{theirs}&_nofacet=1&_nosuggest=1", query
            ),
        }
        for connections in CONNECTIONS:
            turns: dict[str, list[list[float]]] = {name: [] for name in ways}
            spent = dict.fromkeys(ways, 0.0)
            for ask in ways.values():
                _times(ask, 0, connections, 2 * connections)
            for turn in range(1, ROUNDS + 1):
                for name, ask in ways.items():
                    side = servers[name != "ours"]
                    before = computing.seconds(*side)
                    turns[name].append(_times(ask, turn, connections, requests))
                    spent[name] += computing.spent(before, computing.seconds(*side))
            figures += _compared(what, connections, turns, spent)
    return figures


def _of(asked: str, table: str, query: str) -> str:
    return f"{query}&{asked[1:]}" if asked.startswith("!") else table + asked


def _compared(
    what: str, connections: int, turns: dict[str, list[list[float]]], spent: dict[str, float]
) -> list[Figure]:
    each = {name: spent[name] / sum(map(len, turns[name])) for name in turns}
    ours = turns.pop("ours")
    figures = []
    for name, theirs in turns.items():
        pairs = list(zip(ours, theirs, strict=True))
        ratio = statistics.median(statistics.median(b) / statistics.median(a) for a, b in pairs)
        slowest = statistics.median(percentile(b, 99) / percentile(a, 99) for a, b in pairs)
        figures.append(
            Figure(
                f"{what}, {connections} at once: {name} ÷ ours",
                f"{ratio:.1f}",
                f"p50 {_ms(ours, 50)} against {_ms(theirs, 50)}; "
                f"p99 {_ms(ours, 99)} against {_ms(theirs, 99)}, ÷ {slowest:.1f}; computing "
                f"{each['ours'] * 1000:.1f} ms against {each[name] * 1000:.1f} ms, "
                f"÷ {each[name] / each['ours']:.1f}",
            )
        )
    return figures


def _ms(turns: list[list[float]], part: int) -> str:
    every = [each for turn in turns for each in turn]
    return f"{percentile(every, part) * 1000:.1f} ms"


def _times(ask: Ask, turn: int, connections: int, requests: int) -> list[float]:
    """Return how long each request took, over connections that stay open."""
    until = [0.0]

    def begin() -> None:
        until[0] = time.perf_counter() + SECONDS

    ready = threading.Barrier(connections, begin)

    def one(number: int) -> list[float]:
        draw = random.Random(turn * 100 + number)  # noqa: S311 - no secret
        # All written before: what asks at the same time has no other work between two answers.
        wanted = [_request(ask(draw)) for _ in range(max(2, requests // connections))]
        where = urlsplit(ask(draw))
        line = socket.create_connection((where.hostname or "", where.port or 80), timeout=120)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken: list[float] = []
        ready.wait()
        for asked in wanted:
            began = time.perf_counter()
            line.sendall(asked)
            answer = _answer(line)
            now = time.perf_counter()
            taken.append(now - began)
            assert answer.startswith(b"HTTP/1.1 200"), answer[:500]  # noqa: S101 - a benchmark that measures faults
            if now > until[0]:
                break
        line.close()
        return taken

    with ThreadPoolExecutor(connections) as threads:
        return [each for some in threads.map(one, range(connections)) for each in some]


def _request(address: str) -> bytes:
    where = urlsplit(address)
    target = quote(f"{where.path}?{where.query}", safe="/?&=%+[]_-.!~*'()")
    return f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode()


def _answer(line: socket.socket) -> bytes:
    """Return an answer, as little looked at as can be, so that the servers are measured."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += line.recv(1 << 16)
    head = found[: found.index(b"\r\n\r\n")].lower()
    if b"content-length: " in head:
        size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(found) < len(head) + 4 + size:
            found += line.recv(1 << 18)
    else:
        while not found.endswith(b"\r\n0\r\n\r\n"):
            found += line.recv(1 << 18)
    return found


def _pages(how: str, base: str, rows: int, requests: int) -> list[Figure]:
    """Ask for pages 1 and 50,000, or the last there is, in orders of their own and of an item."""
    deep = min(50_000, rows // 20 - 1)
    address = base.replace(f"={SIZE}", "=20")
    house_, _, path = base.partition("/api/")
    slug = path.split("/")[2]
    ckan = f"{house_}/api/3/action/datastore_search?resource_id={slug}&limit=20"
    orders = {
        "the natural order": lambda page: f"{address}&page={page}",
        "a prebuilt order": lambda page: f"{address}&sort=注册资本&page={page}",
        "datastore_search's own order": lambda page: f"{ckan}&offset={page * 20}",
        "datastore_search's prebuilt one": lambda page: f"{ckan}&sort=注册资本&offset={page * 20}",
        # Prebuilt by nobody: the first of the far pages passes over all rows before it.
        "datastore_search's order of two items": lambda page: (
            f"{ckan}&sort=行政区,注册资本 desc&offset={page * 20}"
        ),
    }
    figures = []

    def near(draw: random.Random) -> int:
        return draw.randrange(1, 50)

    def far(draw: random.Random) -> int:
        return deep - draw.randrange(50)

    for order, ask in orders.items():
        turns = [
            [
                statistics.median(
                    _times(lambda draw, to=to, ask=ask: ask(to(draw)), turn, 1, requests)
                )
                for to in (near, far)
            ]
            for turn in range(ROUNDS + 1)
        ][1:]
        near_ms = statistics.median(near_ for near_, _ in turns) * 1000
        ratio = statistics.median(far_ / near_ for near_, far_ in turns)
        figures.append(
            Figure(
                f"page {deep:,} ÷ page 1 in {order}, {how}",
                f"{ratio:.2f}",
                f"page 1: {near_ms:.1f} ms",
            )
        )
    return figures


def _again(base: str, requests: int) -> list[Figure]:
    """Ask what was asked before beside what was not: releases never change, so answers are kept."""
    addresses = {
        "asked before": lambda _: f"{base}&" + urlencode({"filter[类别]": 5}),
        "new": lambda draw: f"{base}&" + urlencode({"filter[类别]": draw.randrange(977)}),
    }
    turns = [
        [statistics.median(_times(ask, turn, 1, requests)) for ask in addresses.values()]
        for turn in range(ROUNDS + 1)
    ][1:]
    kept, new = (statistics.median(each) * 1000 for each in zip(*turns, strict=True))
    ratio = statistics.median(b / a for a, b in turns)
    how = f"{kept:.1f} ms against {new:.1f} ms"
    return [Figure("equality: a new question ÷ one whose answer is kept", f"{ratio:.1f}", how)]
