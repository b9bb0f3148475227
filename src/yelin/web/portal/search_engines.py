"""What leads search engines and browsers to the pages: sitemap, robots.txt, OpenSearch."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog.reads import Search
from yelin.config import config
from yelin.law import packs
from yelin.parties.actor import Actor
from yelin.surface.fresh import answer
from yelin.warehouse import told

# sitemaps.org allows so many addresses in one file.
MOST = 50_000
_XML = "application/xml; charset=utf-8"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = (
    "home",
    "resources",
    "standards",
    "plans",
    "process_rules",
    "collection",
    "ledger",
    "verify",
    "law",
    "developers",
    "about",
)
_SHUT = ("/desk/", "/account/", "/accounts/", "/streams/")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the sitemaps: the first has the pages of the site, the others its resources."""
    anyone = Actor.anyone()
    parts = -(-told.listed(anyone, Search()).count() // MOST)
    addresses = [f"{config.url}/sitemaps/{number}.xml" for number in range(parts + 1)]
    rows = list(_bare(addresses))
    return answer(request, anyone, rows, lambda: _written("sitemapindex", "sitemap", rows), _XML)


@require_safe
def sitemap(request: HttpRequest, number: int) -> HttpResponse:
    """List the pages that everyone may know of, with the day on which each changed last."""
    anyone = Actor.anyone()
    rows = list(_bare(_pages()) if number == 0 else _resources(anyone, number))
    if not rows:
        raise Http404
    return answer(request, anyone, rows, lambda: _written("urlset", "url", rows), _XML)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what search engines need not look at, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _SHUT)]
    said = "\n".join([*lines, f"Sitemap: {config.url}/sitemap.xml", ""])
    return answer(request, Actor.anyone(), said, said.encode, "text/plain; charset=utf-8")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search, so that a browser offers it in its own field."""
    about = _("Find, take, and check the public data of %(province)s.")
    said = about % {"province": packs.active().province.label(request.LANGUAGE_CODE)}
    found = f"{config.url}/resources/?q={{searchTerms}}"
    feed = f"{config.url}/feeds/custom.atom?q={{searchTerms}}"
    blob = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(_('Yelin'))}</ShortName><Description>{escape(said)}</Description>"
        "<InputEncoding>UTF-8</InputEncoding>"
        f'<Url type="text/html" template="{escape(found)}"/>'
        f'<Url type="application/atom+xml" template="{escape(feed)}"/>'
        "</OpenSearchDescription>\n"
    )
    type_ = "application/opensearchdescription+xml; charset=utf-8"
    return answer(request, Actor.anyone(), blob, blob.encode, type_)


def _pages() -> Iterator[str]:
    for name in _PAGES:
        yield config.url + reverse(f"portal:{name}")
    for article in packs.active().articles:
        yield config.url + reverse("portal:article", args=[article])


def _bare(addresses: Iterable[str]) -> Iterator[tuple[str, datetime | None]]:
    return ((address, None) for address in addresses)


def _resources(actor: Actor, number: int) -> Iterator[tuple[str, datetime | None]]:
    listed = told.listed(actor, Search())[(number - 1) * MOST : number * MOST]
    for code, at in listed.values_list("code", F("told_at")):
        yield f"{config.url}/resources/{code.replace('/', '-')}/", at


def _written(whole: str, each: str, rows: Iterable[tuple[str, datetime | None]]) -> bytes:
    lines = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{_SPACE}">']
    for address, at in rows:
        changed = f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""
        lines.append(f"<{each}><loc>{escape(address)}</loc>{changed}</{each}>")
    return "\n".join([*lines, f"</{whole}>", ""]).encode()
