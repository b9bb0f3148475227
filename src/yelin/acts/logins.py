"""How a login is made and erased inside an act, and the one-time link to its first password."""

from collections.abc import Callable, Iterator

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from yelin.law.refusals import Fault, Incomplete
from yelin.parties.models import Person, User


def open_login(person: Person, username: str, password: str) -> None:
    """Save the person with a login; without a password nobody signs in until a link was used.

    Raises ``Incomplete`` for a login that is taken, and for a password that is easily guessed.
    """
    # Logins differ by more than case, so that nobody is taken for another.
    user = User(username=User.normalize_username(username.strip()).lower())
    faults = [] if person.name.strip() else [Fault("name", "Say a name.")]
    faults += _wrong("username", lambda: user.clean_fields(exclude=["password"]))
    if password:
        faults += _wrong("password", lambda: validate_password(password, user))
        user.set_password(password)
    else:
        user.set_unusable_password()
    if User.objects.filter(username=user.username).exists():
        faults.append(_taken())
    if faults:
        raise Incomplete(faults)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Incomplete([_taken()]) from error
    person.user = user
    person.save()


def erase(person: Person) -> None:
    """Erase login and name; the row stays as a pseudonym, so that history and ledger hold."""
    user = person.user
    person.user = None
    person.name = person.name_en = ""
    person.save()
    if user is not None:
        user.delete()


def one_time(user: User) -> tuple[str, str]:
    """Return the two parts of a link by which the password is chosen once, for three days."""
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def _taken() -> Fault:
    return Fault("username", "This login is taken.")


def _wrong(place: str, check: Callable[[], object]) -> Iterator[Fault]:
    try:
        check()
    except ValidationError as error:
        # Django says these in the reader's language already.
        for says in error.messages:
            yield Fault(place, says)
