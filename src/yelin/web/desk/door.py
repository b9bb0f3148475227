"""The door of the desk: only people with a seat come in, and every page has the same frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yelin import gate
from yelin.law import duties, packs
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.kinds import Role
from yelin.surface.actor import Asker
from yelin.web.guards import own_body
from yelin.web.shapes import Link

# Where each role finds what is issued under seal.
_EXTRACTS = (gettext_lazy("Signed extracts"), "desk:extracts")
_UNDER_SEAL = {
    Role.STEWARD: _EXTRACTS,
    Role.OFFICER: _EXTRACTS,
    Role.HEAD: (gettext_lazy("Seal of the body"), "desk:seals"),
}


def keeps_a_catalog(asker: Asker) -> bool:
    """Whether the body in which somebody sits has a catalog: an official one does, others may."""
    is_official = asker.actor.kind is ActorKind.OFFICIAL
    return is_official or gate.decide(asker.actor, "catalog.draft", own_body(asker)).allowed


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
        places.append((_("Collection notices"), reverse("desk:collection_notices")))
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
        places.append((_("Deletions to confirm"), reverse("desk:deletions")))
        places.append((_("People and seats"), reverse("desk:people")))
        places.append((_("Two-person acts"), reverse("desk:proposals")))
    if actor.kind is ActorKind.OFFICIAL and actor.role in _UNDER_SEAL:
        title, place = _UNDER_SEAL[Role(actor.role)]
        places.append((str(title), reverse(place)))
    if actor.role in {Role.OFFICER, Role.REPRESENTATIVE}:
        places += _of_who_binds(pack)
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


def _of_who_binds(pack: packs.Pack) -> list[tuple[str, str]]:
    """Return the places of officers and of who stands for an enterprise."""
    places = [(_("Ways out"), reverse("desk:ways_out"))]
    if pack.orders(duties.DISPUTE_MEDIATE):
        places.append((pgettext("market", "Disputes"), reverse("portal:disputes")))
    return places


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
