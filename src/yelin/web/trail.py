"""The way from the home page to a page, as the line above its heading shows it."""

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from yelin.web.shapes import Link


def trail(title: str, *between: tuple[str, str]) -> list[Link]:
    """Return the way over the places ``between`` (title and address, or its name) to ``title``."""
    places = [Link(name, resolve_url(address)) for name, address in between]
    return [Link(_("Home page"), resolve_url("portal:home")), *places, Link(title, "")]
