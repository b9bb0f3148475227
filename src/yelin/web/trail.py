"""The way from the home page to a page, as the line above its heading shows it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from yelin.web.shapes import Link


def trail(title: str, *between: tuple[str, str]) -> list[Link]:
    """Return the way over the places ``between`` (title and name of the address) to ``title``."""
    places = [Link(name, reverse(address)) for name, address in between]
    return [Link(_("Home page"), reverse("portal:home")), *places, Link(title, "")]
