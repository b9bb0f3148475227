"""Products of one's body: what they say, of what they are made, where they are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yelin.law import clock, duties, packs
from yelin.market.listing import acts, reads
from yelin.market.listing.content import ProductContent
from yelin.market.listing.models import Listing, Product, Source
from yelin.parties.actor import Actor
from yelin.web import offers
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.listing_cards import Card, card, made_of
from yelin.web.portal.product_forms import (
    ListingForm,
    ProductForm,
    SourceForm,
)
from yelin.web.templatetags.yelin import title_of
from yelin.web.trail import trail

PAGE_SIZE = 20
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """A product in the list of one's own, with where it is offered."""

    product: Product
    said: ProductContent
    url: str
    offers: Sequence[Card]


@never_cache
@require_http_methods(GET_OR_POST)
def products(request: HttpRequest) -> HttpResponse:
    """List the products of one's body, and describe another."""
    asker = asker_of(request)
    actor = asker.actor
    offered = []
    if asker.seat is not None:
        body = asker.seat.body
        offered = [
            Offer(
                act="market.make_product",
                on=body,
                title=_("Describe a product"),
                button=_("Save it"),
                done=_("The product is saved: name what it is made of."),
                form=ProductForm,
                do=lambda said: acts.make_product(
                    actor=actor, body=body, content=ProductForm.content(said)
                ),
            )
        ]
    taken = offers.take(request, actor, offered)
    if isinstance(taken.made, Product):
        return redirect("portal:product", taken.made.number)
    rows, pager = cut(reads.products(actor), request.GET, PAGE_SIZE)
    context = {
        "products": [
            Line(
                product=each,
                said=each.content,
                url=reverse("portal:product", args=[each.number]),
                offers=[card(offer) for offer in reads.offers_of(each)],
            )
            for each in rows
        ],
        "pager": pager,
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_DISCLOSE),
        "crumbs": trail(_("Products of your body"), (_("Data market"), "portal:market")),
    }
    return render(request, "portal/products.html", context, status=taken.status)


@never_cache
@require_http_methods(GET_OR_POST)
def product(request: HttpRequest, number: str) -> HttpResponse:
    """Show a product to its owner: what it says, of what it is made, where it is offered."""
    actor = actor_of(request)
    found = reads.product(actor, number)
    sources, listed = reads.sources(found.pk), reads.offers_of(found)
    taken = offers.take(request, actor, _of_product(actor, found, sources))
    if isinstance(taken.made, Listing):
        return redirect("portal:listing", str(taken.made.pk))
    if taken.made is not None:
        return redirect("portal:product", number)
    context = {
        "product": found,
        "said": found.content,
        "sources": made_of(actor, sources),
        "offers": [card(each) for each in listed],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_LAWFUL),
        "crumbs": trail(
            found.content.title,
            (_("Data market"), "portal:market"),
            (_("Products of your body"), "portal:products"),
        ),
    }
    return render(request, "portal/product.html", context, status=taken.status)


def _of_product(actor: Actor, found: Product, sources: Sequence[Source]) -> list[Offer]:
    if found.withdrawn_on is not None:
        return []
    add = Offer(
        act="market.add_source",
        on=found,
        title=_("Name an entry of which it is made"),
        button=_("Name it"),
        done=_("The entry is named."),
        form=partial(SourceForm, actor=actor),
        do=lambda said: acts.add_source(actor=actor, product=found, **said),
    )
    drops = [
        Offer(
            act="market.drop_source",
            key=f"drop-{each.pk}",
            on=found,
            title=_("No longer made of: {title}").format(title=title_of(each.entry)),
            button=_("Leave it out"),
            done=_("The entry is taken out."),
            do=partial(_drop, actor, found, each),
            stops=True,
        )
        for each in sources
    ]
    change = Offer(
        act="market.change_product",
        on=found,
        title=_("Describe it anew"),
        button=_("Save it"),
        done=_("The description is saved."),
        form=ProductForm,
        initial=ProductForm.initial_of(found.content),
        do=lambda said: acts.change_product(
            actor=actor, product=found, content=ProductForm.content(said)
        ),
    )
    offer = Offer(
        act="market.offer",
        on=found,
        title=_("Offer it on a platform"),
        button=_("Save the draft"),
        done=_("The draft is saved: hand it in for review."),
        form=partial(ListingForm, actor=actor),
        initial={"currency": "CNY", "until": clock.today() + A_YEAR},
        do=lambda said: acts.offer(
            actor=actor,
            product=found,
            platform=said["platform"],
            content=ListingForm.content(said),
        ),
    )
    withdraw = Offer(
        act="market.withdraw_product",
        on=found,
        title=_("Withdraw the product"),
        button=_("Withdraw it"),
        done=_("The product is withdrawn."),
        do=lambda _said: acts.withdraw_product(actor=actor, product=found),
        stops=True,
    )
    return [add, offer, change, *drops, withdraw]


def _drop(actor: Actor, product: Product, source: Source, said: Mapping[str, Any]) -> Product:
    del said
    return acts.drop_source(actor=actor, product=product, entry=source.entry)
