"""Questions about what was given on requests to share."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from yelin.cases.models import Case
from yelin.cases.rules import Outcome
from yelin.exchange.request import REQUEST
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.parties.actor import Actor

# So long before a grant ends its party is reminded: a request has its whole course in that time.
AHEAD = timedelta(days=30)
_IN_VAIN = (Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.ABANDONED, Outcome.DISMISSED)


def ending(actor: Actor) -> "QuerySet[Grant]":
    """Return what the actor's body was given that ends soon and was not asked to go on."""
    now = clock.now()
    renewing = (
        Case.objects.filter(kind=REQUEST.kind, applicant=actor.body_id)
        .exclude(outcome__in=_IN_VAIN)
        .annotate(renews=KeyTextTransform("renews", "asked"))
        .filter(renews=Cast(OuterRef("pk"), TextField()))
    )
    given = Grant.objects.filter(
        Grant.runs(now), party=actor.body_id, given_in__case__kind=REQUEST.kind
    )
    return given.filter(until__lte=now + AHEAD).exclude(Exists(renewing)).order_by("until")
