"""Questions about deliveries: the receipt of one, who has what of a resource, what one took."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, Sum

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.models import CallQuerySet, Delivery, Outcome
from yelin.gate.models import Grant
from yelin.ledger import batches
from yelin.ledger.batch import CallReceipt
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person


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
    delivery = seen_by(actor).select_related("docket__thing").filter(pk=delivery_id).first()
    if delivery is None:
        raise gate.Unseen
    if delivery.docket is None or delivery.h is None:
        raise NotListed
    return batches.receipt(
        delivery.docket, bytes(delivery.h), payload=delivery.payload, salt=bytes(delivery.salt)
    )


@dataclass(frozen=True, slots=True)
class Recipient:
    """What one party has of one release, by one grant and for one purpose."""

    body: Body | None
    person: Person | None
    grant: Grant | None
    purpose: str
    release: int
    delivered: int
    cut: int
    rows: int
    size: int
    first: datetime
    last: datetime


def recipients(actor: Actor, entry: Entry) -> list[Recipient]:
    """Return who has what of ``entry``, whoever took something last first; four queries in all.

    What a body took stays with its name of then; what it provides, its successor sees. Raises
    ``Refused``.
    """
    decision = gate.decide(actor, "delivery.recipients", entry)
    decision.must_allow("delivery.recipients", entry.pk)
    finished, cut = Q(outcome=Outcome.FINISHED), Q(outcome=Outcome.CUT)
    groups = list(
        entry.deliveries.exclude(outcome=Outcome.BEGUN)
        .values("party", "grant", "purpose", "release__number")
        .annotate(
            delivered=Count("pk", filter=finished),
            cut_off=Count("pk", filter=cut),
            had=Sum("rows", default=0),
            weight=Sum("size", filter=finished, default=0),
            first=Min("begun_at"),
            last=Max("begun_at"),
        )
        .order_by("-last", "party", "grant", "purpose", "release__number")
    )
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
            delivered=group["delivered"],
            cut=group["cut_off"],
            rows=group["had"],
            size=group["weight"],
            first=group["first"],
            last=group["last"],
        )
        for group in groups
    ]


def taken_by(actor: Actor) -> CallQuerySet:
    """Return what the actor's party took, newest first, and what it has the grants of by now."""
    if actor.party_id is None:
        return Delivery.objects.none()
    own = Q(party=actor.party_id) | Q(grant__party=actor.party_id)
    found = Delivery.objects.filter(own).select_related("entry__provider", "release", "docket")
    return found.order_by("-begun_at", "-pk")
