"""Who asks a page: found once a request, whoever needs it first."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from yelin.gate import Unseen
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker, of_session

GET_OR_POST = ["GET", "HEAD", "POST"]
_KEPT = "_yelin_asker"


def asker_of(request: HttpRequest) -> Asker:
    """Return the person in the chosen seat, or anyone."""
    kept = getattr(request, _KEPT, None)
    if kept is None:
        # A request that failed before its session was read comes from anyone.
        kept = of_session(request) if hasattr(request, "user") else Asker(Actor.anyone())
        setattr(request, _KEPT, kept)
    return cast("Asker", kept)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a page's request."""
    return asker_of(request).actor


def id_of(text: str) -> UUID:
    """Return the id that a form sent. Raises ``Unseen`` for what is none, as for an unknown one."""
    try:
        return UUID(text)
    except ValueError:
        raise Unseen from None


def version_in(request: HttpRequest) -> int | None:
    """Return the number of the version that an address asks for, if it names one."""
    asked = request.GET.get("version", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
