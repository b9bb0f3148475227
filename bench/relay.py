"""Calls of a service at ten thousand bytes, and signed pages of rows, by two processes each.

The bare service is asked in the same run by the same program. Everything shares the machine: who
asks, both processes, the service and the database; what each of them took of the processors per
call says what bounds it.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from prove.service import Offered, offered

from bench import brought, computing
from bench.computing import Seconds
from bench.table import Figure
from prove import house

SECONDS = 10.0
LINES = 16
MANY_LINES = 64
BODY = 10_000
PATIENCE_SECONDS = 60.0

# Asks over several lines that stay open, one request at a time on each, for some seconds.
ASK = """
import asyncio, json, ssl, sys, time
from urllib.parse import urlsplit

said = json.loads(sys.stdin.read())
tls = ssl.create_default_context(cadata=said["authority"]) if said["authority"] else None
taken, wrong = [], []

async def line(url, until):
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        where.hostname, where.port, ssl=tls if where.scheme == "https" else None
    )
    target = where.path + (f"?{where.query}" if where.query else "")
    head = [f"GET {target} HTTP/1.1", f"Host: {where.netloc}", *said["headers"], "", ""]
    asked = "\\r\\n".join(head).encode()
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(asked)
        answer = (await reader.readuntil(b"\\r\\n\\r\\n")).lower()
        length = int(answer.partition(b"content-length:")[2].split()[0])
        body = await reader.readexactly(length)
        if answer.split()[1] != b"200":
            wrong.append(body[:200].decode(errors="replace"))
        taken.append(time.perf_counter() - began)
    writer.close()

async def main():
    until = time.perf_counter() + said["seconds"]
    urls = said["urls"]
    await asyncio.gather(*(line(urls[n % len(urls)], until) for n in range(said["lines"])))

asyncio.run(main())
taken.sort()
at = lambda part: taken[min(len(taken) - 1, len(taken) * part // 100)]
print(json.dumps({"many": len(taken), "p50": at(50), "p99": at(99), "wrong": wrong[:1]}))
"""


def main(scale: float = 1.0) -> list[Figure]:
    """Return how many calls a second are answered, and signed pages, and what bounds it."""
    seconds = max(2.0, SECONDS * scale)
    with house.standing():
        cast = house.appoint(departments=2, stewards=1, officers=1)
        with offered(cast) as service, _two("stream", "/streams/readyz") as relays:
            plain = [f"Authorization: Bearer {service.token}"]
            signed = [*plain, 'Accept-Signature: sig1=("@status");created']
            bare = _ask([f"{service.upstream}/v1/a"], [], seconds, service.authority)
            calls = [f"{each}{service.path}/v1/a" for each in relays.urls]
            _ask(calls, plain, 1.0)
            relayed, share = _measured(calls, plain, seconds, relays, service)
            many, shares = _measured(calls, plain, seconds, relays, service, lines=MANY_LINES)
            with_signature, _ = _measured(calls, signed, seconds, relays, service)
        with _two("serve", "/readyz") as pages:
            path = _rows(cast)
            rows = [f"{each}{path}" for each in pages.urls]
            wish = ['Accept-Signature: sig1=("@status");created']
            _ask(rows, wish, 1.0)
            queried, page = _measured(rows, wish, seconds, pages, None)
    return [
        _figure("the bare service", bare, seconds, f"TLS, {LINES} lines, {BODY:,} bytes"),
        _figure("relayed calls", relayed, seconds, f"two processes, {LINES} lines, receipts"),
        Figure("what such a call takes of the processors", share, "in the same run"),
        _figure(f"relayed calls, {MANY_LINES} lines", many, seconds, "the same two processes"),
        Figure("what such a call takes of the processors", shares, "in the same run"),
        _figure("relayed calls, answers signed", with_signature, seconds, "Ed25519, RFC 9421"),
        _figure("signed pages of rows", queried, seconds, "two processes, open to all"),
        Figure("what such a page takes of the processors", page, "in the same run"),
    ]


def _measured(
    urls: Sequence[str],
    headers: Sequence[str],
    seconds: float,
    asked: "_Two",
    service: Offered | None,
    lines: int = LINES,
) -> tuple[dict[str, float], str]:
    """Ask; return what was told, and what one answer took of the processors."""
    before = _taken(asked, service)
    told = _ask(urls, headers, seconds, lines=lines)
    after = _taken(asked, service)
    many = told["many"]
    each = {name: computing.spent(before[name], after[name]) / many * 1e3 for name in after}
    whole = sum(each.values())
    return told, ", ".join(
        f"{name} {took:.2f}" for name, took in each.items()
    ) + f": {whole:.2f} ms"


def _figure(what: str, told: dict[str, float], seconds: float, how: str) -> Figure:
    figure = f"{told['many'] / seconds:,.0f}/s, p50 {told['p50'] * 1e3:.1f} ms"
    return Figure(what, f"{figure}, p99 {told['p99'] * 1e3:.1f} ms", how)


def _ask(
    urls: Sequence[str],
    headers: Sequence[str],
    seconds: float,
    authority: str = "",
    lines: int = LINES,
) -> dict[str, float]:
    said = {
        "urls": list(urls), "headers": list(headers), "seconds": seconds, "lines": lines,
        "authority": authority,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(said),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    if told.pop("wrong"):
        raise RuntimeError(f"not all were answered: {done.stdout}")
    return told


class _Two:
    """Two processes of one kind, each on a port of its own."""

    def __init__(self, urls: list[str], pids: list[int]) -> None:
        self.urls = urls
        self.pids = pids


@contextlib.contextmanager
def _two(name: str, ready: str) -> Iterator[_Two]:
    ports = [house.free_port() for _ in range(2)]
    variable = "YELIN_STREAM_PORT" if name == "stream" else "PORT"
    with contextlib.ExitStack() as stack:
        pids = []
        for port in ports:
            log = stack.enter_context((house.HOME / f"{name}-{port}.log").open("wb"))
            process = stack.enter_context(
                subprocess.Popen(
                    [str(Path(sys.executable).parent / "yelin"), name],
                    env=os.environ | {variable: str(port)},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
            stack.callback(_kill, process.pid)
            pids.append(process.pid)
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        for url in urls:
            _await(f"{url}{ready}")
        yield _Two(urls, pids)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, 9)


def _await(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} does not answer")
        time.sleep(0.1)


def _taken(asked: _Two, service: Offered | None) -> dict[str, Seconds]:
    """Return what each kind of process took of the processors so far, and who asks of them."""
    times = os.times()
    asks = {os.getpid(): times.children_user + times.children_system}
    served = {"service": computing.seconds(service.process)} if service is not None else {}
    return {
        "processes": computing.seconds(*asked.pids),
        "database": computing.seconds(*computing.database()),
        **served,
        "who asks": asks,
    }


def _rows(cast: house.Cast) -> str:
    """Bring rows in that all may read; return the path of a page of about ten thousand bytes."""
    with tempfile.TemporaryDirectory(prefix="bench-relay-") as work:
        csv = Path(work) / "t.csv"
        lines = (f"{n},{n}.5,代码{n:06d}\n" for n in range(2_000))
        csv.write_text("序号,吞吐量,代码\n" + "".join(lines), encoding="utf-8")
        release = brought.released(cast, csv, house.content_of("港口吞吐量"))
    return f"/api/v1/resources/{release.entry.slug}/rows?page_size=180"
