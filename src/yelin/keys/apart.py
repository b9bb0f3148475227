"""Whose data lies under master keys of their own, away from all others (密钥分离): rooms say it."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from yelin.things.models import Thing

_said: list[Callable[[], QuerySet[Thing]]] = []


def of(things: Callable[[], QuerySet[Thing]]) -> None:
    """Declare that the data of ``things`` lies apart."""
    _said.append(things)


def asked(relation: str) -> Q:
    """Return what holds for rows whose ``relation`` is a thing that lies apart."""
    found = Q(pk__in=[])
    for things in _said:
        found |= Q(**{f"{relation}__in": things()})
    return found


def lies(thing: Thing) -> bool:
    """Return whether the data of ``thing`` lies apart."""
    return any(things().filter(pk=thing.pk).exists() for things in _said)
