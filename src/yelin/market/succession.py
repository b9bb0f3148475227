"""What a body's successor takes over of the market: arrangements that it made or works by."""

from django.db.models import Q

from yelin.law import clock
from yelin.market.models import Arrangement, State
from yelin.parties import succession


def _over() -> Q:
    return Q(state=State.ENDED) | Q(until__lt=clock.today())


succession.moves(Arrangement, "body", done=_over)
succession.moves(Arrangement, "operator", done=_over)
