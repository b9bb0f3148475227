"""A process for long streams beside the test, and files long enough to need it."""

import asyncio
import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.warehouse.makers import make_release

from yelin.cli import streaming
from yelin.config import Config

PATIENCE_SECONDS = 60


def long_text(rows=50_000, seed=7) -> str:
    """Return a table whose rows cannot be made much shorter."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    lines = (f"{n},{n}.5,{drawn.getrandbits(256):064x}\n" for n in range(rows))
    return "年份,海口港,代码\n" + "".join(lines)


def make_long_release(entry=None, rows=50_000):
    return make_release(entry, long_text(rows), filename="long.csv")


@contextlib.contextmanager
def streams_beside(monkeypatch) -> Iterator[str]:
    """Serve streams in a thread of their own; yield their address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(Config, "streams", property(lambda _: url))
    # Whether a file is there before it is sent does not hang on how busy the machine is.
    monkeypatch.setattr(streaming, "FOLLOW_SECONDS", PATIENCE_SECONDS)
    loop, up, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve():
        async with streaming.serving("127.0.0.1", port):
            up.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert up.wait(PATIENCE_SECONDS)
        yield url
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


class Slow:
    """Somebody who takes a file as slowly as the test wants."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url, where = url, urlsplit(url)
        self.socket = socket.socket()
        # What the kernel takes in advance stays little.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect((where.hostname, where.port))
        asked = {"Host": where.netloc} | headers
        lines = [
            f"GET {where.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in asked.items()),
        ]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._taken = b""
        while b"\r\n\r\n" not in self._taken:
            self._taken += self.socket.recv(4096)
        self.head, _, self.body = self._taken.partition(b"\r\n\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Leave, in the middle or after all."""
        self.socket.close()

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    def take(self, number: int) -> bytes:
        """Take ``number`` bytes more, or as many as come."""
        while number > 0 and (piece := self.socket.recv(min(number, 16 << 10))):
            self.body += piece
            number -= len(piece)
        return self.body


def until(what, says="it never happens"):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, says
        time.sleep(0.02)
