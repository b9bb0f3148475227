"""Operators are told when an arrangement of theirs begins to hold, is extended, or ends."""

from yelin.law import clock
from yelin.market.models import Arrangement
from yelin.market.seats import people_of
from yelin.notices.events import Event, event
from yelin.notices.telling import tell

PUBLISHED = event("arrangement.published", "Arrangement {code} is public: see what it reaches.")
EXTENDED = event("arrangement.extended", "Arrangement {code} was extended.")
ENDED = event(
    "arrangement.ended", "Arrangement {code} was ended before its last day: see why.", urgent=True
)


def tell_operator(of: Event, arrangement: Arrangement) -> None:
    """Tell those who sit for the operator."""
    people = people_of(arrangement.operator_id)
    tell(of, to=people, about=arrangement, at=clock.now(), params={"code": arrangement.number})
