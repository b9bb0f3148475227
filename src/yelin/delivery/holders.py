"""Who has what is under check (接收方): told when it is marked, and when it is settled.

Nothing says which rows a filter left to whom, for no question is kept. So whoever took of a release
in which the record lies is told, unless what they were given could not hold it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yelin.cases.rules import Outcome, State
from yelin.delivery import checking
from yelin.delivery.checks import Check
from yelin.delivery.models import Delivery, Subscription, Taken
from yelin.gate.models import Grant
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.kinds import SOCIAL, Role
from yelin.parties.models import Person, Seat
from yelin.warehouse.models import Release

MARKED = event(
    "data.under_check",
    "What you have of {code} is under check (doubt {number}). Turn nobody away because of it.",
    urgent=True,
)
CORRECTED = event(
    "data.corrected",
    "The doubt {number} about {code} was right: version {release} corrects it. Take that.",
    urgent=True,
)
SETTLED = event(
    "data.checked", "The check of {code} is over (doubt {number}): its page says what came of it."
)
# In so many releases, the newest, a record is looked for; who took of others is told anyway.
LOOKED_INTO = 50
_OFFICES = (Role.STEWARD, Role.OFFICER)

Parties = Iterable[UUID]
_also: list[Callable[[Check], Parties]] = []


def declare(having: Callable[[Check], Parties]) -> None:
    """Let a room above say which parties have what is under check by its own ways."""
    _also.append(having)


def tell_of(check: Check, at: datetime) -> None:
    """Tell everyone who has it how the check stands, once for each turn that it takes."""
    of, params = _told(check)
    people = _people(check)
    people -= {check.case.applicant_id}
    tell(
        of,
        to=people,
        about=check.entry,
        at=at,
        params={"code": str(check.entry.code), "number": check.case.number, **params},
        once=f"{check.case.number} {at.isoformat(timespec='seconds')}",
    )


def _told(check: Check) -> tuple[Event, dict[str, int]]:
    if check.until is None:
        return MARKED, {}
    given = check.case.given or {}
    if check.case.outcome in {Outcome.APPROVED, Outcome.PARTLY} and given.get("release"):
        return CORRECTED, {"release": int(given["release"])}
    return SETTLED, {}


def parties(check: Check) -> set[UUID]:
    """Return the parties that have what is under check, but its provider, who checks it."""
    found = set(_took(check))
    for having in _also:
        found |= set(having(check))
    return found - {check.entry.provider_id}


def _took(check: Check) -> Iterable[UUID]:
    whose = ("party", "grant", "release")
    # What a service answered is of no release: nobody knows which records stood in it.
    of = {"entry": check.entry_id, "release__isnull": False}
    single = Delivery.objects.filter(**of).values_list(*whose).distinct()
    in_sum = Taken.objects.filter(**of).values_list(*whose).distinct()
    took = {*single, *in_sum}
    grants = Grant.objects.in_bulk({grant for _, grant, _ in took} - {None})
    may_hold = _May(check)
    for party, grant, release in took:
        if may_hold(release, grants.get(grant)):
            yield party


class _May:
    """Whether what somebody took of a release may hold the record, as far as that is known."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._places: dict[UUID, tuple[int, ...] | None] = {}
        releases = check.entry.releases.order_by("-number").select_related("entry_version")
        newest = releases[:LOOKED_INTO] if check.is_of_a_record else []
        self._releases: dict[UUID, Release] = {each.pk: each for each in newest}

    def __call__(self, release: UUID, grant: Grant | None) -> bool:
        doubted = set(self._check.items)
        if grant and doubted and grant.items is not None and not doubted & set(grant.items):
            return False
        if release not in self._releases:
            return True
        places = self._at(release)
        if places is None:
            return True
        if not places or grant is None or not grant.row_filter:
            return bool(places)
        return checking.may_be_among(self._releases[release], grant, places)

    def _at(self, release: UUID) -> tuple[int, ...] | None:
        if release not in self._places:
            found = checking.located(self._check, self._releases[release])
            self._places[release] = found.rows if found else None
        return self._places[release]


def _people(check: Check) -> set[UUID]:
    """Return who is told: the people themselves, of bodies their offices, and who subscribed."""
    had = parties(check)
    live = Seat.objects.live()
    of_bodies = Q(body__in=had) & (Q(role__in=_OFFICES) | Q(body__kind__in=SOCIAL))
    subscribed = Subscription.objects.live().filter(entry=check.entry_id).values("seat")
    seats = live.filter(of_bodies | Q(pk__in=subscribed)).exclude(body=check.entry.provider_id)
    citizens = Person.objects.filter(pk__in=had).values_list("pk", flat=True)
    return {*seats.values_list("person_id", flat=True), *citizens}


def settle(check: Check) -> None:
    """Let the record's key go once the case is closed; nobody needs it any more."""
    if check.case.state == State.CLOSED:
        check.forget()
