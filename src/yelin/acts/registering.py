"""How somebody comes to an account by mail, and how those who sign in elsewhere are known here.

The first steps are no acts: nobody is there yet, and what was asked is gone within a day.
"""

from datetime import timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare

from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.notices.models import Channel, Kind, Scope, SignUp
from yelin.parties.models import OutsideLogin, Person

OPEN_FOR = timedelta(minutes=60)
KEPT_FOR = timedelta(days=1)


def begin(address: str, language: str) -> SignUp:
    """Keep that somebody asked for an account at ``address``, whoever it belongs to."""
    return SignUp.objects.create(address=address, language=language, asked_at=clock.now())


def found(pk: UUID, secret: str) -> SignUp | None:
    """Return what was asked and is still open to whoever shows its secret."""
    asked = SignUp.objects.filter(pk=pk, asked_at__gt=clock.now() - OPEN_FOR).first()
    if asked is None or not constant_time_compare(secret, asked.secret):
        return None
    return asked


def logins_at(address: str) -> list[str]:
    """Return the logins of those who confirmed the address as theirs."""
    theirs = Channel.objects.live().filter(kind=Kind.MAIL, address__iexact=address)
    people = Person.objects.filter(pk__in=theirs.values("person"), user__is_active=True)
    return list(people.order_by("user__username").values_list("user__username", flat=True))


def confirmed(person: Person, asked: SignUp) -> None:
    """Keep the address at which a sign-up was confirmed as one of the person's, within the act."""
    now = clock.now()
    Channel.objects.create(
        person=person.thing,
        kind=Kind.MAIL,
        address=asked.address,
        language=asked.language,
        scope=Scope.ALL,
        opened_at=now,
        confirmed_at=now,
    )
    asked.delete()


def linked(person: Person, issuer: str, digest: bytes) -> None:
    """Let the person sign in by a provider elsewhere, within the act.

    Raises ``Incomplete`` where somebody is known by it, or the person by another of this provider.
    """
    if OutsideLogin.objects.filter(issuer=issuer, digest=digest).exclude(person=person).exists():
        raise Incomplete.at("outside", "Another account here is linked with it.")
    if person.outside_logins.filter(issuer=issuer).exists():
        raise Incomplete.at("outside", "Your account is linked with this provider already.")
    OutsideLogin.objects.create(person=person, issuer=issuer, digest=digest, since=clock.now())


def forget() -> None:
    """Forget whoever asked for an account and did not go on."""
    SignUp.objects.filter(asked_at__lte=clock.now() - KEPT_FOR).delete()
