"""Who is told that delivery stands still because of a complaint, and that it goes on."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery.models import Subscription
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.notices.telling import tell
from yelin.parties.kinds import SOCIAL, Role
from yelin.parties.models import Person, Seat
from yelin.talking import following, telling

_OFFICES = (Role.STEWARD, Role.OFFICER)


def tell_lot(case: Case, *, stopped: bool, at: str, after: str) -> str | None:
    """Tell the next lot of followers, the first time everyone else whom it concerns too.

    Returns the last who was told, or nothing where all are.
    """
    entry = Entry.objects.select_related("provider", "thing").get(pk=case.about_id)
    people = following.in_lots(following.followers(entry), after)
    others = set() if after else set(_concerned(case, entry))
    of = telling.STOPPED if stopped else telling.RESUMED
    tell(
        of,
        to={*people, *others} - {case.applicant_id},
        about=entry,
        at=datetime.fromisoformat(at),
        params={"code": str(entry.code)},
        once=f"{case.number} {at}",
    )
    return str(people[-1]) if len(people) == following.LOT else None


def _concerned(case: Case, entry: Entry) -> Iterator[UUID]:
    """Yield who provides it, who sees to the complaint, who was granted it, who subscribed."""
    granted = Grant.objects.filter(on=entry.pk, revoked_at=None, since__lte=clock.now())
    live = granted.filter(Q(until=None) | Q(until__gt=clock.now()))
    parties = set(live.values_list("party", flat=True))
    yield from Person.objects.filter(pk__in=parties).values_list("pk", flat=True)
    bodies = {*parties, case.handler_id, case.examiner_id, entry.provider_id}
    offices = Q(role__in=_OFFICES) | Q(body__kind__in=SOCIAL)
    subscribed = Subscription.objects.live().filter(entry=entry).values("seat")
    seats = Seat.objects.live().filter((Q(body__in=bodies) & offices) | Q(pk__in=subscribed))
    yield from seats.values_list("person", flat=True)
