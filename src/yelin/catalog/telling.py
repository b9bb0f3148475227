"""Who is told what of an entry: its stewards, officers who confirm it, bodies that have it."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from yelin.acts.telling import officers_holding, who_may
from yelin.catalog import reviewing
from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Body, Person, Seat
from yelin.things.models import Subject

AWAITING = event("entry.awaiting", "The entry {code} awaits your confirmation.", urgent=True)
CONFIRMED = event("entry.confirmed", "The entry {code} is confirmed.")
RETURNED = event(
    "entry.returned", "The entry {code} was returned. Mend it and send it again.", urgent=True
)
TOUCHED = event(
    "entry.touched", "A change of law or function touches {code}: revise it in time.", urgent=True
)
LATE = event("entry.late", "The term to revise {code} has passed.", urgent=True)
WITHDRAWN = event("entry.withdrawn", "The entry {code} is withdrawn; its rows are had no longer.")
SHARED = event("entry.shared", "The rows of {code} are given to your body until {day}.")


def tell_officers(of: Event, entry: Entry) -> None:
    """Tell those who may confirm what was sent of the entry."""
    over, now = entry.provider.division, clock.now()
    people: set[UUID] = set()
    for power in sorted({side.power for side in reviewing.sides(entry)}):
        people |= who_may("catalog.confirm", entry, officers_holding(power, over=over))
    tell(of, to=people, about=entry, at=now, params={"code": str(entry.code)})


def tell_stewards(
    of: Event,
    entry: Entry,
    *,
    about: Subject | None = None,
    once: str = "",
    **params: str | int,
) -> None:
    """Tell those who may amend the entry of something about it, or ``about`` what belongs to it."""
    people = who_may("catalog.amend", entry, Seat.objects.filter(body=entry.provider_id))
    tell(
        of,
        to=people,
        about=about or entry,
        at=clock.now(),
        params={"code": str(entry.code), **params},
        once=once,
    )


def tell_withdrawn(entry: Entry) -> None:
    """Tell those who keep the entry, and those who had its rows by a grant, that it is gone."""
    holders = Grant.objects.filter(Grant.runs(clock.now()), on=entry.pk).values("party")
    seats = Seat.objects.live().filter(Q(body=entry.provider_id) | Q(body__in=holders))
    people = set(seats.values_list("person_id", flat=True))
    people |= set(Person.objects.filter(pk__in=holders).values_list("pk", flat=True))
    tell(WITHDRAWN, to=people, about=entry, at=clock.now(), params={"code": str(entry.code)})


def tell_receivers(entry: Entry, to: Body, until: date) -> None:
    """Tell the people of ``to`` who may take the rows that they are given."""
    people = who_may("resource.read", entry, Seat.objects.filter(body=to))
    params = {"code": str(entry.code), "day": until.isoformat()}
    tell(SHARED, to=people, about=entry, at=clock.now(), params=params)
