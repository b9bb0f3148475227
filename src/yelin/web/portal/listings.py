"""One listing: its terms, sources, quality, sample and reviews; what may be done with it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.law import duties, packs
from yelin.ledger.models import Leaf
from yelin.market.listing import acts, reads, sampling
from yelin.market.listing.models import ENDED, OPEN_TO_CHANGE, Listing, Source, State
from yelin.market.listing.rules import DUE
from yelin.market.listing.sampling import Shown
from yelin.market.rating import reads as rating
from yelin.parties.actor import Actor
from yelin.web import offers, telling
from yelin.web.asking import GET_OR_POST, actor_of
from yelin.web.fields import ReasonForm
from yelin.web.offers import Nothing, Offer
from yelin.web.portal import ratings
from yelin.web.portal.listing_cards import card, made_of
from yelin.web.portal.product_forms import (
    ListingForm,
    ReviewForm,
)
from yelin.web.quality import points
from yelin.web.trail import trail
from yelin.web.words import word


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
    sources = made_of(actor, reads.sources(found.product_id))
    leaves = Leaf.objects.filter(subject=found.pk).select_related("body").order_by("-id")
    seen = gate.visible_to(actor, "leaf.open", leaves)
    context = {
        "card": card(found),
        "listing": found,
        "said": found.description,
        "terms": found.terms,
        "shown": _shown(found, [each.source for each in sources]),
        "sources": sources,
        "may_follow": any(each.link for each in sources),
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
    if actor.is_identified:
        add_never_cache_headers(response)
    return response


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
                title=_("Review it: {level}").format(level=word("review_level", level).says),
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
