"""Online verification of five million records over HTTP: one question, ten thousand, and time.

What each question takes of the processors is told apart for pages and database, and with it what
bounds it. Questions about records that are there and about such as are not are asked by turns. If
time told them apart, one kind would be slower more often than not: the last figure says how often
it is.
"""

import http.client
import json
import random
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench import brought, computing
from bench.table import Figure, percentile
from prove import house
from yelin.catalog.content import ItemContent
from yelin.warehouse import serving
from yelin.warehouse.models import Release

ROWS = 5_000_000
BATCH = 10_000
REQUESTS = 1_000
ITEMS = (("证件号码", "C"), ("姓名", "C"), ("出生日期", "D"), ("住址", "C"))


def main(scale: float = 1.0) -> list[Figure]:
    """Return how long one question and a batch take, and what time tells."""
    rows = max(50_000, round(ROWS * scale))
    with house.standing() as here, tempfile.TemporaryDirectory(prefix="bench-verify-") as work:
        csv = Path(work) / "t.csv"
        csv.write_text("".join(_lines(rows)), encoding="utf-8")
        cast = house.appoint(departments=2, stewards=1, officers=1)
        release = _release(cast, csv)
        serving.lay(release, None, descending=False, keys=[0])
        here.start("serve")
        asks = _Asking(here.url, release.entry.slug, house.token_of(cast.stewards[1][0]))
        draw = random.Random(7)  # noqa: S311 - which records are asked for, not a secret
        batch = [_question(draw.randrange(rows)) for _ in range(BATCH)]
        whole = min(asks(batch) for _ in range(3))
        there, missing = [], []
        before = _taken(here)
        for _ in range(max(100, round(REQUESTS * min(scale * 10, 1)))):
            number = draw.randrange(rows)
            there.append(asks([_question(number)]))
            missing.append(asks([_question(number, missing=True)]))
        both = there + missing
        spent = {
            name: computing.spent(before[name], taken) / len(both) * 1e3
            for name, taken in _taken(here).items()
        }
        note = f"{rows:,} rows, {len(both):,} requests"
        slower = _slower(there, missing)
        return [
            Figure("one question", f"p50 {_ms(both, 50)}, p99 {_ms(both, 99)}", note),
            Figure(
                "computing a question",
                ", ".join(f"{name} {took:.2f} ms" for name, took in spent.items()),
                "the same requests",
            ),
            Figure(
                f"{BATCH:,} questions at once", f"{whole:.2f} s", f"{BATCH / whole:,.0f} a second"
            ),
            Figure(
                "a record that is there was slower than one that is not",
                f"{slower:.1%} of the time",
                "50% tells nothing",
            ),
        ]  # fmt: skip


class _Asking:
    """A connection that stays open, and how long each call over it took."""

    def __init__(self, url: str, slug: str, token: str) -> None:
        self._line = http.client.HTTPConnection(urlsplit(url).netloc)
        self._path = f"/api/v1/resources/{slug}/verify"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, questions: list[dict[str, object]]) -> float:
        body = json.dumps({"questions": questions}).encode()
        began = time.perf_counter()
        self._line.request("POST", self._path, body, self._headers)
        answer = self._line.getresponse()
        told = answer.read()
        taken = time.perf_counter() - began
        if answer.status != http.client.OK:
            raise RuntimeError(told.decode())
        return taken


def _taken(here: house.House) -> dict[str, computing.Seconds]:
    return {
        "pages": computing.seconds(here.parts["serve"].pid),
        "database": computing.seconds(*computing.database()),
    }


def _ms(taken: list[float], part: int) -> str:
    return f"{percentile(taken, part) * 1e3:.1f} ms"


def _slower(some: list[float], others: list[float]) -> float:
    """Return how often one of ``some`` is above one of ``others``; equal ones count half."""
    ordered = sorted(others)
    above = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in some)
    return above / 2 / len(some) / len(others)


def _key(number: int) -> str:
    return f"{number * 7_919_000_003 + 460_000_000_000_000_000:018d}"


def _name(number: int) -> str:
    return f"王{chr(0x4E00 + number % 5_000)}{chr(0x5000 + number // 7 % 3_000)}"


def _question(number: int, *, missing: bool = False) -> dict[str, object]:
    key = _key(number)[:-1] + "X" if missing else _key(number)
    return {"key": {"证件号码": key}, "items": {"姓名": _name(number)}}


def _lines(rows: int) -> Iterator[str]:
    yield ",".join(name for name, _ in ITEMS) + "\n"
    for n in range(rows):
        yield f"{_key(n)},{_name(n)},19{50 + n % 50}-0{1 + n % 9}-1{n % 9},第{n % 99_991}号\n"


def _release(cast: house.Cast, csv: Path) -> Release:
    over = {"opening_type": "none", "sharing_requirements": ("verification",)}
    items = [ItemContent(name=name, type=kind) for name, kind in ITEMS]
    items[0] = items[0].model_copy(update={"key": True, "nullable": False})
    content = house.content_of("人口基本信息", items=tuple(items), **over)
    return brought.released(cast, csv, content)
