"""Conditions on who asks alone, whatever the thing: kind, role, deputy, job, power over all."""

from abc import abstractmethod
from collections.abc import Iterable

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from yelin.gate.asked import EVERYTHING, NOTHING, Asked
from yelin.gate.predicates import Predicate, called
from yelin.law import packs
from yelin.parties.actor import Actor, ActorKind

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
    "consents": "its reader of lists of who agreed",
    "erasure": "its eraser",
    "mail": "its sender of mail",
    "operator": "its operator",
    "quality": "its measuring of quality",
    "seals": "its keeper of seals",
    "watch": "its watch over verification",
}


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
            power=called(self._power)
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


def _either(says: Iterable[str]) -> str:
    return _(" or ").join(_(each) for each in says)
