"""Hostile files, in whatever shape they come: no page, feed, file or chart lets any of it run."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import chain, product
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from tests.access.cast import client_of
from tests.access.walking import route_of
from tests.catalog.makers import agency
from tests.hostile.laying import Laid, lay
from tests.hostile.reading import wrong_in
from tests.house.test_documents import addresses, streams
from tests.parties.makers import make_seat
from tests.thorough import DRAW, chance, many, some

from yelin.catalog.codes import code_of
from yelin.law import clock
from yelin.warehouse.formats import DUMPS, MEDIA_TYPES

pytestmark = pytest.mark.django_db
LINK = re.compile(r'\b(?:href|src|hx-get)="(/(?!static/)[^"#]*)')
# Rows for programs are exact, each cell as it was sent; for people they are asked for as such.
EXACT = re.compile(r"/(download|latest\.csv|versions/[\d-]+\.csv|dump/\S+)(?!.*\bfor=excel)")
# What a gap that has another name is filled with.
CALLED = {"named": "slug", "resource": "pk"}


def clients_of(laid: Laid) -> dict[str, Client]:
    """Return everybody who may see some of it."""
    return {
        "anyone": client_of(None),
        "citizen": client_of(laid.person),
        "steward": client_of(make_seat(laid.provider, "steward")),
        "head": client_of(make_seat(laid.provider, "head")),
        "officer": client_of(make_seat(agency(), "officer")),
    }


def paths(laid: Laid) -> Iterator[list[str]]:
    """Yield the addresses at which some of it may be, filled by all things of one kind each."""
    known = laid.fills | {
        "kind": {kind: [kind] for kind in MEDIA_TYPES | DUMPS},
        "day": {"day": [clock.today().isoformat()]},
    }
    for address in sorted({*addresses()} - {*streams()}):
        gaps = re.findall(r"\{(\w+)\}", address)
        if not gaps or "^" in address:
            continue
        kinds = [
            known.get("pk" if gap.endswith("_id") else CALLED.get(gap, gap), {}) for gap in gaps
        ]
        for chosen in product(*(kind.values() for kind in kinds)):
            filled = (_filled(address, gaps, each) for each in product(*chosen))
            if found := [path for path in filled if _leads(path)]:
                yield found


def _filled(address: str, gaps: list[str], by: tuple[str, ...]) -> str:
    for gap, fill in zip(gaps, by, strict=True):
        address = address.replace(f"{{{gap}}}", fill)
    return address


def _leads(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def asked_besides(slug: str) -> Iterator[str]:
    """Yield what is asked of a resource in ways to which no link leads."""
    yield from (f"/api/v1/resources/{slug}/download?format={kind}" for kind in MEDIA_TYPES)
    yield f"/api/v1/resources/{slug}/rows?limit=50"
    yield f"/resources/{slug}/?size=50"
    yield f"/api/3/action/package_show?id={slug}"
    yield f"/api/3/action/datastore_search?resource_id={slug}"
    yield f"/batch/?resource={slug}"
    yield f"/sql/?table={slug}"


def answered_by_sql(client: Client, laid: Laid) -> Iterator[tuple[str, HttpResponse]]:
    """Yield what the console shows of a resource, and gives as a file; whole, of each."""
    for slug in some(sorted(laid.fills["slug"]["Entry"]), 2):
        asked = {"sql": f'SELECT * FROM "{code_of(slug)}"'}  # noqa: S608 - our own
        yield f"/sql/ of {slug}", client.post("/sql/", asked)
        yield f"/sql/download of {slug}", client.post("/sql/", asked | {"format": "csv"})


def until_closed(
    group: Iterable[str], meet: Callable[[str], HttpResponse | None]
) -> Iterator[tuple[str, HttpResponse]]:
    """Yield what answers of a way of asking: where one of a kind is not, no other is."""
    for path in group:
        answer = meet(path)
        if answer is not None and answer.status_code == 404:
            return
        if answer is not None:
            yield path, answer


def walk(client: Client, laid: Laid) -> Iterator[tuple[str, HttpResponse]]:
    """Yield answers about what was laid, each way of asking once for each thing; whole, all."""
    names = {one for kinds in laid.fills.values() for kind in kinds.values() for one in kind}
    met: set[object] = set()
    ahead: list[str] = []

    def meet(path: str) -> HttpResponse | None:
        parts = urlsplit(path)
        asked = parse_qsl(parts.query)
        # The same page in another order of its rows is the same page.
        told = frozenset(each for each in asked if each[0] in {"format", "for", "kind"})
        key = (parts.path, told, frozenset(name for name, _ in asked))
        if key in met:
            return None
        met.add(key)
        answer = client.get(path)
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if is_page and not answer.streaming and answer.status_code != 404:
            links = {unescape(link) for link in LINK.findall(answer.content.decode())}
            ahead.extend(sorted(x for x in links if any(name in x for name in names)))
        return answer

    besides = [[path] for slug in laid.fills["slug"]["Entry"] for path in asked_besides(slug)]
    ways = [*paths(laid), *besides]
    chance("ways").shuffle(ways)
    answered = 0
    for group in ways:
        # Most ways are closed to most: as many are gone as it takes to have so many open ones.
        if answered >= many(len(ways), 12):
            break
        opened = list(until_closed(group, meet))
        yield from opened
        answered += bool(opened)
    while ahead and len(met) < many(9_000, 20):
        path = ahead.pop()
        if (answer := meet(path)) is not None and answer.status_code != 404:
            yield path, answer


@pytest.mark.slow
def test_nothing_of_hostile_files_leaves_its_place_wherever_it_is_shown_or_taken():
    laid = lay()
    wrong: dict[str, list[str]] = {}
    met: set[str] = set()
    for name, client in some(sorted(clients_of(laid).items()), 1):
        for path, answer in chain(walk(client, laid), answered_by_sql(client, laid)):
            met.add(route_of(urlsplit(path).path))
            if found := wrong_in(answer, exact=bool(EXACT.search(path))):
                wrong[f"{name}: {path}"] = found
    lines = [f"{where}\n   " + "\n   ".join(what[:6]) for where, what in wrong.items()]
    assert not wrong, "\n".join([f"DRAW={DRAW}", *lines])
    assert len(met) > many(60, 6)
