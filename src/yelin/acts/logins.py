"""How a login is made and erased inside an act, and the one-time links to its password."""

from collections.abc import Callable, Iterator

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode

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


class Mailed(PasswordResetTokenGenerator):
    """Makes the links that are sent by mail: they end with the first use, and after half an hour.

    A password that was chosen meanwhile, or a login, ends them too.
    """

    key_salt = "yelin.acts.logins.Mailed"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the link still opens."""
        if not super().check_token(user, token) or not token:
            return False
        begun = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - begun <= MAILED_SECONDS


MAILED = Mailed()
MAILED_SECONDS = 30 * 60


def one_time(
    user: User, by: PasswordResetTokenGenerator = default_token_generator
) -> tuple[str, str]:
    """Return the two parts of a link by which the password is chosen once.

    One that a person hands over holds for three days, one ``by`` mail for half an hour.
    """
    return urlsafe_base64_encode(force_bytes(user.pk)), by.make_token(user)


def _taken() -> Fault:
    return Fault("username", "This login is taken.")


def _wrong(place: str, check: Callable[[], object]) -> Iterator[Fault]:
    try:
        check()
    except ValidationError as error:
        # Django says these in the reader's language already.
        for says in error.messages:
            yield Fault(place, says)
