"""The data market: what is offered, by whom, of what, and on which terms; products and reviews."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.law import clock, duties, packs
from yelin.ledger.models import Leaf
from yelin.market.filing import reads as filings
from yelin.market.listing import acts, reads, sampling
from yelin.market.listing.content import ProductContent
from yelin.market.listing.models import ENDED, OPEN_TO_CHANGE, Listing, Product, Source, State
from yelin.market.listing.reads import Wanted
from yelin.market.listing.rules import DUE
from yelin.market.listing.sampling import Shown
from yelin.market.platform import reads as platforms
from yelin.market.rating import reads as rating
from yelin.parties.actor import Actor
from yelin.things.counted import counts
from yelin.web import offers, telling, words
from yelin.web.addresses import address, several
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.fields import ReasonForm
from yelin.web.offers import Nothing, Offer
from yelin.web.paging import cut
from yelin.web.portal import ratings
from yelin.web.portal.listing_cards import Card, card
from yelin.web.portal.narrowed import narrowings
from yelin.web.portal.product_forms import (
    ListingForm,
    ProductForm,
    ReviewForm,
    SourceForm,
)
from yelin.web.portal.shapes import Facet, Option
from yelin.web.quality import points
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

PAGE_SIZE = 20
A_YEAR = timedelta(days=365)
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A product in the list of one's own, with where it is offered."""

    product: Product
    said: ProductContent
    url: str
    offers: Sequence[Card]


@dataclass(frozen=True, slots=True)
class MadeOf:
    """A source of a product; a link for whoever may know of the entry."""

    source: Source
    provider: str
    link: Link | None


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
    return _private(render(request, "portal/products.html", context, status=taken.status))


@require_http_methods(GET_OR_POST)
def product(request: HttpRequest, number: str) -> HttpResponse:
    """Show a product to its owner: what it says, of what it is made, where it is offered."""
    actor = actor_of(request)
    found = reads.product(actor, number)
    sources = reads.sources(found.pk)
    taken = offers.take(request, actor, _of_product(actor, found, sources))
    if isinstance(taken.made, Listing):
        return redirect("portal:listing", str(taken.made.pk))
    if taken.made is not None:
        return redirect("portal:product", number)
    context = {
        "product": found,
        "said": found.content,
        "sources": _made_of(actor, sources),
        "offers": [card(each) for each in reads.offers_of(found)],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_LAWFUL),
        "crumbs": trail(
            found.content.title,
            (_("Data market"), "portal:market"),
            (_("Products of your body"), "portal:products"),
        ),
    }
    return _private(render(request, "portal/product.html", context, status=taken.status))


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


@require_http_methods(GET_OR_POST)
def listing(request: HttpRequest, number: str) -> HttpResponse:
    """Show one listing: terms, sources, quality, sample, reviews; take what one does."""
    actor = actor_of(request)
    found = reads.listing(actor, number)
    rated = list(rating.of(actor, found)[: rating.SHOWN_AT_ONCE])
    may_do = [*_of_listing(actor, found), *ratings.offered(actor, rated)]
    taken = offers.take(request, actor, may_do)
    if taken.made is not None:
        return redirect("portal:listing", found.registration or str(found.pk))
    sources = reads.sources(found.product_id)
    leaves = Leaf.objects.filter(subject=found.pk).select_related("body").order_by("-id")
    seen = gate.visible_to(actor, "leaf.open", leaves)
    context = {
        "card": card(found),
        "listing": found,
        "said": found.description,
        "terms": found.terms,
        "shown": _shown(found, sources),
        "sources": _made_of(actor, sources),
        "ratings": rated,
        "rated": rating.standing(found) if rated else None,
        "checks": found.checks.all() if found.digest else [],
        "course": telling.lines(actor, list(seen), are_open=True),
        "platform_url": reverse("portal:platform", args=[found.platform.number]),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_LAWFUL),
        "crumbs": trail(found.description.title, (_("Data market"), "portal:market")),
    }
    response = render(request, "portal/listing.html", context, status=taken.status)
    return _private(response) if actor.is_identified else response


def _of_listing(actor: Actor, found: Listing) -> list[Offer]:
    state = State(found.state)
    made = []
    if state in OPEN_TO_CHANGE:
        made += [
            _simple(
                found, "market.submit", _("Hand it in for review"), _("Hand it in"),
                _("It is handed in."),
                lambda: acts.submit(actor=actor, listing=found),
                _("What it says is bound from then on."),
            ),
            Offer(
                act="market.change_offer",
                on=found,
                title=_("Change price, delivery or term"),
                button=_("Save it"),
                done=_("The offer is changed."),
                form=partial(ListingForm, actor=actor, placed=True),
                initial=ListingForm.initial_of(found.terms),
                do=lambda said: acts.change_offer(
                    actor=actor, listing=found, content=ListingForm.content(said)
                ),
            ),
        ]  # fmt: skip
    if state in DUE:
        level, _then = DUE[state]
        made += [
            Offer(
                act="market.review",
                on=found,
                title=_("Review it: {level}").format(level=_says("review_level", level)),
                button=_("Say what you found"),
                done=_("The review is recorded."),
                form=partial(ReviewForm, level=level),
                do=lambda said: acts.review(actor=actor, listing=found, **said),
            ),
            _simple(
                found, "market.take_back", _("Take it back"), _("Take it back"),
                _("It is taken back."),
                lambda: acts.take_back(actor=actor, listing=found),
            ),
        ]  # fmt: skip
    if state == State.LISTED:
        made.append(_reasoned(actor, found, "market.suspend", acts.suspend, _("Suspend it")))
    if state == State.SUSPENDED:
        made.append(
            _simple(
                found, "market.resume", _("List it again"), _("List it again"),
                _("It is listed again."),
                lambda: acts.resume(actor=actor, listing=found),
            )
        )  # fmt: skip
    if state not in ENDED:
        made.append(_reasoned(actor, found, "market.delist", acts.delist, _("End this offer")))
    return made


def _simple(
    on: Listing, act: str, title: str, button: str, done: str, do: Any, says: str = ""
) -> Offer:
    return Offer(
        act=act, on=on, title=title, button=button, done=done, says=says, form=Nothing,
        do=lambda _said: do(),
    )  # fmt: skip


def _reasoned(actor: Actor, found: Listing, act: str, do: Any, title: str) -> Offer:
    return Offer(
        act=act,
        on=found,
        title=title,
        button=title,
        done=_("It is done."),
        form=ReasonForm,
        do=lambda said: do(actor=actor, listing=found, **said),
        stops=True,
    )


def _shown(found: Listing, sources: Sequence[Source]) -> list[tuple[Shown, str]]:
    """Return what everyone is shown of each source, with its score as people read it."""
    every = sampling.shown(found, sources)
    told = [(each, "" if each.score is None else points(each.score)) for each in every]
    return [(each, score) for each, score in told if score or each.sample]


def _made_of(actor: Actor, sources: Sequence[Source]) -> list[MadeOf]:
    codes = catalog.codes_seen(actor, [each.entry.code for each in sources if each.entry.code])
    return [
        MadeOf(
            source=each,
            provider=body_name(each.entry.provider),
            link=Link(title_of(each.entry), reverse("portal:resource", args=[each.entry.slug]))
            if each.entry.code in codes
            else None,
        )
        for each in sources
    ]


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
