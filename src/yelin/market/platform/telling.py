"""Bodies are told what becomes of their platforms, and of their part in those of others."""

from yelin.law import clock
from yelin.market.platform.models import Platform
from yelin.market.seats import people_of
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Body
from yelin.things.models import Subject

__all__ = ["Event", "tell_body", "tell_members"]

ADMITTED = event("platform.admitted", "Your platform {code} was admitted: publish its rules.")
CLOSED = event("platform.closed", "Platform {code} was closed: see why.", urgent=True)
RULES = event("platform.rules", "Platform {code} has published new rules.")
ASKED = event("platform.asked", "Somebody asks to take part in your platform {code}.")
TAKES_PART = event("platform.takes_part", "You take part in platform {code}.")
PARTED = event("platform.parted", "Your part in platform {code} has ended: see why.", urgent=True)


def tell_body(of: Event, body: Body, about: Subject, code: str) -> None:
    """Tell those who sit for ``body``."""
    tell(of, to=people_of(body.pk), about=about, at=clock.now(), params={"code": code})


def tell_members(of: Event, platform: Platform) -> None:
    """Tell those who sit for whoever takes part in a platform."""
    bodies = platform.memberships.live().values_list("body_id", flat=True)
    people = people_of(*bodies)
    tell(of, to=people, about=platform, at=clock.now(), params={"code": platform.number})
