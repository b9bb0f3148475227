"""Negotiations of one's body: what waits, offers with what they change, acceptance by digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from yelin import gate
from yelin.acts import references
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.contract import acts, reads, rules, wording
from yelin.market.contract.models import Contract, Negotiation, Offer
from yelin.market.contract.rules import Side, State
from yelin.market.contract.terms import Terms, faults
from yelin.market.listing.content import PriceMode
from yelin.market.listing.models import Listing
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface.actor import Asker
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.done import say_done
from yelin.web.fields import HasRead, ReasonForm, ShownDigest
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer as Offered
from yelin.web.paging import cut
from yelin.web.portal.term_forms import FirstOfferForm, TermsForm, initial_of
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Card:
    """A negotiation in a list: with whom, where it stands, until when."""

    negotiation: Negotiation
    url: str
    other: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Round:
    """An offer as the page tells it: from whom, when, and what it changed."""

    offer: Offer
    by: str
    changes: list[wording.Change]


@require_safe
@seated
def negotiations(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List what waits for one's body, and all that it negotiates."""
    actor = asker.actor
    rows, pager = cut(reads.negotiations(actor), request.GET, PAGE_SIZE)
    context = {
        "answer": [_card(actor, each) for each in reads.to_answer(actor)],
        "sign": list(reads.to_sign(actor)),
        "cards": [_card(actor, each) for each in rows],
        "pager": pager,
        "may_propose": gate.decide(actor, "contract.propose", own_body(asker)).allowed,
        "provision": packs.active().ordering(duties.CONTRACT_WHOLE),
        "crumbs": trail(_("Negotiations and contracts")),
    }
    return render(request, "portal/negotiations.html", context)


def _card(actor: Actor, each: Negotiation) -> Card:
    side = each.side_of(actor.body_id)
    other = each.body_of(side.other) if side is not Side.PLATFORM else each.provider
    return Card(
        negotiation=each,
        url=reverse("portal:negotiation", args=[each.number]),
        other=body_name(other),
        is_ours=rules.awaited(State(each.state)) is side,
    )


@require_http_methods(GET_OR_POST)
@seated
def propose(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Make a first offer, of a listing or to a body by its code."""
    actor, body = asker.actor, own_body(asker)
    gate.decide(actor, "contract.propose", body).must_allow("contract.propose", body.pk)
    listing = _listing(actor, request.GET.get("listing", ""))
    to = listing.product.owner if listing else None
    form = FirstOfferForm(
        request.POST if request.method == "POST" else None,
        initial={"rights-use": True, "price-currency": "CNY"} | _first(listing),
        to=to,
    )
    if request.method == "POST" and form.is_valid():
        made = _proposed(request, actor, body, form, listing)
        if made is not None:
            return redirect("portal:negotiation", made.number)
    context = {
        "form": form,
        "listing": listing,
        "to": to,
        "provision": packs.active().ordering(duties.CONTRACT_WHOLE),
        "crumbs": trail(_("Make an offer"), _home()),
    }
    return render(request, "portal/offer.html", context, status=422 if form.errors else 200)


def _home() -> tuple[str, str]:
    return _("Negotiations and contracts"), "portal:negotiations"


def _listing(actor: Actor, number: str) -> Listing | None:
    if not number:
        return None
    found = references.resolve(actor, Listing, number)
    assert isinstance(found, Listing)  # noqa: S101 - of the model that was asked for
    return found


def _first(listing: Listing | None) -> dict[str, Any]:
    if listing is None:
        return {}
    said, offered = listing.description, listing.terms
    return {
        "matter-title": said.title,
        "matter-description": said.summary,
        "price-mode": str(offered.price_mode),
        "price-amount": None if offered.price_mode is PriceMode.SHARE else offered.amount,
        "price-share": offered.amount if offered.price_mode is PriceMode.SHARE else None,
        "price-currency": offered.currency,
        "price-unit": offered.unit,
        "delivery-ways": [str(each) for each in offered.delivery],
    }


def _proposed(
    request: HttpRequest, actor: Actor, body: Body, form: FirstOfferForm, listing: Listing | None
) -> Negotiation | None:
    said = form.cleaned_data
    other = listing.product.owner if listing else said["other"]
    side = Side(said.get("side") or Side.CONSUMER)
    provider, consumer = (body, other) if side is Side.PROVIDER else (other, body)
    base: dict[str, Any] = {
        "kind": said["kind"],
        "provider": {"code": provider.credit_code, "name": provider.name},
        "consumer": {"code": consumer.credit_code, "name": consumer.name},
    }
    if listing is not None:
        base["matter"] = {
            "product": listing.product.number,
            "listing": listing.registration,
            "described": bytes(listing.digest or b"").hex(),
        }
    try:
        made = acts.propose(
            actor=actor,
            body=body,
            other=other,
            side=side,
            terms=form.terms_on(base),
            listing=listing,
            until=said["last-day"],
            says=said["says"],
        )
    except ValidationError as error:
        form.tell(error)
    except Incomplete as error:
        mending.tell(form, error, places={"until": "last-day"})
    else:
        say_done(request, _("The offer is made."), "contract.propose", made)
        return made
    return None


class AcceptForm(forms.Form):
    """Acceptance: by the digest of what one has read."""

    digest = ShownDigest()
    read = HasRead(label=gettext_lazy("We have read all of these terms and accept them"))


@require_http_methods(GET_OR_POST)
@seated
def negotiation(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show a negotiation: what stands, what each offer changed; accept or break off."""
    actor = asker.actor
    found = reads.negotiation(actor, number)
    made = list(found.offers.all())
    stands = made[-1]
    taken = offers.take(request, actor, _offered(actor, found, stands))
    if taken.made is not None:
        if isinstance(taken.made, Contract):
            return redirect("portal:contract", taken.made.number)
        return redirect("portal:negotiation", number)
    side = found.side_of(actor.body_id)
    context = {
        "negotiation": found,
        "stands": stands,
        "sections": wording.told(stands.terms),
        "kind": wording.KINDS[stands.terms.kind],
        "lacking": mending.told(Incomplete(list(faults(stands.terms)))),
        "rounds": _rounds(found, made),
        "parties": [body_name(found.provider), body_name(found.consumer)],
        "contract": getattr(found, "contract", None),
        "is_our_turn": rules.awaited(State(found.state)) is side,
        "may_counter": _may_counter(actor, found, side),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.CONTRACT_WHOLE),
        "crumbs": trail(found.title, _home()),
    }
    return render(request, "portal/negotiation.html", context, status=taken.status)


