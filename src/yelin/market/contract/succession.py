"""What a body's successor takes over: certificates, what is negotiated, contracts that run."""

from django.db.models import Q

from yelin.law import clock
from yelin.market.contract.models import Contract, Negotiation, PartyCertificate
from yelin.market.contract.rules import Standing, State
from yelin.parties import succession


def _negotiated() -> Q:
    return Q(state=State.TERMINATED) | Q(state=State.FINALIZED)


def _over() -> Q:
    return Q(standing__in=[Standing.DROPPED, Standing.ENDED]) | Q(until__lt=clock.today())


for _side in ("provider", "consumer"):
    succession.moves(Negotiation, _side, done=_negotiated)
    succession.moves(Contract, _side, done=_over)
succession.moves(PartyCertificate, "body", done=lambda: Q(ended_at__isnull=False))
