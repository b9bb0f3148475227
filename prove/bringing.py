"""Programs that bring files in over REST and read what is there, whatever happens to the server."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import requests

PATIENCE_SECONDS = 6.0
PIECES = 12
HEADER = "序号,吞吐量,代码\r\n"


@dataclass(frozen=True, slots=True)
class File:
    """A table as a department sends it, and what must come of it."""

    blob: bytes
    rows: int
    rejected: int

    @property
    def sha256(self) -> str:
        """The digest under which it must be kept."""
        return hashlib.sha256(self.blob).hexdigest()


def file_of(rng: random.Random, rows: int) -> File:
    """Make a table of ``rows`` rows in GB18030, some of which do not conform."""
    bad = {rng.randrange(rows) for _ in range(rows // 1000)}
    first = rng.randrange(1_000_000)
    lines = (
        f"{first + n},{'约九千' if n in bad else n * 7 % 9973},{n % 1000:03d}\r\n"
        for n in range(rows)
    )
    return File((HEADER + "".join(lines)).encode("gb18030"), rows - len(bad), len(bad))


@dataclass(slots=True)
class Bringer:
    """Sends file after file for one entry and publishes them; keeps what it was answered.

    ``sent`` has every file ever sent, answered or not, by its digest; ``unanswered`` counts calls
    cut off in the middle.
    """

    url: str
    slug: str
    token: str
    rng: random.Random
    rows: int
    over: threading.Event
    sent: dict[str, File] = field(default_factory=dict)
    taken: dict[str, File] = field(default_factory=dict)
    published: dict[str, dict[str, object]] = field(default_factory=dict)
    read: set[tuple[int, int]] = field(default_factory=set)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Bring in and read until it is over."""
        while not self.over.is_set():
            try:
                self._bring()
            except requests.RequestException as error:
                # No answer came, so nothing is promised. Where nobody listens no call was begun.
                self.unanswered += not isinstance(_root(error), ConnectionRefusedError)
                self.over.wait(0.3)

    def _bring(self) -> None:
        rows = self.rng.randint(self.rows // 2, self.rows)
        file = file_of(self.rng, rows)
        self.sent[file.sha256] = file
        answer = self._ask("POST", f"resources/{self.slug}/releases?filename=t.csv", _Slowly(file))
        if answer is None:
            return
        upload = str(answer["id"])
        self.taken[upload] = file
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not self.over.is_set():
            self.finish(upload)
            if upload in self.published:
                break
            self._look()
            self.over.wait(0.1)

    def finish(self, upload: str) -> bool:
        """Publish an upload if it is ready; say whether nothing is left to do with it."""
        answer = self._ask("GET", f"uploads/{upload}")
        if answer is None or answer["state"] == "failed":
            return answer is not None
        if answer["state"] != "ready":
            return answer["state"] == "published"
        word = {"without_rejected": True}
        release = self._ask("POST", f"uploads/{upload}/publish", word)
        if release is not None:
            self.published[upload] = release
        return release is not None

    def _look(self) -> None:
        url = f"{self.url}/api/v1/resources/{self.slug}/rows?page_size=1"
        answer = requests.get(url, timeout=30)
        if answer.status_code == 200:
            page = answer.json()
            self.read.add((page["release"], page["total"]))
        elif answer.status_code != 404:
            self.faults.append(f"{url}: {answer.status_code} {answer.text[:300]}")

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, object] | None:
        answer = requests.request(
            method,
            f"{self.url}/api/v1/{path}",
            data=body if isinstance(body, _Slowly) else None,
            json=body if isinstance(body, dict) else None,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        if answer.ok:
            found: dict[str, object] = answer.json()
            return found
        self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return None


def _root(error: BaseException) -> BaseException:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error


class _Slowly:
    """A file sent as over a line to a county, so that a server can die with half of it received."""

    def __init__(self, file: File) -> None:
        self._blob = file.blob

    def __len__(self) -> int:
        return len(self._blob)

    def __iter__(self) -> Iterator[bytes]:
        step = len(self._blob) // PIECES + 1
        for start in range(0, len(self._blob), step):
            yield self._blob[start : start + step]
            time.sleep(0.02)
