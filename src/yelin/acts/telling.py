"""Who is told: those whom the gate would let do what is to be done."""

from collections import defaultdict
from uuid import UUID

from django.db.models import Model

from yelin import gate
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.parties.kinds import Role
from yelin.parties.models import Body, Deputy, Seat, SeatQuerySet


def who_may(action: str, thing: Model, seats: SeatQuerySet) -> set[UUID]:
    """Return who may do this to the thing in one of ``seats``: holders, and deputies today.

    The gate is asked once for each body and role, since it tells no colleagues apart.
    """
    alike: defaultdict[tuple[UUID, str], list[Seat]] = defaultdict(list)
    for seat in seats.live().select_related("body"):
        alike[seat.body_id, seat.role].append(seat)
    allowed = [
        seat
        for group in alike.values()
        if gate.decide(Actor.of(group[0]), action, thing).allowed
        for seat in group
    ]
    deputies = Deputy.objects.live(clock.today()).filter(seat__in=allowed)
    return {seat.person_id for seat in allowed} | set(deputies.values_list("person_id", flat=True))


def officers_holding(power: str, over: str) -> SeatQuerySet:
    """Return the officers' seats of the bodies that hold ``power`` over the division ``over``."""
    pack = packs.active()
    seats = Seat.objects.live().filter(role=Role.OFFICER)
    bodies = Body.objects.filter(pk__in=seats.values("body"))
    return seats.filter(body__in=[b for b in bodies if pack.holds(power, b.kind, b.division, over)])
