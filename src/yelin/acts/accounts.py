"""Acts about people's own accounts: signing up, lost passwords, blocking, deleting."""

from uuid import UUID

from django.db.models import F, Q

from yelin.acts import registering
from yelin.acts.frame import act
from yelin.acts.logins import erase, open_login
from yelin.acts.seating import require_another_lead
from yelin.acts.step_up import StepUp
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.notices.models import Channel, Feed
from yelin.parties import succession
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Deputy, OutsideLogin, Person, Seat, Token, User


@act(
    "accounts.register",
    duty=duties.COLLECT_LAWFULLY,
    subject="person",
    surface={Surface.PAGE},
    locks=(),
    makes=True,
)
def register(
    *, actor: Actor, person: Person, username: str, password: str, asked: UUID, secret: str
) -> Person:
    """Sign up by a mail address that was confirmed: a name and a login (自行注册).

    ``asked`` and its ``secret`` are of the link that went there. Raises ``OutOfTurn`` where it
    was used or has run out, ``Incomplete`` without a password, and as ``parties.enrol`` does.
    """
    del actor
    if not password:
        raise Incomplete.at("password", "Choose a password.")
    confirms = registering.found(asked, secret)
    if confirms is None:
        raise OutOfTurn("This link was used, or has run out. Ask for another one.")
    open_login(person, username, password)
    registering.confirmed(person, confirms)
    return person


@act(
    "accounts.register_outside",
    duty=duties.COLLECT_LAWFULLY,
    subject="person",
    surface={Surface.PAGE},
    locks=(),
    makes=True,
)
def register_outside(
    *, actor: Actor, person: Person, username: str, issuer: str, digest: bytes
) -> Person:
    """Sign up as somebody whom a provider elsewhere knows; there is no password (统一认证注册).

    Raises ``Incomplete`` where they have an account, and as ``parties.enrol`` does.
    """
    del actor
    open_login(person, username, "")
    registering.linked(person, issuer, digest)
    return person


@act(
    "accounts.link",
    duty=duties.COLLECT_LAWFULLY,
    subject="person",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
)
def link(*, actor: Actor, person: Person, issuer: str, digest: bytes) -> Person:
    """Let oneself in by a provider elsewhere, too (绑定). Raises ``Incomplete`` where it is so."""
    del actor
    registering.linked(person, issuer, digest)
    return person


@act("accounts.unlink", duty=duties.COLLECT_LAWFULLY, subject="person", surface={Surface.PAGE})
def unlink(*, actor: Actor, person: Person, issuer: str) -> Person:
    """Sign in by a provider elsewhere no more (解绑).

    Raises ``OutOfTurn`` where there is none, or it is the only way in.
    """
    del actor
    assert person.user is not None  # noqa: S101 - who acts has a login
    if not person.user.has_usable_password():
        raise OutOfTurn("It is your only way in. Choose a password first.")
    if not person.outside_logins.filter(issuer=issuer).delete()[0]:
        raise OutOfTurn("Your account is not linked with this provider.")
    return person


@act(
    "accounts.sign_out_all", duty=duties.COLLECT_LAWFULLY, subject="person", surface={Surface.PAGE}
)
def sign_out_all(*, actor: Actor, person: Person) -> Person:
    """End every session of one's own, on all computers; tokens go on (退出全部登录)."""
    del actor
    assert person.user_id is not None  # noqa: S101 - who acts has a login
    User.objects.filter(pk=person.user_id).update(signed_out=F("signed_out") + 1)
    return person


@act("accounts.amend", duty=duties.COLLECT_LAWFULLY, subject="person", surface={Surface.PAGE})
def amend(*, actor: Actor, person: Person, name: str, name_en: str = "") -> Person:
    """Correct one's own name, and how it is written in English; raises ``Incomplete`` without."""
    del actor
    if not name.strip():
        raise Incomplete.at("name", "Say a name.")
    person.name, person.name_en = name.strip(), name_en.strip()
    person.save(update_fields=["name", "name_en"])
    return person


