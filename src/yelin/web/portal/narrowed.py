"""Addresses of a list that is narrowed: the same question with less, or in another order."""

from collections.abc import Iterable

from django.http import QueryDict

from yelin.web.addresses import kept
from yelin.web.portal.shapes import Facet
from yelin.web.shapes import Link


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
