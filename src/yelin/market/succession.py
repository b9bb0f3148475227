"""What a body's successor takes over of the market: what it runs, sells, or works by.

Who takes part in a platform was admitted by name: a successor asks anew.
"""

from django.db.models import Q

from yelin.law import clock
from yelin.market.listing.models import Product
from yelin.market.models import Arrangement, State
from yelin.market.platform.models import Platform
from yelin.parties import succession


def _over() -> Q:
    return Q(state=State.ENDED) | Q(until__lt=clock.today())


succession.moves(Arrangement, "body", done=_over)
succession.moves(Arrangement, "operator", done=_over)
succession.moves(Platform, "operator", done=lambda: Q(closed_on__isnull=False))
succession.moves(Product, "owner", done=lambda: Q(withdrawn_on__isnull=False))
