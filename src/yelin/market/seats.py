"""Who sits for bodies that trade, to be told of what concerns them."""

from uuid import UUID

from yelin.parties.models import Seat


def people_of(*bodies: UUID) -> set[UUID]:
    """Return the ids of those who sit for any of these bodies now."""
    return set(Seat.objects.live().filter(body__in=bodies).values_list("person_id", flat=True))
