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
    live = seats.live().filter(~Exists(stopped))
    one_of_each = live.order_by("body", "role").distinct("body", "role").select_related("body")
    allowed = [
        Q(body=seat.body_id, role=seat.role)
        for seat in one_of_each
        if gate.decide(Actor.of(seat), action, thing).allowed
    ]
    if not allowed:
        return set()
    holders = live.filter(reduce(or_, allowed))
    deputies = Deputy.objects.live(clock.today()).filter(seat__in=holders)
    people = holders.values_list("person_id", flat=True)
    return set(people.union(deputies.values_list("person_id", flat=True)))


def officers_holding(power: str, over: str) -> SeatQuerySet:
    """Return the officers' seats of the bodies that hold ``power`` over the division ``over``."""
    held_by = packs.active().holders(power, over)
    bodies = [Q(body__kind=kind, body__division=division) for kind, division in held_by]
    officers = Seat.objects.live().filter(role=Role.OFFICER)
    return officers.filter(reduce(or_, bodies)) if bodies else officers.none()
