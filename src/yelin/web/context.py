"""What stands around every page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yelin.acts.reads.notices import notices
from yelin.config import config
from yelin.law import clock, duties, packs
from yelin.ledger import log
from yelin.parties.models import Seat as SeatRow
from yelin.surface.actor import Asker
from yelin.web import traditional
from yelin.web.asking import asker_of
from yelin.web.shapes import Link, Seal, Seat, Shell
from yelin.web.templatetags.yelin import body_name, ordered, person_name

_OFFERED = (("zh-hans", "简"), (traditional.CODE, "繁"), ("en", "EN"))


def house(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html needs: one query for a stranger, two or three for a person."""
    asker = asker_of(request)
    person, seats = _person(request)
    law = packs.active()
    return {
        "shell": Shell(
            nav=tuple(_nav(request, desk=asker.seat is not None)),
            languages=tuple(_languages(request)),
            person=person,
            seats=seats,
            desk=asker.seat is not None,
            seal=seal(),
            alternates=tuple(_alternates(request)),
            province=law.province.label(get_language() or "zh-hans"),
            law=law.law.title(get_language() or "zh-hans"),
            unread=_unread(asker),
        )
    }


def _unread(asker: Asker) -> int | None:
    return None if asker.person is None else notices(asker.actor).unread().count()


def seal() -> Seal | None:
    """Return the latest signed checkpoint."""
    latest = log.newest_checkpoint()
    if latest is None:
        return None
    return Seal(latest.size, bytes(latest.root), latest.at, latest.note)


def _person(request: HttpRequest) -> tuple[str, tuple[Seat, ...]]:
    asker = asker_of(request)
    if asker.person is None:
        user = getattr(request, "user", None)
        return (user.get_username(), ()) if user and user.is_authenticated else ("", ())
    held = asker.seats
    if held is None:
        held = tuple(SeatRow.objects.open_to(request.user.pk, clock.today()))
    seats = tuple(
        Seat(
            str(seat.pk),
            body_name(seat.body),
            seat.role,
            current=seat == asker.seat,
            holder="" if seat.person_id == asker.person.pk else person_name(seat.person),
        )
        for seat in held
    )
    return person_name(asker.person), seats


def _nav(request: HttpRequest, *, desk: bool) -> list[Link]:
    places = [
        (_("Find data"), reverse("portal:resources")),
        (_("Applications"), reverse("portal:applications")),
    ]
    if ordered(duties.OPENING_DEMAND.name):
        places.append((_("Demands"), reverse("portal:demands")))
    if ordered(duties.REUSE_SHOW.name):
        places.append((_("Reuses"), reverse("portal:reuses")))
    places.append((_("Ledger"), reverse("portal:ledger")))
    # Of so many there is room for one more: whoever sits at the desk finds the other in the foot.
    if desk:
        places.append((_("Desk"), reverse("desk:home")))
    else:
        places.append((_("Interfaces"), reverse("portal:developers")))
    return [Link(title, url, current=request.path.startswith(url)) for title, url in places]


def _languages(request: HttpRequest) -> list[Link]:
    chosen = getattr(request, "characters", get_language())
    return [Link(name, _in(request, code), code == chosen, count=code) for code, name in _OFFERED]


def _alternates(request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, config.url + _in(request, code)) for code, _name in _OFFERED]


def _in(request: HttpRequest, code: str) -> str:
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"
