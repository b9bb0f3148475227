"""The whole way of a resource on a page of its own: each room adds what its asker may know.

The way of what is offered or agreed is that of the data it is of, one source at a time.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.delivery.tracing import reads as tracing
from yelin.delivery.tracing.graph import Kind
from yelin.law import duties, packs
from yelin.market.contract import reads as contracts
from yelin.market.listing import reads as listings
from yelin.market.listing.models import Listing
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.web.addresses import address
from yelin.web.asking import actor_of, version_in
from yelin.web.guards import seated
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import title_of
from yelin.web.tracing import shown
from yelin.web.trail import trail


@require_safe
def of_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where the data of a resource, or of a version, comes from and what became of it."""
    actor, version = actor_of(request), version_in(request)
    entry, may = catalog.met(actor, code=code_of(slug))
    may("entry.read").must_allow("entry.read", entry.pk)
    trace = tracing.of(actor, entry, version, may)
    context = {
        "entry": entry,
        "version": version,
        "way": shown(trace, reverse("api:get_trace", args=[slug]), version=version),
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": trail(
            _("The whole way"),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource_trace", args=[slug])),
        ),
    }
    return render(request, "portal/whole_way.html", context)


@require_safe
def of_listing(request: HttpRequest, number: str) -> HttpResponse:
    """Show where the data that a listing offers comes from, and what became of it."""
    actor = actor_of(request)
    found = listings.listing(actor, number)
    context = {
        "said": found.description.title,
        "mark": found.registration,
        "crumbs": trail(
            _("The whole way"),
            (_("Data market"), "portal:market"),
            (found.description.title, reverse("portal:listing", args=[number])),
        ),
    }
    return _of_market(request, actor, found, (Kind.LISTING, found.pk), context)


@require_safe
@never_cache
@seated
def of_contract(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show both sides of a contract where its data comes from, and what became of it."""
    found = contracts.contract(asker.actor, number)
    context = {
        "said": found.title,
        "mark": found.number,
        "crumbs": trail(
            _("The whole way"),
            (_("Negotiations and contracts"), "portal:negotiations"),
            (found.title, reverse("portal:contract", args=[number])),
        ),
    }
    listing = found.negotiation.listing
    return _of_market(request, asker.actor, listing, (Kind.CONTRACT, found.pk), context)


def _of_market(
    request: HttpRequest,
    actor: Actor,
    listing: Listing | None,
    about: tuple[Kind, UUID],
    context: dict[str, Any],
) -> HttpResponse:
    made_of = _made_of(actor, listing) if listing else []
    wanted = request.GET.get("of", "")
    slug = wanted if wanted in {each.slug for each in made_of} else ""
    if made_of:
        entry, may = catalog.met(actor, code=code_of(slug or made_of[0].slug))
        trace = tracing.of(actor, entry, may=may, about=about)
        exports = reverse("api:get_trace", args=[entry.slug])
        context |= {"entry": entry, "way": shown(trace, exports)}
        context["sources"] = [
            (Link(title_of(each), address(request.GET, of=each.slug)), each.pk == entry.pk)
            for each in made_of
        ]
    context["basis"] = packs.active().provision(duties.TRACE)
    return render(request, "portal/way_of_trade.html", context)


def _made_of(actor: Actor, listing: Listing) -> Sequence[Entry]:
    """Return the entries of which it is made and ``actor`` may know."""
    entries = [each.entry for each in listings.sources(listing.product_id)]
    known = catalog.codes_seen(actor, [each.code for each in entries if each.code])
    return [each for each in entries if each.code in known]
