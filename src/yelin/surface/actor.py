"""Who asks: by session and seat for pages, by token for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Person, Seat, Token

SEAT = "seat"
MYSELF = "myself"
"""What the session says instead of a seat when a person acts for nobody else."""


class TokenUnknown(Exception):
    """A token was sent that is not known, or has ended."""


class TokenMissing(Exception):
    """Something that only programs with a token may do was asked without one."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The actor of a request, who is signed in, and the seat where one acts in one.

    ``seats`` are all that are open to the person, where they were looked for.
    """

    actor: Actor
    seat: Seat | None = None
    person: Person | None = None
    seats: tuple[Seat, ...] | None = None


def of_session(request: HttpRequest) -> Asker:
    """Return who asks by the session: a person in the chosen seat, as a citizen, or anyone."""
    if not request.user.is_authenticated:
        return Asker(Actor.anyone())
    asker = _seated(request.user.pk, request.session.get(SEAT))
    return replace(asker, actor=asker.actor.proved(_proved_at(request)))


def _seated(user_id: int, chosen: str | None) -> Asker:
    seats: tuple[Seat, ...] | None = None
    if chosen != MYSELF:
        seats = tuple(Seat.objects.open_to(user_id, clock.today()))
        seat = next((s for s in seats if str(s.pk) == chosen), None)
        # Nobody acts for an absent colleague without having said so.
        seat = seat or next((s for s in seats if s.person.user_id == user_id), None)
        if seat is not None:
            return replace(_in_seat(seat, user_id), seats=seats)
    person = Person.objects.filter(user=user_id).first()
    if person is None:
        return Asker(Actor.anyone())
    return Asker(Actor.citizen(person), person=person, seats=seats)


def _in_seat(seat: Seat, user_id: int) -> Asker:
    if seat.person.user_id == user_id:
        return Asker(Actor.of(seat), seat, seat.person)
    deputy = (
        Deputy.objects.live(clock.today())
        .select_related("person")
        .get(seat=seat, person__user=user_id)
    )
    return Asker(Actor.of(seat, deputy), seat, deputy.person)


def as_citizen(asker: Asker) -> Actor:
    """Return the person who asks as acting for nobody else; a stranger stays one."""
    if asker.person is None:
        return Actor.anyone()
    return replace(
        Actor.citizen(asker.person), via=asker.actor.via, proved_at=asker.actor.proved_at
    )


def _proved_at(request: HttpRequest) -> datetime | None:
    """Return when the person proved to be there last: by second factor, where one is set up."""
    proofs = get_authentication_records(request, request.user)
    # Whoever has a factor signs in and confirms by it; what a password proved before counts less.
    by_factor = [proof for proof in proofs if proof["method"] == "mfa"]
    moments = [proof["at"] for proof in by_factor or proofs]
    return datetime.fromtimestamp(max(moments), clock.SHANGHAI) if moments else None


def of_request(request: HttpRequest) -> Asker:
    """Return who asks: by token where one is sent, else by the session.

    Raises ``TokenUnknown`` for a token that is not known or has ended: a caller that believes to
    be known must not be taken for a stranger.
    """
    # Where neither is sent, Django need not make its own of all that is.
    if "HTTP_AUTHORIZATION" not in request.META and "HTTP_X_CKAN_API_KEY" not in request.META:
        return of_session(request)
    sent = token_in(request.headers)
    return of_session(request) if sent is None else of_token(sent)


def token_in(headers: Mapping[str, str]) -> str | None:
    """Return the token that a program sends along, as REST or as CKAN has it."""
    sent = headers.get("X-CKAN-API-Key") or headers.get("Authorization")
    return None if sent is None else sent.removeprefix("Bearer ").strip()


def of_token(text: str) -> Asker:
    """Return who asks by the token ``text``; raises ``TokenUnknown``."""
    token = Token.objects.live(text, clock.now())
    if token is None:
        raise TokenUnknown
    token.note_use(clock.today())
    person = token.seat.person if token.seat else token.person
    return Asker(Actor.of_token(token), token.seat, person)


def writer(request: HttpRequest) -> Actor:
    """Return who may act by this request of a program: somebody with a token.

    Raises ``TokenMissing`` or ``TokenUnknown``. A session's cookie is sent by the browser whoever
    asks for it; a token is not.
    """
    if "Authorization" not in request.headers and "X-CKAN-API-Key" not in request.headers:
        raise TokenMissing
    return of_request(request).actor
