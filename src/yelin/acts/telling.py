"""Who is told: those whom the gate would let do what is to be done."""

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q

from yelin import gate
from yelin.gate.models import Hold
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.parties.kinds import Role
from yelin.parties.models import Deputy, Seat, SeatQuerySet


def who_may(action: str, thing: Model, seats: SeatQuerySet) -> set[UUID]:
    """Return who may do this to the thing in one of ``seats``: holders, and deputies today.

    The gate is asked once for each body and role, since it tells no colleagues apart but by holds.
    """
    on_one = Q(on=OuterRef("pk")) | Q(on=OuterRef("person_id"))
    stopped = Hold.objects.filter(on_one, Hold.stops(action, at_thing=False))
    # A body has a few seats: to have the database look for them twice takes longer.
    live = list(seats.live().filter(~Exists(stopped)).select_related("body"))
    one_of_each = {(seat.body_id, seat.role): seat for seat in live}
    allowed = {
        which
        for which, seat in one_of_each.items()
        if gate.decide(Actor.of(seat), action, thing).allowed
    }
    holders = {seat.pk: seat.person_id for seat in live if (seat.body_id, seat.role) in allowed}
    if not holders:
        return set()
    deputies = Deputy.objects.live(clock.today()).filter(seat__in=[*holders])
    return {*holders.values(), *deputies.values_list("person_id", flat=True)}


def officers_holding(power: str, over: str) -> SeatQuerySet:
    """Return the officers' seats of the bodies that hold ``power`` over the division ``over``."""
    held_by = packs.active().holders(power, over)
    bodies = [Q(body__kind=kind, body__division=division) for kind, division in held_by]
    officers = Seat.objects.live().filter(role=Role.OFFICER)
    return officers.filter(reduce(or_, bodies)) if bodies else officers.none()
