"""The small conditions that arms are made of.

Each evaluates on one thing's facts *and* compiles to a ``Q``, so the answer for one thing and the
list of all things come from the same line and cannot drift. Paths are Django's
(``provider__division``); a missing link in a path is ``None`` and ``None`` never equals anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yelin.gate.asked import (
    EVERYTHING,
    NOTHING,
    Asked,
    is_everything,
    is_nothing,
    value_at,
)
from yelin.gate.models import Grant
from yelin.law import packs
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.models import Body

# How people are told of roles, kinds of actors and the system's own jobs.
_ROLES = {
    "steward": "data steward",
    "officer": "officer in charge",
    "auditor": "auditor of the ledger",
    "head": "head of people and seats",
    "representative": "representative of the body",
}
_KINDS = {
    ActorKind.ANYONE: "a stranger",
    ActorKind.CITIZEN: "a citizen",
    ActorKind.OFFICIAL: "an official",
    ActorKind.REPRESENTATIVE: "a representative of a verified body",
    ActorKind.SYSTEM: "the system",
}
_JOBS = {
    "clock": "its clock",
    "erasure": "its eraser",
    "mail": "its sender of mail",
    "operator": "its operator",
    "quality": "its measuring of quality",
    "seals": "its keeper of seals",
    "watch": "its watch over verification",
}


class Predicate(ABC):
    """A condition on what is asked and on a thing."""

    @abstractmethod
    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the condition is met by who asks and this thing."""

    @abstractmethod
    def q(self, asked: Asked) -> Q:
        """Return the condition as a filter on the thing's model."""

    @abstractmethod
    def describe(self) -> str:
        """Say the condition in the reader's language, as what follows "who"."""

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        """Return the grant by which the condition is met, where it is met by one."""
        del asked, thing
        return None

    def purposes(self, asked: Asked, thing: Model) -> tuple[str, ...]:
        """Return the purposes for which the condition lets it be done (none: anything)."""
        grant = self.grant(asked, thing)
        return tuple(grant.purposes) if grant else ()

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

    def describe(self) -> str:
        told = (
            f"({part.describe()})" if isinstance(part, _Any) else part.describe()
            for part in self.parts
        )
        return _(", and ").join(told)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        found = (part.grant(asked, thing) for part in self.parts)
        return next((each for each in found if each), None)

    def purposes(self, asked: Asked, thing: Model) -> tuple[str, ...]:
        found = (part.purposes(asked, thing) for part in self.parts)
        return next((each for each in found if each), ())

    def q(self, asked: Asked) -> Q:
        combined = EVERYTHING
        for part in self.parts:
            condition = part.q(asked)
            if is_nothing(condition):
                return NOTHING
            combined = condition if is_everything(combined) else combined & condition
        return combined


@dataclass(frozen=True)
class _Not(Predicate):
    part: Predicate

    def describe(self) -> str:
        return _("is not one who {condition}").format(condition=self.part.describe())

    def holds(self, asked: Asked, thing: Model) -> bool:
        return not self.part.holds(asked, thing)

    def q(self, asked: Asked) -> Q:
        condition = self.part.q(asked)
        if is_nothing(condition):
            return EVERYTHING
        if is_everything(condition):
            return NOTHING
        return ~condition


@dataclass(frozen=True)
class _Any(Predicate):
    parts: tuple[Predicate, ...]

    def holds(self, asked: Asked, thing: Model) -> bool:
        return any(part.holds(asked, thing) for part in self.parts)

    def describe(self) -> str:
        return _(", or ").join(part.describe() for part in self.parts)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        met = (part for part in self.parts if part.holds(asked, thing))
        return next((part.grant(asked, thing) for part in met), None)

    def purposes(self, asked: Asked, thing: Model) -> tuple[str, ...]:
        met = (part for part in self.parts if part.holds(asked, thing))
        return next((part.purposes(asked, thing) for part in met), ())

    def q(self, asked: Asked) -> Q:
        combined = NOTHING
        for part in self.parts:
            condition = part.q(asked)
            if is_everything(condition):
                return EVERYTHING
            combined = condition if is_nothing(combined) else combined | condition
        return combined


