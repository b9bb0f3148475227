"""What is told of verification that looks like enumeration: to the provider and the operator."""

from yelin.acts.telling import officers_holding
from yelin.catalog.models import Entry
from yelin.catalog.telling import tell_stewards
from yelin.exchange.request import COORDINATES
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell

ENUMERATED = event(
    "verification.enumerated", "Verification of {code} looks like enumeration.", urgent=True
)
STOPPED = event(
    "verification.stopped",
    "Verification of {code} looked like enumeration, and was stopped for whoever asked.",
    urgent=True,
)


def tell_both(of: Event, entry: Entry) -> None:
    """Tell the stewards of the provider, and the officers of whoever runs the exchange."""
    tell_stewards(of, entry)
    seats = officers_holding(COORDINATES, over=entry.provider.division)
    officers = set(seats.values_list("person_id", flat=True))
    tell(of, to=officers, about=entry, at=clock.now(), params={"code": str(entry.code)})
