"""``yelin found`` and ``yelin password``: the first login, and those that nobody else can open."""

import sys

from django.urls import reverse

from yelin.acts import accounts, founding, logins
from yelin.config import config
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.models import Person, User


def found(username: str, name: str) -> int:
    """Found the pack's bodies and print the one-time link of the agency's first head."""
    try:
        person = founding.first_head(name, username)
    except Incomplete as error:
        print(error, file=sys.stderr)
        return 1
    if person is None or person.user is None:
        print("The big data agency has a head already; heads appoint further people.")
        return 1
    print("The bodies of the pack are entered. Choose the first password, within three days, at")
    print(_link(person.user))
    return 0


def give_password(username: str) -> int:
    """Print a one-time link for a login whose holder can get one from nobody else."""
    person = Person.objects.select_related("user").filter(user__username=username.lower()).first()
    if person is None or person.user is None:
        print("Nobody has this login.", file=sys.stderr)
        return 1
    try:
        accounts.give_link(actor=founding.OPERATOR, person=person)
    except OutOfTurn as error:
        print(error, file=sys.stderr)
        return 1
    print("See that it is really they who ask. They choose the password, within three days, at")
    print(_link(person.user))
    return 0


def _link(user: User) -> str:
    return config.url + reverse("portal:choose_password", args=logins.one_time(user))
