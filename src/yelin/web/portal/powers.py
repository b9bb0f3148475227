"""Who may do what: every act, from its declaration, for everybody to read."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.acts import permissions
from yelin.acts.permissions import Permission
from yelin.law import packs
from yelin.web import telling
from yelin.web.portal.shapes import ActPower
from yelin.web.trail import trail
from yelin.web.words import word


@require_safe
def powers(request: HttpRequest) -> HttpResponse:
    """List every act with who may do it, by which door and by which provision."""
    rooms = groupby(permissions.matrix(), key=lambda permission: permission.room)
    context = {
        "rooms": [(str(word("room", room).says), list(map(_line, acts))) for room, acts in rooms],
        "crumbs": trail(
            _("Who may do what"), (_("The regulation, article by article"), "portal:law")
        ),
    }
    return render(request, "portal/powers.html", context)


def _line(permission: Permission) -> ActPower:
    act = permission.act
    return ActPower(
        title=telling.name_of(act.name),
        name=act.name,
        who=tuple(dict.fromkeys(way.who for way in permission.ways)),
        doors=permission.doors,
        step_up=act.step_up or "",
        provision=packs.active().provision(act.duty),
    )
