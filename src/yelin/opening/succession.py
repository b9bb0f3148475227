"""What a body's successor takes over: demands, plans of opening; what goes with an account."""

from uuid import UUID

from django.db.models import Q

from yelin.cases.models import Case
from yelin.opening import drafts
from yelin.opening.identity import IDENTITY
from yelin.opening.models import Demand, Draft, OpeningPlan, PlannedOpening
from yelin.opening.rules import UNSETTLED
from yelin.parties import succession
from yelin.parties.identity import Identity


def _settled() -> Q:
    return ~Q(state__in=[str(state) for state in UNSETTLED])


def _forget(person: UUID) -> None:
    """Erase what a person was still writing, and by which name the person was verified."""
    drafts.erase(Draft.objects.filter(person=person))
    Identity.objects.filter(person=person).delete()
    said = {"name": "", "masked": "", "digest": "", "found": None}
    Case.objects.filter(kind=IDENTITY.kind, applicant=person).update(asked=said)


succession.moves(Demand, "handler", done=_settled)
succession.moves(Demand, "body", done=lambda: ~Q(state="submitted"))
succession.moves(OpeningPlan, "body", done=lambda: Q(state="published"))
succession.moves(PlannedOpening, "provider", done=lambda: Q(plan__state="published"))
succession.forgets(_forget)
