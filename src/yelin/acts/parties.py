"""Acts about parties: founding bodies, enrolling people, appointing to seats, issuing tokens.

They stand here and not in the room ``parties``, because that room lies beneath the frame.
"""

from datetime import timedelta

from stdnum.cn import uscc

from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Body, Person, Seat, Token, User

TOKEN_DAYS = 365


@act(
    "parties.found",
    duty=duties.GOVERN,
    subject="body",
    surface={Surface.SYSTEM},
    locks=(),
    makes=True,
)
def found(*, actor: Actor, body: Body) -> Body:
    """Enter a body that the law knows (政務部門).

    Raises ``Incomplete`` for a division that the pack does not have, or a credit code that does
    not check (GB 32100).
    """
    del actor
    if not uscc.is_valid(body.credit_code):
        raise Incomplete.at("credit_code", "This is no unified social credit code.")
    if body.division not in packs.active().divisions:
        raise Incomplete.at("division", "This division is not in the statute pack.")
    body.save()
    return body


@act(
    "parties.enrol",
    duty=duties.GOVERN,
    subject="person",
    surface={Surface.SYSTEM},
    locks=(),
    makes=True,
)
def enrol(*, actor: Actor, person: Person, username: str, password: str) -> Person:
    """Give a person a login of their own."""
    del actor
    person.user = User.objects.create_user(username=username, password=password)
    person.save()
    return person


@act(
    "parties.appoint",
    duty=duties.GOVERN,
    subject="body",
    surface={Surface.SYSTEM},
    makes=True,
)
def appoint(*, actor: Actor, body: Body, person: Person, role: str) -> Seat:
    """Give a person a seat in a body."""
    del actor
    return Seat.objects.create(person=person, body=body, role=role)


@act(
    "parties.issue_token",
    duty=duties.GOVERN,
    subject="seat",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
    makes=True,
)
def issue_token(*, actor: Actor, seat: Seat, label: str, secret: str) -> Token:
    """Let the program that knows ``secret`` act for this seat for a year."""
    del actor
    if not label.strip():
        raise Incomplete.at("label", "Say what the token is for.")
    return Token.objects.create(
        seat=seat,
        label=label.strip(),
        hint=secret[:8],
        digest=Token.digest_of(secret),
        issued_at=clock.now(),
        expires_at=clock.now() + timedelta(days=TOKEN_DAYS),
    )


@act(
    "parties.revoke_token",
    duty=duties.GOVERN,
    subject="token",
    surface={Surface.PAGE, Surface.API},
)
def revoke_token(*, actor: Actor, token: Token) -> Token:
    """End a token now."""
    del actor
    token.expires_at = clock.now()
    token.save(update_fields=["expires_at"])
    return token
