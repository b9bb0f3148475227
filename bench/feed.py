"""The whole catalog, harvested page by page as DCAT, and each page in every syntax.

A harvest of a tenth is measured beside it: what a page costs, and what is held in memory, should
not grow with the catalog. The last page is asked for by its number, too, as nobody should.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

import psutil
from django.test import Client

from bench.table import Figure, milliseconds
from prove import house
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.law import clock
from yelin.surface.syntaxes import MEDIA_TYPES
from yelin.things.models import Thing

ENTRIES = 10_000
BATCH = 2_000
TURNS = 5
_NEXT = re.compile(r"hydra:next <([^>]+)>")


def main(scale: float = 1.0) -> list[Figure]:
    """Measure pages of every syntax, a harvest, and the memory that it takes."""
    with house.standing():
        cast = house.appoint(departments=1, stewards=1, officers=0)
        many, client = max(500, round(ENTRIES * scale)), Client(SERVER_NAME="localhost")
        _lay_out(many, cast.departments[0])
        client.get("/catalog.ttl")
        figures = [
            Figure(
                f"a page of 100 of {many:,} entries as {syntax}",
                milliseconds([_timed(client, f"/catalog.{syntax}") for _ in range(TURNS)]),
                f"median of {TURNS}",
            )
            for syntax in MEDIA_TYPES
        ]
        before = psutil.Process().memory_info().rss
        pages = list(_harvest(client))
        grown = (psutil.Process().memory_info().rss - before) / 2**20
        tenth = len(pages) // 10 or 1
        ratio = sum(pages[-tenth:]) / sum(pages[:tenth])
        deep = _timed(client, f"/catalog.ttl?page={len(pages)}")
        return [
            *figures,
            Figure(
                f"all {many:,} entries harvested as Turtle",
                f"{sum(pages):.1f} s",
                f"{len(pages)} pages; the last tenth took {ratio:.2f} × the first",
            ),
            Figure("memory that a harvest leaves behind", f"{grown:.0f} MiB", "of the process"),
            Figure("the last page by its number", f"{deep * 1000:.0f} ms", "once"),
        ]


def _timed(client: Client, path: str) -> float:
    began = time.perf_counter()
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return time.perf_counter() - began


def _harvest(client: Client) -> Iterator[float]:
    path = "/catalog.ttl"
    while path:
        began = time.perf_counter()
        page = client.get(path).content.decode()
        yield time.perf_counter() - began
        found = _NEXT.search(page)
        path = found[1].removeprefix(config.url) if found else ""


def _lay_out(many: int, provider: Any) -> None:
    now = clock.now()
    common = {
        "provider": provider, "state": "confirmed", "sharing_type": "unconditional",
        "opening_type": "unconditional", "update_cycle": "yearly", "drafted_at": now,
        "changed_at": now, "published_on": clock.today(), "themes": ["transport"],
        "keywords": ["港口", "吞吐量"], "division": "460100", "licence": "hainan-open",
        "summary": "海口港、八所港历年货物吞吐量，单位万吨。", "contact_office": "统计处",
        "collection_basis": "《中华人民共和国统计法》",
    }  # fmt: skip
    for start in range(0, many, BATCH):
        numbers = range(start, min(start + BATCH, many))
        things = Thing.objects.bulk_create(Thing(kind="entry") for _ in numbers)
        Entry.objects.bulk_create(
            Entry(thing=thing, code=f"307010001/{n:06d}", title=f"港口货物吞吐量{n}", **common)
            for n, thing in zip(numbers, things, strict=True)
        )
