"""The small conditions that arms are made of.

Each evaluates on one thing's facts *and* compiles to a ``Q``, so the answer for one thing and the
list of all things come from the same line and cannot drift. Paths are Django's
(``provider__division``); a missing link in a path is ``None`` and ``None`` never equals anything.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q

from yelin.law import packs
from yelin.parties.actor import Actor, ActorKind

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


class Predicate(ABC):
    """A condition on an actor and a thing."""

    @abstractmethod
    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the condition is met by this actor and this thing."""

    @abstractmethod
    def q(self, actor: Actor) -> Q:
        """Return the condition as a filter on the thing's model."""

    def __and__(self, other: "Predicate") -> "Predicate":
        return _All((self, other))

    def __or__(self, other: "Predicate") -> "Predicate":
        return _Any((self, other))


@dataclass(frozen=True)
class _All(Predicate):
    parts: tuple[Predicate, ...]

    def holds(self, actor: Actor, thing: Model) -> bool:
        return all(part.holds(actor, thing) for part in self.parts)

    def q(self, actor: Actor) -> Q:
        combined = EVERYTHING
        for part in self.parts:
            condition = part.q(actor)
            if condition == NOTHING:
                return NOTHING
            combined = condition if combined == EVERYTHING else combined & condition
        return combined


@dataclass(frozen=True)
class _Any(Predicate):
    parts: tuple[Predicate, ...]

    def holds(self, actor: Actor, thing: Model) -> bool:
        return any(part.holds(actor, thing) for part in self.parts)

    def q(self, actor: Actor) -> Q:
        combined = NOTHING
        for part in self.parts:
            condition = part.q(actor)
            if condition == EVERYTHING:
                return EVERYTHING
            combined = condition if combined == NOTHING else combined | condition
        return combined


def value_at(thing: Model, path: str) -> Any:
    """Return what ``path`` leads to from ``thing``, or ``None`` where a link is missing."""
    value: Any = thing
    for name in path.split("__"):
        if value is None:
            return None
        try:
            value = getattr(value, name)
        except ObjectDoesNotExist:
            return None
    return value


class Is(Predicate):
    """The value at ``path`` is one of ``values``."""

    def __init__(self, path: str, *values: object) -> None:
        self._path = path
        self._values = values

    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the thing's value is among those named."""
        del actor
        value = value_at(thing, self._path)
        return value is not None and value in self._values

    def q(self, actor: Actor) -> Q:
        """Return the membership as a filter."""
        del actor
        return Q(**{f"{self._path}__in": self._values})


class IsNot(Predicate):
    """The yes-or-no value at ``path`` is no."""

    def __init__(self, path: str) -> None:
        self._path = path

    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the thing's value is no."""
        del actor
        return value_at(thing, self._path) is False

    def q(self, actor: Actor) -> Q:
        """Return the no as a filter."""
        del actor
        return Q(**{self._path: False})


class _Own(Predicate):
    """The id at ``path`` is one of the actor's own; two missing ids are never the same."""

    def __init__(self, path: str) -> None:
        self._path = path

    @abstractmethod
    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's id that is compared."""

    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the thing is the actor's."""
        own = self.of(actor)
        return own is not None and value_at(thing, self._path) == own

    def q(self, actor: Actor) -> Q:
        """Return the ownership as a filter."""
        own = self.of(actor)
        return NOTHING if own is None else Q(**{self._path: own})


class OwnBody(_Own):
    """The body at ``path`` is the actor's own."""

    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's body."""
        return actor.body_id


class OwnSeat(_Own):
    """The seat at ``path`` is the one in which the actor acts."""

    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's seat."""
        return actor.seat_id


class HoldsPower(Predicate):
    """The actor's body holds ``power`` over the division at ``path`` (the pack says who does)."""

    def __init__(self, power: str, over: str) -> None:
        self._power = power
        self._path = over

    def _area(self, actor: Actor) -> frozenset[str]:
        if actor.body_id is None:
            return frozenset()
        return packs.active().area_of(self._power, actor.body_kind, actor.body_division)

    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the power reaches the thing's division."""
        return value_at(thing, self._path) in self._area(actor)

    def q(self, actor: Actor) -> Q:
        """Return the reach of the power as a filter."""
        area = self._area(actor)
        return Q(**{f"{self._path}__in": sorted(area)}) if area else NOTHING


class _OfActor(Predicate):
    """A condition on the actor alone."""

    @abstractmethod
    def of(self, actor: Actor) -> bool:
        """Whether the actor meets it."""

    def holds(self, actor: Actor, thing: Model) -> bool:
        """Whether the actor meets it, whatever the thing."""
        del thing
        return self.of(actor)

    def q(self, actor: Actor) -> Q:
        """Return everything or nothing."""
        return EVERYTHING if self.of(actor) else NOTHING


class InRole(_OfActor):
    """The actor sits in one of ``roles``."""

    def __init__(self, *roles: str) -> None:
        self._roles = roles

    def of(self, actor: Actor) -> bool:
        """Whether the actor's role is among those named."""
        return actor.kind is ActorKind.OFFICIAL and actor.role in self._roles


class OfKind(_OfActor):
    """The actor is of one of ``kinds``; who stands for a body stands for one that is verified."""

    def __init__(self, *kinds: ActorKind) -> None:
        self._kinds = kinds

    def of(self, actor: Actor) -> bool:
        """Whether the actor's kind is among those named."""
        return actor.kind in self._kinds and (actor.body_id is None or actor.body_verified)


class SystemJob(_OfActor):
    """The actor is the system's own ``job``."""

    def __init__(self, job: str) -> None:
        self._job = job

    def of(self, actor: Actor) -> bool:
        """Whether this job of the system acts."""
        return actor.kind is ActorKind.SYSTEM and actor.job == self._job


class Anyone(_OfActor):
    """Every actor, known or not."""

    def of(self, actor: Actor) -> bool:
        """Whether anybody may: always."""
        del actor
        return True
