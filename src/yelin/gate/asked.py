"""What is asked of the gate: who, which action, for which purpose, when.

The grants and holds that bear on it are read once, for one thing or for many.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, Model, Q

from yelin.gate.models import Grant, Hold
from yelin.law import clock, packs
from yelin.parties.actor import Actor, ActorKind
from yelin.things.models import Subject
from yelin.things.prepared import Prepared

V = TypeVar("V")
NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


def is_nothing(condition: Q) -> bool:
    """Whether it is ``NOTHING``; to compare whole conditions takes longer than to compose them."""
    return not condition.negated and condition.children == NOTHING.children


def is_everything(condition: Q) -> bool:
    """Whether it is ``EVERYTHING``, the same way."""
    return condition.negated and condition.children == EVERYTHING.children


# Read by what they are on, and judged here: to say it all in SQL costs more than the look.
_HOLDS = Prepared(
    lambda: (
        Hold.objects.filter(lifted_at=None)
        .extra(where=["on_id = ANY(%s)"], params=[None])
        .order_by("placed_at", "pk")
    )
)
_GRANTS = Prepared(
    lambda: (
        Grant.objects.with_holds()
        .extra(where=["party_id = %s AND action = %s AND on_id = ANY(%s)"], params=[None] * 3)
        .order_by("-since", "-pk")
    )
)


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


class Asked:
    """One question to the gate, about each of ``things`` or, without any, about a list."""

    def __init__(
        self,
        actor: Actor,
        action: str,
        purpose: str = "",
        things: Sequence[Model] = (),
        at: datetime | None = None,
    ) -> None:
        self.actor = actor
        self.action = action
        self.purpose = purpose
        self._things = things
        self._areas: dict[str, frozenset[str]] = {}
        self._granted: dict[tuple[str, str], Mapping[UUID, list[tuple[Grant, bool]]]] = {}
        self._read: dict[tuple[str, str], Sequence[Grant]] = {}
        self._at = at
        self._once: dict[Callable[..., Any], Any] = {}

    @cached_property
    def at(self) -> datetime:
        """The moment for which it is asked, one for all parts of the answer."""
        return self._at or clock.now()

    def once(self, read: Callable[[Sequence[Model]], V]) -> V:
        """Return what ``read`` says of all that is asked about, read once for all."""
        if read not in self._once:
            self._once[read] = read(self._things)
        found: V = self._once[read]
        return found

    def instead(self, action: str, purpose: str = "") -> "Asked":
        """Return the question about another action; what was read stands for it too."""
        other = Asked(self.actor, action, purpose, self._things)
        other._live, other._read, other._once = self._live, self._read, self._once
        return other

    def instead_about(self, action: str, some: Sequence[Model]) -> "Asked":
        """Return the question about another action on some of the things, by the same holds."""
        other = Asked(self.actor, action, "", some)
        other._live = self._live
        return other

    def area(self, power: str) -> frozenset[str]:
        """Return the divisions over which the actor's body holds ``power``, perhaps none."""
        if power not in self._areas:
            kind, division = self.actor.body_kind, self.actor.body_division
            self._areas[power] = packs.active().area_of(power, kind, division)
        return self._areas[power]

    # About things one by one.

    def grant_on(self, thing: Model, path: str, of: str = "") -> Grant | None:
        """Return the grant by which the actor has the thing at ``path``.

        One for the purpose asked for goes before one for any purpose, then the newest. They are
        never added up. With ``of`` it is one of that action, and not of the one asked for.
        """
        serving = (each for each, serves in self._grants_on(thing, path, of) if serves)
        return min(serving, key=self._is_for_any_purpose, default=None)

    def had_grant_on(self, thing: Model, path: str) -> bool:
        """Whether the actor ever had a grant of this action on the thing at ``path``."""
        return bool(self._grants_on(thing, path))

    def _grants_on(self, thing: Model, path: str, of: str = "") -> Sequence[tuple[Grant, bool]]:
        """Return the actor's grants on the thing at ``path``, newest first, and which serve."""
        if self.actor.party_id is None:
            return ()
        action = of or self.action
        if (path, action) not in self._granted:
            grouped: defaultdict[UUID, list[tuple[Grant, bool]]] = defaultdict(list)
            for each in self._given(self.actor.party_id, action, path):
                # What a hold on it stops is not done by a grant of another action either.
                serves = all(
                    each.serves_this(one, self.purpose, self.at) for one in {action, self.action}
                )
                grouped[each.on_id].append((each, serves))
            self._granted[path, action] = grouped
        return self._granted[path, action].get(value_at(thing, path), ())

    def _given(self, party: UUID, action: str, path: str) -> Sequence[Grant]:
        """Return all grants of an action to the actor on the things at ``path``, newest first."""
        if (path, action) not in self._read:
            led_to = (value_at(each, path) for each in self._things)
            asked_about = [pk for pk in led_to if pk is not None]
            self._read[path, action] = _GRANTS.ask(party, action, asked_about)
        return self._read[path, action]

    def hold_on(self, thing: Model) -> Hold | None:
        """Return the oldest hold that stops this action on the thing, or by this actor."""
        return self._holds.get(thing.pk) or self._holds.get(None)

    @cached_property
    def _holds(self) -> dict[UUID | None, Hold]:
        """The oldest that stops this action on each thing; by who asks, under ``None``."""
        found: dict[UUID | None, Hold] = {}
        for each in self._live:
            if each.on_id in self._own and each.stops_this(self.action, at_thing=False):
                found.setdefault(None, each)
            if each.on_id in self._subjects and each.stops_this(
                self.action, at_thing=True, by_system=self._by_system
            ):
                found.setdefault(each.on_id, each)
        return found

    @cached_property
    def _live(self) -> Sequence[Hold]:
        """All holds on the things and on who asks, whatever they stop, the oldest first."""
        on = self._subjects | self._own
        return _HOLDS.ask(list(on)) if on else ()

    @cached_property
    def _subjects(self) -> frozenset[UUID]:
        return frozenset(thing.pk for thing in self._things if isinstance(thing, Subject))

    # About a list.

    def granted(self, path: str, of: str = "") -> Q:
        """Return as a filter that the actor has a grant on the thing at ``path``.

        With ``of`` it is one of that action, and not of the one asked for.
        """
        if self.actor.party_id is None:
            return NOTHING
        # Asked of the party and not of each thing: it has few grants, and a list many things.
        serves = Grant.serves(self.action, self.purpose, self.at)
        if of:
            serves &= Grant.serves(of, self.purpose, self.at)
        given = Grant.objects.filter(serves, party_id=self.actor.party_id)
        return Q(**{f"{path}__in": given.filter(action=of or self.action).values("on")})

    def ever_granted(self, path: str) -> Q:
        """Return as a filter that the actor ever had a grant on the thing at ``path``."""
        if self.actor.party_id is None:
            return NOTHING
        ever = Grant.objects.filter(party_id=self.actor.party_id, action=self.action)
        return Q(**{f"{path}__in": ever.values("on")})

    def unheld(self, model: type[Model]) -> Q:
        """Return as a filter on ``model`` that no hold stops this action."""
        condition = EVERYTHING
        if issubclass(model, Subject):
            # Read once for all rows, since few are held: a look for each row takes longer than the
            # row itself.
            condition = ~Q(pk__in=Hold.objects.filter(self._stops_at_thing).values("on"))
        if self._own:
            condition &= Q(~Exists(Hold.objects.filter(self._stops_by_actor)))
        return condition

    # What both are made of.

    def _is_for_any_purpose(self, grant: Grant) -> bool:
        return bool(self.purpose) and self.purpose not in grant.purposes

    @cached_property
    def _own(self) -> frozenset[UUID]:
        actor = self.actor
        ids = (actor.party_id, actor.body_id, actor.person_id, actor.seat_id)
        return frozenset(pk for pk in ids if pk is not None)

    @property
    def _by_system(self) -> bool:
        return self.actor.kind is ActorKind.SYSTEM

    @property
    def _stops_at_thing(self) -> Q:
        return Hold.stops(self.action, at_thing=True, by_system=self._by_system)

    @property
    def _stops_by_actor(self) -> Q:
        return Hold.stops(self.action, at_thing=False) & Q(on__in=self._own)
