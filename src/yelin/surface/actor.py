"""Who asks: by session and seat for pages, by token for programs."""

from dataclasses import dataclass

from django.http import HttpRequest

from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Seat, Token

SEAT = "seat"


class TokenUnknown(Exception):
    """A token was sent that is not known, or has ended."""


class TokenMissing(Exception):
    """Something that only programs with a token may do was asked without one."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The actor of a request and, where one acts, the seat."""

    actor: Actor
    seat: Seat | None = None


def of_session(request: HttpRequest) -> Asker:
    """Return who asks by the session: a person in the chosen seat, or anyone."""
    if not request.user.is_authenticated:
        return Asker(Actor.anyone())
    seats = (
        Seat.objects.filter(person__user=request.user, until=None)
        .select_related("body", "person")
        .order_by("body__name", "role")
    )
    chosen = request.session.get(SEAT)
    seat = next((s for s in seats if str(s.pk) == chosen), None) or next(iter(seats), None)
    return Asker(Actor.of(seat), seat) if seat else Asker(Actor.anyone())


def of_request(request: HttpRequest) -> Asker:
    """Return who asks: by token where one is sent, else by the session.

    Raises ``TokenUnknown`` for a token that is not known or has ended: a caller that believes to
    be known must not be taken for a stranger.
    """
    sent = request.headers.get("X-CKAN-API-Key") or request.headers.get("Authorization")
    if sent is None:
        return of_session(request)
    return of_token(sent.removeprefix("Bearer ").strip())


def of_token(text: str) -> Asker:
    """Return who asks by the token ``text``; raises ``TokenUnknown``."""
    token = Token.objects.live(text, clock.now())
    if token is None:
        raise TokenUnknown
    return Asker(Actor.of(token.seat), token.seat)


def by_token(request: HttpRequest) -> bool:
    """Whether the request carries a token, which no other site can make a browser send."""
    return "Authorization" in request.headers or "X-CKAN-API-Key" in request.headers
