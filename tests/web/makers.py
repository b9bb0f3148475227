"""People who are signed in, and what a page says, for tests of pages."""

import re
import time
from datetime import timedelta

from allauth.account.internal.userkit import user_id_to_str
from django.test import Client
from tests.parties.makers import make_seat

from yelin.parties.models import Body, Person, Seat
from yelin.web.desk.filling import written

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(client: Client, seat: Seat) -> Seat:
    client.force_login(seat.person.user, backend=BACKEND)
    prove(client, seat.person)
    return seat


def prove(
    client: Client, person: Person, *, ago: timedelta = timedelta(), by: str = "password"
) -> None:
    """Let the session remember that the person proved to be there, as signing in by page does."""
    session = client.session
    session["account_authentication_methods_user"] = user_id_to_str(person.user)
    session["account_authentication_methods"] = [
        {"method": by, "at": time.time() - ago.total_seconds()}
    ]
    session.save()


def seated(client: Client, body: Body | None = None, role: str = "steward") -> Seat:
    """Sign a new person in and return the seat."""
    return sign_in(client, make_seat(body, role))


def text_of(response) -> str:
    """Return what a reader sees of a page: its words without tags, blanks folded."""
    body = response.content.decode()
    body = re.sub(r"<(script|template|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def entry_form(content, **over) -> dict:
    """Return the form of an entry as a browser would send it."""
    # The makers' use is none of the pack's, and a form offers the pack's.
    return written(content) | {"sharing_requirements": ["reference"]} | over
