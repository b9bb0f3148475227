"""Who asks: by session and seat for pages, by token for programs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from yelin.config import config
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
    if seat is None:
        return Asker(Actor.anyone())
    return Asker(Actor.of(seat).proved(_proved_at(request)), seat)


def _proved_at(request: HttpRequest) -> datetime | None:
    """Return when the person proved to be there last: by second factor, where one is set up."""
    proofs = get_authentication_records(request, request.user)
    if any(proof["method"] == "mfa" for proof in proofs):
        proofs = [proof for proof in proofs if proof["method"] == "mfa"]
    if not proofs:
        return None
    at = datetime.fromtimestamp(max(proof["at"] for proof in proofs), clock.SHANGHAI)
    # Whether a factor is set up is asked only where the answer matters.
    is_old = clock.now() - at > timedelta(minutes=config.recent_login_minutes)
    by_factor = proofs[0]["method"] == "mfa"
    return at if is_old or by_factor or not is_mfa_enabled(request.user) else None


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
    return Asker(Actor.of(token.seat).by_token(), token.seat)


def writer(request: HttpRequest) -> Actor:
    """Return who may act by this request of a program: somebody with a token.

    Raises ``TokenMissing`` or ``TokenUnknown``. A session's cookie is sent by the browser whoever
    asks for it; a token is not.
    """
    if "Authorization" not in request.headers and "X-CKAN-API-Key" not in request.headers:
        raise TokenMissing
    return of_request(request).actor