class Is(Predicate):
    """The value at ``path`` is one of ``values``; ``says`` tells people what that means."""

    def __init__(self, path: str, *values: object, says: str = "") -> None:
        self._path = path
        self._values = values
        self._says = says

    def describe(self) -> str:
        """Say what the values mean."""
        return _(self._says)

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
    """The yes-or-no value at ``path`` is no; ``says`` tells people what that means."""

    def __init__(self, path: str, *, says: str = "") -> None:
        self._path = path
        self._says = says

    def describe(self) -> str:
        """Say what the no means."""
        return _(self._says)

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

    def describe(self) -> str:
        """Say it."""
        return _("acts for the body concerned")

    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's body."""
        return actor.body_id


class OwnSeat(_Own):
    """The seat at ``path`` is the one in which the actor acts."""

    def describe(self) -> str:
        """Say it."""
        return _("acts in the seat concerned")

    def of(self, actor: Actor) -> UUID | None:
        """Return the actor's seat."""
        return actor.seat_id


class OwnPerson(_Own):
    """The person at ``path`` is the one who acts."""

    def describe(self) -> str:
        """Say it."""
        return _("is the person concerned")

    def of(self, actor: Actor) -> UUID | None:
        """Return the person who acts."""
        return actor.person_id


class OwnParty(_Own):
    """The party at ``path`` is the one for which the actor acts: its body, or the person."""

    def describe(self) -> str:
        """Say it."""
        return _("acts for the party concerned")

    def of(self, actor: Actor) -> UUID | None:
        """Return the party for which the actor acts."""
        return actor.party_id


class ForUse(Predicate):
    """What is asked serves one of the purposes listed at ``path``, or names none yet.

    With ``only`` it serves this one, which must be listed.
    """

    def __init__(self, path: str, *, only: str = "") -> None:
        self._path = path
        self._only = only

    def describe(self) -> str:
        """Say it."""
        return _("takes it for one of its stated uses")

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the purpose is among those listed."""
        purposes = self.purposes(asked, thing)
        return asked.purpose in purposes if asked.purpose else bool(purposes or not self._only)

    def q(self, asked: Asked) -> Q:
        """Return the membership as a filter."""
        if self._only and asked.purpose not in {"", self._only}:
            return NOTHING
        purpose = asked.purpose or self._only
        return Q(**{f"{self._path}__contains": [purpose]}) if purpose else EVERYTHING

    def purposes(self, asked: Asked, thing: Model) -> tuple[str, ...]:
        """Return all that are listed, or the only one."""
        del asked
        listed = tuple(value_at(thing, self._path) or ())
        return tuple(each for each in listed if each == self._only) if self._only else listed


class HasGrant(Predicate):
    """The actor's party has a live grant on the thing at ``path``, of the action asked for.

    With ``of`` it is a grant of that action: whoever was given the rows may know what they are.
    """

    def __init__(self, path: str = "pk", *, of: str = "") -> None:
        self._path = path
        self._of = of

    def describe(self) -> str:
        """Say it."""
        return _("holds a live grant")

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there is such a grant."""
        return asked.grant_on(thing, self._path, self._of) is not None

    def q(self, asked: Asked) -> Q:
        """Return the grant's existence as a filter."""
        return asked.granted(self._path, self._of)

    def grant(self, asked: Asked, thing: Model) -> Grant | None:
        """Return the grant itself."""
        return asked.grant_on(thing, self._path, self._of)


class HadGrant(Predicate):
    """The actor's party once got a grant of the action on the thing at ``path``; for refusals."""

    def __init__(self, path: str = "pk") -> None:
        self._path = path

    def describe(self) -> str:
        """Say it."""
        return _("once held a grant")

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there ever was such a grant."""
        return asked.had_grant_on(thing, self._path)

    def q(self, asked: Asked) -> Q:
        """Return the grant's existence as a filter."""
        return asked.ever_granted(self._path)


