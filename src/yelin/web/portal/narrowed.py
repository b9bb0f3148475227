"""Addresses of a list that is narrowed: the same question with less, or in another order."""

from collections.abc import Iterable

from django.http import QueryDict

from yelin.web.portal.shapes import Facet
from yelin.web.shapes import Link


def kept(query: QueryDict, drop: Iterable[str]) -> QueryDict:
    """Return what is asked without these names; in which language one reads is no question."""
    left = query.copy()
    for name in ("lang", *drop):
        left.pop(name, None)
    return left


def address(query: QueryDict, here: str = "", *, drop: Iterable[str] = (), **change: str) -> str:
    """Return where the same is asked with each ``change``; what is changed to nothing is left."""
    left = kept(query, drop)
    for name, value in change.items():
        left[name] = value
        if not value:
            del left[name]
    return f"{here}?{left.urlencode()}"


def narrowings(
    facets: Iterable[Facet], query: QueryDict, here: str = "", *, drop: Iterable[str] = ("page",)
) -> list[Link]:
    """Return each value by which the list is narrowed, with where it is asked without it."""
    left = kept(query, drop)
    return [
        Link(option.label, _without(left, here, facet.name, option.value))
        for facet in facets
        for option in facet.options
        if option.chosen
    ]


def _without(query: QueryDict, here: str, name: str, value: str) -> str:
    left = query.copy()
    left.setlist(name, [each for each in left.getlist(name) if each != value])
    return f"{here}?{left.urlencode()}"
