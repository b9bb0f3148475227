"""Questions about deliveries: the receipt of one, who has what of a resource, what one took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.rules import By
from yelin.cases.telling import speaks_as
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery import pace
from yelin.delivery.kept import digest_of
from yelin.delivery.models import (
    CallQuerySet,
    Channel,
    Check,
    Delivery,
    Outcome,
    Subscription,
    Taken,
    Wants,
)
from yelin.delivery.pace import Left, Limit
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.law import calendar, clock, duties, packs
from yelin.ledger import batches
from yelin.ledger.batch import CallReceipt
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.warehouse.models import Release, is_open

_WHOSE = ("party", "grant", "purpose", "release__number")


class NotListed(Exception):
    """The delivery has not ended, or its minute is not closed: there is no receipt of it yet."""


def seen_by(actor: Actor) -> CallQuerySet:
    """Return the deliveries of which ``actor`` may know."""
    found: CallQuerySet = gate.visible_to(actor, "delivery.see", Delivery.objects.all())  # type: ignore[assignment]  # a filtered set is of the same kind
    return found


def receipt(actor: Actor, delivery_id: UUID) -> CallReceipt:
    """Return the receipt of a delivery of which ``actor`` may know.

    Raises ``Unseen``, the same for one that is missing and one that is hidden; ``NotListed``.
    """
    delivery = gate.one_of(seen_by(actor).select_related("docket__thing").filter(pk=delivery_id))
    if delivery.docket is None or delivery.h is None:
        raise NotListed
    return batches.receipt(
        delivery.docket, bytes(delivery.h), payload=delivery.payload, salt=bytes(delivery.salt)
    )


@dataclass(frozen=True, slots=True)
class Recipient:
    """What one party has of one release, or called a service, by one grant and for one purpose."""

    body: Body | None
    person: Person | None
    grant: Grant | None
    purpose: str
    release: int | None
    delivered: int
    cut: int
    rows: int
    size: int
    first: datetime
    last: datetime


def recipients(actor: Actor, entry: Entry) -> list[Recipient]:
    """Return who has what of ``entry``, whoever took something last first; five queries in all.

    What a body took stays with its name of then; what it provides, its successor sees. Raises
    ``Refused``.
    """
    decision = gate.decide(actor, "delivery.recipients", entry)
    decision.must_allow("delivery.recipients", entry.pk)
    finished, cut = Q(outcome=Outcome.FINISHED), Q(outcome=Outcome.CUT)
    single = (
        entry.deliveries.exclude(outcome=Outcome.BEGUN)
        .values(*_WHOSE)
        .annotate(
            finished=Count("pk", filter=finished),
            cut_off=Count("pk", filter=cut),
            had=Sum("rows", default=0),
            weight=Sum("size", filter=finished, default=0),
            first=Min("begun_at"),
            last=Max("begun_at"),
        )
    )
    in_sum = Taken.objects.filter(entry=entry).values(
        *_WHOSE, "first", "last",
        finished=F("delivered"), cut_off=F("cut"), had=F("rows"), weight=F("size"),
    )  # fmt: skip
    groups = _together([*single, *in_sum])
    parties = {group["party"] for group in groups}
    bodies = Body.objects.in_bulk(parties)
    people = Person.objects.in_bulk(parties - bodies.keys())
    grants = Grant.objects.in_bulk({group["grant"] for group in groups} - {None})
    return [
        Recipient(
            body=bodies.get(group["party"]),
            person=people.get(group["party"]),
            grant=grants.get(group["grant"]),
            purpose=group["purpose"],
            release=group["release__number"],
            delivered=group["finished"],
            cut=group["cut_off"],
            rows=group["had"],
            size=group["weight"],
            first=group["first"],
            last=group["last"],
        )
        for group in groups
    ]


def _together(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one group for all that are of the same party, grant, purpose and release."""
    whole: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in groups:
        found = whole.setdefault(tuple(each[name] for name in _WHOSE), each)
        if found is not each:
            for name in ("finished", "cut_off", "had", "weight"):
                found[name] += each[name]
            found["first"] = min(found["first"], each["first"])
            found["last"] = max(found["last"], each["last"])
    named = sorted(whole.values(), key=lambda each: [str(each[name]) for name in _WHOSE])
    return sorted(named, key=itemgetter("last"), reverse=True)


def taken_by(actor: Actor) -> CallQuerySet:
    """Return what the actor's party took, newest first, and what it has the grants of by now."""
    found = Delivery.objects.filter(_own(actor))
    return found.select_related("entry__provider", "release", "docket").order_by("-begun_at", "-pk")


def taken_before(actor: Actor) -> "QuerySet[Taken]":
    """Return in sum what the actor's party took before what is kept call by call."""
    found = Taken.objects.filter(_own(actor)).select_related("entry__provider", "release")
    return found.order_by("-last", "pk")


@dataclass(frozen=True, slots=True)
class Used:
    """How much of one kind was answered on one day."""

    day: date
    channel: Channel
    calls: int
    rows: int