class HoldsPower(Predicate):
    """The actor's body holds ``power`` over the division at ``path`` (the pack says who does).

    The path leads to a body's division, or is that of a body itself.
    """

    def __init__(self, power: str, over: str) -> None:
        self._power = power
        self._path = over

    def describe(self) -> str:
        """Say which power, as the pack calls it."""
        return _("acts for a body that holds the power there: {power}").format(
            power=_called(self._power)
        )

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the power reaches the thing's division."""
        return value_at(thing, self._path) in asked.area(self._power)

    def q(self, asked: Asked) -> Q:
        """Return the reach of the power as a filter."""
        area = asked.area(self._power)
        if not area:
            return NOTHING
        body, _, division = self._path.rpartition("__")
        within = Q(**{f"{division}__in": sorted(area)})
        # The bodies of an area are few and read once; joined to each of many things they are not.
        return Q(**{f"{body}__in": Body.objects.filter(within).values("pk")}) if body else within


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


class HoldsPowerOverAll(Predicate):
    """The actor's body holds ``power`` over the whole province."""

    def __init__(self, power: str) -> None:
        self._power = power

    def describe(self) -> str:
        """Say which power, as the pack calls it."""
        return _("acts for a body that holds the power over everything here: {power}").format(
            power=_called(self._power)
        )

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the power reaches every division."""
        del thing
        return asked.area(self._power) == frozenset(packs.active().divisions)

    def q(self, asked: Asked) -> Q:
        """Return everything or nothing."""
        reaches_all = asked.area(self._power) == frozenset(packs.active().divisions)
        return EVERYTHING if reaches_all else NOTHING


class InRole(_OfActor):
    """The actor sits in one of ``roles``."""

    def __init__(self, *roles: str) -> None:
        self._roles = roles

    def describe(self) -> str:
        """Say which roles."""
        return _("sits as {roles}").format(roles=_either(_ROLES[role] for role in self._roles))

    def of(self, actor: Actor) -> bool:
        """Whether the actor's role is among those named."""
        return actor.kind is ActorKind.OFFICIAL and actor.role in self._roles


class OfKind(_OfActor):
    """The actor is of one of ``kinds``; who stands for a body stands for one that is verified."""

    def __init__(self, *kinds: ActorKind) -> None:
        self._kinds = kinds

    def describe(self) -> str:
        """Say which kinds."""
        return _("is {kinds}").format(kinds=_either(_KINDS[kind] for kind in self._kinds))

    def of(self, actor: Actor) -> bool:
        """Whether the actor's kind is among those named."""
        return actor.kind in self._kinds and (actor.body_id is None or actor.body_verified)


class InPerson(_OfActor):
    """The actor is no deputy: what binds the holder of a seat beyond an absence."""

    def describe(self) -> str:
        """Say it."""
        return _("acts in person and is no deputy")

    def of(self, actor: Actor) -> bool:
        """Whether the holder of the seat acts, and not a deputy."""
        return actor.person_id is not None and actor.deputy_id is None


class SystemJob(_OfActor):
    """The actor is the system's own ``job``."""

    def __init__(self, job: str) -> None:
        self._job = job

    def describe(self) -> str:
        """Say which part of the system."""
        return _("is the system itself: {job}").format(job=_(_JOBS.get(self._job, self._job)))

    def of(self, actor: Actor) -> bool:
        """Whether this job of the system acts."""
        return actor.kind is ActorKind.SYSTEM and actor.job == self._job


class Anyone(_OfActor):
    """Every actor, known or not."""

    def describe(self) -> str:
        """Say it."""
        return _("is anyone at all")

    def of(self, actor: Actor) -> bool:
        """Whether anybody may: always."""
        del actor
        return True


def _called(power: str) -> str:
    pack = packs.active()
    found = next((each for each in pack.powers if each.name == power), None)
    return found.label(get_language() or "zh-hans") if found else power


def _either(says: Iterable[str]) -> str:
    return _(" or ").join(_(each) for each in says)
