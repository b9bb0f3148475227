"""``yelin found``: the bodies of the pack, and the first login of a new installation."""

import sys

from django.urls import reverse

from yelin.acts import founding, logins
from yelin.config import config
from yelin.law.refusals import Incomplete


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
    link = reverse("portal:choose_password", args=logins.one_time(person.user))
    print("The bodies of the pack are entered. Choose the first password, within three days, at")
    print(config.url + link)
    return 0