def used_by(actor: Actor, since: date) -> list[Used]:
    """Return what was counted by name for the actor's party since a day, the newest first."""
    begun = Delivery.objects.filter(
        party=actor.party_id, outcome=Outcome.FINISHED, begun_at__gte=clock.beginning_of(since)
    )
    day = TruncDate("begun_at", tzinfo=clock.SHANGHAI)
    found = begun.annotate(day=day).values("day", "channel").order_by("-day", "channel")
    summed = found.annotate(calls=Count("pk"), had=Sum("rows"))
    return [Used(e["day"], Channel(e["channel"]), e["calls"], e["had"]) for e in summed]


def limits_of(actor: Actor, address: str) -> list[tuple[Grant | None, Left]]:
    """Return what is left this hour of every limit that holds for the actor.

    Without a grant it is of what is open to all; ``address`` is where a stranger asks from.
    """
    found: list[tuple[Grant | None, Left]] = []
    if config.fair_use_per_hour:
        fair = Limit.fair(actor.person_id, address, config.fair_use_per_hour)
        found.append((None, pace.standing(fair)))
    if actor.party_id is None:
        return found
    now = clock.now()
    live = Q(until=None) | Q(until__gt=now)
    grants = Grant.objects.filter(
        live,
        party=actor.party_id,
        action="resource.read",
        since__lte=now,
        revoked_at=None,
        rate_per_hour__isnull=False,
        on__in=catalog.seen_by(actor).values("pk"),
    ).select_related("on__entry")
    for grant in grants.order_by("since", "pk"):
        assert grant.rate_per_hour is not None  # noqa: S101 - only such were asked for
        found.append((grant, pace.standing(Limit.of_grant(grant.pk, grant.rate_per_hour))))
    return found


def _own(actor: Actor) -> Q:
    party = actor.party_id
    return Q(party=party) | Q(grant__party=party) if party else Q(pk__in=[])


def record_of(actor: Actor, case: Case) -> Mapping[str, str]:
    """Return by its key items the record that a doubt names, to whoever may open the case.

    Not to who is heard in it; and to nobody once the case is closed, when it is kept no more.
    """
    decision = gate.decide(actor, "case.see", case)
    decision.must_allow("case.see", case.pk)
    check = Check.objects.select_related("sealed_by").filter(case=case).first()
    if check is None or speaks_as(actor, case) is By.HEARD:
        return {}
    return check.record or {}


def kept_from() -> date | None:
    """Return the day from which on single calls are kept; without a term by law, all are."""
    today = clock.today()
    keeping = packs.active().keeping(duties.TRACE_KEEP, today)
    return calendar.add_months(today, -keeping.months) if keeping else None


def past_keeping() -> "QuerySet[Entry]":
    """Return the resources of which single calls are past their term of keeping."""
    before = kept_from()
    if before is None:
        return Entry.objects.none()
    return Entry.objects.filter(pk__in=Delivery.objects.past(before).values("entry"))


def decided(subscription: Subscription) -> Decision | None:
    """Return what the gate says now of the seat that subscribed; none where it was left."""
    seat = subscription.seat
    if seat.until is not None:
        return None
    return gate.decide(Actor.of(seat), "resource.read", subscription.entry, subscription.purpose)


def is_behind(subscription: Subscription, decision: Decision) -> bool:
    """Whether there is anything to send: one of those ``with_newest`` that may take the data.

    Also where what the subscriber has is not what it may have today.
    """
    each: Any = subscription
    if each.rests:
        return False
    if (each.newest or 0) > each.told:
        return True
    return (
        each.wants == Wants.CHANGES
        and each.redactions is not None
        and each.erased is not None
        and (each.erased, digest_of(decision.obligations)) != (each.redactions, each.bears)
    )


def subscriptions_of(actor: Actor) -> "QuerySet[Subscription]":
    """Return the subscriptions that ``actor`` may see, those that run first, newest first."""
    seen = gate.visible_to(actor, "subscription.see", Subscription.objects.all())
    found = seen.select_related("entry__provider", "seat__body", "seat__person")
    found = found.prefetch_related("letters")
    return found.order_by(F("ended_at").desc(nulls_first=True), "-opened_at", "pk")


def subscribers(actor: Actor, entry: Entry) -> "QuerySet[Subscription]":
    """Return who is sent what is new of ``entry``, for those who answer for it.

    Of what is open to all, nobody learns who follows it. Raises ``Refused``.
    """
    decision = gate.decide(actor, "delivery.recipients", entry)
    decision.must_allow("delivery.recipients", entry.pk)
    live = Subscription.objects.live() if not is_open(entry) else Subscription.objects.none()
    found = live.filter(entry=entry).select_related("seat__body").prefetch_related("letters")
    return found.order_by("opened_at", "pk")


def releases_since(entry: Entry, number: int) -> "QuerySet[Release]":
    """Return the releases of ``entry`` after ``number``, oldest first."""
    return entry.releases.filter(number__gt=number).order_by("number")
