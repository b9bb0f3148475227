"""One answer to whether this party may do this to this thing, now.

Refuse is the default and no flag skips it. Rooms register their arms with ``may`` and the words
for a refusal with ``explain``; this module only combines them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from yelin.gate.predicates import NOTHING, Predicate
from yelin.law.duties import GOVERN, Duty
from yelin.parties.actor import Actor

M = TypeVar("M", bound=Model)
_SEAL = object()


@dataclass(frozen=True, slots=True)
class Obligations:
    """What an allowed party must bear: items that stay hidden from it."""

    hidden_items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer, with the duty that decides and the words for people.

    Only the gate makes one: the warehouse opens for nothing else.
    """

    allowed: bool
    action: str
    thing_id: UUID
    actor: Actor
    duty: Duty
    says: str = ""
    obligations: Obligations = field(default_factory=Obligations)
    seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only the gate decides")

    def must_allow(self, action: str, thing_id: UUID) -> "Decision":
        """Return this decision if it opens ``thing_id`` for ``action``.

        Raises ``Refused`` where it refuses, ``ValueError`` where it was made for something else.
        """
        if (action, thing_id) != (self.action, self.thing_id):
            raise ValueError(f"a decision on {self.action} does not open {action}")
        if not self.allowed:
            raise Refused(self)
        return self


class Refused(Exception):
    """The gate said no; ``decision`` says by which duty and in which words."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.action}: {decision.says}")
        self.decision = decision


class Unseen(Exception):
    """The thing does not exist, or not for this party: both look the same."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One registered way to be allowed, or to be told why not."""

    action: str
    on: type[Model]
    when: Predicate
    duty: Duty
    says: str = ""


_allows: defaultdict[tuple[str, type[Model]], list[Arm]] = defaultdict(list)
_refuses: defaultdict[tuple[str, type[Model]], list[Arm]] = defaultdict(list)


def may(action: str, *, on: type[Model], when: Predicate, duty: Duty) -> None:
    """Register that ``action`` on a thing of model ``on`` is allowed ``when`` this holds."""
    _allows[action, on].append(Arm(action, on, when, duty))


def explain(action: str, *, on: type[Model], when: Predicate, duty: Duty, says: str) -> None:
    """Register the words (a message id) and the duty of a refusal ``when`` the condition holds.

    The first that fits is told; it allows nothing.
    """
    _refuses[action, on].append(Arm(action, on, when, duty, says))


def arms() -> list[Arm]:
    """Return every registered way to be allowed, for the house's own tests and documents."""
    return [arm for group in _allows.values() for arm in group]


def decide(actor: Actor, action: str, thing: Model) -> Decision:
    """Answer whether ``actor`` may do ``action`` to ``thing``."""
    key = (action, type(thing))

    def answer(duty: Duty, says: str = "", *, allowed: bool) -> Decision:
        return Decision(
            allowed=allowed,
            action=action,
            thing_id=thing.pk,
            actor=actor,
            duty=duty,
            says=says,
            seal=_SEAL,
        )

    for arm in _allows[key]:
        if arm.when.holds(actor, thing):
            return answer(arm.duty, allowed=True)
    for arm in _refuses[key]:
        if arm.when.holds(actor, thing):
            return answer(arm.duty, arm.says, allowed=False)
    duty = next((arm.duty for arm in _allows[key]), GOVERN)
    return answer(duty, "Your seat does not hold this power.", allowed=False)


def visible_to(actor: Actor, action: str, things: "QuerySet[M, Any]") -> "QuerySet[M, Any]":
    """Return those of ``things`` to which ``actor`` may do ``action``."""
    condition = NOTHING
    for arm in _allows[action, things.model]:
        part = arm.when.q(actor)
        condition = part if condition == NOTHING else condition | part
    return things.filter(condition)
