"""Who is told: those whom the gate would let do what is to be done."""

from uuid import UUID

from django.db.models import Model

from yelin import gate
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, SeatQuerySet


def who_may(action: str, thing: Model, seats: SeatQuerySet) -> set[UUID]:
    """Return who may do this to the thing in one of ``seats``: holders, and deputies today."""
    allowed = [
        seat
        for seat in seats.live().select_related("body", "person")
        if gate.decide(Actor.of(seat), action, thing).allowed
    ]
    deputies = Deputy.objects.live(clock.today()).filter(seat__in=allowed)
    return {seat.person_id for seat in allowed} | set(deputies.values_list("person_id", flat=True))
