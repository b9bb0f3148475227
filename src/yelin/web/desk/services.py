"""Services of one's body that others call, and the keys by which one's programs sign."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import references, step_up
from yelin.acts.reads import tokens
from yelin.exchange import acts, used
from yelin.exchange.models import MessageKey, Service
from yelin.parties.models import Token
from yelin.surface import relayed
from yelin.surface.actor import Asker
from yelin.web import confirming, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.service_forms import KeyForm, said, service_form
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import title_of

PAGE_SIZE = 50


@require_http_methods(GET_OR_POST)
@seated
def services(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the services of the actor's body; offer another."""
    body = own_body(asker)
    first = body.entries.order_by("title").first()
    offered = []
    if first is not None:
        offered = [
            Offer(
                act="exchange.offer_service",
                on=first,
                title=_("Offer an API of your body"),
                button=_("Offer it"),
                done=_("Others can call it now."),
                form=service_form(body),
                initial={"entry": request.GET.get("entry", "")},
                do=lambda filled: acts.offer_service(
                    actor=asker.actor, entry=filled["entry"], **said(filled)
                ),
            )
        ]
    taken = offers.take(request, asker.actor, offered)
    if taken.made is not None:
        return redirect("desk:service", pk=taken.made.pk)
    found, pager = cut(used.services_of(asker.actor, body), request.GET, PAGE_SIZE)
    context = {"services": found, "pager": pager, "offered": taken.offered}
    return page(request, asker, "desk/services.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def service(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show whether a service answers and who calls it; end it."""
    found = references.one(asker.actor, Service, pk)
    end = Offer(
        act="exchange.end_service",
        on=found,
        title=_("Offer it no more"),
        says=_("Calls are refused from now on, and its credential is forgotten."),
        button=_("End it"),
        done=_("It is offered no more."),
        do=lambda _said: acts.end_service(actor=asker.actor, service=found),
        stops=True,
    )
    taken = offers.take(request, asker.actor, [] if found.ended_at else [end])
    if taken.made is not None:
        return redirect("desk:service", pk=pk)
    context = {
        "service": found,
        "content": found.content,
        "circuit": found.circuit,
        "callers": used.callers(found),
        "days": used.DAYS,
        "address": relayed.address_of(found.entry.slug) if found.entry.code else "",
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Services"), reverse("desk:services")),
            Link(title_of(found.entry), ""),
        ],
    }
    return page(request, asker, "desk/service.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def keys(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show by which keys the program of a token signs; register one, or end it."""
    token = gate.one_of(tokens.tokens(asker.actor).filter(pk=pk))
    found, actor = list(used.keys_of(token)), asker.actor
    is_recent = step_up.is_recent(actor)
    live = [each for each in found if each.ended_at is None]
    offered = [_ending(asker, each) for each in live]
    if is_recent:
        offered = [_registering(asker, token), *offered]
    taken = offers.take(request, actor, offered)
    if taken.made is not None:
        return redirect("desk:token_keys", pk=pk)
    context = {
        "token": token,
        "keys": found,
        "offered": taken.offered,
        "confirm_url": "" if is_recent else confirming.address(request, back=request.path),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("API tokens"), reverse("desk:tokens")),
            Link(token.label, ""),
        ],
    }
    return page(request, asker, "desk/token_keys.html", context, status=taken.status)


def _registering(asker: Asker, token: Token) -> Offer:
    return Offer(
        act="exchange.register_key",
        on=token,
        title=_("Register a key"),
        says=_("Requests by this token then count as signed where this key has signed them."),
        button=_("Register it"),
        done=_("The key is registered."),
        form=KeyForm,
        do=lambda filled: acts.register_key(
            actor=asker.actor, token=token, public_key=filled["public_key"]
        ),
    )


def _ending(asker: Asker, key: MessageKey) -> Offer:
    return Offer(
        act="exchange.end_key",
        key=f"exchange.end_key.{key.pk}",
        on=key,
        title=_("End the key {name}").format(name=key),
        button=_("End it"),
        done=_("The key has ended."),
        do=lambda _said: acts.end_key(actor=asker.actor, key=key),
        stops=True,
    )
