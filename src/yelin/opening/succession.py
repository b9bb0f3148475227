"""What a body's successor takes over: demands, plans of opening; what goes with an account."""

from uuid import UUID

from django.db.models import Q

from yelin.opening.models import Demand, Draft, OpeningPlan, PlannedOpening
from yelin.opening.rules import UNSETTLED
from yelin.parties import succession


def _settled() -> Q:
    return ~Q(state__in=[str(state) for state in UNSETTLED])


def _forget(person: UUID) -> None:
    """Erase what a person was still writing."""
    Draft.objects.filter(person=person).delete()


succession.moves(Demand, "handler", done=_settled)
succession.moves(Demand, "body", done=lambda: ~Q(state="submitted"))
succession.moves(OpeningPlan, "body", done=lambda: Q(state="published"))
succession.moves(PlannedOpening, "provider", done=lambda: Q(plan__state="published"))
succession.forgets(_forget)
