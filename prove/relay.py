"""A gigabyte through the relay, both ways, and what the process holds of it meanwhile."""

import hashlib
import threading
import time

import psutil
import requests

from prove import house
from prove.house import House
from prove.service import offered
from yelin.delivery.models import Delivery

BYTES = 1_000_000_000
PIECE = b"z" * (1 << 20)
# What a process may hold more of a message than of none: the pieces that are under way.
MOST_MB = 48


def show(stood: House, scale: float) -> None:
    """Send and take as many bytes; raise where the process grew with them."""
    size = max(50_000_000, round(BYTES * scale))
    cast = house.appoint(departments=2, stewards=1, officers=1)
    with offered(cast) as service:
        stood.start("stream")
        who = {"Authorization": f"Bearer {service.token}"}
        requests.get(f"{service.url}/v1/a", headers=who, timeout=60).raise_for_status()
        process = psutil.Process(stood.parts["stream"].pid)
        family = [process, *process.children(recursive=True)]
        for name, ask in (("sent", _send), ("taken", _take)):
            before, began = _held(family), time.monotonic()
            with _Peak(family) as peak:
                ask(service.url, who, size)
            seconds, grown = time.monotonic() - began, (peak.most - before) / 1e6
            speed = size / seconds / 1e6
            print(f"{size / 1e6:,.0f} MB {name} at {speed:,.0f} MB/s; {grown:.1f} MB more held")
            if grown > MOST_MB:
                raise RuntimeError(f"the process grew by {grown:.0f} MB")
        deadline = time.monotonic() + 60
        while Delivery.objects.filter(channel="call", outcome="finished").count() < 3:
            if time.monotonic() > deadline:
                raise RuntimeError("a call that was answered does not count")
            time.sleep(0.1)
        print("all three calls are counted as delivered, with a receipt each")


def _send(url: str, who: dict[str, str], size: int) -> None:
    whole, rest = divmod(size, len(PIECE))

    def pieces():  # type: ignore[no-untyped-def]  # a body for ``requests``
        for _ in range(whole):
            yield PIECE
        yield PIECE[:rest]

    answer = requests.post(f"{url}/v1/take", headers=who, data=pieces(), timeout=600)
    if int(answer.text) != size:
        raise RuntimeError(f"{answer.text} bytes arrived")


def _take(url: str, who: dict[str, str], size: int) -> None:
    digest, came = hashlib.sha256(), 0
    with requests.get(f"{url}/v1/give/{size}", headers=who, stream=True, timeout=600) as answer:
        for piece in answer.iter_content(1 << 20):
            digest.update(piece)
            came += len(piece)
    if came != size:
        raise RuntimeError(f"{came} bytes came")


def _held(family: list[psutil.Process]) -> int:
    return sum(each.memory_info().rss for each in family)


class _Peak:
    """What processes hold at most while the block lasts."""

    def __init__(self, family: list[psutil.Process]) -> None:
        self.most = 0
        self._family = family
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, _held(self._family))

    def __enter__(self) -> "_Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
