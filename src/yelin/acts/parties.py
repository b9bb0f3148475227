"""Acts about parties: founding bodies, enrolling people, seats, tokens.

They stand here and not in the room ``parties``, because that room lies beneath the frame. Handing
over and deputies: ``acts/seats``. Merging and ending bodies: ``acts/succession``. Citizens' own
accounts: ``acts/accounts``.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction

from yelin.acts.frame import act
from yelin.acts.logins import open_login
from yelin.acts.seating import seat_in
from yelin.acts.step_up import StepUp
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.kinds import Role
from yelin.parties.models import Body, Person, Seat, Token
from yelin.parties.rules import read_credit_code

TOKEN_DAYS = 365
MOST_TOKENS = 20


@act(
    "parties.found",
    duty=duties.GOVERN,
    subject="body",
    surface={Surface.PAGE, Surface.SYSTEM},
    locks=(),
    makes=True,
)
def found(*, actor: Actor, body: Body) -> Body:
    """Enter a body that the law knows (政务部门), or a social one that an officer has verified.

    Raises ``Incomplete`` for a kind or division that the pack does not have, and for a credit code
    that does not check (GB 32100) or that a living body bears.
    """
    del actor
    if not body.is_official:
        body.verified_at = clock.now()
    return _enter(body)


@act(
    "parties.register_enterprise",
    duty=duties.GOVERN,
    subject="body",
    surface={Surface.PAGE},
    locks=(),
    makes=True,
)
def register_enterprise(*, actor: Actor, body: Body) -> Body:
    """Register an enterprise, association or utility and become its first representative (22, 23).

    It acts for nobody until a case (``opening.identity``) has verified it. Raises ``Incomplete`` as
    ``found`` does, and for a public body.
    """
    if body.is_official:
        raise Incomplete.at("kind", "Public bodies are entered by whoever keeps the register.")
    body.verified_at = None
    founded = _enter(body)
    Seat.objects.create(
        person=Person.objects.get(pk=actor.person_id), body=founded, role=Role.REPRESENTATIVE
    )
    return founded


def _enter(body: Body) -> Body:
    pack = packs.active()
    code = read_credit_code(body.credit_code, pack.legacy_codes)
    body.credit_code = code.number
    demands = (
        (bool(body.name.strip()), Fault("name", "Say its full name.")),
        (
            body.kind in pack.list("body_kind"),
            Fault("kind", "This kind of body is not in the statute pack."),
        ),
        (
            body.division in pack.divisions,
            Fault("division", "This division is not in the statute pack."),
        ),
        (
            code.may_be_used,
            Fault("credit_code", "This is no unified social credit code."),
        ),
    )
    faults = [fault for met, fault in demands if not met]
    if faults:
        raise Incomplete(faults)
    body.short_name = body.short_name or body.name
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError as error:
        if "parties_one_live_code" not in str(error):
            raise
        raise Incomplete.at("credit_code", "A body with this credit code is entered.") from error
    return body


@act(
    "parties.enrol",
    duty=duties.GOVERN,
    subject="person",
    surface={Surface.PAGE, Surface.SYSTEM},
    locks=(),
    makes=True,
)
def enrol(*, actor: Actor, person: Person, username: str, password: str = "") -> Person:
    """Give a person a login of their own; without a password, one chooses it by a one-time link.

    Raises ``Incomplete`` for a login that is taken, and for a password that is easily guessed.
    """
    del actor
    open_login(person, username, password)
    return person


@act(
    "parties.appoint",
    duty=duties.GOVERN,
    subject="body",
    surface={Surface.PAGE, Surface.SYSTEM},
    makes=True,
)
def appoint(*, actor: Actor, body: Body, person: Person, role: str) -> Seat:
    """Give a person a seat in a public body.

    Raises ``Incomplete`` for a role that the body's kind does not have, for a person without a
    login, and for a seat that the person holds; ``OutOfTurn`` for a body that has ended.
    """
    del actor
    return seat_in(body, person, role)


@act("parties.recover", duty=duties.GOVERN, subject="body", surface={Surface.PAGE}, makes=True)
def recover(*, actor: Actor, body: Body, person: Person, reason: str) -> Seat:
    """Give a body whose heads or representatives are all lost a new one; the lost seats end.

    Raises ``Incomplete`` without a reason, and as ``appoint`` does.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why nobody of the body can give the seat.")
    body.seats.filter(role=body.leading_role).end(clock.now())
    return seat_in(body, person, body.leading_role, reason.strip())


@act(
    "parties.issue_token",
    duty=duties.GOVERN,
    subject="holder",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
    makes=True,
)
def issue_token(
    *,
    actor: Actor,
    holder: Seat | Person,
    label: str,
    secret: str,
    days: int = TOKEN_DAYS,
    only_reads: bool = False,
) -> Token:
    """Let the program that knows ``secret`` act for this seat or person, or only read, for days.

    Raises ``OutOfTurn`` for a seat that has ended, ``Incomplete`` without a label, for more than a
    year, and for one token too many.
    """
    del actor
    if isinstance(holder, Seat) and holder.until is not None:
        raise OutOfTurn("This seat has ended.")
    faults = []
    if not label.strip():
        faults.append(Fault("label", "Say what the token is for."))
    if not 1 <= days <= TOKEN_DAYS:
        faults.append(Fault("days", "A token holds for a year at most."))
    if holder.tokens.filter(expires_at__gt=clock.now()).count() >= MOST_TOKENS:
        says = "You have {most} tokens already. Revoke one that you do not need any more."
        faults.append(Fault("label", says, params={"most": str(MOST_TOKENS)}))
    if faults:
        raise Incomplete(faults)
    return Token.objects.create(
        seat=holder if isinstance(holder, Seat) else None,
        person=holder if isinstance(holder, Person) else None,
        label=label.strip(),
        only_reads=only_reads,
        hint=secret[:8],
        digest=Token.digest_of(secret),
        issued_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
    )


@act(
    "parties.revoke_token",
    duty=duties.GOVERN,
    subject="token",
    surface=OUTSIDE,
)
def revoke_token(*, actor: Actor, token: Token) -> Token:
    """End a token now."""
    del actor
    token.expires_at = clock.now()
    token.save(update_fields=["expires_at"])
    return token
