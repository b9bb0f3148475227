"""One answer to whether this party may do this to this thing for this purpose, now.

Refuse is the default and no flag skips it. Rooms register their arms with ``may`` and the words
for a refusal with ``explain``; this module only combines them, and a hold goes before them all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from prometheus_client import Counter

from yelin.gate.asked import NOTHING, Asked, is_nothing
from yelin.gate.obligations import NONE, Obligations
from yelin.gate.predicates import Predicate
from yelin.law import clock, packs
from yelin.law.duties import GOVERN, Duty
from yelin.parties.actor import Actor

M = TypeVar("M", bound=Model)
Bears = Callable[[Actor, Any], Obligations]
Lays = Callable[[Asked, Any, str], Obligations]
_SEAL = object()
REFUSALS = Counter("yelin_gate_refusals", "Refusals by the duty that decides", ["duty"])


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer, with the duty that decides, the words for people and what is to bear.

    Only the gate makes one: the warehouse opens for nothing else. ``grant_id`` names the grant by
    which it allows, where it is by one, and ``purposes`` for what it allows (none: anything).
    """

    allowed: bool
    action: str
    thing_id: UUID
    actor: Actor
    duty: Duty
    says: str = ""
    purpose: str = ""
    obligations: Obligations = NONE
    grant_id: UUID | None = None
    purposes: tuple[str, ...] = ()
    seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only the gate decides")

    def shows(self, item: str) -> bool:
        """Whether it tells of ``item`` at all."""
        return self.allowed and self.obligations.shows(item)

    def must_allow(self, action: str, thing_id: UUID) -> "Decision":
        """Return this decision if it opens ``thing_id`` for ``action``.

        Raises ``Refused`` where it refuses, ``ValueError`` where it was made for something else.
        """
        if (action, thing_id) != (self.action, self.thing_id):
            raise ValueError(f"a decision on {self.action} does not open {action}")
        if not self.allowed:
            REFUSALS.labels(self.duty.name).inc()
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
    bears: Bears | None = None


_Key = tuple[str, type[Model]]
_allows: defaultdict[_Key, list[Arm]] = defaultdict(list)
_refuses: defaultdict[_Key, list[Arm]] = defaultdict(list)
_lays: defaultdict[_Key, list[Lays]] = defaultdict(list)
_needs: defaultdict[_Key, list[Arm]] = defaultdict(list)


def may(
    action: str, *, on: type[Model], when: Predicate, duty: Duty, bears: Bears | None = None
) -> None:
    """Register that ``action`` on a thing of model ``on`` is allowed ``when`` this holds.

    ``bears`` says what the actor must bear then, beside what its grant says.
    """
    _allows[action, on].append(Arm(action, on, when, duty, bears=bears))


def burden(action: str, *, on: type[Model], bears: Lays) -> None:
    """Register what everyone bears to whom ``action`` is allowed, by whichever arm.

    ``bears`` is told for which purpose of those allowed it is: the one that is named, or the only
    one, or none.
    """
    _lays[action, on].append(bears)


def provided(action: str, *, on: type[Model], when: Predicate, duty: Duty, says: str) -> None:
    """Register what must be so for ``action`` to be allowed to anyone, by whichever arm.

    Where it is not, it is refused in these words (a message id).
    """
    _needs[action, on].append(Arm(action, on, when, duty, says))


def explain(action: str, *, on: type[Model], when: Predicate, duty: Duty, says: str) -> None:
    """Register the words (a message id) and the duty of a refusal ``when`` the condition holds.

    The first that fits is told; it allows nothing.
    """
    _refuses[action, on].append(Arm(action, on, when, duty, says))


def arms() -> list[Arm]:
    """Return every registered way to be allowed, for the house's own tests and documents."""
    return [arm for group in _allows.values() for arm in group]


def decide(actor: Actor, action: str, thing: Model, purpose: str = "") -> Decision:
    """Answer whether ``actor`` may do ``action`` to ``thing`` for ``purpose``."""
    return _decide(Asked(actor, action, purpose, [thing]), thing)


def decide_each(
    actor: Actor, action: str, things: Sequence[Model], purpose: str = ""
) -> list[Decision]:
    """Answer for each of ``things`` in its turn; grants and holds are read once for all."""
    asked = Asked(actor, action, purpose, things)
    return [_decide(asked, thing) for thing in things]


def answering(actor: Actor, thing: Model) -> Callable[..., Decision]:
    """Return what answers for one action, and purpose, after the other; what bears is read once.

    That is for the questions of one moment: what stops later, it does not hear of.
    """
    first = Asked(actor, "", "", [thing])
    return lambda action, purpose="": _decide(first.instead(action, purpose), thing)


