"""What a body's successor takes over: demands that it answers or asked, plans of opening."""

from django.db.models import Q

from yelin.opening.models import Demand, OpeningPlan, PlannedOpening
from yelin.opening.rules import UNSETTLED
from yelin.parties import succession


def _settled() -> Q:
    return ~Q(state__in=[str(state) for state in UNSETTLED])


succession.moves(Demand, "handler", done=_settled)
succession.moves(Demand, "body", done=lambda: ~Q(state="submitted"))
succession.moves(OpeningPlan, "body", done=lambda: Q(state="published"))
succession.moves(PlannedOpening, "provider", done=lambda: Q(plan__state="published"))
