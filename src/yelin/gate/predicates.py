"""The small conditions that arms are made of.

Each evaluates on one thing's facts *and* compiles to a ``Q``, so the answer for one thing and the
list of all things come from the same line and cannot drift. Paths are Django's
(``provider__division``); a missing link in a path is ``None`` and ``None`` never equals anything.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q

from yelin.gate.asked import EVERYTHING, NOTHING, Asked, value_at
from yelin.gate.models import Grant
from yelin.law import packs
from yelin.parties.actor import Actor, ActorKind


class Predicate(ABC):
    """A condition on what is asked and on a thing."""

    @abstractmethod
    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the condition is met by who asks and this thing."""

    @abstractmethod
    def q(self, asked: Asked) -> Q:
        """Return the condition as a filter on the thing's model."""

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        """Return the grant by which the condition is met, where it is met by one."""
        del asked, thing
        return None

    def __and__(self, other: "Predicate") -> "Predicate":
        return _All((self, other))

    def __or__(self, other: "Predicate") -> "Predicate":
        return _Any((self, other))

    def __invert__(self) -> "Predicate":
        return _Not(self)


@dataclass(frozen=True)
class _All(Predicate):
    parts: tuple[Predicate, ...]

    def holds(self, asked: Asked, thing: Model) -> bool:
        return all(part.holds(asked, thing) for part in self.parts)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        found = (part.grant(asked, thing) for part in self.parts)
        return next((each for each in found if each), None)

    def q(self, asked: Asked) -> Q:
        combined = EVERYTHING
        for part in self.parts:
            condition = part.q(asked)
            if condition == NOTHING:
                return NOTHING
            combined = condition if combined == EVERYTHING else combined & condition
        return combined


@dataclass(frozen=True)
class _Not(Predicate):
    part: Predicate

    def holds(self, asked: Asked, thing: Model) -> bool:
        return not self.part.holds(asked, thing)

    def q(self, asked: Asked) -> Q:
        condition = self.part.q(asked)
        if condition in (NOTHING, EVERYTHING):
            return EVERYTHING if condition == NOTHING else NOTHING
        return ~condition


@dataclass(frozen=True)
class _Any(Predicate):
    parts: tuple[Predicate, ...]

    def holds(self, asked: Asked, thing: Model) -> bool:
        return any(part.holds(asked, thing) for part in self.parts)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        met = (part for part in self.parts if part.holds(asked, thing))
        return next((part.grant(asked, thing) for part in met), None)

    def q(self, asked: Asked) -> Q:
        combined = NOTHING
        for part in self.parts:
            condition = part.q(asked)
            if condition == EVERYTHING:
                return EVERYTHING
            combined = condition if combined == NOTHING else combined | condition
        return combined


class Is(Predicate):
    """The value at ``path`` is one of ``values``."""

    def __init__(self, path: str, *values: object) -> None:
        self._path = path
        self._values = values

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the thing's value is among those named."""
        del asked
        value = value_at(thing, self._path)
        return value is not None and value in self._values

    def q(self, asked: Asked) -> Q:
        """Return the membership as a filter."""
        del asked
        return Q(**{f"{self._path}__in": self._values})


class IsNot(Predicate):
    """The yes-or-no value at ``path`` is no."""

    def __init__(self, path: str) -> None:
        self._path = path

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the thing's value is no."""
        del asked
        return value_at(thing, self._path) is False

    def q(self, asked: Asked) -> Q:
        """Return the no as a filter."""
        del asked
        return Q(**{self._path: False})


class _Own(Predicate):
    """The id at ``path`` is one of the actor's own; two missing ids are never the same."""

    def __init__(self, path: str) -> None:
        self._path = path

    @abstractmethod
    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's id that is compared."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the thing is the actor's."""
        own = self.of(asked.actor)
        return own is not None and value_at(thing, self._path) == own

    def q(self, asked: Asked) -> Q:
        """Return the ownership as a filter."""
        own = self.of(asked.actor)
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


class OwnPerson(_Own):
    """The person at ``path`` is the one who acts."""

    def of(self, actor: Actor) -> UUID | None:
        """Return the person who acts."""
        return actor.person_id


class OwnParty(_Own):
    """The party at ``path`` is the one for which the actor acts: its body, or the person."""

    def of(self, actor: Actor) -> UUID | None:
        """Return the party for which the actor acts."""
        return actor.party_id


class HasGrant(Predicate):
    """The actor's party has a live grant of the action on the thing at ``path``."""

    def __init__(self, path: str = "pk") -> None:
        self._path = path

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there is such a grant."""
        return asked.grant_on(thing, self._path) is not None

    def q(self, asked: Asked) -> Q:
        """Return the grant's existence as a filter."""
        return asked.granted(self._path)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        """Return the grant itself."""
        return asked.grant_on(thing, self._path)


class HadGrant(Predicate):
    """The actor's party once got a grant of the action on the thing at ``path``; for refusals."""

    def __init__(self, path: str = "pk") -> None:
        self._path = path

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there ever was such a grant."""
        return asked.had_grant_on(thing, self._path)

    def q(self, asked: Asked) -> Q:
        """Return the grant's existence as a filter."""
        return asked.ever_granted(self._path)


class HoldsPower(Predicate):
    """The actor's body holds ``power`` over the division at ``path`` (the pack says who does)."""

    def __init__(self, power: str, over: str) -> None:
        self._power = power
        self._path = over

    def _area(self, actor: Actor) -> frozenset[str]:
        if actor.body_id is None:
            return frozenset()
        return packs.active().area_of(self._power, actor.body_kind, actor.body_division)

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the power reaches the thing's division."""
        return value_at(thing, self._path) in self._area(asked.actor)

    def q(self, asked: Asked) -> Q:
        """Return the reach of the power as a filter."""
        area = self._area(asked.actor)
        return Q(**{f"{self._path}__in": sorted(area)}) if area else NOTHING


class _OfActor(Predicate):
    """A condition on the actor alone."""

    @abstractmethod
    def of(self, actor: Actor) -> bool:
        """Whether the actor meets it."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the actor meets it, whatever the thing."""
        del thing
        return self.of(asked.actor)

    def q(self, asked: Asked) -> Q:
        """Return everything or nothing."""
        return EVERYTHING if self.of(asked.actor) else NOTHING


class HoldsPowerOverAll(_OfActor):
    """The actor's body holds ``power`` over the whole province."""

    def __init__(self, power: str) -> None:
        self._power = power

    def of(self, actor: Actor) -> bool:
        """Whether the power reaches every division."""
        pack = packs.active()
        area = pack.area_of(self._power, actor.body_kind, actor.body_division)
        return area == frozenset(pack.divisions)


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


class InPerson(_OfActor):
    """The actor is no deputy: what binds the holder of a seat beyond an absence."""

    def of(self, actor: Actor) -> bool:
        """Whether the holder of the seat acts, and not a deputy."""
        return actor.person_id is not None and actor.deputy_id is None


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
