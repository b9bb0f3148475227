"""Addresses of a list: the same question, asked with something changed."""

from collections.abc import Iterable

from django.http import QueryDict

# So many values of one filter are looked at.
MOST = 50


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


def several(query: QueryDict, name: str) -> tuple[str, ...]:
    """Return what a list is narrowed to under one name; of very many no more than ``MOST``."""
    return tuple(value for value in query.getlist(name)[:MOST] if value)