@act(
    "accounts.send_link",
    duty=duties.COLLECT_LAWFULLY,
    subject="person",
    surface={Surface.SYSTEM},
)
def send_link(*, actor: Actor, person: Person) -> Person:
    """Let a person who lost the password choose another by a link that goes to their own mail.

    Raises ``OutOfTurn`` for a login that is blocked or gone, and for an official: whoever reads an
    official's mail must not act for the body by it, so its head gives the link.
    """
    del actor
    _require_login(person)
    if any(seat.body.is_official for seat in person.seats.live().select_related("body")):
        raise OutOfTurn("Officials get a new password from the head of their body.")
    return person


@act("accounts.give_link", duty=duties.GOVERN, subject="person", surface={Surface.SYSTEM})
def give_link(*, actor: Actor, person: Person) -> Person:
    """Let a person choose a new password where nobody else can: the operator hands over the link.

    Raises ``OutOfTurn`` for a login that is blocked or gone.
    """
    del actor
    _require_login(person)
    return person


def _require_login(person: Person) -> None:
    if person.user is None or not person.user.is_active:
        raise OutOfTurn("This login is blocked or gone.")


@act("accounts.block", duty=duties.GOVERN, subject="person", surface={Surface.PAGE})
def block(*, actor: Actor, person: Person, reason: str) -> Person:
    """Let a login, its seats and its tokens act no longer until it is unblocked.

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` where there is no login to block.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why, so that the person can be told.")
    return _let_sign_in(person, blocked_because=reason.strip())


@act("accounts.unblock", duty=duties.GOVERN, subject="person", surface={Surface.PAGE})
def unblock(*, actor: Actor, person: Person) -> Person:
    """Let a blocked login act again; raises ``OutOfTurn`` where it is not blocked."""
    del actor
    return _let_sign_in(person, blocked_because="")


def _let_sign_in(person: Person, *, blocked_because: str) -> Person:
    if person.user is None or person.user.is_active != bool(blocked_because):
        raise OutOfTurn("This login has changed since you opened it.")
    person.user.is_active = not blocked_because
    person.user.save(update_fields=["is_active"])
    person.blocked_because = blocked_because
    person.save(update_fields=["blocked_because"])
    return person


@act("accounts.delete", duty=duties.COLLECT_LAWFULLY, subject="person", surface={Surface.PAGE})
def delete(*, actor: Actor, person: Person) -> Person:
    """Erase one's login and name for good; history keeps the pseudonym (注销账号).

    Raises ``OutOfTurn`` while something of the person is open, or a body would lose its last head
    or representative.
    """
    del actor
    # What the person begins at this moment is done first, and counts, or is too late.
    Person.objects.select_for_update().get(pk=person.pk)
    if succession.binds(person):
        raise OutOfTurn("A case of yours is still open. Withdraw it, or wait until it is closed.")
    for seat in person.seats.live().select_related("body").order_by("body", "pk"):
        if seat.body.is_official:
            raise OutOfTurn(
                "You still hold a seat in a public body: hand it over or leave it first."
            )
        require_another_lead(seat)
    now = clock.now()
    Seat.objects.filter(person=person).end(now)
    Deputy.objects.filter(person=person, ended_at=None).update(ended_at=now)
    person.invitations.filter(answered_at=None).update(answered_at=now)
    Token.objects.filter(person=person, expires_at__gt=now).update(expires_at=now)
    # A label is in the person's own words.
    Token.objects.filter(Q(seat__person=person) | Q(person=person)).update(label="")
    Channel.objects.forget(person.pk, now)
    Feed.objects.filter(person=person.pk, ended_at=None).update(ended_at=now)
    OutsideLogin.objects.filter(person=person).delete()
    succession.forget(person)
    erase(person)
    return person