def _may_counter(actor: Actor, found: Negotiation, side: Side) -> bool:
    if rules.awaited(State(found.state)) is not side:
        return False
    return gate.decide(actor, "contract.offer", found).allowed


def _rounds(found: Negotiation, made: list[Offer]) -> list[Round]:
    said: list[Terms | None] = [None, *(each.terms for each in made)]
    told = [
        Round(
            offer=each,
            by=body_name(found.body_of(Side(each.side))),
            changes=wording.compared(before, each.terms) if before else [],
        )
        for each, before in zip(made, said, strict=False)
    ]
    return told[::-1]


def _offered(actor: Actor, found: Negotiation, stands: Offer) -> list[Offered]:
    state, side = State(found.state), found.side_of(actor.body_id)
    offered = []
    if rules.awaited(state) is side:
        offered.append(
            Offered(
                act="contract.accept",
                on=found,
                title=_("Accept this offer"),
                says=_(
                    "The contract is drawn up of these terms, which nobody can change after that. "
                    "Digest: {digest}"
                ).format(digest=stands.digest_text),
                button=_("Accept it"),
                done=_("The contract is drawn up. Both sides sign it now."),
                form=AcceptForm,
                initial={"digest": stands.digest_text},
                do=lambda said: acts.accept(actor=actor, negotiation=found, digest=said["digest"]),
            )
        )
    if side is not Side.PLATFORM and state not in {State.FINALIZED, State.TERMINATED}:
        offered.append(
            Offered(
                act="contract.terminate",
                on=found,
                title=_("Break off the negotiation"),
                button=_("Break it off"),
                done=_("The negotiation has ended."),
                form=ReasonForm,
                do=lambda said: acts.terminate(actor=actor, negotiation=found, **said),
                stops=True,
            )
        )
    return offered


@require_http_methods(GET_OR_POST)
@seated
def counter(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Answer an offer by another one, beginning with the terms that stand."""
    actor = asker.actor
    found = reads.negotiation(actor, number)
    gate.decide(actor, "contract.offer", found).must_allow("contract.offer", found.pk)
    if rules.awaited(State(found.state)) is not found.side_of(actor.body_id):
        return redirect("portal:negotiation", number)
    stands = found.stands
    posted = request.POST if request.method == "POST" else None
    form = TermsForm(posted, initial=initial_of(stands.terms))
    compared: list[wording.Change] = []
    if request.method == "POST" and form.is_valid():
        try:
            terms = form.terms_on(stands.terms.plain())
            compared = wording.compared(stands.terms, terms)
            if "look" not in request.POST:
                return _countered(request, actor, found, form, terms)
        except ValidationError as error:
            form.tell(error)
        except Incomplete as error:
            mending.tell(form, error, places={"until": "last-day"})
        except OutOfTurn as error:
            form.add_error(None, _(error.says))
    context = {
        "form": form,
        "negotiation": found,
        "compared": compared,
        "looked": request.method == "POST" and not form.errors,
        "provision": packs.active().ordering(duties.CONTRACT_WHOLE),
        "crumbs": trail(
            _("Counter-offer"), _home(), (found.title, reverse("portal:negotiation", args=[number]))
        ),
    }
    return render(request, "portal/offer.html", context, status=422 if form.errors else 200)


def _countered(
    request: HttpRequest, actor: Actor, found: Negotiation, form: TermsForm, terms: Terms
) -> HttpResponse:
    said: Mapping[str, Any] = form.cleaned_data
    made = acts.offer(
        actor=actor,
        negotiation=found,
        terms=terms,
        until=said["last-day"],
        says=said["says"],
    )
    say_done(request, _("The counter-offer is made."), "contract.offer", made)
    return redirect("portal:negotiation", made.number)
