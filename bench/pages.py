"""Every page that people open, at 100,000 resources: how often it asks, and how long it takes.

Each is asked for over HTTP of one process with one question after the other, as a stranger and as
somebody signed in; beside the time that passed stands what the process and its database computed,
which tells more where other programs are at work. And in the same run as many bare questions to
the database as the page that asks most: what a page costs beyond them is deciding and writing.
"""

import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import computing, search
from bench.table import Figure, percentile
from prove import house
from yelin.catalog.models import Entry
from yelin.opening import measuring

ENTRIES = 100_000
TIMES = 20
MOST_QUERIES, MOST_MS = 25, 200
PAGES = (
    "/", "/resources/", "/resources/?q=港口", "/resources/?theme=transport",
    "/resources/?sort=used",
    "/resources/{slug}/", "/resources/{slug}/about/", "/resources/{slug}/fields/",
    "/resources/{slug}/use/", "/resources/{slug}/versions/", "/resources/{slug}/quality/",
    "/resources/{slug}/trace/", "/resources/{slug}/talk/", "/batch/?resource={slug}",
    "/classification/", "/negative-list/", "/applications/", "/applications/statistics/",
    "/demands/", "/opening-plans/", "/reuses/", "/news/", "/answering/", "/plans/", "/standards/",
    "/process-rules/", "/collection/", "/complaints/", "/doubts/", "/ledger/", "/law/",
    "/fair-use/", "/developers/", "/about/", "/sql/", "/statistics/", "/openness/",
    "/resources/{slug}/charts/", "/feeds/dataset.atom", "/feeds/custom.atom?q=港口",
    "/catalog.jsonld", "/sitemap.xml", "/suggestions?q=港",
)  # fmt: skip
DESK = (
    "/desk/", "/desk/entries/", "/desk/entries/new/", "/desk/reviews/", "/desk/late/",
    "/desk/cases/", "/desk/demands/", "/desk/findings/", "/desk/deliveries/", "/desk/notices/",
    "/desk/imports/", "/desk/talk/", "/desk/openness/",
)  # fmt: skip


def main(scale: float = 1.0) -> list[Figure]:
    """Lay out a catalog, look at every page of it, and return what that took."""
    many = max(2_000, round(ENTRIES * scale))
    with house.standing() as here:
        search._laid_out(many)
        # As after the first night: without it the pages of figures would have nothing to show.
        measuring.measure()
        entry = Entry.objects.filter(state="confirmed", opening_type="unconditional")[0]
        seat = search._seat("steward")
        signed_in = Client(HTTP_HOST="127.0.0.1")
        signed_in.force_login(seat.person.user)
        name = settings.SESSION_COOKIE_NAME
        cookie = f"{name}={signed_in.cookies[name].value}"
        here.start("serve")
        found = [Figure(f"{Entry.objects.count():,} entries", "", "one process, over HTTP")]
        clients = {
            "a stranger": (Client(HTTP_HOST="127.0.0.1"), ""),
            "a steward": (signed_in, cookie),
        }
        for who, (client, cookies) in clients.items():
            paths = [*PAGES, *DESK] if cookies else PAGES
            found += _told(who, [_page(here, path, entry, client, cookies) for path in paths])
        return found


@dataclass(frozen=True)
class Looked:
    """How often a page asks, how long each look took, and what one computed, in milliseconds."""

    path: str
    asked: int
    taken: list[float]
    computed: float

    @property
    def slow(self) -> float:
        """What nineteen looks of twenty took at most."""
        return percentile(self.taken, 95)

    @property
    def is_above(self) -> bool:
        """Whether it asks more often or takes longer than it may."""
        return self.asked > MOST_QUERIES or self.slow > MOST_MS


def _page(here: house.House, path: str, entry: Entry, client: Client, cookies: str) -> Looked:
    address = quote(path.replace("{slug}", entry.slug), safe="/?=&.")
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        status = client.get(address).status_code
    if status != 200:
        raise AssertionError(f"{path}: {status}")
    at_work = [here.parts["serve"].pid, *computing.database()]
    taken, before = [], computing.seconds(*at_work)
    for _ in range(TIMES):
        began = time.perf_counter()
        _get(here.url + address, cookies)
        taken.append((time.perf_counter() - began) * 1000)
    spent = computing.spent(before, computing.seconds(*at_work))
    return Looked(path, len(asked), taken, spent * 1000 / TIMES)


def _get(address: str, cookies: str) -> None:
    request = urllib.request.Request(address, headers={"Cookie": cookies} if cookies else {})  # noqa: S310 - our own
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own
        answer.read()


def _told(who: str, looked: list[Looked]) -> Iterator[Figure]:
    every = [each for page in looked for each in page.taken]
    slowest = sorted(looked, key=lambda page: -page.slow)
    most = max(looked, key=lambda page: page.asked)
    above = [page.path for page in looked if page.is_above]
    yield Figure(
        f"{who}: {len(looked)} pages",
        f"p50 {percentile(every, 50):.0f}, p95 {percentile(every, 95):.0f} ms",
        f"at most {most.asked} queries ({most.path}); above {MOST_QUERIES} or {MOST_MS} ms:"
        f" {', '.join(above) or 'none'}",
    )
    for page in slowest[:8]:
        yield Figure(
            f"{who}: {page.path}",
            f"p50 {percentile(page.taken, 50):.0f}, p95 {page.slow:.0f} ms",
            f"{page.asked} queries, {page.computed:.0f} ms of computing",
        )
    # What asking so often costs where nothing is made of the answers.
    times = []
    with connection.cursor() as cursor:
        for _ in range(TIMES):
            began = time.perf_counter()
            for _ in range(most.asked):
                cursor.execute("SELECT * FROM parties_body LIMIT 1")
                cursor.fetchall()
            times.append((time.perf_counter() - began) * 1000)
    yield Figure(
        f"{who}: the middle page ÷ {most.asked} bare questions",
        f"{percentile(every, 50) / percentile(times, 50):.0f} ×",
        f"bare: p50 {percentile(times, 50):.1f} ms",
    )
