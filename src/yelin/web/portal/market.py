"""The data market: what is offered, by whom, of what, and on which terms; trades on file."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.law import duties, packs
from yelin.market.filing import reads as filings
from yelin.market.listing import reads
from yelin.market.listing.reads import Wanted
from yelin.market.platform import reads as platforms
from yelin.parties.actor import Actor
from yelin.things.counted import counts
from yelin.web import words
from yelin.web.addresses import address, several
from yelin.web.asking import actor_of, asker_of
from yelin.web.paging import cut
from yelin.web.portal.listing_cards import card
from yelin.web.portal.narrowed import narrowings
from yelin.web.portal.shapes import Facet, Option
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail

PAGE_SIZE = 20
LONGEST_QUERY = 100


@require_safe
def market(request: HttpRequest) -> HttpResponse:
    """List what can be bought, narrowed by words, kind, price, platform."""
    actor = actor_of(request)
    wanted = _wanted(request.GET)
    found = reads.found(actor, wanted)
    total = found.count()
    rows, pager = cut(
        found, request.GET, PAGE_SIZE, total=total, base=address(request.GET, drop=["page"])
    )
    facets = list(_facets(actor, wanted))
    context = {
        "wanted": wanted,
        "total": total,
        "cards": [card(each) for each in rows],
        "facets": facets,
        "chosen": narrowings(facets, request.GET),
        "clear_url": address(request.GET, drop=["kind", "price", "platform", "page"]),
        "pager": pager,
        "sells": actor.body_id is not None and asker_of(request).seat is not None,
        "provision": packs.active().ordering(duties.TRADE_DISCLOSE),
        "crumbs": trail(_("Data market")),
    }
    return render(request, "portal/market.html", context)


def _wanted(query: QueryDict) -> Wanted:
    return Wanted(
        words=query.get("q", "")[:LONGEST_QUERY].strip(),
        kinds=several(query, "kind"),
        prices=several(query, "price"),
        platforms=several(query, "platform"),
    )


def _facets(actor: Actor, wanted: Wanted) -> Iterator[Facet]:
    everything = reads.on_the_market(actor)
    titles = {each.number: each.title for each in platforms.platforms(actor)}
    for name, title, by, chosen, label in (
        ("kind", _("Kind"), "described__kind", wanted.kinds, partial(_says, "product_kind")),
        ("price", _("Price"), "offered__price_mode", wanted.prices, partial(_says, "price_mode")),
        ("platform", _("Platform"), "platform__number", wanted.platforms, titles.get),
    ):
        counted = dict.fromkeys(chosen, 0) | dict(counts(everything, by))
        options = [Option(v, label(v) or v, n, v in chosen) for v, n in counted.items()]
        if options:
            yield Facet(name, title, options)


def _says(kind: str, value: str) -> str:
    return str(words.word(kind, value).says)


@require_safe
def trades(request: HttpRequest) -> HttpResponse:
    """List the trades on file, the newest first: what, whose, how; not to whom."""
    actor = actor_of(request)
    rows, pager = cut(filings.on_file(actor), request.GET, PAGE_SIZE)
    context = {
        "trades": [(each, body_name(each.contract.provider)) for each in rows],
        "lacking": list(filings.lacking(actor)[:PAGE_SIZE]),
        "pager": pager,
        "provision": packs.active().ordering(duties.TRADE_FILE),
        "crumbs": trail(_("Trades on file"), (_("Data market"), "portal:market")),
    }
    return render(request, "portal/trades.html", context)
