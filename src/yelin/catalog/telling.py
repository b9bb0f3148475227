"""Who is told what of an entry: its stewards, officers who confirm it, bodies that have it."""

from datetime import date

from yelin.acts.telling import officers_holding, who_may
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Body, Seat
from yelin.things.models import Subject

AWAITING = event("entry.awaiting", "The entry {code} awaits your confirmation.", urgent=True)
CONFIRMED = event("entry.confirmed", "The entry {code} is confirmed.")
RETURNED = event(
    "entry.returned", "The entry {code} was returned. Mend it and send it again.", urgent=True
)

SHARED = event("entry.shared", "The rows of {code} are given to your body until {day}.")


def tell_officers(of: Event, entry: Entry) -> None:
    """Tell those who may confirm the entry."""
    officers = officers_holding("catalog.confirm", over=entry.provider.division)
    people = who_may("catalog.confirm", entry, officers)
    tell(of, to=people, about=entry, at=clock.now(), params={"code": str(entry.code)})


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


def tell_receivers(entry: Entry, to: Body, until: date) -> None:
    """Tell the people of ``to`` who may take the rows that they are given."""
    people = who_may("resource.read", entry, Seat.objects.filter(body=to))
    params = {"code": str(entry.code), "day": until.isoformat()}
    tell(SHARED, to=people, about=entry, at=clock.now(), params=params)
