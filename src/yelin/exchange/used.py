"""Questions about services: whose they are, whether they answer, who calls them how often."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.models import Channel, Delivery, Outcome
from yelin.exchange.services import MessageKey, Service
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Token

DAYS = 7


@dataclass(frozen=True, slots=True)
class Caller:
    """How often one body called a service in the last days, and how often nothing came of it."""

    body: Body | None
    purpose: str
    answered: int
    failed: int
    last: datetime


def services_of(actor: Actor, body: Body) -> "QuerySet[Service]":
    """Return the services of ``body`` of which ``actor`` may know, those that are offered first."""
    own = Service.objects.filter(entry__provider=body).select_related("entry", "circuit")
    seen: QuerySet[Service] = gate.visible_to(actor, "service.see", own)
    return seen.order_by("-ended_at", "-offered_at", "pk")


def callers(service: Service) -> list[Caller]:
    """Return who called a service in the last days, whoever called last first."""
    since = max(service.offered_at, clock.now() - timedelta(days=DAYS))
    calls = Delivery.objects.filter(
        entry=service.entry, channel=Channel.CALL, begun_at__gte=since
    ).exclude(outcome=Outcome.BEGUN)
    if service.ended_at is not None:
        calls = calls.filter(begun_at__lte=service.ended_at)
    groups = list(
        calls.values("party", "purpose")
        .annotate(
            answered=Count("pk", filter=Q(outcome=Outcome.FINISHED)),
            failed=Count("pk", filter=Q(outcome=Outcome.CUT)),
            last=Max("begun_at"),
        )
        .order_by("-last")
    )
    bodies = Body.objects.in_bulk([each["party"] for each in groups])
    return [
        Caller(
            bodies.get(each["party"]),
            each["purpose"],
            each["answered"],
            each["failed"],
            each["last"],
        )
        for each in groups
    ]


def offered(actor: Actor, entry: Entry) -> Service | None:
    """Return the service of a resource, where ``actor`` may call it."""
    service = Service.objects.live().select_related("entry").filter(entry=entry).first()
    if service is None or not gate.decide(actor, "service.call", entry).allowed:
        return None
    return service


def keys_of(token: Token) -> "QuerySet[MessageKey]":
    """Return the keys of a token, those that hold first, newest first."""
    return token.message_keys.order_by("-ended_at", "-registered_at")