def answering_each(
    actor: Actor, things: Sequence[Model]
) -> Callable[[str, Sequence[Model]], list[Decision]]:
    """Return what answers for one action after the other about some of ``things``, of any kinds.

    Holds are read once for all, and stand for the questions of one moment.
    """
    first = Asked(actor, "", "", things)

    def may(action: str, some: Sequence[Model]) -> list[Decision]:
        asked = first.instead_about(action, some)
        return [_decide(asked, thing) for thing in some]

    return may


def visible_to(
    actor: Actor, action: str, things: "QuerySet[M, Any]", purpose: str = ""
) -> "QuerySet[M, Any]":
    """Return those of ``things`` to which ``actor`` may do ``action`` for ``purpose``."""
    return things.filter(condition(actor, action, things.model, purpose))


def one_of(seen: "QuerySet[M, Any]") -> M:
    """Return the first of things that an asker sees.

    Raises ``Unseen``, the same for one that is missing and one that is hidden.
    """
    found: M | None = seen.first()
    if found is None:
        raise Unseen
    return found


def condition(
    actor: Actor, action: str, model: type[Model], purpose: str = "", at: datetime | None = None
) -> Q:
    """Return as a filter on ``model`` that ``actor`` may do ``action``, for a part of a question.

    ``visible_to`` asks by this and nothing else. Without the moment ``at`` it is for now.
    """
    asked = Asked(actor, action, purpose, at=at)
    found = NOTHING
    for arm in _offered(_allows, (action, model)):
        part = arm.when.q(asked)
        found = part if is_nothing(found) else found | part
    if is_nothing(found):
        return found
    for need in _offered(_needs, (action, model)):
        found &= need.when.q(asked)
    return found & asked.unheld(model)


def _offered(arms: Mapping[_Key, list[Arm]], key: _Key) -> Iterator[Arm]:
    """Yield the arms whose duty the law orders today; what it does not order is not offered."""
    law, today = packs.active(), clock.today()
    return (arm for arm in arms.get(key, ()) if law.orders(arm.duty, today))


def _lighter(one: Decision | None, other: Decision) -> Decision:
    """Return the decision with less to bear; of two that bear different things, the first."""
    if one is None or other.obligations.is_within(one.obligations):
        return other
    return one


def _laid(arm: Arm, asked: Asked, thing: Model, purposes: Sequence[str]) -> Obligations:
    """Return what is borne beside what a grant says: by the arm, and whatever the arm."""
    borne = arm.bears(asked.actor, thing) if arm.bears else NONE
    for bears in _lays.get((arm.action, arm.on), ()):
        borne = borne.with_(bears(asked, thing, _purpose(asked, purposes)))
    return borne


def _lacking(asked: Asked, thing: Model) -> Arm | None:
    """Return the first of what must be so, whatever the arm, that is not."""
    needs = _offered(_needs, (asked.action, type(thing)))
    return next((need for need in needs if not need.when.holds(asked, thing)), None)


def _purpose(asked: Asked, purposes: Sequence[str]) -> str:
    """Return for which of ``purposes`` it is asked; nothing where that cannot be told."""
    if asked.purpose in purposes:
        return asked.purpose
    return purposes[0] if len(purposes) == 1 else ""


def _decide(asked: Asked, thing: Model) -> Decision:
    key = (asked.action, type(thing))

    def answer(duty: Duty, says: str = "", *, allowed: bool = False, **more: Any) -> Decision:
        return Decision(
            allowed=allowed,
            action=asked.action,
            thing_id=thing.pk,
            actor=asked.actor,
            duty=duty,
            says=says,
            purpose=asked.purpose,
            seal=_SEAL,
            **more,
        )

    if hold := asked.hold_on(thing):
        return answer(hold.cites, hold.reason)
    burdened = None
    for arm in _offered(_allows, key):
        if not arm.when.holds(asked, thing):
            continue
        grant = arm.when.grant(asked, thing)
        purposes = arm.when.purposes(asked, thing)
        borne = grant.burden() if grant else NONE
        borne = borne.with_(_laid(arm, asked, thing, purposes))
        if lacks := _lacking(asked, thing):
            return answer(lacks.duty, lacks.says)
        allowed = answer(
            arm.duty,
            allowed=True,
            obligations=borne,
            grant_id=grant.pk if grant else None,
            purposes=purposes,
        )
        # What a party has without any burden, or with a lighter one, it need not take with more.
        if borne == NONE:
            return allowed
        burdened = _lighter(burdened, allowed)
    if burdened:
        return burdened
    for arm in _offered(_refuses, key):
        if arm.when.holds(asked, thing):
            return answer(arm.duty, arm.says)
    duty = next((arm.duty for arm in _offered(_allows, key)), GOVERN)
    return answer(duty, "Your seat does not hold this power.")
