"""Who is told what of a demand: who reads it, who answers, whoever asked or supports it."""

from collections.abc import Collection
from uuid import UUID

from yelin.acts.telling import officers_holding, who_may
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.opening.models import Demand, Voice
from yelin.parties.kinds import Role
from yelin.parties.models import Person, Seat

CAME = event("demand.came", "The demand {number} came in. Read it in time.", urgent=True)
RETURNED = event("demand.returned", "Your demand {number} was returned. Read why.", urgent=True)
PUBLIC = event("demand.public", "Your demand {number} is public. Others may support it.")
MERGED = event("demand.merged", "The demand {number} was merged into another.")
GIVEN = event("demand.given", "The demand {number} waits for your body's answer.", urgent=True)
LATE = event("demand.late", "The term of the demand {number} has passed.", urgent=True)
PLANNED = event("demand.planned", "The demand {number} is answered with a plan.")
DECLINED = event("demand.declined", "The demand {number} is answered: the data is not opened.")
FULFILLED = event("demand.fulfilled", "What the demand {number} wants is open.", urgent=True)
OF_STATE = {"planned": PLANNED, "declined": DECLINED, "fulfilled": FULFILLED}
MODERATES = "operate"


def tell_readers(of: Event, demand: Demand) -> None:
    """Tell the officers who read demands before they are public."""
    officers = officers_holding(MODERATES, over=demand.body.division)
    _tell(of, who_may("opening.assign_demand", demand, officers), demand)


def tell_handlers(of: Event, demand: Demand) -> None:
    """Tell those who may answer."""
    seats = Seat.objects.filter(body=demand.handler_id)
    _tell(of, who_may("opening.plan_demand", demand, seats), demand)


def tell_party(of: Event, demand: Demand) -> None:
    """Tell whoever asked."""
    _tell(of, people_of([demand.asker_id]), demand)


def tell_voices(voices: Collection[Voice], demand: Demand) -> None:
    """Tell those who gave these voices what became of a demand."""
    _tell(OF_STATE[demand.state], people_of([each.party_id for each in voices]), demand)


def people_of(parties: Collection[UUID]) -> set[UUID]:
    """Return the people behind parties: themselves, or who represents the body."""
    seats = Seat.objects.live().filter(body__in=parties, role=Role.REPRESENTATIVE)
    people = Person.objects.filter(pk__in=parties, user__isnull=False)
    return {*seats.values_list("person_id", flat=True), *people.values_list("pk", flat=True)}


def _tell(of: Event, to: set[UUID], demand: Demand) -> None:
    tell(of, to=to, about=demand, at=clock.now(), params={"number": demand.number})
