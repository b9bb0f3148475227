"""What a party's successor takes over of the gate: grants that it held, holds on it and by it."""

from django.db.models import Q

from yelin.gate.models import Grant, Hold
from yelin.law import clock
from yelin.parties import succession


def _ended() -> Q:
    return Q(revoked_at__isnull=False) | Q(until__lte=clock.now())


def _lifted() -> Q:
    return Q(lifted_at__isnull=False)


succession.moves(Grant, "party", done=_ended)
# Nobody sheds a hold by becoming another.
succession.moves(Hold, "on", done=_lifted)
succession.moves(Hold, "placed_by", done=_lifted)
