"""The catalog and its resources at their addresses, in whichever syntax is asked for."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from rdflib import Graph

from yelin.api.dcat import graph
from yelin.api.dcat.paging import Asked, Page
from yelin.api.dcat.shared import Site
from yelin.api.dcat.vocabulary import PREFIXES
from yelin.cases.reads import nearest
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import whole
from yelin.delivery.models import CatalogFile
from yelin.law import clock, packs
from yelin.opening.counting import IN_CATALOG
from yelin.parties.actor import Actor
from yelin.surface import described, syntaxes
from yelin.surface.actor import of_request
from yelin.surface.described import Provider
from yelin.surface.fresh import answer
from yelin.surface.problems import for_programs
from yelin.surface.syntaxes import MEDIA_TYPES
from yelin.things.lately import Lately
from yelin.warehouse import told

PAGE_SIZE = 50
_TOLD = frozenset({described.Part.RELATED, described.Part.FILES, described.Part.QUALITY})
_OF_ONE = _TOLD | {described.Part.VERSIONS}
_totals: Lately[int] = Lately(256)
# What rdflib calls each syntax.
WRITERS = {"jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}


@require_safe
@for_programs
def catalog(request: HttpRequest, syntax: str) -> HttpResponse:
    """Return a page of the catalog as far as the asker may have it."""
    actor = of_request(request).actor
    asked = Asked.of(request.GET)
    found = told.listed(actor, asked.search, asked.since)
    first = 0 if asked.after else (asked.page - 1) * PAGE_SIZE
    follows = found.filter(code__gt=asked.after) if asked.after else found
    # One more than the page holds tells whether another follows.
    entries = described.each(actor, follows[first : first + PAGE_SIZE + 1], _TOLD)
    ends = entries[PAGE_SIZE - 1].code if len(entries) > PAGE_SIZE else ""
    del entries[PAGE_SIZE:]
    total = None if asked.after else _total(actor, asked, found)
    page = Page(f"{config.url}{request.path}", asked, total, PAGE_SIZE, ends)
    files = tuple((form, whole.address(form)) for form in CatalogFile.FORMS)
    site = Site(config.url, packs.active(), _operator(), files)
    return answer(
        request,
        actor,
        (syntax, site.operator, page, entries),
        lambda: _written(graph.of_page(site, page, entries), syntax),
        f"{MEDIA_TYPES[syntax]}; charset=utf-8",
        keep=True,
    )


def _total(actor: Actor, asked: Asked, found: QuerySet[Entry]) -> int:
    """Return how many are found; of the whole catalog what was counted last, or a minute ago.

    Whoever takes it page by page is not to wait for a count of all that there is with each.
    """
    if asked.since or not asked.search.is_whole:
        return found.count()
    if not actor.is_identified:
        return IN_CATALOG.look().figures.confirmed
    minute = (actor, clock.this_minute())
    total = _totals.get(minute)
    if total is None:
        _totals.keep(minute, total := found.count())
    return total


@require_safe
@for_programs
def resource(request: HttpRequest, slug: str, syntax: str) -> HttpResponse:
    """Return one resource as far as the asker may have it."""
    actor = of_request(request).actor
    entry, site = described.one(actor, slug, _OF_ONE), Site(config.url, packs.active())
    return answer(
        request,
        actor,
        (syntax, entry),
        lambda: _written(graph.of_one(site, entry), syntax),
        f"{MEDIA_TYPES[syntax]}; charset=utf-8",
    )


@require_safe
def negotiated(request: HttpRequest) -> HttpResponse:
    """Lead from the catalog's own address to the syntax that is asked for, or to its page."""
    syntax = syntaxes.wanted(request)
    return syntaxes.see(request, f"/catalog.{syntax}" if syntax else "/resources/")


def _operator() -> Provider | None:
    operator = nearest("operate", packs.active().province.code)
    return Provider.of(operator) if operator else None


def _written(found: Graph, syntax: str) -> bytes:
    more: dict[str, Any] = {"context": dict(PREFIXES)} if syntax == "jsonld" else {}
    blob: bytes = found.serialize(format=WRITERS[syntax], encoding="utf-8", **more)
    return blob
