"""The door of the desk: only people with a seat come in, and every page has the same frame."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin import gate
from yelin.law import duties, packs
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.kinds import Role
from yelin.parties.models import Body
from yelin.surface.actor import Asker
from yelin.things.models import Subject
from yelin.web.asking import asker_of
from yelin.web.shapes import Link

P = ParamSpec("P")
# Where each role finds what is issued under seal.
_EXTRACTS = (gettext_lazy("Signed extracts"), "desk:extracts")
_UNDER_SEAL = {
    Role.STEWARD: _EXTRACTS,
    Role.OFFICER: _EXTRACTS,
    Role.HEAD: (gettext_lazy("Seal of the body"), "desk:seals"),
}


def seated(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let ``view`` answer people with a seat; others sign in, or are told what is missing."""
    return _guarded(view, lambda asker: asker.seat is not None)


def known(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let ``view`` answer everyone who is known by name, in a seat or not; others sign in."""
    return _guarded(view, lambda asker: asker.person is not None)


def _guarded(
    view: Callable[Concatenate[HttpRequest, Asker, P], HttpResponseBase],
    may_enter: Callable[[Asker], bool],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asker = asker_of(request)
        if not may_enter(asker):
            return render(request, "desk/no_seat.html", status=403)
        return view(request, asker, *args, **kwargs)

    return guarded


def keeps_a_catalog(asker: Asker) -> bool:
    """Whether the body in which somebody sits has a catalog: an official one does, others may."""
    is_official = asker.actor.kind is ActorKind.OFFICIAL
    return is_official or gate.decide(asker.actor, "catalog.draft", own_body(asker)).allowed


def own_body(asker: Asker) -> Body:
    """Return the body in which whoever is ``seated`` sits."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    return asker.seat.body


def page(
    request: HttpRequest,
    asker: Asker,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Return a page of the desk, kept by no cache."""
    response = render(
        request, template, {"desk_nav": _nav(request, asker), **context}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def _nav(request: HttpRequest, asker: Asker) -> list[Link]:
    actor, pack = asker.actor, packs.active()
    places: list[tuple[str, str]] = []
    if asker.seat is not None:
        places.append((_("To do"), reverse("desk:home")))
    if asker.seat is not None and keeps_a_catalog(asker):
        places.append((_("My body's entries"), reverse("desk:entries")))
        places.append((_("Openness"), reverse("desk:openness")))
    if actor.kind is ActorKind.OFFICIAL:
        places.append((_("What is late"), reverse("desk:late")))
        places.append((_("Findings"), reverse("desk:findings")))
        if pack.orders(duties.OPENING_DEMAND):
            places.append((_("Demands"), reverse("desk:demands")))
        places.append((_("Registers"), reverse("desk:registers")))
        places.append((_("Collection forms"), reverse("desk:collection")))
    if actor.role == Role.OFFICER:
        places.append((_("To confirm"), reverse("desk:reviews")))
        places.append((_("Classification"), reverse("desk:categories")))
        places += _by_power(actor)
    if asker.seat is not None and gate.decide(actor, "platform.see", asker.seat.body).allowed:
        places.append((_("Operation"), reverse("desk:operation")))
    if asker.seat is not None:
        places.append((_("Cases"), reverse("desk:cases")))
        places.append((_("People and seats"), reverse("desk:people")))
        places.append((_("Two-person acts"), reverse("desk:proposals")))
    if actor.kind is ActorKind.OFFICIAL and actor.role in _UNDER_SEAL:
        title, place = _UNDER_SEAL[Role(actor.role)]
        places.append((str(title), reverse(place)))
    if actor.role in {Role.OFFICER, Role.REPRESENTATIVE}:
        places.append((_("Ways out"), reverse("desk:ways_out")))
    places.append((_("Grants and holds"), reverse("desk:rights")))
    places.append((_("Notices"), reverse("desk:notices")))
    places.append((_("API tokens"), reverse("desk:tokens")))
    here = request.path
    return [
        Link(
            title, url, current=here == url if url == reverse("desk:home") else here.startswith(url)
        )
        for title, url in places
    ]


def _by_power(actor: Actor) -> list[tuple[str, str]]:
    """Return the places of officers whose body holds a power."""
    pack = packs.active()
    offered = (
        (duties.TALK, "talk.moderate", _("What people say"), "desk:talk"),
        (duties.GOVERN, "parties.register", _("Bodies"), "desk:bodies"),
    )
    return [
        (title, reverse(place))
        for duty, power, title, place in offered
        # A pack that does not order the duty does not name its power.
        if pack.orders(duty) and pack.area_of(power, actor.body_kind, actor.body_division)
    ]


def say_done(request: HttpRequest, says: str, act: str, about: Subject) -> None:
    """Tell on the next page what was done, with the receipt of the leaf that the act left."""
    leaf = Leaf.objects.filter(subject=about.pk, act=act, refused=False).order_by("-id").first()
    if leaf is None:
        messages.success(request, says)
        return
    link = format_html(
        '<a class="mono" href="{}">{}</a>',
        reverse("portal:leaf", args=[bytes(leaf.h).hex()]),
        leaf.receipt_text,
    )
    messages.success(request, format_html("{} {} {}", says, _("Receipt:"), link))
